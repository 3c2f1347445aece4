"""The plain-text part of a mail: the same words, readable without any look."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

COLUMNS = 76
MOST_LABEL = 28
WORD = re.compile(r"[^ ]* +|[^ ]+")
# Chinese and Japanese sentences break anywhere but before these.
NOT_FIRST = frozenset("，。、；：？！）》」』】〉…—·,.;:?!)]}%’”")


def width(text: str) -> int:
    """How many columns a text takes: Chinese signs take two, combining marks none."""
    return len(text) if text.isascii() else sum(map(_width, text))


def wrapped(text: str, *, first: str = "", rest: str = "", columns: int = COLUMNS) -> list[str]:
    """The text as lines of at most so many columns; its own line breaks stay.

    A word that is longer, such as an address, has a line to itself. `first` stands before the
    first line and `rest` before the others.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_wrap(paragraph, columns - max(width(first), width(rest))))
    return [f"{first if number == 0 else rest}{line}".rstrip() for number, line in enumerate(lines)]


def aligned(facts: Sequence[tuple[str, str]]) -> list[str]:
    """Facts as lines, the values below each other; a very long label has a line to itself."""
    room = min(MOST_LABEL, max((width(label) + 1 for label, _value in facts), default=0))
    lines: list[str] = []
    for label, value in facts:
        head = f"{label}:"
        if width(head) > room:
            lines += wrapped(head)
            head = ""
        start = head + " " * (room - width(head) + 2)
        lines += wrapped(value, first=start, rest=" " * (room + 2))
    return lines


def _wrap(text: str, columns: int) -> Iterator[str]:
    if width(text) <= columns:
        yield text.rstrip()
        return
    line, taken = "", 0
    for piece in _pieces(text):
        if line and taken + width(piece.rstrip()) > columns:
            yield line.rstrip()
            line, taken = "", 0
        line, taken = line + piece, taken + width(piece)
    yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """What must not be broken, with the space behind it: words, and single Chinese signs."""
    for word in WORD.findall(text):
        if word.isascii():
            yield word
        else:
            yield from _broken(word)


def _broken(word: str) -> Iterator[str]:
    piece = word[0]
    for sign in word[1:]:
        if (_is_wide(sign) or _is_wide(piece[-1])) and sign not in NOT_FIRST and sign != " ":
            yield piece
            piece = ""
        piece += sign
    yield piece


def _is_wide(sign: str) -> bool:
    return not sign.isascii() and _width(sign) == 2


@lru_cache(maxsize=4096)
def _width(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1
