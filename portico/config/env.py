"""What an operator can set, read once at start from the environment (and `.env` in development).

Every field is described in `docs/guide/configuration.md`; a test compares the two.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

from cryptography.fernet import Fernet
from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from portico.domains.configuration import Domains, addresses_in, issuers_in, registrable
from portico.egress.configuration import (
    LOOPBACK,
    Egress,
    check_ca_file,
    includes_loopback,
    name_servers_in,
    networks_in,
    outbound_in,
    ports_in,
)
from portico.files.bucket import Bucket, check_endpoint, check_prefix
from portico.single_sign_on.configuration import OidcProvider, providers_in

DEVELOPMENT_KEY = "development-only-key-do-not-use-in-production-0123456789abcdef"


LISTS: dict[str, Callable[[str], object]] = {
    # Settings that hold several things, and what takes them apart; a wrong one is refused at start.
    "mail_ports": ports_in,
    "egress_allow": networks_in,
    "dns_servers": name_servers_in,
    "egress_ips": outbound_in,
    "call_ports": ports_in,
    "public_addresses": addresses_in,
    "certificate_issuers": issuers_in,
}


# Secrets that can be read from a file, too: `<name>_file` says from which.
SECRETS_IN_FILES = (
    "secret_key",
    "key_ring",
    "tls_ask_secret",
    "s3_secret_access_key",
    "oidc_providers",
)
AS_WRITTEN = ("oidc_providers",)  # others are words, which may stand on lines of their own


class Mode(StrEnum):
    """How strict this installation is."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Env(BaseSettings):
    """The configuration of an installation."""

    model_config = SettingsConfigDict(
        env_prefix="PORTICO_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,  # an error may be printed, and the input may be a secret
    )

    mode: Mode = Field(
        Mode.DEVELOPMENT,
        description="`development` or `production`. Production refuses unsafe settings.",
    )
    debug: bool = Field(
        False, description="Django's debug pages. Refused in production: they show secrets."
    )
    data_dir: Path = Field(
        Path(".portico"),
        description="Folder for the embedded database, stored files and captured mail.",
    )
    port: int = Field(8000, ge=1, le=65535, description="Port that the web server listens on.")
    bind: str = Field(
        "0.0.0.0",  # noqa: S104 - people open the demo from other machines
        description="Address that the web server listens on.",
    )
    base_domain: str = Field(
        "localhost",
        description="Workspaces are reached at `<slug>.<base domain>`.",
    )
    default_workspace: str = Field(
        "", description="Slug of the workspace shown on the bare base domain. Empty: none."
    )
    database_url: SecretStr = Field(
        SecretStr(""),
        validation_alias="DATABASE_URL",
        description="PostgreSQL (15 or newer) to use. Empty: the embedded one.",
    )
    secret_key: SecretStr = Field(
        SecretStr(""), description="Signs sessions and links. At least 50 characters in production."
    )
    secret_key_file: Path | None = Field(None, description="File to read the secret key from.")
    key_ring: SecretStr = Field(
        SecretStr(""),
        description="Fernet keys that encrypt stored secrets, newest first, separated by commas.",
    )
    key_ring_file: Path | None = Field(
        None, description="File to read the key ring from, one key a line, newest first."
    )
    demo: bool = Field(False, description="Demo data and one-click sign-in. Never in production.")
    web_workers: int = Field(2, ge=1, le=64, description="Web server processes.")
    web_threads: int = Field(8, ge=1, le=64, description="Threads in each web server process.")
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        description="How many reverse proxies stand in front and set `X-Forwarded-For` and "
        "`X-Forwarded-Proto`. 0: these headers are ignored.",
    )
    mail_url: SecretStr = Field(
        SecretStr(""),
        description="The platform's own mail server, for account-security mail: "
        "`smtp://user:password@host:587?security=starttls` (or `ssl`, `none`). Empty in "
        "development: mail is captured in the data folder.",
    )
    mail_from: str = Field(
        "Portico <no-reply@localhost>", description="Sender of the platform's own mail."
    )
    mail_rate: int = Field(
        600,
        ge=1,
        le=1_000_000,
        description="How many service mails a minute a workspace may send.",
    )
    mail_ports: str = Field(
        "25,465,587,2525",
        description="Ports at which a workspace's mail server may listen, separated by commas.",
    )
    egress_allow: str = Field(
        "",
        description="Address ranges inside your network that outgoing calls may reach although "
        "they are not public, such as `10.1.0.0/16`, separated by commas. In development "
        "loopback is allowed, too; in production never.",
    )
    egress_ips: str = Field(
        "",
        description="Addresses that outgoing calls can leave from, separated by commas: "
        "`198.51.100.7=10.0.0.7` (public and local address), "
        "`198.51.100.8=http://10.0.0.9:3128` (through a proxy) or `198.51.100.9=nat`.",
    )
    egress_echo_url: str = Field(
        "",
        description="Address that answers with the address from which it was called, as plain "
        "text, for *Verify* of the outbound IP.",
    )
    call_ports: str = Field(
        "80,443,8080,8443",
        description="Ports that HTTP calls to others (webhooks, link checks) may go to, separated "
        "by commas. In development any.",
    )
    public_addresses: str = Field(
        "",
        description="Addresses at which this installation is reached from outside, separated by "
        "commas: what A and AAAA records of a workspace's own domain have to hold.",
    )
    certificate_issuers: str = Field(
        "letsencrypt.org,sectigo.com",
        description="Authorities that make certificates for workspaces' own domains, as CAA "
        "records name them, separated by commas.",
    )
    tls_ask_secret: SecretStr = Field(
        SecretStr(""),
        description="What the web server in front sends to `/internal/tls/ask` before it makes a "
        "certificate. Empty: it is refused.",
    )
    tls_ask_secret_file: Path | None = Field(None, description="File to read that secret from.")
    oidc_providers: SecretStr = Field(
        SecretStr(""),
        description="OpenID Connect providers that people may link and sign in with: a JSON list "
        "of objects with `id`, `name`, `issuer`, `client_id` and `client_secret`, and where wanted "
        "`scopes` and `workspaces` (slugs). Empty: none.",
    )
    oidc_providers_file: Path | None = Field(None, description="File to read that list from.")
    content_domain: str = Field(
        "",
        description="Zone below which each version of a mini program has an origin of its own. "
        "Required in production, at another registrable domain than the base domain. Empty in "
        "development: `content.localhost`.",
    )
    s3_bucket: str = Field(
        "",
        description="Bucket of an S3-compatible store that holds the files. Empty: they lie in "
        "the data folder.",
    )
    s3_endpoint: str = Field(
        "", description="Address of that store, such as `https://s3.example.com`. Empty: Amazon's."
    )
    s3_region: str = Field("", description="Region of the bucket, where the store has regions.")
    s3_access_key_id: str = Field(
        "",
        description="Access key for the bucket. Empty: what the machine has of its own, such as "
        "the role of a server in a cloud.",
    )
    s3_secret_access_key: SecretStr = Field(
        SecretStr(""), description="The secret key that belongs to it."
    )
    s3_secret_access_key_file: Path | None = Field(
        None, description="File to read that secret key from."
    )
    s3_prefix: str = Field(
        "", description="What the names of all objects begin with, such as `portico/files`."
    )
    dns_servers: str = Field(
        "",
        description="Name servers to ask for outgoing calls and domain checks, such as "
        "`10.0.0.2` or `127.0.0.1:5353`, separated by commas. Empty: the system's.",
    )
    ca_file: Path | None = Field(
        None,
        description="PEM file of certificate authorities to trust for outgoing calls, beside "
        "the system's: a company's own.",
    )
    demo_mail_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="First port of the demo's mail server, set by `portico up --demo` itself. "
        "0: there is none.",
    )
    log_format: str = Field(
        "auto",
        pattern="^(auto|text|json)$",
        description="`text`, `json`, or `auto`: text in development, JSON in production.",
    )

    @field_validator("base_domain", "default_workspace", "content_domain")
    @classmethod
    def _lower_case(cls, value: str) -> str:
        return value.strip().strip(".").lower()

    @field_validator("mail_url")
    @classmethod
    def _usable_mail_url(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _is_mail_url(value.get_secret_value()):
            raise ValueError(
                "it must look like smtp://user:password@host:587?security=starttls (or ssl, or "
                "none)."
            )
        return value

    @field_validator("s3_endpoint")
    @classmethod
    def _usable_endpoint(cls, value: str) -> str:
        return check_endpoint(value)

    @field_validator("s3_prefix")
    @classmethod
    def _usable_prefix(cls, value: str) -> str:
        return check_prefix(value)

    @field_validator(*LISTS)
    @classmethod
    def _readable_list(cls, value: str, info: ValidationInfo) -> str:
        LISTS[str(info.field_name)](value)
        return value

    @field_validator("ca_file")
    @classmethod
    def _readable_certificates(cls, value: Path | None) -> Path | None:
        if value is not None:
            check_ca_file(value)
        return value

    @model_validator(mode="before")
    @classmethod
    def _read_files(cls, values: dict[str, object]) -> dict[str, object]:
        for name in SECRETS_IN_FILES:
            path = values.get(f"{name}_file")
            if path and not values.get(name):
                try:
                    text = Path(str(path)).read_text(encoding="utf-8")
                except OSError as error:
                    raise ValueError(
                        f"PORTICO_{name.upper()}_FILE: {path} cannot be read ({error.strerror})."
                    ) from None
                values[name] = text if name in AS_WRITTEN else ",".join(text.split())
        return values

    @model_validator(mode="after")
    def _whole_key_ring(self) -> Self:
        for position, key in enumerate(self.key_ring_keys, start=1):
            try:
                Fernet(key)
            except ValueError:
                raise ValueError(
                    f"PORTICO_KEY_RING: key {position} is not a Fernet key (32 bytes in URL-safe "
                    "base64). `portico doctor --new-key` prints one."
                ) from None
        return self

    @model_validator(mode="after")
    def _both_keys_of_the_bucket(self) -> Self:
        if bool(self.s3_access_key_id) != bool(self.s3_secret_access_key.get_secret_value()):
            raise ValueError(
                "PORTICO_S3_ACCESS_KEY_ID and PORTICO_S3_SECRET_ACCESS_KEY belong together: set "
                "both or neither."
            )
        return self

    @model_validator(mode="after")
    def _readable_oidc_providers(self) -> Self:
        try:
            providers_in(self.oidc_providers.get_secret_value())
        except ValueError as error:
            raise ValueError(f"PORTICO_OIDC_PROVIDERS: {error}.") from None
        return self

    @property
    def oidc(self) -> tuple[OidcProvider, ...]:
        """Whom people may sign in with."""
        return providers_in(self.oidc_providers.get_secret_value())

    @property
    def production(self) -> bool:
        """Whether this installation is held to production's rules."""
        return self.mode is Mode.PRODUCTION

    @property
    def django_secret_key(self) -> str:
        """The secret key; in development a fixed one where none is set."""
        return self.secret_key.get_secret_value() or ("" if self.production else DEVELOPMENT_KEY)

    @property
    def key_ring_keys(self) -> tuple[str, ...]:
        """The keys of the ring, newest first."""
        keys = (key.strip() for key in self.key_ring.get_secret_value().split(","))
        return tuple(key for key in keys if key)

    @property
    def egress(self) -> Egress:
        """What outgoing calls may reach, and how names are looked up and servers trusted."""
        return Egress(
            allowed=networks_in(self.egress_allow) + (() if self.production else LOOPBACK),
            mail_ports=ports_in(self.mail_ports),
            name_servers=name_servers_in(self.dns_servers),
            ca_file=self.ca_file,
            call_ports=ports_in(self.call_ports) if self.production else None,
            outbound=outbound_in(self.egress_ips),
        )

    @property
    def domains(self) -> Domains:
        """Where domains of workspaces have to lead, and who makes their certificates."""
        return Domains(
            addresses=addresses_in(self.public_addresses),
            certificate_issuers=issuers_in(self.certificate_issuers),
            ask_secret=self.tls_ask_secret.get_secret_value(),
            content_domain=self.content_domain or ("" if self.production else "content.localhost"),
        )

    @property
    def bucket(self) -> Bucket | None:
        """The bucket that holds the files; None: they lie in the data folder."""
        if not self.s3_bucket:
            return None
        return Bucket(
            name=self.s3_bucket,
            endpoint=self.s3_endpoint,
            region=self.s3_region,
            key_id=self.s3_access_key_id,
            secret_key=self.s3_secret_access_key.get_secret_value(),
            prefix=self.s3_prefix,
        )

    @property
    def public_port(self) -> str:
        """What follows a host name in this installation's own addresses: `:8000`, or nothing."""
        return "" if self.production else f":{self.port}"

    @property
    def scheme(self) -> str:
        """`https` in production, where TLS is a must; `http` else."""
        return "https" if self.production else "http"


def _is_mail_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    security = parse_qs(parts.query).get("security", ["starttls"])
    return (
        parts.scheme == "smtp"
        and bool(parts.hostname)
        and port != 0
        and security in (["none"], ["starttls"], ["ssl"])
    )


def unsafe_for_production(env: Env) -> list[str]:
    """Why this configuration must not serve real people, one sentence each; empty: it may."""
    judged = (
        (not env.key_ring_keys, "PORTICO_KEY_RING (or PORTICO_KEY_RING_FILE) is not set."),
        (env.debug, "PORTICO_DEBUG is on; its error pages show secrets."),
        (env.demo, "PORTICO_DEMO is on; its passwords are public."),
        (env.base_domain == "localhost", "PORTICO_BASE_DOMAIN is still `localhost`."),
        (
            includes_loopback(networks_in(env.egress_allow)),
            "PORTICO_EGRESS_ALLOW lets outgoing calls reach this machine itself.",
        ),
        (
            not env.mail_url.get_secret_value(),
            "PORTICO_MAIL_URL is not set; nobody could reset a password.",
        ),
        (
            any(urlsplit(one.issuer).scheme != "https" for one in env.oidc),
            "PORTICO_OIDC_PROVIDERS names an issuer without HTTPS.",
        ),
    )
    wrong = (sentence for is_so, sentence in judged if is_so)
    return [*_unsafe_key(env), *wrong, *_unsafe_content_domain(env)]


def _unsafe_content_domain(env: Env) -> list[str]:
    if not env.content_domain:
        return [
            "PORTICO_CONTENT_DOMAIN is not set; mini programs need a domain apart from the portal."
        ]
    if registrable(env.content_domain) == registrable(env.base_domain):
        reason = (
            "PORTICO_CONTENT_DOMAIN and PORTICO_BASE_DOMAIN belong to the same registrable domain; "
            "to browsers a mini program would be a part of the portal. Use another one."
        )
        return [reason]
    return []


def _unsafe_key(env: Env) -> list[str]:
    key = env.secret_key.get_secret_value()
    if not key:
        return ["PORTICO_SECRET_KEY (or PORTICO_SECRET_KEY_FILE) is not set."]
    if key == DEVELOPMENT_KEY or key.startswith("development"):
        return ["PORTICO_SECRET_KEY is the development key; anyone could sign sessions."]
    if len(key) < 50:
        return ["PORTICO_SECRET_KEY is shorter than 50 characters."]
    return []


def development_keys(env: Env) -> tuple[str, ...]:
    """The key ring where none is set: derived from the secret key, so that it stays the same."""
    digest = hashlib.sha256(b"portico key ring " + env.django_secret_key.encode()).digest()
    return (base64.urlsafe_b64encode(digest).decode(),)


@cache
def load() -> Env:
    """The configuration of this process."""
    return Env()
