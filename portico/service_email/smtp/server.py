"""A mail server as one signs in to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Security(StrEnum):
    """How the connection is protected: not at all, from STARTTLS on, or from its first byte."""

    NONE = "none"
    STARTTLS = "starttls"
    SSL = "ssl"

    @property
    def strength(self) -> int:
        """Grows with the protection; a stored password is never used with less than it was given
        for."""
        return [Security.NONE, Security.STARTTLS, Security.SSL].index(self)


class SignIn(StrEnum):
    """Ways to sign in (SASL mechanisms), the best first."""

    PLAIN = "PLAIN"
    LOGIN = "LOGIN"
    XOAUTH2 = "XOAUTH2"


class SignInWith(StrEnum):
    """What one signs in with: a password, or access tokens (OAuth 2.0)."""

    PASSWORD = "password"  # noqa: S105 - a word
    OAUTH2 = "oauth2"


@dataclass(frozen=True)
class TokenAccess:
    """Where access tokens come from, in the place of a password (OAuth 2.0, RFC 6749).

    With a refresh token that is what a new access token is asked for with (section 6), without one
    the client's own secret is (section 4.4). Neither is in any representation of it.
    """

    url: str
    client_id: str
    scope: str = ""
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Server:
    """Where mail is handed over, and as whom. No username: no sign-in.

    `account` is the sender's address. The password is in no representation of it. `tokens`: sign
    in with access tokens from there, in the place of the password.
    """

    host: str
    port: int
    security: Security
    account: str
    username: str = ""
    password: str = field(default="", repr=False)
    tokens: TokenAccess | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        tokens = self.tokens
        found = (self.password, *((tokens.client_secret, tokens.refresh_token) if tokens else ()))
        return tuple(secret for secret in found if secret)
