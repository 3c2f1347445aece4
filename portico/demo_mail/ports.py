"""What the demo's mail server does at which of its ports, and what lets one in."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

HOST = "mail.localhost"
FIRST_PORT = 2525  # where looking for free ports begins
PASSWORD = "demo-mail-2026"  # noqa: S105 - public by design; there is no demo in production


class Manner(IntEnum):
    """How it behaves at a port. The number is added to its first port."""

    STARTTLS = 0
    IMPLICIT_TLS = 1
    NO_TLS = 2
    REFUSES_PASSWORDS = 3
    GREYLISTS = 4
    EXPIRED_CERTIFICATE = 5
    SILENT = 6


def ports_from(first: int) -> tuple[int, ...]:
    """All ports of a server whose first port is this."""
    return tuple(first + manner for manner in Manner)


def folder_in(data_dir: Path) -> Path:
    """Where the server keeps its certificates and what it received."""
    return data_dir / "demo-mail"
