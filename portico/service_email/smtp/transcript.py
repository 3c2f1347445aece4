"""The talk with a server, to copy and to pass on."""

from __future__ import annotations

from collections import deque

from portico.service_email.smtp.masks import Mask

FIRST, LAST = 120, 120  # lines that are kept of a long talk
LONGEST = 500  # characters of a line


class Transcript:
    """What was said, one line each: `C:` we, `S:` the server, `*` what happened between.

    A long talk keeps its beginning and its end. The password is in none of it: lines of a
    sign-in come here masked already, and every other line is searched for it.
    """

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._first: list[str] = []
        self._last: deque[str] = deque(maxlen=LAST)
        self._left_out = 0

    def client(self, line: str) -> None:
        """What we said."""
        self._add("C:", line)

    def server(self, line: bytes | str) -> None:
        """What the server said."""
        self._add("S:", line)

    def note(self, line: str) -> None:
        """What happened beside the talk."""
        self._add("*", line)

    def __str__(self) -> str:
        gap = [f"* [{self._left_out:,} lines left out]"] if self._left_out else []
        return "\n".join([*self._first, *gap, *self._last])

    def _add(self, who: str, line: bytes | str) -> None:
        raw = line if isinstance(line, bytes) else line.encode("utf-8", errors="replace")
        text = self._mask.shown(raw)
        kept = f"{who} {text}" if len(text) <= LONGEST else f"{who} {text[:LONGEST]}…"
        if len(self._first) < FIRST:
            self._first.append(kept)
            return
        if len(self._last) == LAST:
            self._left_out += 1
        self._last.append(kept)
