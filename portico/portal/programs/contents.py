"""What is in a stored package: its index and what its manifest says of pages, kept by its hash."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from portico.files.models import path_of
from portico.files.services import open_seekable
from portico.miniprograms.packages import Entry, read_entry, read_index
from portico.portal.programs.remembering import Remembered
from portico.portal.programs.seeing import Behind

MANIFEST = "manifest.json"
MOST_ENTRIES = 250_000
MOST_BYTES = 48 * 1024 * 1024
SMALL = 512 * 1024
MOST_MANIFEST = 1024 * 1024
TEXTS = re.compile(r"i18n/([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3})\.json")


@dataclass(frozen=True)
class Contents:
    """A package: its entries by name, its declared pages in their order, and its texts' languages.

    The first page is the one that a program begins with.
    """

    package: str
    path: str
    entries: Mapping[str, Entry]
    pages: tuple[str, ...]
    languages: tuple[str, ...]
    default_language: str

    def open(self) -> BinaryIO:
        """The stored ZIP; whoever opens it closes it."""
        return open_seekable(self.path)

    def packed(self, entry: Entry) -> bytes | None:
        """The bytes of a small entry as they lie in the ZIP; None: it is not small."""
        if entry.packed > SMALL:
            return None
        return _bytes.get((self.package, entry.name), lambda: self._read_packed(entry))

    def read(self, name: str, *, most: int) -> bytes:
        """An entry, inflated; empty where there is none and where it is larger than that."""
        entry = self.entries.get(name)
        if entry is None or entry.size > most:
            return b""
        with self.open() as file:
            return read_entry(file, entry, most=most)

    def _read_packed(self, entry: Entry) -> bytes:
        with self.open() as file:
            file.seek(entry.offset)
            return file.read(entry.packed)


_contents: Remembered[Contents] = Remembered(
    MOST_ENTRIES, weigh=lambda contents: len(contents.entries) + 100
)
_bytes: Remembered[bytes] = Remembered(MOST_BYTES, weigh=lambda packed: len(packed) + 200)


def contents_of(found: Behind) -> Contents:
    """What is in the package of a version."""
    # By workspace, too: the bytes are the same, but each workspace has its own.
    key = (found.workspace, found.package)
    return _contents.get(key, lambda: _read(path_of(*key), found.package))


def _read(path: str, package: str) -> Contents:
    with open_seekable(path) as file:
        entries = read_index(file)
        manifest = json.loads(read_entry(file, entries[MANIFEST], most=MOST_MANIFEST))
    # As its check took them: with or without the ending.
    pages = tuple(str(page).removesuffix(".html") for page in manifest["pages"])
    languages = tuple(
        sorted(found[1] for name in entries if (found := TEXTS.fullmatch(name)) is not None)
    )
    default = manifest.get("default_language") or manifest.get("lang") or "en"
    return Contents(package, path, entries, pages, languages, str(default))
