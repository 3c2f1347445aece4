"""Settings as people carry them: a folder, a ZIP file, or the YAML alone."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from portico.basic_settings.as_code.document import Document, read_document
from portico.basic_settings.as_code.exporting import FOLDER, NAME, Export, file_name
from portico.basic_settings.as_code.faults import FileDiffers
from portico.basic_settings.as_code.reading import LONGEST
from portico.files.services import read
from portico.kernel.errors import Invalid, gettext_noop

LARGEST_FILE: Final = 16 * 1024 * 1024
MOST_ENTRIES: Final = 1000
LONGEST_LIST: Final = 512 * 1024
METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the same settings give the same ZIP file


class NotAZip(Invalid):
    code = "not_a_zip"
    sentence = gettext_noop(
        "This ZIP file cannot be read. Send settings.yaml, or a ZIP file as it was exported."
    )


class NoSettingsInside(Invalid):
    code = "no_settings_inside"
    sentence = gettext_noop("There is no settings.yaml in it.")


class NoSuchPath(Invalid):
    code = "no_such_path"
    sentence = gettext_noop("%(path)s cannot be read (%(reason)s).")


class FileTooLarge(Invalid):
    code = "settings_file_too_large"
    sentence = gettext_noop("A file beside the settings is larger than %(limit)s MiB.")


class Files(Protocol):
    """Files that came along."""

    def get(self, sha256: str) -> bytes | None:
        """The file of that hash; None where it did not come along. Raises an `Invalid` where it
        cannot be used."""


@dataclass(frozen=True)
class Bundle:
    """A settings file that was read, and what came along. `digest` names the text, which in turn
    names the files by what is in them."""

    document: Document
    files: Files
    digest: str


class _Source(io.BytesIO):
    """The bytes of a ZIP file. `most` is what may be read at once while its list of entries is
    read: that of a million would keep a worker for a while, and is told by its size alone."""

    most: int | None = LONGEST_LIST

    def read(self, size: int | None = -1, /) -> bytes:
        if self.most is not None and size is not None and size > self.most:
            raise zipfile.BadZipFile("The list of entries is too long.")
        return super().read(size)


class NoFiles:
    """Nothing came along."""

    def get(self, sha256: str) -> bytes | None:  # noqa: ARG002 - as the protocol has it
        """None."""
        return None


@dataclass(frozen=True)
class FolderFiles:
    """The files in a folder, each named by its hash."""

    folder: Path

    def get(self, sha256: str) -> bytes | None:
        """The file of that hash, whatever its ending."""
        for path in sorted(self.folder.glob(f"{sha256}*")):
            try:
                with path.open("rb") as file:
                    return checked(sha256, file.read(LARGEST_FILE + 1))
            except OSError as error:
                raise NoSuchPath(path=path, reason=error.strerror or "error") from None
        return None


@dataclass(frozen=True)
class ZipFiles:
    """The files in a ZIP, each named by its hash."""

    archive: zipfile.ZipFile
    names: dict[str, str]

    def get(self, sha256: str) -> bytes | None:
        """The file of that hash, whatever its ending."""
        name = self.names.get(sha256)
        return checked(sha256, _read(self.archive, name, LARGEST_FILE)) if name else None


def checked(sha256: str, content: bytes) -> bytes:
    """A file, if it is what its name says; raises `FileDiffers` or `FileTooLarge`."""
    if len(content) > LARGEST_FILE:
        raise FileTooLarge(limit=LARGEST_FILE // 1024 // 1024)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileDiffers(sha256=sha256)
    return content


def opened(content: bytes) -> Bundle:
    """The settings in an upload: a ZIP file, or the YAML alone. Raises an `Invalid`."""
    if not content.startswith(b"PK\x03\x04"):
        return Bundle(read_document(content), NoFiles(), _digest(content))
    try:
        source = _Source(content)
        archive = zipfile.ZipFile(source)
        source.most = None
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        raise NotAZip from None
    entries = archive.namelist()
    # Whoever packs a folder anew puts its name in front.
    inside = min((name for name in entries if re.fullmatch(rf"([^/]+/)?{NAME}", name)), default="")
    if len(entries) > MOST_ENTRIES:
        raise NotAZip
    if not inside:
        raise NoSettingsInside
    root = f"{inside.removesuffix(NAME)}{FOLDER}/"
    names = {
        name.removeprefix(root)[:64]: name for name in sorted(entries) if name.startswith(root)
    }
    text = _read(archive, inside, LONGEST)
    return Bundle(read_document(text), ZipFiles(archive, names), _digest(text))


def opened_at(path: Path) -> Bundle:
    """The settings at a path: a folder, a ZIP file, or the YAML with its files beside it."""
    if path.is_dir():
        path /= NAME
    try:
        # One byte more than is read of a text tells that it is too long.
        with path.open("rb") as file:
            content = file.read(LONGEST + 1)
            if content.startswith(b"PK\x03\x04"):
                return opened(content + file.read())
    except OSError as error:
        raise NoSuchPath(path=path, reason=error.strerror or "error") from None
    return Bundle(read_document(content), FolderFiles(path.parent / FOLDER), _digest(content))


def zipped(exported: Export) -> bytes:
    """An export as a ZIP file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _entries(exported):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def write_folder(exported: Export, folder: Path) -> None:
    """Write an export into a folder; each file appears whole or not at all."""
    for name, content in _entries(exported):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, content)


def write_whole(target: Path, content: bytes) -> None:
    """Write a file beside its place, and move it there."""
    beside = target.with_name(f".{target.name}.part")
    beside.write_bytes(content)
    beside.replace(target)


def _entries(exported: Export) -> Iterator[tuple[str, bytes]]:
    yield NAME, exported.text.encode()
    for stored in exported.files:
        yield f"{FOLDER}/{file_name(stored)}", read(stored)


def _read(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A file in a ZIP, one byte more than `most` at most: what it says of its size is not asked."""
    if archive.getinfo(name).compress_type not in METHODS:
        raise NotAZip
    try:
        with archive.open(name) as file:
            return file.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError):
        raise NotAZip from None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
