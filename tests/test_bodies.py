"""Whoever sends a body slowly, or never to its end, keeps nobody else from being answered."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from io import BytesIO
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from portico.config.bodies import BodyRoom, room_for


class SlowBody:
    """A body of whose two bytes the second comes when a test says so."""

    def __init__(self) -> None:
        self.is_waited_for, self.comes = threading.Event(), threading.Event()

    def read(self, _size: int = -1) -> bytes:
        if self.is_waited_for.is_set():
            self.comes.wait(10)
            return b"2"
        self.is_waited_for.set()
        return b"1"


def reading(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """An application that reads all of a body, and takes an end that is too early for the end."""
    body, wanted = b"", int(environ.get("CONTENT_LENGTH") or 0)
    try:
        while len(body) < wanted and (piece := environ["wsgi.input"].read(wanted - len(body))):
            body += piece
    except OSError:
        body = b"broken off"
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [body]


def ask(
    room: BodyRoom, body: object = None, *, length: int = 0, path: str = "/"
) -> tuple[str, dict[str, str], bytes]:
    said: list[tuple[str, dict[str, str]]] = []

    def start(status: str, headers: list[tuple[str, str]], _exc: object = None) -> None:
        said.append((status, dict(headers)))

    environ = {"PATH_INFO": path, "CONTENT_LENGTH": str(length), "wsgi.input": body or BytesIO()}
    content = b"".join(room(environ, start))  # type: ignore[arg-type]
    [(status, headers)] = said
    return status, headers, content


@pytest.fixture
def room() -> BodyRoom:
    return BodyRoom(reading, most=1)


@pytest.fixture
def slow(room: BodyRoom) -> Iterator[SlowBody]:
    """A sender who has begun, and does not go on."""
    body = SlowBody()
    sender = threading.Thread(target=ask, args=(room, body), kwargs={"length": 2})
    sender.start()
    assert body.is_waited_for.wait(10)
    yield body
    body.comes.set()
    sender.join()


def test_while_all_places_are_taken_pages_are_answered_and_bodies_sent_away(
    room: BodyRoom,
    slow: SlowBody,
) -> None:
    page = ask(room)
    form = ask(room, BytesIO(b"ab"), length=2)
    call = ask(room, BytesIO(b"ab"), length=2, path="/api/v1/apps")

    assert page[0] == "200 OK"
    assert form[0] == call[0] == "503 Service Unavailable"
    assert form[1]["Retry-After"] == "5"
    assert b"send it again" in form[2]
    assert call[1]["Content-Type"] == "application/problem+json"
    assert json.loads(call[2])["code"] == "busy"


def test_a_place_is_free_once_the_body_has_come(room: BodyRoom) -> None:
    answers = [ask(room, BytesIO(b"ab"), length=2) for _time in range(3)]
    is_free = room.room.acquire(blocking=False)

    assert [(status, body) for status, _headers, body in answers] == [("200 OK", b"ab")] * 3
    assert is_free


def test_a_place_is_free_while_the_answer_is_made(room: BodyRoom) -> None:
    free: list[bool] = []

    def slow_answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        answer = reading(environ, start)
        free.append(room.room.acquire(blocking=False))
        return answer

    room.application = slow_answer

    ask(room, BytesIO(b"ab"), length=2)

    assert free == [True]


def test_a_place_is_free_where_the_body_ends_early(room: BodyRoom) -> None:
    ask(room, BytesIO(b"a"), length=2)

    assert ask(room, BytesIO(b"ab"), length=2)[2] == b"ab"


@pytest.mark.parametrize(("threads", "may_wait"), [(1, 1), (2, 1), (8, 6), (64, 48)])
def test_some_threads_never_wait_for_a_body(threads: int, may_wait: int) -> None:
    assert room_for(threads) == may_wait
