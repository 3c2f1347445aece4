"""An HTTP proxy on loopback that leads on (CONNECT) and notes for whom, or refuses as told.

    with proxy_server(leaves_from="127.0.0.13") as proxy:
        source = OutboundAddress(ip_address("127.0.0.13"), proxy=proxy.netloc)
        ...
        assert proxy.asked == ["127.0.0.1:8080"]

What it connects to sees `leaves_from`. `answer`: bytes that it says in the place of leading on;
empty: it says nothing at all.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

PATIENCE = 10  # seconds for which a connection is kept at most


@dataclass
class Proxy:
    """A running proxy. `asked`: the targets of CONNECT; `heads`: all that was said before."""

    port: int
    leaves_from: str
    answer: bytes | None = None
    asked: list[str] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)

    @property
    def netloc(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self.port}"


@contextlib.contextmanager
def proxy_server(
    *, leaves_from: str = "127.0.0.13", answer: bytes | None = None
) -> Iterator[Proxy]:
    """Run one as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = Proxy(listener.getsockname()[1], leaves_from, answer)
        thread = threading.Thread(target=_accept, args=(listener, proxy), daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=PATIENCE)


def _accept(listener: socket.socket, proxy: Proxy) -> None:
    while True:
        try:
            client, _address = listener.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(client, proxy), daemon=True).start()


def _serve(client: socket.socket, proxy: Proxy) -> None:
    with client, contextlib.suppress(OSError):
        client.settimeout(PATIENCE)
        head = b""
        while b"\r\n\r\n" not in head:
            piece = client.recv(4096)
            if not piece:
                return
            head += piece
        proxy.heads.append(head)
        target = head.split(b" ")[1].decode()
        proxy.asked.append(target)
        if proxy.answer is not None:
            client.sendall(proxy.answer)
            client.recv(1)  # until the other side has had enough
            return
        host, _colon, port = target.rpartition(":")
        with socket.create_connection(
            (host.strip("[]"), int(port)), timeout=PATIENCE, source_address=(proxy.leaves_from, 0)
        ) as server:
            client.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy.test\r\n\r\n")
            back = threading.Thread(target=_pass_on, args=(server, client), daemon=True)
            back.start()
            _pass_on(client, server)
            back.join(timeout=PATIENCE)


def _pass_on(here: socket.socket, there: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := here.recv(16 * 1024):
            there.sendall(piece)
    with contextlib.suppress(OSError):
        there.shutdown(socket.SHUT_WR)
