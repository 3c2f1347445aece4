"""A receiver of webhooks on loopback: remembers who called with what, and answers as a test says.

`python -m tests.peers.receiver` runs one that takes everything and remembers nothing; it prints its
port.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from threading import Event, Thread
from typing import Any

from standardwebhooks import Webhook

HOST = "127.0.0.1"
PATIENCE = 20.0  # seconds, so that a test that goes wrong ends


@dataclass(frozen=True)
class Received:
    """One request, whole. `peer` is the address that it came from."""

    peer: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The `webhook-id`."""
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        """The body, taken apart."""
        event: dict[str, Any] = json.loads(self.body)
        return event

    def verified_by(self, secret: str) -> bool:
        """Whether the library of Standard Webhooks takes it for signed with this secret, now."""
        event: object = Webhook(secret).verify(self.body, dict(self.headers))
        return event == self.event


@dataclass(frozen=True)
class Reply:
    """A whole answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Odd(StrEnum):
    """What a receiver does instead of answering."""

    SILENCE = "say nothing, and keep the connection"
    HANG_UP = "close the connection"
    BREAK_OFF = "promise a body, and close in its middle"
    GARBAGE = "say something that is not HTTP"
    DRIP = "answer, a byte at a time, without end"
    ENDLESS = "send a body without end"


Answer = Reply | Odd


@dataclass
class Receiver:
    """What it does; a test may change it at any time. `answers` are used up one by one, then
    `usually` counts. While `gate` is closed, answers wait."""

    host: str = HOST
    port: int = 0
    scheme: str = "http"
    received: list[Received] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    usually: Answer = Reply()
    answered: list[str] = field(default_factory=list)  # ids, once the answer is out
    gate: Event = field(default_factory=Event)
    keep: bool = True
    over: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        """Where events are sent to."""
        return f"{self.scheme}://{self.host}:{self.port}/hooks"

    @property
    def last(self) -> Received:
        """The newest request."""
        return self.received[-1]

    def next_answer(self) -> Answer:
        """What to say to the present request."""
        return self.answers.pop(0) if self.answers else self.usually


@contextmanager
def receiver(
    *, host: str = HOST, tls: ssl.SSLContext | None = None, keep: bool = True
) -> Iterator[Receiver]:
    """Run one."""
    with socket.create_server((host, 0), backlog=128) as server:
        found = Receiver(host, server.getsockname()[1], "https" if tls else "http", keep=keep)
        found.gate.set()
        Thread(target=_accept, args=(server, found, tls), daemon=True).start()
        try:
            yield found
        finally:
            found.over.set()
            found.gate.set()
            server.shutdown(socket.SHUT_RDWR)


def _accept(server: socket.socket, found: Receiver, tls: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, (peer, _port) = server.accept()
        except OSError:
            return
        Thread(target=_serve, args=(connection, peer, found, tls), daemon=True).start()


def _serve(
    connection: socket.socket, peer: str, found: Receiver, tls: ssl.SSLContext | None
) -> None:
    connection.settimeout(PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with contextlib.suppress(OSError), connection:
        talk = tls.wrap_socket(connection, server_side=True) if tls else connection
        with talk, talk.makefile("rb") as reading:
            while request := _read(reading, peer):
                if found.keep:
                    found.received.append(request)
                answer = found.next_answer()
                found.gate.wait(PATIENCE)
                if not _answered(talk, answer, found):
                    return
                if found.keep and "webhook-id" in request.headers:
                    found.answered.append(request.id)
                if request.headers.get("connection") == "close":
                    return


def _read(reading: Any, peer: str) -> Received | None:
    line = reading.readline().decode().split()
    if len(line) != 3:
        return None
    headers: dict[str, str] = {}
    while text := reading.readline().decode("latin-1").strip():
        name, _colon, value = text.partition(":")
        headers[name.lower()] = value.strip()
    body = reading.read(int(headers.get("content-length", "0")))
    return Received(peer, line[0], line[1], headers, body)


def _answered(talk: socket.socket, answer: Answer, found: Receiver) -> bool:
    """Whether that was a whole answer, after which the talk may go on."""
    if isinstance(answer, Reply):
        talk.sendall(_whole(answer))
        return True
    if answer is Odd.SILENCE:
        found.over.wait(PATIENCE)
    elif answer is Odd.BREAK_OFF:
        talk.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
    elif answer is Odd.GARBAGE:
        talk.sendall(b"220 smtp.example.com ESMTP\r\n\x00\xff\xfe\r\n\r\n")
    elif answer is Odd.DRIP:
        talk.sendall(b"HTTP/1.1 200 OK\r\n")
        while not found.over.wait(0.05):
            talk.sendall(b"X")
    elif answer is Odd.ENDLESS:
        talk.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not found.over.is_set():
            talk.sendall(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
    return False


def _whole(reply: Reply) -> bytes:
    headers = {"Content-Length": str(len(reply.body)), **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} {_phrase(reply.status)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + reply.body


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Odd"


def main() -> None:
    """Print the port, and go on until standard input ends."""
    with receiver(keep=False) as found:
        sys.stdout.write(f"{found.port}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
