"""An uploaded settings file between its plan and its application."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from portico.files.services import file_of, read, store
from portico.kernel.errors import Conflict, NotFound, gettext_noop
from portico.workspaces.models import Workspace

PURPOSE: Final = "settings_file"


class UploadGone(Conflict):
    code = "upload_gone"
    sentence = gettext_noop("The file is no longer kept. Choose it again.")


def keep_upload(workspace: Workspace, content: bytes, *, at: datetime) -> str:
    """Keep a file as uploads are kept, for two days; returns what to ask for it with.

    Call it once the file was read as settings: what is refused, such as one with a password in it,
    is not to be kept. Nobody is ever served it.
    """
    kind = "application/zip" if content.startswith(b"PK") else "application/yaml"
    stored = store(workspace, content, content_type=kind, purpose=PURPOSE, at=at)
    return stored.sha256


def kept_upload(workspace: Workspace, sha256: str) -> bytes:
    """The file that was kept; raises `UploadGone`, for other files of the workspace as well."""
    try:
        stored = file_of(workspace, sha256)
        if PURPOSE not in stored.purposes:
            raise UploadGone
        return read(stored)
    except (NotFound, FileNotFoundError):
        raise UploadGone from None
