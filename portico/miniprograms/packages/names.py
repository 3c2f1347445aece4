"""Which names the entries of a package may have.

From W3C MiniApp Packaging, "File Names", and from what file systems and serving would stumble on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

from portico.miniprograms.packages.problems import Problems, shown
from portico.miniprograms.packages.rules import Rule
from portico.miniprograms.packages.structures import MOST_NAME, Listed

MOST_SEGMENT: Final = 255  # bytes
MOST_FOLDERS: Final = 32
DRIVE = re.compile(r"[A-Za-z]:")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
REFUSED = re.compile(r'[<>:"|?*]')
# With any ending too: Windows takes nul.txt for the device.
RESERVED = re.compile(r"(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³])(?:\..*)?", re.IGNORECASE)


def check_name(entry: Listed, problems: Problems) -> bool:
    """Note what is wrong with the entry's name; whether nothing is."""
    if not _is_decodable(entry):
        problems.add(Rule.NAME_ENCODING, entry.name)
        return False
    rule = broken_rule(entry.name)
    if rule is not None:
        problems.add(rule, entry.name, most=MOST_FOLDERS)
    return rule is None


def broken_rule(name: str) -> Rule | None:
    """The first rule that a name breaks. One is enough: it is to be renamed once."""
    return next((rule for rule, breaks in CHECKS if breaks(name)), None)


def check_duplicates(names: Iterable[str], problems: Problems) -> None:
    """Note names that some file system or reader takes for one and the same."""
    files: dict[str, str] = {}
    folders: dict[str, str] = {}  # key -> spelling, of those named and of those files lie in
    for name in names:
        path = name.rstrip("/")
        is_folder = path != name
        key = folded(path) + "/" * is_folder
        if key in files:
            problems.add(Rule.DUPLICATE_NAME, name, other=shown(files[key]))
        files.setdefault(key, name)
        _check_folders(path if is_folder else path.rpartition("/")[0], folders, name, problems)
    for key, name in files.items():
        if not key.endswith("/") and key in folders:
            problems.add(Rule.FILE_AND_FOLDER, name)


def _check_folders(path: str, folders: dict[str, str], name: str, problems: Problems) -> None:
    while path:
        other = folders.setdefault(folded(path), path)
        if other == path:
            return
        problems.add(Rule.DUPLICATE_NAME, name, other=shown(other))
        path = path.rpartition("/")[0]


def folded(name: str) -> str:
    """The same for names that some system cannot tell apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _is_decodable(entry: Listed) -> bool:
    try:
        entry.raw_name.decode("utf-8" if entry.is_utf8 else "ascii")
    except UnicodeDecodeError:
        return False
    return True


def _segments(name: str) -> list[str]:
    return name.removesuffix("/").split("/")


def _has(*categories: str) -> Callable[[str], bool]:
    return lambda name: (
        not name.isascii()
        and any(unicodedata.category(character) in categories for character in name)
    )


def _any_segment(breaks: Callable[[str], object]) -> Callable[[str], bool]:
    return lambda name: any(breaks(segment) for segment in _segments(name))


CHECKS: Final[tuple[tuple[Rule, Callable[[str], bool]], ...]] = (
    (Rule.EMPTY_NAME, lambda name: not name),
    (
        Rule.NAME_TOO_LONG,
        lambda name: (
            len(name.encode()) > MOST_NAME
            or any(len(segment.encode()) > MOST_SEGMENT for segment in _segments(name))
        ),
    ),
    (Rule.CONTROL_CHARACTER, lambda name: CONTROL.search(name) is not None),
    (Rule.ABSOLUTE_PATH, lambda name: name[0] in "/\\" or DRIVE.match(name) is not None),
    (Rule.BACKSLASH, lambda name: "\\" in name),
    (Rule.PARENT_SEGMENT, _any_segment(lambda segment: segment in {".", ".."})),
    (Rule.EMPTY_SEGMENT, _any_segment(lambda segment: not segment)),
    (Rule.INVISIBLE_CHARACTER, _has("Cf", "Zl", "Zp", "Co", "Cn")),
    (Rule.REFUSED_CHARACTER, lambda name: REFUSED.search(name) is not None),
    (Rule.TRAILING_CHARACTER, _any_segment(lambda segment: segment[-1] in ". ")),
    (Rule.RESERVED_NAME, _any_segment(RESERVED.fullmatch)),
    (Rule.TOO_DEEP, lambda name: name.removesuffix("/").count("/") > MOST_FOLDERS),
)
