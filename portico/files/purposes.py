"""What a file can be uploaded for: the features that take files say how."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from portico.files.models import StoredFile
from portico.kernel.errors import Invalid, gettext_noop
from portico.workspaces.models import Workspace


class TakeIn(Protocol):
    """Check these bytes, make them harmless, store them. Raises an `Invalid` with the reason."""

    def __call__(
        self, workspace: Workspace, content: bytes, *, name: str, at: datetime
    ) -> tuple[StoredFile, tuple[str, ...]]:
        """The stored file, and sentences (marked for translation) on what was taken out of it."""


class UnknownPurpose(Invalid):
    code = "unknown_purpose"
    sentence = gettext_noop("A file is uploaded for one of: %(known)s.")


_purposes: dict[str, TakeIn] = {}


def register_purposes(purposes: dict[str, TakeIn]) -> None:
    """Let files be uploaded for these purposes."""
    _purposes.update(purposes)


def taker_for(purpose: str) -> TakeIn:
    """How a file for this purpose is taken in; raises `UnknownPurpose`."""
    try:
        return _purposes[purpose]
    except KeyError:
        raise UnknownPurpose(known=", ".join(sorted(_purposes))) from None
