"""Reading YAML that anybody may have written: plain values, each with its line, within limits.

What is read is what JSON could say, too. Texts that look like dates, and words such as `yes` and
`no`, stay texts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import yaml
from yaml import events

from portico.basic_settings.as_code.faults import (
    AliasUsed,
    DoubleKey,
    FaultyFile,
    FileTooLong,
    KeyIsNoName,
    NotUtf8,
    NotYaml,
    NumberTooLong,
    Problem,
    SeveralDocuments,
    TagUsed,
    TooDeep,
    TooManyValues,
)
from portico.kernel.errors import Invalid

LONGEST: Final = 1024 * 1024
DEEPEST: Final = 12
MOST_VALUES: Final = 20_000

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"
Place: TypeAlias = "tuple[str | int, ...]"

NULL = re.compile(r"|~|null|Null|NULL")
WORD = re.compile(r"true|True|TRUE|false|False|FALSE")
WHOLE = re.compile(r"[-+]?[0-9]+")
BROKEN = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+")
LONGEST_NUMBER = 40


@dataclass(frozen=True)
class Text:
    """What a text says, and on which line each part of it begins, by the part's place."""

    value: Plain
    lines: dict[Place, int]

    def line(self, *place: str | int) -> int:
        """The line of that place, or of the nearest one around it; 0 for an empty text."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 0)


class _Refused(Exception):
    def __init__(self, error: Invalid, event: events.Event) -> None:
        self.error = error
        self.line = _line(event)
        super().__init__()


def read_yaml(content: bytes) -> Text:
    """What the text says; raises `FaultyFile`."""
    try:
        return _read(_decoded(content))
    except _Refused as refused:
        raise FaultyFile((Problem("", refused.error, refused.line),)) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = NotYaml(why=error.problem or error.context or "it cannot be read")
        raise FaultyFile((Problem("", why, mark.line + 1 if mark else 0),)) from None
    except yaml.YAMLError:
        why = NotYaml(why="it holds characters that are no text")
        raise FaultyFile((Problem("", why),)) from None


def _decoded(content: bytes) -> str:
    if len(content) > LONGEST:
        raise FaultyFile((Problem("", FileTooLong(limit=LONGEST // 1024)),))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FaultyFile((Problem("", NotUtf8()),)) from None


def _read(text: str) -> Text:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    reader = _Reader(iter(yaml.parse(text, Loader=loader)))
    return Text(reader.document(), reader.lines)


@dataclass
class _Reader:
    """Builds values from the events of a parser, so that nothing is built that is refused."""

    stream: Iterator[events.Event]
    lines: dict[Place, int] = field(default_factory=dict)
    values: int = 0

    def document(self) -> Plain:
        value: Plain = None
        for event in self.stream:
            if isinstance(event, events.DocumentStartEvent):
                if self.values:
                    raise _Refused(SeveralDocuments(), event)
                value = self.node(next(self.stream), ())
        return value

    def node(self, event: events.Event, place: Place) -> Plain:
        self.check(event, place)
        self.lines.setdefault(place, _line(event))
        if isinstance(event, events.ScalarEvent):
            return _scalar(event)
        if isinstance(event, events.SequenceStartEvent):
            return [
                self.node(item, (*place, number))
                for number, item in enumerate(self.until(events.SequenceEndEvent))
            ]
        return self.mapping(place)

    def mapping(self, place: Place) -> dict[str, Plain]:
        found: dict[str, Plain] = {}
        for event in self.until(events.MappingEndEvent):
            if not isinstance(event, events.ScalarEvent):
                self.check(event, place)
                raise _Refused(KeyIsNoName(), event)
            self.check(event, place)
            key = event.value
            if key in found:
                raise _Refused(DoubleKey(key=short(key), line=self.lines[*place, key]), event)
            self.lines[*place, key] = _line(event)
            found[key] = self.node(next(self.stream), (*place, key))
        return found

    def until(self, end: type[events.Event]) -> Iterator[events.Event]:
        for event in self.stream:
            if isinstance(event, end):
                return
            yield event

    def check(self, event: events.Event, place: Place) -> None:
        self.values += 1
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(AliasUsed(), event)
        if tag := getattr(event, "tag", None):
            raise _Refused(TagUsed(tag=short(tag)), event)
        if len(place) >= DEEPEST:
            raise _Refused(TooDeep(most=DEEPEST), event)
        if self.values > MOST_VALUES:
            raise _Refused(TooManyValues(most=MOST_VALUES), event)


def _line(event: events.Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark else 0


def _scalar(event: events.ScalarEvent) -> Plain:
    text: str = event.value
    if event.style:
        return text
    if NULL.fullmatch(text):
        return None
    if WORD.fullmatch(text):
        return text.lower() == "true"
    whole, broken = WHOLE.fullmatch(text), BROKEN.fullmatch(text)
    if (whole or broken) and len(text) > LONGEST_NUMBER:
        raise _Refused(NumberTooLong(), event)
    if whole:
        return int(text)
    if not broken:
        return text
    number = float(text)
    if not math.isfinite(number):
        raise _Refused(NumberTooLong(), event)
    return number


def short(text: str) -> str:
    """As much of a stranger's word as a sentence bears, and nothing in it that cannot be shown."""
    shown = printable(text[:60])
    return f"{shown}…" if len(text) > 60 else shown


def printable(text: str) -> str:
    """A stranger's text without what would end a line, steer a terminal or turn its direction."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)
