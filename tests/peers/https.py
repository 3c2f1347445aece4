"""Web servers on loopback, with TLS and without, that answer as a test says, or misbehave.

    authority = Authority(tmp_path)                       # a CA of our own, authority.ca_file
    with https_server(Response(200, b"hello"), authority=authority) as server:
        ...                                               # a good certificate for any name
        assert server.requests[0].path == "/"
        assert server.requests[0].peer == "127.0.0.5"     # where the call came from

    with https_server(
        lambda request: Response(404) if request.host == "a.example" else Behavior.SILENCE,
        authority=authority,
        certificate_for={"a.example": authority.expired, "b.example": authority.self_signed},
    ) as server:                                          # other names: a TLS alert, no certificate
        server.answer = Response(503)                     # from now on

    with http_server(Response(200, b"hello")) as server:  # without TLS

`certificate_for` may also be one kind for all names, such as `authority.expired`.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.peers.authority import Authority

__all__ = [
    "Authority",
    "Behavior",
    "Request",
    "Response",
    "WebServer",
    "http_server",
    "https_server",
]


PATIENCE = 10  # seconds for which a connection is kept at most, so that no thread stays


class Behavior(StrEnum):
    """What a server does in the place of answering."""

    SILENCE = "silence"
    HANG_UP = "hang up"
    RESET = "reset"
    GARBAGE = "garbage"  # bytes that are no HTTP
    DRIP = "drip"  # a header line now and then, without end
    FLOOD = "flood"  # a body without end


@dataclass(frozen=True)
class Request:
    """What a client asked. `host` is the header, `server_name` what TLS was asked for."""

    method: str
    path: str
    host: str
    headers: dict[str, str]  # names in lower case
    body: bytes
    peer: str
    peer_port: int
    server_name: str = ""


@dataclass(frozen=True)
class Response:
    """What the server answers. Content-Length is added where no header says how long it is."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/plain; charset=utf-8"),)


Reply = Response | Behavior
Answer = Reply | Callable[[Request], Reply]
# Of a certificate for one name: the file with it and its key.
Certificates = Callable[[str], Path]


@dataclass
class WebServer:
    """A running server. `answer` may be changed while it runs; `requests` is what it was asked.

    `handshakes`: the names that TLS was asked for, with those that were refused. `connections`
    counts them all.
    """

    host: str
    port: int
    answer: Answer
    requests: list[Request] = field(default_factory=list)
    handshakes: list[str] = field(default_factory=list)
    connections: int = 0
    silent_tls: bool = False
    _contexts: Callable[[str], ssl.SSLContext | None] | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def https_server(
    answer: Answer = Response(),
    *,
    authority: Authority,
    certificate_for: Certificates | Mapping[str, Certificates] | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
) -> Iterator[WebServer]:
    """A server with TLS for as long as the block lasts, on a free port unless one is named.

    Without `certificate_for`: a good certificate for whatever name is asked for.
    """
    kinds = authority.good if certificate_for is None else certificate_for

    def context_for(name: str) -> ssl.SSLContext | None:
        kind = kinds.get(name) if isinstance(kinds, Mapping) else kinds
        return _context(kind(name or host)) if kind is not None else None

    with _running(answer, host, port, context_for) as server:
        yield server


@contextlib.contextmanager
def http_server(
    answer: Answer = Response(),
    *,
    host: str = "127.0.0.1",
    port: int = 0,
) -> Iterator[WebServer]:
    """A server without TLS."""
    with _running(answer, host, port, None) as server:
        yield server


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    state: WebServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves, or refuses the certificate, is not the server's trouble."""


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Talk(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: _Server
    server_name = ""

    def setup(self) -> None:
        state = self.server.state
        state.connections += 1
        self.request.settimeout(PATIENCE)
        if state.silent_tls:
            state._stopping.wait(PATIENCE)
        elif state._contexts is not None:
            self.request = self._protected(state, state._contexts)
        super().setup()

    def _protected(
        self, state: WebServer, contexts: Callable[[str], ssl.SSLContext | None]
    ) -> ssl.SSLSocket:
        def choose(tls: ssl.SSLObject, name: str | None, _first: ssl.SSLContext) -> int | None:
            self.server_name = name or ""
            state.handshakes.append(self.server_name)
            context = contexts(self.server_name)
            if context is None:
                return ssl.ALERT_DESCRIPTION_INTERNAL_ERROR
            tls.context = context
            return None

        first = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        first.sni_callback = choose
        return first.wrap_socket(self.request, server_side=True)

    def finish(self) -> None:
        super().finish()
        self.request.close()  # the one that TLS made of it

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is named there
        """Say nothing."""

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        state = self.server.state
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(
            method=self.command,
            path=self.path,
            host=self.headers.get("Host", ""),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            peer=self.client_address[0],
            peer_port=self.client_address[1],
            server_name=self.server_name,
        )
        state.requests.append(request)
        reply = state.answer(request) if callable(state.answer) else state.answer
        if isinstance(reply, Behavior):
            self.close_connection = True
            self._misbehave(reply)
        else:
            self._give(reply)

    def _give(self, response: Response) -> None:
        self.send_response_only(response.status)
        named = {name.lower() for name, _value in response.headers}
        for name, value in response.headers:
            self.send_header(name, value)
        if not named & {"content-length", "transfer-encoding"}:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def _misbehave(self, behavior: Behavior) -> None:
        stopping = self.server.state._stopping
        if behavior is Behavior.SILENCE:
            stopping.wait(PATIENCE)
        elif behavior is Behavior.GARBAGE:
            self.wfile.write(b"\xff\x00\xfe not http\r\n\r\n")
        elif behavior is Behavior.RESET:
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.request.close()
        elif behavior is Behavior.DRIP:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for _line in range(PATIENCE * 10):
                if stopping.wait(0.1):
                    return
                self.wfile.write(b"X-More: to come\r\n")
        elif behavior is Behavior.FLOOD:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            for _block in range(10_000):
                self.wfile.write(b"more and " * 7_000)


@contextlib.contextmanager
def _running(
    answer: Answer,
    host: str,
    port: int,
    contexts: Callable[[str], ssl.SSLContext | None] | None,
) -> Iterator[WebServer]:
    server = (_Server6 if ":" in host else _Server)((host, port), _Talk)
    state = WebServer(host, server.server_address[1], answer, _contexts=contexts)
    server.state = state
    thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state._stopping.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def _context(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
