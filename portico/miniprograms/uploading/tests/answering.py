"""A web server on loopback that answers as a test says, and hangs up where it says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass(frozen=True)
class Raw:
    """A body that calls itself JSON, and may be none."""

    content: bytes
    coding: str = "identity"


@dataclass
class Server:
    """Answers what a test says, one after the other; None: it hangs up."""

    port: int = 0
    answers: list[tuple[int, object] | None] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://acme.localhost:{self.port}"


@contextmanager
def serving() -> Iterator[Server]:
    found = Server()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            found.asked.append((f"{self.command} {self.path}", dict(self.headers), body))
            answer = found.answers.pop(0)
            if answer is None:
                self.close_connection = True
                return
            status, said = answer
            self.send_response(status)
            if isinstance(said, Raw):
                self.send_header("Content-Encoding", said.coding)
                content = said.content
            else:
                content = said if isinstance(said, bytes) else json.dumps(said).encode()
            if status == 301:
                self.send_header("Location", "https://elsewhere.example/")
            kind = "text/html" if isinstance(said, bytes) else "application/json"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = answer  # noqa: N815 - as http.server calls them

        def log_message(self, *_args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.port = server.server_port
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield found
        server.shutdown()
        thread.join()
