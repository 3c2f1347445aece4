"""The lines of all processes in one readable stream, each behind the name of its process."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TextIO

OWN_NAME = "portico"
OWN_COLOR = 35
WIDTH = 8  # of the names, so that the lines are aligned
LONGEST_LINE = 64 * 1024  # bytes; what is longer is shown in pieces


class Logs:
    """Prints lines; `as_json` prints each as one JSON object, for collectors."""

    def __init__(
        self,
        *,
        out: TextIO | None = None,
        as_json: bool = False,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._out = out or sys.stdout
        self._as_json = as_json
        self._colored = self._out.isatty() and not environment.get("NO_COLOR")

    def say(self, text: str) -> None:
        """A line of the supervisor's own."""
        self.line(OWN_NAME, text, color=OWN_COLOR)

    def line(self, name: str, text: str, *, color: int) -> None:
        """A line of a process. JSON objects go out as they are where JSON is asked for."""
        if self._as_json:
            self._print(text if text.startswith("{") else _as_object(name, text))
        else:
            label = f"{name:<{WIDTH}} |"
            if self._colored:
                label = f"\x1b[{color}m{label}\x1b[0m"
            self._print(f"{label} {text}")

    def message(self, text: str) -> None:
        """Several lines for people, on their own."""
        if self._as_json:
            self.say(text.strip())
        else:
            self._print(f"\n{text}\n")

    def _print(self, text: str) -> None:
        try:
            self._out.write(text + "\n")
            self._out.flush()
        except BrokenPipeError:
            # Nobody reads any more (`| head`). That is no reason to stop serving.
            with contextlib.suppress(OSError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, self._out.fileno())
                os.close(nowhere)


class Lines:
    """Cuts what a process writes into lines."""

    def __init__(self) -> None:
        self._rest = b""

    def cut(self, received: bytes) -> list[str]:
        """The lines that are whole by now."""
        *whole, self._rest = (self._rest + received).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            whole.append(self._rest)
            self._rest = b""
        return [_text(line) for line in whole]

    def end(self) -> list[str]:
        """What was written after the last line break."""
        rest, self._rest = self._rest, b""
        return [_text(rest)] if rest else []


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="replace").rstrip("\r")


def _as_object(name: str, text: str) -> str:
    at = datetime.now(UTC).isoformat()
    return json.dumps({"event": text, "process": name, "timestamp": at}, ensure_ascii=False)
