"""Room for requests whose bodies are still on their way.

The server hands a request on as soon as its head is there, and the thread that reads its body waits
for the sender: for as long as that sender likes, who need not even be signed in. A handful of them
would hold all threads, and nobody else would be answered. So some threads never wait for a body:
while as many as may are waiting, whoever sends one more is told to come again.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger("portico.web")

# A body that is there is read in no time, so that this is how long a place may take to get free.
PATIENCE = 0.1  # seconds
AGAIN_IN = 5  # seconds
STATUS = "503 Service Unavailable"
SENTENCE = "Too many uploads are coming in at this moment. Please send it again in a few seconds."


class NoRoom(OSError):
    """To whoever reads a body: as if its sender had gone."""


class BodyRoom:
    """In front of an application: at most `most` threads at once read bodies."""

    def __init__(self, application: WSGIApplication, *, most: int) -> None:
        self.application = application
        self.room = threading.BoundedSemaphore(most)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer; 503 where the body had to be read and there was no room."""
        if not _has_body(environ):
            return self.application(environ, start_response)
        length = str(environ.get("CONTENT_LENGTH", ""))
        body = Body(environ["wsgi.input"], self.room, int(length) if length.isdigit() else None)
        environ["wsgi.input"] = body
        started: list[tuple[Any, ...]] = []

        def start(*arguments: Any) -> Callable[[bytes], object]:
            started.append(arguments)
            return _no_write

        try:
            answer = self.application(environ, start)
        finally:
            body.leave()
        if body.was_refused:
            _close(answer)
            return _come_again(environ, start_response)
        for arguments in started:
            start_response(*arguments)
        return answer


class Body:
    """A body that takes a place in the room with its first read, and leaves it with its end.

    `left`: how many bytes are still to come; None: its end tells.
    """

    def __init__(self, body: BinaryIO, room: threading.BoundedSemaphore, left: int | None) -> None:
        self._body, self._room, self._left = body, room, left
        self._is_in = False
        self.was_refused = False

    def read(self, size: int = -1) -> bytes:
        """So many bytes, or all that come."""
        self._enter()
        return self._counted(self._body.read(size) if size >= 0 else self._body.read())

    def readline(self, size: int = -1) -> bytes:
        """A line, or so many bytes of it."""
        self._enter()
        return self._counted(self._body.readline(size) if size >= 0 else self._body.readline())

    def readlines(self, hint: int = -1) -> list[bytes]:
        """All lines."""
        del hint  # it says how many are enough, not how many there may be
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def leave(self) -> None:
        """Nothing of it is read any more."""
        if self._is_in:
            self._is_in = False
            self._room.release()

    def _enter(self) -> None:
        if self.was_refused or not (self._is_in or self._room.acquire(timeout=PATIENCE)):
            self.was_refused = True
            raise NoRoom(SENTENCE)
        self._is_in = True

    def _counted(self, piece: bytes) -> bytes:
        if self._left is not None:
            self._left -= len(piece)
        if not piece or self._left == 0:
            self.leave()
        return piece


def room_for(threads: int) -> int:
    """How many of so many threads may wait for bodies."""
    return max(1, threads * 3 // 4)


def _has_body(environ: WSGIEnvironment) -> bool:
    return environ.get("CONTENT_LENGTH", "") not in {"", "0"} or (
        "HTTP_TRANSFER_ENCODING" in environ
    )


def _come_again(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    logger.warning("too many bodies are coming in; one was not read")
    content, kind = SENTENCE.encode(), "text/plain; charset=utf-8"
    if str(environ.get("PATH_INFO", "")).startswith(("/api/", "/delivery/")):
        said = {"type": "about:blank", "title": "Service Unavailable", "status": 503}
        content = json.dumps({**said, "code": "busy", "detail": SENTENCE}).encode()
        kind = "application/problem+json"
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(content))),
        ("Retry-After", str(AGAIN_IN)),
        ("Cache-Control", "no-store"),
    ]
    start_response(STATUS, headers)
    return [content]


def _close(answer: Iterable[bytes]) -> None:
    close = getattr(answer, "close", None)
    if close is not None:
        close()


def _no_write(_piece: bytes) -> None:
    raise NotImplementedError("Django answers with what it returns.")
