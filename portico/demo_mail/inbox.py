"""What the demo's mail server received, one file a mail, the newest 200 of them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from uuid import UUID

from portico.demo_mail.ports import HOST
from portico.kernel.ids import new_id

KEPT = 200
ENDING = ".eml"


class Inbox:
    """The mails in a folder, which is made when the first one comes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "inbox"

    def keep(self, content: bytes, *, sender: str, recipients: list[str], at: datetime) -> UUID:
        """Keep a mail, under the id that is returned, and drop the oldest ones past `KEPT`.

        It is there whole or not at all. Three lines say how it came, as mail servers do.
        """
        number = new_id()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self.folder / f".{number}"
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(_trace(number, sender, recipients, at))
            file.write(content)
        beside.replace(self._place(number))
        for old in list(self.ids())[KEPT:]:
            self._place(old).unlink(missing_ok=True)
        return number

    def ids(self) -> Iterator[UUID]:
        """The ids of all mails, the newest first."""
        with contextlib.suppress(FileNotFoundError):
            for path in sorted(self.folder.iterdir(), reverse=True):
                with contextlib.suppress(ValueError):  # one that is still being written
                    yield UUID(path.name.removesuffix(ENDING))

    def read(self, number: UUID) -> bytes | None:
        """A mail as it came; None where it is not there (any more)."""
        try:
            return self._place(number).read_bytes()
        except FileNotFoundError:
            return None

    def _place(self, number: UUID) -> Path:
        return self.folder / f"{number}{ENDING}"


def received_at(number: UUID) -> datetime:
    """When the mail with this id came: ids begin with the time, in milliseconds."""
    return datetime.fromtimestamp((number.int >> 80) / 1000, tz=UTC)


def _trace(number: UUID, sender: str, recipients: list[str], at: datetime) -> bytes:
    lines = [
        f"Return-Path: <{sender}>",
        *(f"Delivered-To: {recipient}" for recipient in recipients),
        f"Received: by {HOST} (Portico demo) id {number}; {format_datetime(at)}",
        "",
    ]
    return "\r\n".join(lines).encode("utf-8", errors="surrogateescape")
