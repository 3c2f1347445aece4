"""What changed between two texts, word by word, in bounded time whatever the texts are.

Words that occur once in both texts are anchors (patience diff), and where there are none, rows of
words that do. What is between two anchors is treated the same way; what has none is compared
directly if it is short, and else said to be replaced as a whole. How a text is broken into lines
and pages does not matter.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_WORDS = 300_000
MOST_COMPARED = 40_000
"""Pairs of words that are compared directly, in one stretch without anchors."""
MOST_STEPS = 6_000_000
"""Words looked at and pairs compared in all, which takes two seconds or so. What is left then is
said to be replaced."""
ROWS = (1, 4, 12)
"""How many words in a row make an anchor, where fewer make none."""
MOST_PASSAGES = 2_000
AROUND = 30
"""Unchanged words that are shown before and after a change."""

# A Han, kana or Hangul letter is a word; so is a run of other letters, and each other sign.
WORD = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿가-힯]|[^\W぀-ヿ㐀-䶿一-鿿豈-﫿가-힯]+|[^\w\s]")


class Mark(StrEnum):
    """What became of a stretch of words."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    SKIPPED = "skipped"  # unchanged, and not shown


@dataclass(frozen=True)
class Passage:
    """A stretch of text. Of a skipped one only the number of words is known."""

    mark: Mark
    text: str
    words: int


@dataclass(frozen=True)
class Redline:
    """Passages in the order of reading. `cut`: there are more than are listed."""

    passages: tuple[Passage, ...]
    added: int
    removed: int
    cut: bool = False

    @property
    def is_same(self) -> bool:
        """Whether both texts have the same words."""
        return not (self.added or self.removed)


@dataclass(frozen=True)
class _Text:
    """A text as words; `spaced` says which have a space before them."""

    words: list[str]
    spaced: list[bool]

    def between(self, start: int, end: int) -> str:
        """The words from start to end, with the spaces that they had."""
        return "".join(
            f" {word}" if spaced else word
            for word, spaced in zip(self.words[start:end], self.spaced[start:end], strict=True)
        )


_Span = tuple[int, int, int, int]
"""From, to in the old text; from, to in the new one."""


def redline(old: str, new: str) -> Redline:
    """What was removed from the old text and added to make the new one."""
    before, after = _read(old), _read(new)
    passages: list[Passage] = []
    added = removed = 0
    for same, (a, b, c, d) in _stretches(before.words, after.words):
        if same:
            passages += _unchanged(after, c, d, first=c == 0, last=d == len(after.words))
            continue
        if b > a:
            passages.append(Passage(Mark.REMOVED, before.between(a, b), b - a))
        if d > c:
            passages.append(Passage(Mark.ADDED, after.between(c, d), d - c))
        removed, added = removed + b - a, added + d - c
    return Redline(
        tuple(passages[:MOST_PASSAGES]), added, removed, cut=len(passages) > MOST_PASSAGES
    )


def _read(text: str) -> _Text:
    words: list[str] = []
    spaced: list[bool] = []
    end = -1
    for match in WORD.finditer(text):
        words.append(match.group())
        spaced.append(match.start() != end)
        end = match.end()
        if len(words) == MOST_WORDS:
            break
    return _Text(words, spaced)


def _unchanged(text: _Text, start: int, end: int, *, first: bool, last: bool) -> Iterator[Passage]:
    """An unchanged stretch: what is near a change, and how much there is in between."""
    head = start if first else min(end, start + AROUND)
    tail = end if last else max(head, end - AROUND)
    if tail - head <= AROUND and not (first and last):
        yield Passage(Mark.SAME, text.between(start, end), end - start)
        return
    if head > start:
        yield Passage(Mark.SAME, text.between(start, head), head - start)
    if tail > head:
        yield Passage(Mark.SKIPPED, "", tail - head)
    if end > tail:
        yield Passage(Mark.SAME, text.between(tail, end), end - tail)


def _stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, _Span]]:
    """The texts cut into stretches that are the same or differ, neighbors joined."""
    a = c = 0
    for start, there, length in _joined(_matches(old, new)):
        if start > a or there > c:
            yield False, (a, start, c, there)
        yield True, (start, start + length, there, there + length)
        a, c = start + length, there + length
    if a < len(old) or c < len(new):
        yield False, (a, len(old), c, len(new))


