"""Which server a workspace's saved values mean, and what its password is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from portico.secrets.services import Binding, reveal
from portico.service_email.payload import ServiceEmail
from portico.service_email.smtp.server import Security, Server
from portico.workspaces.models import Workspace


class StoredPart(TypedDict):
    """A server as it is stored: the password as the id of a secret."""

    host: str
    port: int
    security: str
    account: str
    username: str
    password: str | None


@dataclass(frozen=True)
class ServerPart:
    """The values that say which server it is; all others take effect at once."""

    host: str
    port: int
    security: Security
    account: str
    username: str
    password: UUID | None

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
        )

    @classmethod
    def stored(cls, part: StoredPart) -> ServerPart:
        """What was stored, read back."""
        secret_id = part["password"]
        return cls(
            host=part["host"],
            port=part["port"],
            security=Security(part["security"]),
            account=part["account"],
            username=part["username"],
            password=UUID(secret_id) if secret_id else None,
        )

    def as_stored(self) -> StoredPart:
        """As JSON takes it."""
        return StoredPart(
            host=self.host,
            port=self.port,
            security=self.security.value,
            account=self.account,
            username=self.username,
            password=str(self.password) if self.password else None,
        )

    @property
    def binding(self) -> Binding:
        """What the password may be used for: this host, port and user, and TLS no weaker."""
        return Binding(
            {"host": self.host, "port": self.port, "username": self.username},
            {"security": self.security.strength},
        )

    def with_password(self, password: str) -> Server:
        """The server as one connects to it; without a password nobody signs in."""
        return Server(
            host=self.host,
            port=self.port,
            security=self.security,
            account=self.account,
            username=self.username if password else "",
            password=password,
        )

    def revealed(self, workspace: Workspace) -> Server:
        """The same with its stored password; raises `SecretUnusable`."""
        if self.password is None:
            return self.with_password("")
        binding = self.binding
        return self.with_password(
            reveal(
                self.password,
                workspace=workspace,
                binding=binding.equal,
                at_least=binding.at_least,
            )
        )
