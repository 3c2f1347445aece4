"""What is checked: the files of a package, each read when it is looked at, and what is known of it.

Limits are part of it. A file that is too large, or comes when the whole has become too much, is not
read; which ones those were is a finding of its own.
"""

from __future__ import annotations

import json
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from posixpath import splitext
from typing import Final, NamedTuple

from portico.automated_checks.rules.findings import Finding, Rule, Severity
from portico.kernel.errors import gettext_noop

MIB: Final = 1024 * 1024
MOST_TEXT: Final = 2 * MIB  # of one file
MOST_TEXT_IN_ALL: Final = 24 * MIB

SKIPPED = Rule(
    "file-not-checked",
    Severity.WARNING,
    gettext_noop("This file was not looked into: %(why)s."),
    gettext_noop("Split it or make it smaller, or look at it yourself."),
)
TOO_LARGE = gettext_noop("it is larger than 2 MiB")
TOO_MUCH = gettext_noop("the package has more text than is looked at in one run")
NOT_UTF_8 = Rule(
    "text-other-encoding",
    Severity.WARNING,
    gettext_noop("This file is no text in UTF-8. Some of it may not have been understood."),
    gettext_noop("Save it in UTF-8."),
)


class Sort(StrEnum):
    """What kind of file an entry is, by its name."""

    SCRIPT = "script"
    MARKUP = "markup"
    STYLE = "style"
    JSON = "json"
    PICTURE = "picture"
    OTHER = "other"


SORTS: Final[Mapping[str, Sort]] = {
    **dict.fromkeys((".js", ".mjs", ".cjs"), Sort.SCRIPT),
    **dict.fromkeys((".html", ".htm", ".xhtml", ".svg"), Sort.MARKUP),
    ".css": Sort.STYLE,
    **dict.fromkeys((".json", ".webmanifest"), Sort.JSON),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".ico"), Sort.PICTURE),
}


class Size(NamedTuple):
    """Bytes: as the file, and as what it takes in the package."""

    whole: int
    packed: int


@dataclass
class Files:
    """The entries of a package. `read` gives the bytes of one; `tired` says that so much time was
    spent that no further text is to be looked at."""

    sizes: Mapping[str, Size]
    read: Callable[[str], bytes]
    skipped: dict[str, str] = field(default_factory=dict)
    left: int = MOST_TEXT_IN_ALL
    tired: Callable[[], bool] = lambda: False
    odd: set[str] = field(default_factory=set)

    def __contains__(self, name: str) -> bool:
        return name in self.sizes

    @property
    def names(self) -> list[str]:
        """All of them, in a fixed order."""
        return sorted(self.sizes)

    def of(self, *sorts: Sort) -> list[str]:
        """Those of these sorts."""
        return [name for name in self.names if sort_of(name) in sorts]

    def text(self, name: str) -> str | None:
        """What a text file says, as browsers would read it; None where it is too large."""
        size = self.sizes[name].whole
        if size > MOST_TEXT:
            self.skipped[name] = TOO_LARGE
        elif size > self.left or self.tired():
            self.skipped[name] = TOO_MUCH
        else:
            self.left -= size
            return self._decoded(name, self.read(name))
        return None

    def _decoded(self, name: str, content: bytes) -> str:
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.odd.add(name)
        # Browsers go by the first two bytes, and take what is no UTF-8 for a letter.
        is_wide = content.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
        return content.decode("utf-16" if is_wide else "utf-8", "replace")

    def not_checked(self) -> Iterator[Finding]:
        """The files that were not looked into so far."""
        for name, why in sorted(self.skipped.items()):
            yield SKIPPED.found(name, why=why)
        for name in sorted(self.odd):
            yield NOT_UTF_8.found(name)


@dataclass(frozen=True)
class Subject:
    """A version to check.

    `manifest` is what its manifest.json says. `server_domains` are those of its program on any
    target. `entry_url`: where a hosted version is; it has no files.
    """

    files: Files
    manifest: Mapping[str, object]
    server_domains: tuple[str, ...] = ()
    packed: int = 0
    entry_url: str = ""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its texts, from the names of the files."""
        names = (name.removeprefix("i18n/") for name in self.files.names if is_texts(name))
        return tuple(name.removesuffix(".json") for name in names)

    def said(self, member: str) -> str:
        """A text of the manifest; empty where there is none."""
        value = self.manifest.get(member)
        return value.strip() if isinstance(value, str) else ""

    def list_of(self, member: str) -> list[object]:
        """A list of the manifest; empty where there is none."""
        value = self.manifest.get(member)
        return value if isinstance(value, list) else []

    @property
    def pages(self) -> list[str]:
        """The files of the declared pages that are there."""
        pages = (page for page in self.list_of("pages") if isinstance(page, str))
        names = (f"{page.strip('/')}.html" for page in pages)
        return [name for name in dict.fromkeys(names) if name in self.files]


def is_texts(name: str) -> bool:
    """Whether an entry holds the texts of a language."""
    return name.startswith("i18n/") and name.endswith(".json") and name.count("/") == 1


def sort_of(name: str) -> Sort:
    """What kind of file this is by its name."""
    return SORTS.get(splitext(name)[1].lower(), Sort.OTHER)


def files_of(content: Mapping[str, bytes | str]) -> Files:
    """Files that are at hand."""
    at_hand = {n: c.encode() if isinstance(c, str) else c for n, c in content.items()}
    sizes = {name: Size(len(one), len(one)) for name, one in at_hand.items()}
    return Files(sizes, at_hand.__getitem__)


def manifest_in(files: Files) -> Mapping[str, object]:
    """What manifest.json says; empty where it says nothing that can be used."""
    try:
        said = json.loads(files.text("manifest.json") or "{}") if "manifest.json" in files else {}
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def listed(names: Iterable[str], *, most: int = 5) -> str:
    """A few names in a sentence."""
    names = list(names)
    shown = ", ".join(names[:most])
    return f"{shown} (+{len(names) - most})" if len(names) > most else shown
