"""What a process writes, read as it comes and handed to the logs."""

from __future__ import annotations

import asyncio
import contextlib
import os

from portico.config.running.child import Child
from portico.config.running.logs import Lines, Logs

CHUNK = 64 * 1024


class Output:
    """The reading end of a child's output. `writing` is for the child, to be closed here then."""

    def __init__(self, child: Child, logs: Logs) -> None:
        self._child = child
        self._logs = logs
        self._lines = Lines()
        self._reading, self.writing = os.pipe()
        os.set_blocking(self._reading, False)
        self._open = True
        asyncio.get_running_loop().add_reader(self._reading, self._read)

    def close(self) -> None:
        """Show what has been written, and read no more."""
        with contextlib.suppress(BlockingIOError):
            while self._open:
                self._take(os.read(self._reading, CHUNK))
        if self._open:
            self._end()

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._take(os.read(self._reading, CHUNK))

    def _take(self, received: bytes) -> None:
        if not received:
            self._end()
        for text in self._lines.cut(received):
            self._show(text)

    def _end(self) -> None:
        self._open = False
        asyncio.get_running_loop().remove_reader(self._reading)
        os.close(self._reading)
        for text in self._lines.end():
            self._show(text)

    def _show(self, text: str) -> None:
        self._logs.line(self._child.name, text, color=self._child.color)
