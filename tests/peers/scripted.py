"""A server on loopback that speaks the bytes that a test writes for it.

    def talk(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\n")

    with scripted_server(talk) as server:
        call("GET", f"http://127.0.0.1:{server.port}/", egress=EGRESS)
        assert server.heads[0].startswith(b"GET / ")

`talk` is called once the head of a request has come, unless `at_once`; afterwards the connection
is closed.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

PATIENCE = 10  # seconds for which a connection is kept at most

Talk = Callable[[socket.socket], None]


@dataclass
class Scripted:
    """A running server. `peers`: the addresses that it was called from; `heads`: what was asked."""

    port: int
    peers: list[str] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)


def saying(*pieces: bytes) -> Talk:
    """Say this, and hang up."""

    def talk(client: socket.socket) -> None:
        for piece in pieces:
            client.sendall(piece)

    return talk


def saying_for_ever(first: bytes, again: bytes) -> Talk:
    """Say this, and the rest again and again until the other side has had enough."""

    def talk(client: socket.socket) -> None:
        client.sendall(first)
        while True:
            client.sendall(again)

    return talk


@contextlib.contextmanager
def scripted_server(
    talk: Talk, *, host: str = "127.0.0.1", at_once: bool = False
) -> Iterator[Scripted]:
    """Run one as long as the block lasts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        server = Scripted(listener.getsockname()[1])

        def serve(client: socket.socket) -> None:
            with client, contextlib.suppress(OSError):
                client.settimeout(PATIENCE)
                if not at_once:
                    server.heads.append(_head(client))
                talk(client)

        thread = threading.Thread(target=_accept, args=(listener, server, serve), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=PATIENCE)


def _accept(listener: socket.socket, server: Scripted, serve: Talk) -> None:
    while True:
        try:
            client, address = listener.accept()
        except OSError:
            return
        server.peers.append(str(address[0]))
        threading.Thread(target=serve, args=(client,), daemon=True).start()


def _head(client: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = client.recv(4096)
        if not piece:
            break
        head += piece
    return head
