"""What a server answers, made safe to show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portico.service_email.smtp.masks import Mask

LONGEST_TEXT = 1000  # characters that are kept of a reply
MOST_LINES = 100
LONGEST_LINE = 4096  # bytes; the standard says 512, and some servers say more

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?\Z", re.DOTALL)
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|\Z)")


@dataclass(frozen=True)
class Reply:
    """A server's answer. `enhanced` is its status code such as "5.7.8", or "".

    `text` is one line of at most 1,000 characters, without control characters and without the
    password, whatever the server sent.
    """

    code: int
    enhanced: str
    text: str

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.code), self.enhanced, self.text) if part)

    @property
    def permanent(self) -> bool:
        """Whether the server says that trying again is of no use."""
        return self.code >= 500


@dataclass(frozen=True)
class Line:
    """One line of a reply; `more` follow or not."""

    code: int
    more: bool
    rest: bytes


def line_of(raw: bytes) -> Line | None:
    """A line as it came, without its end; None if it is no line of a reply."""
    match = _LINE.match(raw)
    if match is None:
        return None
    code, separator, rest = match.groups()
    return Line(int(code), separator == b"-", (rest or b"").strip())


def reply_of(lines: Sequence[Line], mask: Mask) -> Reply:
    """The reply that these lines make. Their enhanced status code is said once."""
    enhanced, texts = "", []
    for line in lines:
        text = mask.shown(line.rest)
        match = _ENHANCED.match(text)
        if match is not None:
            enhanced, text = match[1], text[match.end() :]
        texts.append(text)
    text = mask.text(" ".join(part for part in texts if part))
    return Reply(lines[-1].code, enhanced, text[:LONGEST_TEXT])
