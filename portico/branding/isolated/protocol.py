"""What the child is asked and what it answers: one line of JSON, then the bytes of a picture."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import NamedTuple

from portico.isolation.limits import Limits

# A picture of 25 megapixels needs about 220 MiB to be decoded.
LIMITS = Limits(
    memory=512 * 1024 * 1024, cpu_seconds=4, wall_seconds=10.0, largest_answer=16 * 1024 * 1024
)

MOST_PIXELS = 25_000_000
LONGEST_SIDE = 1024
"""Pictures are kept at most this wide and high, unless more is asked for: twice what the largest
image of a kit needs."""


class Job(StrEnum):
    TAKE_IN = "take_in"
    DRAW = "draw"


class Request(NamedTuple):
    """`formats` and `longest_side` (in pixels) matter when taking in, `width` and `height` when
    drawing an SVG."""

    job: Job
    formats: tuple[str, ...] = ()
    width: int = 0
    height: int = 0
    longest_side: int = LONGEST_SIDE

    def line(self) -> bytes:
        return json.dumps(self._asdict()).encode() + b"\n"


def parse_request(line: bytes) -> Request:
    """The request in a line that `Request.line` made."""
    given = json.loads(line)
    return Request(
        Job(given["job"]),
        tuple(given["formats"]),
        given["width"],
        given["height"],
        given["longest_side"],
    )


class Answer(NamedTuple):
    """A picture that is safe to keep, and what it was before.

    `width` and `height` are those of `content`; `original_width` and `original_height` are those
    of the file as it is meant to be seen, before it was scaled down. `removed` names members of
    `Removal`.
    """

    content: bytes
    content_type: str
    width: int
    height: int
    original_width: float
    original_height: float
    removed: tuple[str, ...] = ()

    def message(self) -> bytes:
        facts = self._asdict()
        del facts["content"]
        return json.dumps({"picture": facts}).encode() + b"\n" + self.content


class Refused(NamedTuple):
    """A refusal: the code of an error class in `refusals`, and its facts."""

    code: str
    facts: dict[str, str | int]

    def message(self) -> bytes:
        return json.dumps({"refused": self.code, "facts": self.facts}).encode() + b"\n"


def parse_answer(message: bytes) -> Answer | Refused:
    """What the child said. Raises ValueError, TypeError or KeyError for anything malformed."""
    line, _, content = message.partition(b"\n")
    said = json.loads(line)
    if "refused" in said:
        facts = {str(name): value for name, value in said["facts"].items()}
        return Refused(str(said["refused"]), facts)
    facts = said["picture"]
    return Answer(
        content,
        str(facts["content_type"]),
        int(facts["width"]),
        int(facts["height"]),
        float(facts["original_width"]),
        float(facts["original_height"]),
        tuple(str(name) for name in facts["removed"]),
    )
