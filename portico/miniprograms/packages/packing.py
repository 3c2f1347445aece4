"""Make the ZIP of a package from a folder: the same bytes for the same files, wherever."""

from __future__ import annotations

import os
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

from portico.miniprograms.packages.archives import Package, read_package
from portico.miniprograms.packages.contents import CHUNK
from portico.miniprograms.packages.limits import LIMITS, Limits
from portico.miniprograms.packages.problems import Problems
from portico.miniprograms.packages.rules import Rule

FIRST_MOMENT: Final = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP can tell
PLAIN_FILE: Final = (stat.S_IFREG | 0o644) << 16
UNIX: Final = 3
# Compressed by their own means already.
STORED_ENDINGS: Final = frozenset(
    "avif gif jpeg jpg m4a mp3 mp4 ogg png webm webp woff woff2".split()
)
NEVER_PACKED: Final = frozenset({"node_modules", "__MACOSX", "Thumbs.db", "desktop.ini"})


class Why(StrEnum):
    """Why something was left out."""

    HIDDEN = "hidden"  # its name begins with a dot
    TOOL = "tool"  # put there by a tool, and of no use in a package
    SOURCE_MAP = "source_map"  # would show everybody the source


@dataclass(frozen=True)
class LeftOut:
    """A file or folder of the folder that is not in the package."""

    name: str
    why: Why


@dataclass(frozen=True)
class Progress:
    """How far packing is: of `files`, `done` are in the ZIP; `name` was the latest."""

    name: str
    done: int
    files: int


@dataclass(frozen=True)
class Packed:
    """What became of a folder. `size` is the bytes of the ZIP."""

    package: Package
    size: int
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class _Found:
    files: dict[str, Path]
    left_out: tuple[LeftOut, ...]


def pack(
    folder: Path,
    into: BinaryIO,
    *,
    progress: Callable[[Progress], object] | None = None,
    limits: Limits = LIMITS,
) -> Packed:
    """Write the package of a folder into an empty file that can seek and be read, and check it.

    Left out are files and folders whose names begin with a dot, node_modules, source maps and
    what systems leave behind. Raises `PackageRefused` as `read_package` does, and where a link
    leads out of the folder.
    """
    problems = Problems()
    found = _find(folder, limits, problems)
    problems.refuse_if_any()
    _refuse_too_much(found, limits, problems)
    with zipfile.ZipFile(into, "w") as archive:
        for done, (name, path) in enumerate(sorted(found.files.items()), start=1):
            _write(archive, name, path, problems)
            if progress is not None:
                progress(Progress(name, done, len(found.files)))
    size = into.tell()
    return Packed(read_package(into, limits=limits), size, found.left_out)


def _find(folder: Path, limits: Limits, problems: Problems) -> _Found:
    """All files by their names in the package, in no order that anybody may rely on. Ends early
    where there are too many: somebody may have named the folder that all of theirs are in."""
    files: dict[str, Path] = {}
    left_out: list[LeftOut] = []
    root = folder.resolve()
    waiting: list[tuple[Path, str, tuple[Path, ...]]] = [(folder, "", (root,))]
    while waiting and not problems.full and len(files) <= limits.entries:
        place, prefix, above = waiting.pop()
        for name, path in _children(place, prefix, problems):
            why = _why_left_out(path.name)
            if why is not None:
                left_out.append(LeftOut(name, why))
            elif path.is_symlink() and not _leads_to_a_place_within(path, root, above):
                problems.add(Rule.LINK_OUTSIDE, name)
            elif path.is_dir():
                waiting.append((path, f"{name}/", (*above, path.resolve())))
            elif path.is_file():
                if name in files:
                    problems.add(Rule.DUPLICATE_NAME, name, other=name)
                files[name] = path
            else:
                problems.add(Rule.SPECIAL_FILE, name)
    return _Found(files, tuple(sorted(left_out, key=lambda one: one.name)))


def _children(place: Path, prefix: str, problems: Problems) -> Iterator[tuple[str, Path]]:
    try:
        children = sorted(place.iterdir())
    except OSError:
        problems.add(Rule.UNREADABLE, prefix or ".")
        return
    for path in children:
        # One form on all systems: some hand out names taken apart into letters and accents.
        yield prefix + unicodedata.normalize("NFC", path.name), path


def _leads_to_a_place_within(link: Path, root: Path, above: tuple[Path, ...]) -> bool:
    """Whether it is safe to follow: to something in the folder that does not lead back up."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return False
    return target.is_relative_to(root) and target not in above


def _why_left_out(name: str) -> Why | None:
    if name.startswith("."):
        return Why.HIDDEN
    if name in NEVER_PACKED:
        return Why.TOOL
    return Why.SOURCE_MAP if name.lower().endswith(".map") else None


def _refuse_too_much(found: _Found, limits: Limits, problems: Problems) -> None:
    """Before any time is spent on compressing it."""
    if len(found.files) > limits.entries:
        problems.refuse(Rule.TOO_MANY_ENTRIES, count=len(found.files), most=limits.entries)
    unpacked = sum(path.stat().st_size for path in found.files.values())
    if unpacked > limits.unpacked:
        problems.refuse(Rule.TOO_LARGE_UNPACKED, bytes=unpacked, most=limits.unpacked)


def _write(archive: zipfile.ZipFile, name: str, path: Path, problems: Problems) -> None:
    entry = zipfile.ZipInfo(name, FIRST_MOMENT)
    entry.create_system, entry.external_attr = UNIX, PLAIN_FILE
    stored = path.suffix.lower().removeprefix(".") in STORED_ENDINGS
    entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    try:
        with path.open("rb") as source:
            entry.file_size = os.fstat(source.fileno()).st_size
            with archive.open(entry, "w") as sink:
                while chunk := source.read(CHUNK):
                    sink.write(chunk)
    except OSError:
        problems.refuse(Rule.UNREADABLE, name)
