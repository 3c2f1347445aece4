"""What the child is asked and what it answers: one line of JSON, then the bytes of a file."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import NamedTuple

from portico.isolation.limits import Limits

LIMITS = Limits(
    memory=768 * 1024 * 1024, cpu_seconds=6, wall_seconds=15.0, largest_answer=32 * 1024 * 1024
)

MOST_PAGES = 200
MOST_OBJECTS = 200_000
MOST_TEXT = 2_000_000
"""Characters of text in a document: four times what 200 full pages have."""

SCALE = 1.5
"""Pixels of a page's image for each point (1/72 inch) of the page."""
LONGEST_SIDE = 2000
"""Pages that would be longer are drawn smaller."""


class Job(StrEnum):
    TAKE_IN = "take_in"
    DRAW = "draw"


class Request(NamedTuple):
    """`page` counts from 1 and matters when drawing."""

    job: Job
    page: int = 0

    def line(self) -> bytes:
        return json.dumps(self._asdict()).encode() + b"\n"


def parse_request(line: bytes) -> Request:
    """The request in a line that `Request.line` made."""
    given = json.loads(line)
    return Request(Job(given["job"]), given["page"])


class Cleaned(NamedTuple):
    """A PDF that is safe to keep.

    `pages` are the sizes of their images in pixels; `texts` what they say. `removed` counts what
    was taken out, by the names of `Removal`. `repaired`: parts of its structure were damaged.
    """

    content: bytes
    title: str
    pages: tuple[tuple[int, int], ...]
    texts: tuple[str, ...]
    removed: dict[str, int]
    repaired: bool
    signed: bool

    def message(self) -> bytes:
        facts = self._asdict()
        del facts["content"]
        return json.dumps({"pdf": facts}).encode() + b"\n" + self.content


class Drawn(NamedTuple):
    """A page's image, a PNG."""

    content: bytes

    def message(self) -> bytes:
        return b'{"page": {}}\n' + self.content


class Refused(NamedTuple):
    """A refusal: the code of an error class in `refusals`, and its facts."""

    code: str
    facts: dict[str, str | int]

    def message(self) -> bytes:
        return json.dumps({"refused": self.code, "facts": self.facts}).encode() + b"\n"


Answer = Cleaned | Drawn | Refused


def parse_answer(message: bytes) -> Answer:
    """What the child said. Raises ValueError, TypeError or LookupError for anything malformed."""
    line, _, content = message.partition(b"\n")
    said = json.loads(line)
    if "refused" in said:
        facts = {str(name): value for name, value in said["facts"].items()}
        return Refused(str(said["refused"]), facts)
    if "page" in said:
        return Drawn(content)
    facts = said["pdf"]
    return Cleaned(
        content,
        str(facts["title"]),
        tuple((int(width), int(height)) for width, height in facts["pages"]),
        tuple(str(text) for text in facts["texts"]),
        {str(name): int(count) for name, count in facts["removed"].items()},
        bool(facts["repaired"]),
        bool(facts["signed"]),
    )
