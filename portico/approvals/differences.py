"""What a version changes against another: its manifest, its files, its size.

Files are compared by what they hold. The size and the CRC that a ZIP states are no proof that two
files are the same, for whoever packs a file can give it any CRC; so those that agree in both are
read as well. Versions never change, so what was compared once need not be again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import BinaryIO
from uuid import UUID

from portico.approvals.manifests import manifest_changes
from portico.files.models import path_of
from portico.files.services import open_seekable
from portico.miniprograms.models import Version
from portico.miniprograms.packages import Entry, open_entry, read_index
from portico.ui.values import Change

CHUNK = 256 * 1024


class How(StrEnum):
    """What became of a file."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class FileChange:
    """A file that is not the same in both packages, and how many bytes it has; None: it is not
    there."""

    name: str
    how: How
    before: int | None
    after: int | None


@dataclass(frozen=True)
class Files:
    """The files that differ, by name, and how many are the same.

    `lost`: the storage does not have one of the packages, so nothing can be said.
    """

    changes: tuple[FileChange, ...] = ()
    same: int = 0
    lost: bool = False

    def count(self, how: How) -> int:
        """How many files were added, removed or changed."""
        return sum(change.how is how for change in self.changes)


@dataclass(frozen=True)
class Differences:
    """What a version changes against the one before; `before` None: there is none.

    Sizes are bytes, packed and unpacked; None for a hosted version. `manifest` is in words, in the
    current language.
    """

    before: Version | None
    after: Version
    manifest: tuple[Change, ...] = ()
    files: Files = field(default_factory=Files)

    @property
    def packed(self) -> tuple[int | None, int | None]:
        """The size of the package before and after."""
        return _bytes(self.before, "packed"), _bytes(self.after, "packed")

    @property
    def unpacked(self) -> tuple[int | None, int | None]:
        """The size of all files before and after."""
        return _bytes(self.before, "unpacked"), _bytes(self.after, "unpacked")

    @property
    def entry_urls(self) -> tuple[str, str]:
        """Where a hosted program begins, before and after; empty for packages."""
        return self.before.entry_url if self.before else "", self.after.entry_url


def differences(before: Version | None, after: Version) -> Differences:
    """What `after` changes against `before`, both of one workspace."""
    return Differences(
        before=before,
        after=after,
        manifest=tuple(manifest_changes(before.manifest if before else {}, after.manifest)),
        files=files_between(before, after),
    )


def files_between(before: Version | None, after: Version) -> Files:
    """The files that differ; none where neither is a package."""
    old = before.package if before else ""
    if not old and not after.package:
        return Files()
    try:
        return _compared(after.workspace_id, old, after.package)
    except FileNotFoundError:
        return Files(lost=True)


@lru_cache(maxsize=16)
def _compared(workspace_id: UUID, old: str, new: str) -> Files:
    """The same by the hashes of two packages; empty: there is none."""
    if not old or not new:
        how = How.REMOVED if old else How.ADDED
        with open_seekable(path_of(workspace_id, old or new)) as file:
            return Files(tuple(_alone(how, entry) for entry in _by_name(read_index(file))))
    with (
        open_seekable(path_of(workspace_id, old)) as old_file,
        open_seekable(path_of(workspace_id, new)) as new_file,
    ):
        before, after = read_index(old_file), read_index(new_file)
        found, same = [], 0
        for name in sorted({*before, *after}):
            one, other = before.get(name), after.get(name)
            if one is None or other is None:
                gone = one is not None
                entry = before[name] if gone else after[name]
                found.append(_alone(How.REMOVED if gone else How.ADDED, entry))
            elif _is_same(old_file, one, new_file, other):
                same += 1
            else:
                found.append(FileChange(name, How.CHANGED, one.size, other.size))
    return Files(tuple(found), same)


def _by_name(index: Mapping[str, Entry]) -> list[Entry]:
    return [index[name] for name in sorted(index)]


def _alone(how: How, entry: Entry) -> FileChange:
    removed = how is How.REMOVED
    return FileChange(
        entry.name, how, entry.size if removed else None, None if removed else entry.size
    )


def _is_same(old_file: BinaryIO, old: Entry, new_file: BinaryIO, new: Entry) -> bool:
    if (old.size, old.crc) != (new.size, new.crc):
        return False
    with open_entry(old_file, old) as one, open_entry(new_file, new) as other:
        while True:
            chunk = one.read(CHUNK)
            if chunk != other.read(CHUNK):
                return False
            if not chunk:
                return True


def _bytes(version: Version | None, name: str) -> int | None:
    if version is None or not version.package:
        return None
    return int(getattr(version, name))