def _joined(matches: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    current: tuple[int, int, int] | None = None
    for start, there, length in matches:
        if current and start == current[0] + current[2] and there == current[1] + current[2]:
            current = (current[0], current[1], current[2] + length)
            continue
        if current:
            yield current
        current = (start, there, length)
    if current:
        yield current


def _matches(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int]]:
    """Stretches that are the same: where they begin in both texts, and how long they are."""
    found: list[tuple[int, int, int]] = []
    waiting: list[_Span] = [(0, len(old), 0, len(new))]
    steps = 0
    while waiting and steps < MOST_STEPS:
        a, b, c, d = waiting.pop()
        head, tail = _ends(old, new, (a, b, c, d))
        found += [(a, c, head), (b - tail, d - tail, tail)]
        inner = (a + head, b - tail, c + head, d - tail)
        size, width = inner[1] - inner[0], inner[3] - inner[2]
        steps += b - a + d - c
        if not (size and width):
            continue
        if size * width <= MOST_COMPARED:
            steps += size * width
            found += _compared(old, new, inner)
            continue
        anchors = _anchors(old, new, inner)
        waiting += _around(anchors, inner) if anchors else ()
        found += [(start, there, 1) for start, there in anchors]
    return sorted(one for one in found if one[2])


def _ends(old: Sequence[str], new: Sequence[str], span: _Span) -> tuple[int, int]:
    """How many words are the same at the beginning and, after those, at the end."""
    a, b, c, d = span
    most = min(b - a, d - c)
    head = 0
    while head < most and old[a + head] == new[c + head]:
        head += 1
    tail = 0
    while tail < most - head and old[b - 1 - tail] == new[d - 1 - tail]:
        tail += 1
    return head, tail


def _anchors(old: Sequence[str], new: Sequence[str], span: _Span) -> list[tuple[int, int]]:
    """Words, or the first words of rows, that occur once in both: as many as stand in the same
    order in both."""
    a, b, c, d = span
    for row in ROWS:
        in_old = _once(_rows(old, a, b, row))
        in_new = _once(_rows(new, c, d, row))
        pairs = [(place, in_new[key]) for key, place in in_old.items() if key in in_new]
        if pairs:
            return _longest_rising(pairs)
    return []


def _rows(words: Sequence[str], start: int, end: int, row: int) -> Iterator[tuple[object, int]]:
    for place in range(start, end - row + 1):
        yield (words[place] if row == 1 else tuple(words[place : place + row])), place


def _once(rows: Iterator[tuple[object, int]]) -> dict[object, int]:
    """Where those are that occur once, in the order of the text."""
    places: dict[object, int] = {}
    for key, place in rows:
        places[key] = -1 if key in places else place
    return {key: place for key, place in places.items() if place >= 0}


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest selection in which the second numbers rise, as the first ones do."""
    ends: list[int] = []
    at_end: list[int] = []
    previous: list[int] = []
    for index, (_, there) in enumerate(pairs):
        place = bisect_left(ends, there)
        previous.append(at_end[place - 1] if place else -1)
        if place == len(ends):
            ends.append(there)
            at_end.append(index)
        else:
            ends[place], at_end[place] = there, index
    chosen: list[tuple[int, int]] = []
    index = at_end[-1] if at_end else -1
    while index >= 0:
        chosen.append(pairs[index])
        index = previous[index]
    return chosen[::-1]


def _around(anchors: Sequence[tuple[int, int]], span: _Span) -> Iterator[_Span]:
    """What is between the anchors."""
    a, b, c, d = span
    for start, there in anchors:
        if start > a or there > c:
            yield a, start, c, there
        a, c = start + 1, there + 1
    if b > a or d > c:
        yield a, b, c, d


def _compared(
    old: Sequence[str], new: Sequence[str], span: _Span
) -> Iterator[tuple[int, int, int]]:
    """The longest common selection of words, by comparing each with each."""
    a, b, c, d = span
    width = d - c + 1
    lengths = [array("H", bytes(2 * width))]
    for word in reversed(old[a:b]):
        below, row = lengths[-1], array("H", bytes(2 * width))
        for index in range(width - 2, -1, -1):
            same = word == new[c + index]
            row[index] = below[index + 1] + 1 if same else max(below[index], row[index + 1])
        lengths.append(row)
    lengths.reverse()
    start, there = 0, 0
    while start < b - a and there < d - c:
        if old[a + start] == new[c + there]:
            yield a + start, c + there, 1
            start, there = start + 1, there + 1
        elif lengths[start + 1][there] >= lengths[start][there + 1]:
            start += 1
        else:
            there += 1
