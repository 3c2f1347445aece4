"""Which server a workspace's saved values mean, and what its password is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict
from uuid import UUID

from portico.secrets.services import Binding, reveal
from portico.service_email.payload import ServiceEmail
from portico.service_email.smtp.server import Security, Server, TokenAccess
from portico.workspaces.models import Workspace


class StoredTokens(TypedDict):
    """Where access tokens are had, as it is stored: secrets as their ids."""

    url: str
    client_id: str
    scope: str
    client_secret: str | None
    refresh_token: str | None


class StoredPart(TypedDict):
    """A server as it is stored: the password as the id of a secret."""

    host: str
    port: int
    security: str
    account: str
    username: str
    password: str | None
    tokens: NotRequired[StoredTokens]


@dataclass(frozen=True)
class TokenPart:
    """Where access tokens are had, in the place of a password."""

    url: str
    client_id: str
    scope: str
    client_secret: UUID | None
    refresh_token: UUID | None

    @classmethod
    def stored(cls, part: StoredTokens) -> TokenPart:
        """What was stored, read back."""
        return cls(
            url=part["url"],
            client_id=part["client_id"],
            scope=part["scope"],
            client_secret=_id(part["client_secret"]),
            refresh_token=_id(part["refresh_token"]),
        )

    def as_stored(self) -> StoredTokens:
        """As JSON takes it."""
        return StoredTokens(
            url=self.url,
            client_id=self.client_id,
            scope=self.scope,
            client_secret=_text(self.client_secret),
            refresh_token=_text(self.refresh_token),
        )


@dataclass(frozen=True)
class ServerPart:
    """The values that say which server it is; all others take effect at once."""

    host: str
    port: int
    security: Security
    account: str
    username: str
    password: UUID | None
    tokens: TokenPart | None = None

    @classmethod
    def of(cls, payload: ServiceEmail) -> ServerPart | None:
        """The server that these values mean; None: the platform's own mailer."""
        if not payload.host:
            return None
        return cls(
            host=payload.host,
            port=payload.port,
            security=payload.security,
            account=payload.account,
            username=payload.login,
            password=payload.password,
            tokens=TokenPart(
                url=payload.token_url,
                client_id=payload.client_id,
                scope=payload.scope,
                client_secret=payload.client_secret,
                refresh_token=payload.refresh_token,
            )
            if payload.uses_tokens
            else None,
        )

    @classmethod
    def stored(cls, part: StoredPart) -> ServerPart:
        """What was stored, read back."""
        tokens = part.get("tokens")
        return cls(
            host=part["host"],
            port=part["port"],
            security=Security(part["security"]),
            account=part["account"],
            username=part["username"],
            password=_id(part["password"]),
            tokens=TokenPart.stored(tokens) if tokens else None,
        )

    def as_stored(self) -> StoredPart:
        """As JSON takes it."""
        part = StoredPart(
            host=self.host,
            port=self.port,
            security=self.security.value,
            account=self.account,
            username=self.username,
            password=_text(self.password),
        )
        if self.tokens is not None:
            part["tokens"] = self.tokens.as_stored()
        return part

    @property
    def binding(self) -> Binding:
        """What its secrets may be used for: this host, port and user, and TLS no weaker; those
        that access tokens are asked for with, also for this endpoint and application alone."""
        place: dict[str, str | int] = {
            "host": self.host,
            "port": self.port,
            "username": self.username,
        }
        if self.tokens is not None:
            place |= {"token_url": self.tokens.url, "client_id": self.tokens.client_id}
        return Binding(place, {"security": self.security.strength})

    @property
    def secrets(self) -> dict[str, UUID]:
        """The ids of its secrets, by the field of the section."""
        found = {"password": self.password}
        if self.tokens is not None:
            found = {
                "client_secret": self.tokens.client_secret,
                "refresh_token": self.tokens.refresh_token,
            }
        return {field: secret_id for field, secret_id in found.items() if secret_id is not None}

    def with_secrets(self, plain: Mapping[str, str]) -> Server:
        """The server as one connects to it; without any secret nobody signs in."""
        tokens = self.tokens
        password = "" if tokens else plain.get("password", "")
        return Server(
            host=self.host,
            port=self.port,
            security=self.security,
            account=self.account,
            username=self.username if tokens or password else "",
            password=password,
            tokens=TokenAccess(
                url=tokens.url,
                client_id=tokens.client_id,
                scope=tokens.scope,
                client_secret=plain.get("client_secret", ""),
                refresh_token=plain.get("refresh_token", ""),
            )
            if tokens
            else None,
        )

    def revealed(self, workspace: Workspace) -> Server:
        """The same with its stored secrets; raises `SecretUnusable`."""
        binding = self.binding
        return self.with_secrets(
            {
                field: reveal(
                    secret_id,
                    workspace=workspace,
                    binding=binding.equal,
                    at_least=binding.at_least,
                )
                for field, secret_id in self.secrets.items()
            }
        )


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _text(secret_id: UUID | None) -> str | None:
    return str(secret_id) if secret_id else None
