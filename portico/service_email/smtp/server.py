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
    """Ways to sign in (SASL mechanisms), the best first. Room for XOAUTH2."""

    PLAIN = "PLAIN"
    LOGIN = "LOGIN"


@dataclass(frozen=True)
class Server:
    """Where mail is handed over, and as whom. No username: no sign-in.

    `account` is the sender's address. The password is in no representation of it.
    """

    host: str
    port: int
    security: Security
    account: str
    username: str = ""
    password: str = field(default="", repr=False)
