"""Copying stored files from a folder into the storage that is configured now."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from django.core.files.storage import default_storage

from portico.files.models import StoredFile
from portico.files.services import keep_bytes


@dataclass
class Copied:
    """What became of the files: `damaged` and `missing` are hashes of those that are not there."""

    copied: int = 0
    there: int = 0
    damaged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def copy_to_bucket(folder: Path) -> Copied:
    """Copy every file that has a row and is not in the storage. The names are the same there."""
    done = Copied()
    for stored in StoredFile.objects.order_by("workspace_id", "sha256").iterator():
        if default_storage.exists(stored.path):
            done.there += 1
        else:
            _copy(stored, folder / stored.path, done)
    return done


def _copy(stored: StoredFile, path: Path, done: Copied) -> None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        done.missing.append(stored.sha256)
        return
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        done.damaged.append(stored.sha256)
        return
    keep_bytes(stored.path, content, content_type=stored.content_type)
    done.copied += 1
