"""Who else people may sign in with, as the operator says it: OpenID Connect providers."""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

ID = re.compile(r"[a-z][a-z0-9-]{0,29}")
NEEDED = ("id", "name", "issuer", "client_id", "client_secret")
KNOWN = {*NEEDED, "scopes", "workspaces"}
SCOPES = ("openid", "profile", "email")


@dataclass(frozen=True)
class OidcProvider:
    """One provider. `id` stands in addresses; `workspaces` are slugs, none: all of them."""

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = SCOPES
    workspaces: tuple[str, ...] = ()

    def serves(self, slug: str) -> bool:
        """Whether this workspace's sign-in page offers it."""
        return not self.workspaces or slug in self.workspaces


def providers_in(text: str) -> tuple[OidcProvider, ...]:
    """The providers in a JSON list of objects; empty text: none. Raises ValueError, which never
    quotes what was given: it may be a secret."""
    if not text.strip():
        return ()
    try:
        given = json.loads(text)
    except ValueError as error:
        raise ValueError(f"it is not JSON ({_where(error)})") from None
    if not isinstance(given, list):
        raise ValueError(  # noqa: TRY004 - what pydantic takes
            "it must be a list of objects, one for each provider"
        )
    providers = tuple(_provider(one, number) for number, one in enumerate(given, start=1))
    ids = [provider.id for provider in providers]
    if len(set(ids)) < len(ids):
        raise ValueError("two providers have the same id")
    return providers


def _provider(given: object, number: int) -> OidcProvider:
    if not isinstance(given, dict):
        raise ValueError(f"provider {number} is not an object")  # noqa: TRY004
    if unknown := sorted(set(map(str, given)) - KNOWN):
        raise ValueError(f"provider {number} has {', '.join(unknown)}, which nothing reads")
    for name in NEEDED:
        if not isinstance(given.get(name), str) or not given[name].strip():
            raise ValueError(f"provider {number} needs {name}, as text")
    if not ID.fullmatch(given["id"]):
        raise ValueError(
            f"the id of provider {number} must be 1 to 30 lower-case letters, digits and hyphens"
        )
    _check_issuer(given["issuer"], number)
    scopes = _texts(given, "scopes", number) or SCOPES
    if "openid" not in scopes:
        raise ValueError(f"the scopes of provider {number} must have openid among them")
    return OidcProvider(
        **{name: given[name].strip() for name in NEEDED},
        scopes=scopes,
        workspaces=_texts(given, "workspaces", number),
    )


def _check_issuer(issuer: str, number: int) -> None:
    """HTTPS, but for this very machine: what a provider says must come from it."""
    try:
        parts = urlsplit(issuer)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.query or parts.fragment or parts.username is not None:
        raise ValueError(f"the issuer of provider {number} must be a plain https address")
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)):
        return
    raise ValueError(f"the issuer of provider {number} must begin with https://")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _texts(given: dict[str, object], name: str, number: int) -> tuple[str, ...]:
    found = given.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
        raise ValueError(f"{name} of provider {number} must be a list of texts")
    return tuple(found)


def _where(error: ValueError) -> str:
    line = getattr(error, "lineno", None)
    return f"line {line}" if line else "unreadable"
