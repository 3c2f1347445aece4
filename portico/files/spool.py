"""Where what comes in waits, on disk and not in memory, until it is looked at and stored.

In the data folder, for the folder of the system may be in memory or small. The files have no name
wherever the file system knows such: then the kernel frees them with the process, however it ends.
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings


def spool_folder() -> Path:
    """The folder, made where it is missing."""
    folder = Path(settings.DATA_DIR) / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def spooled() -> BinaryIO:
    """A new file to write to and read from; it is gone once it is closed."""
    return cast(BinaryIO, tempfile.TemporaryFile(dir=spool_folder()))


def sweep_spool(*, older_than: datetime) -> int:
    """Delete files that lie there since before then; returns how many.

    There are none but on file systems that give every file a name, for an instant.
    """
    left = [
        path
        for path in spool_folder().iterdir()
        if path.is_file() and path.stat().st_mtime < older_than.timestamp()
    ]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)
