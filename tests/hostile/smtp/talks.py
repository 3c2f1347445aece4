"""A mail server that does what a table says, down to the byte."""

from __future__ import annotations

import base64
import binascii
import contextlib
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from portico.service_email.smtp.server import Security
from tests.hostile.smtp.authority import Authority, Kind

PATIENCE = 20  # seconds until a server gives up on a client that is silent; no test waits for it


class Gone(Exception):
    """The client has hung up, or the server does."""


@dataclass(frozen=True)
class Manners:
    """How a server behaves. A reply is text to send, or something to do.

    `replies` by verb take the place of the usual ones; of a tuple each is used once, the last for
    good, and an empty one is the usual. `tls`: whether protection comes with the first byte, with
    STARTTLS, or not at all.
    """

    tls: Security = Security.NONE
    certificate: Kind = Kind.GOOD
    greeting: str | Callable[[Talk], None] = "220 mail.test ESMTP"
    offers: tuple[str, ...] = ("SIZE 10000000", "8BITMIME")
    auth: str = "PLAIN LOGIN"
    replies: Mapping[str, str | Callable[[Talk], None] | tuple[str, ...]] = field(
        default_factory=dict
    )
    asks: tuple[str, ...] = ()  # the prompts of a sign-in, in the place of the usual


@dataclass
class Server:
    """A running one: where, and what it heard."""

    manners: Manners
    authority: Authority
    address: str = "127.0.0.1"
    port: int = 0
    heard: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    talks: int = 0
    broken: list[BaseException] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def running(
    manners: Manners, authority: Authority, *, address: str = "127.0.0.1", port: int = 0
) -> Iterator[Server]:
    """A server for as long as the block lasts."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        listening.bind((address, port))
        listening.listen(8)
        server = Server(manners, authority, address, listening.getsockname()[1])
        threads: list[threading.Thread] = []
        accepting = threading.Thread(target=_accept, args=(listening, server, threads))
        accepting.start()
        try:
            yield server
        finally:
            server.closing.set()
            with contextlib.suppress(OSError):  # wakes the thread that accepts
                listening.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for thread in threads:
                thread.join()
    assert not server.broken, server.broken


def _accept(listening: socket.socket, server: Server, threads: list[threading.Thread]) -> None:
    listening.settimeout(0.05)
    while not server.closing.is_set():
        try:
            connected, _where = listening.accept()
        except TimeoutError:
            continue
        except OSError:
            return
        server.talks += 1
        thread = threading.Thread(target=_serve, args=(connected, server))
        thread.start()
        threads.append(thread)


def _serve(connected: socket.socket, server: Server) -> None:
    talk = Talk(connected, server)
    try:
        talk.run()
    except (Gone, OSError):  # whatever the client does is not the server's trouble
        pass
    except BaseException as error:  # noqa: BLE001 - shown by the test
        server.broken.append(error)
    finally:
        talk.socket.close()


class Talk:
    """One connection of a server."""

    def __init__(self, connected: socket.socket, server: Server) -> None:
        connected.settimeout(PATIENCE)
        self.socket = connected
        self.server = server
        self.manners = server.manners
        self.protected = False
        self.username = self.password = self.line = ""
        self.used: dict[str, int] = {}
        self._buffer = b""

    # What a server can do.

    def send(self, raw: bytes) -> None:
        self.socket.sendall(raw)

    def say(self, text: str) -> None:
        """Reply with these lines, and hang up if that is what they say."""
        self.send(text.replace("\n", "\r\n").encode() + b"\r\n")
        if text.startswith("421"):
            raise Gone

    def hear(self) -> str:
        """The client's next line."""
        while b"\n" not in self._buffer:
            if not select.select([self.socket], [], [], 0)[0] and not self._pending():
                self._wait()
            more = self.socket.recv(65536)
            if not more:
                raise Gone
            self._buffer += more
        line, _end, self._buffer = self._buffer.partition(b"\n")
        text = line.rstrip(b"\r").decode("utf-8", "replace")
        self.server.heard.append(text)
        return text

    def say_nothing(self) -> None:
        """Keep the connection, and silence, until the client has had enough."""
        while not self.server.closing.is_set():
            if select.select([self.socket], [], [], 0.05)[0] and not self.socket.recv(65536):
                break
        raise Gone

    def drip(self, text: str, *, every: float) -> None:
        """Send a byte at a time, for ever."""
        while not self.server.closing.is_set():
            for byte in text.encode():
                self.send(bytes([byte]))
                time.sleep(every)
        raise Gone

    def flood(self, line: str) -> None:
        """Send a line for ever."""
        chunk = line.encode() * 100
        while not self.server.closing.is_set():
            self.send(chunk)
        raise Gone

    def hang_up(self) -> None:
        raise Gone

    def reset(self) -> None:
        """Cut the connection off."""
        linger = struct.pack("ii", 1, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        raise Gone

    def shut(self) -> None:
        """Hang up in good order: what was said arrives, what still comes is thrown away."""
        self.socket.shutdown(socket.SHUT_WR)
        while self.socket.recv(65536):
            pass
        raise Gone

    def wait_for_the_end(self) -> None:
        """Read nothing, say nothing."""
        self.server.closing.wait(PATIENCE)
        raise Gone

    def protect(self) -> None:
        context = self.server.authority.context(self.manners.certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.protected = True

    # What a server usually does.

    def run(self) -> None:
        if self.manners.tls is Security.SSL:
            self.protect()
        self._do(self.manners.greeting)
        while True:
            line = self.line = self.hear()
            verb = line.split(" ", 1)[0].upper()
            reply = self.manners.replies.get(verb)
            if reply is None:
                self._usual(verb, line)
            elif isinstance(reply, tuple):
                self.used[verb] = self.used.get(verb, 0) + 1
                text = reply[min(self.used[verb], len(reply)) - 1]
                self._do(text) if text else self._usual(verb, line)
            else:
                self._do(reply)

    def _do(self, reply: str | Callable[[Talk], None]) -> None:
        if callable(reply):
            reply(self)
        elif reply:
            self.say(reply)
        else:
            self.say_nothing()

    def _usual(self, verb: str, line: str) -> None:
        if verb == "EHLO":
            self.say(self.introduction())
        elif verb == "STARTTLS":
            self.say("220 2.0.0 go ahead")
            self.protect()
        elif verb == "AUTH":
            self.check(line)
            self.say("235 2.7.0 welcome")
        elif verb == "DATA":
            self.say("354 go on")
            self.take()
            self.say("250 2.0.0 queued as 4F2A")
        elif verb == "QUIT":
            self.say("221 bye")
            raise Gone
        else:
            self.say("250 2.0.0 fine")

    def introduction(self) -> str:
        """The answer to EHLO."""
        offers = ["mail.test", *self.manners.offers]
        if self.manners.tls is Security.STARTTLS and not self.protected:
            offers.append("STARTTLS")
        elif self.manners.auth:
            offers.append(f"AUTH {self.manners.auth}")
        return "\n".join([*(f"250-{offer}" for offer in offers[:-1]), f"250 {offers[-1]}"])

    def check(self, line: str) -> None:
        """Let the client tell its password, and remember it."""
        _auth, mechanism, *first = line.split(" ")
        answers = [_bare(answer) for answer in first]
        prompts = self.manners.asks or {"LOGIN": ("VXNlcm5hbWU6", "UGFzc3dvcmQ6")}.get(
            mechanism, () if first else ("",)
        )
        for prompt in prompts:
            self.say(f"334 {prompt}")
            answers.append(_bare(self.hear()))
        if mechanism == "PLAIN" and answers:
            _identity, self.username, self.password = answers[0].split("\0")
        elif len(answers) > 1:
            self.username, self.password = answers[:2]

    def take(self) -> None:
        """The message, as it came."""
        lines = []
        while (line := self.hear()) != ".":
            lines.append(line.encode())
        self.server.mails.append(b"\r\n".join(lines) + b"\r\n")

    def _pending(self) -> bool:
        return isinstance(self.socket, ssl.SSLSocket) and self.socket.pending() > 0

    def _wait(self) -> None:
        """Until the client speaks, or the server is closed."""
        while not self.server.closing.is_set():
            if select.select([self.socket], [], [], 0.05)[0]:
                return
        raise Gone


def _bare(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return text
