"""Bytes to and from a server, in the clear or under TLS, never longer than the limits allow.

TLS runs over memory (`ssl.MemoryBIO`) instead of around the socket: so the handshake keeps to a
deadline like everything else, and the first bytes that answer it can be looked at, which tells a
server that speaks plainly from one that is merely broken.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time

from portico.service_email.smtp.certificates import trouble_of
from portico.service_email.smtp.limits import Patience
from portico.service_email.smtp.masks import readable
from portico.service_email.smtp.replies import LONGEST_LINE
from portico.service_email.smtp.troubles import Condition, Trouble

CHUNK = 16 * 1024
PROBE = 1.0  # seconds that a silent server has to answer in TLS
TLS_RECORDS = range(0x14, 0x19)  # what a TLS record may begin with; text begins higher


class Wire:
    """A connected socket. Not thread-safe."""

    def __init__(self, sock: socket.socket, patience: Patience) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._patience = patience
        self._buffer = bytearray()
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls: ssl.SSLObject | None = None

    @property
    def pending(self) -> bool:
        """Whether more has come than was asked for."""
        return bool(self._buffer)

    def write(self, data: bytes) -> None:
        """Send all of it. Each 16 KiB have the time of one reply."""
        for at in range(0, len(data), CHUNK):
            chunk = data[at : at + CHUNK]
            if self.tls is None:
                self._send(chunk)
            else:
                self._encrypt(chunk, self.tls)
                self._send(self._outgoing.read())

    def line(self, ends: float) -> bytes:
        """The next line, without its end. What stood there when the server closed is a line too."""
        while (end := self._buffer.find(b"\n")) < 0 and len(self._buffer) <= LONGEST_LINE:
            try:
                self._buffer += self._read(ends)
            except Trouble as trouble:
                if trouble.condition is not Condition.CLOSED or not self._buffer:
                    raise
                end = len(self._buffer)
                break
        if not 0 <= end <= LONGEST_LINE:
            raise Trouble(Condition.ENDLESS)
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line.rstrip(b"\r")

    def protect(self, context: ssl.SSLContext, name: str) -> ssl.SSLObject:
        """Go over to TLS, with a certificate for this name."""
        tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        ends, answered = self._patience.reply_ends(), False
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._send(self._outgoing.read())
                data = self._receive(ends, begun=answered)
                if not answered and data[0] not in TLS_RECORDS:
                    raise Trouble(Condition.PLAIN_ANSWER, said=readable(data[:200])) from None
                answered = True
                self._incoming.write(data)
            except ssl.SSLError as error:
                with contextlib.suppress(Trouble):  # our alert, out of politeness
                    self._send(self._outgoing.read())
                raise trouble_of(error, tls) from None
        self._send(self._outgoing.read())
        self.tls = tls
        return tls

    def speaks_tls(self) -> bool:
        """Whether a server that says nothing has been waiting for TLS: greets it so, and looks at
        the first byte of the answer. The connection is of no use afterwards."""
        if self.pending or self.tls is not None:
            return self.tls is None and self._buffer[0] in TLS_RECORDS
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        hello = context.wrap_bio(self._incoming, self._outgoing, server_hostname="mail.invalid")
        with contextlib.suppress(ssl.SSLWantReadError):
            hello.do_handshake()
        try:
            self._send(self._outgoing.read())
            ends = time.monotonic() + min(PROBE, self._patience.limits.reply)
            return self._receive(ends, begun=False)[0] in TLS_RECORDS
        except Trouble as trouble:
            if trouble.condition is Condition.CANCELED:
                raise
            return False

    def lost(self) -> bool:
        """Whether the server has hung up, or says something unasked, which comes before that."""
        try:
            data = self._socket.recv(CHUNK)
            if self.tls is None or not data:
                return True
            self._incoming.write(data)
            self.tls.read(1)
        except (BlockingIOError, ssl.SSLWantReadError):  # nothing, or only TLS's own matters
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        """Never raises."""
        with contextlib.suppress(OSError):
            self._socket.close()

    def _encrypt(self, chunk: bytes, tls: ssl.SSLObject) -> None:
        try:
            tls.write(chunk)
        except ssl.SSLError as error:  # also a server that wants to begin TLS anew
            raise trouble_of(error, tls) from None

    def _read(self, ends: float) -> bytes:
        if self.tls is None:
            return self._receive(ends, begun=self.pending)
        while True:
            try:
                data = self.tls.read(CHUNK)
            except ssl.SSLWantReadError:
                self._send(self._outgoing.read())
                self._incoming.write(self._receive(ends, begun=self.pending))
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                raise Trouble(Condition.CLOSED) from None
            except ssl.SSLError as error:
                raise trouble_of(error, self.tls) from None
            else:
                if not data:
                    raise Trouble(Condition.CLOSED)
                return data

    def _receive(self, ends: float, *, begun: bool) -> bytes:
        while True:
            self._patience.check()
            try:
                data = self._socket.recv(CHUNK)
            except BlockingIOError:
                if not self._patience.wait(self._socket, ends=ends):
                    raise self._patience.late(begun=begun) from None
            except OSError:
                raise Trouble(Condition.RESET) from None
            else:
                if not data:
                    raise Trouble(Condition.CLOSED)
                return data

    def _send(self, data: bytes) -> None:
        ends = self._patience.reply_ends()
        rest = memoryview(data)
        while rest:
            self._patience.check()
            try:
                rest = rest[self._socket.send(rest) :]
            except BlockingIOError:
                if not self._patience.wait(self._socket, ends=ends, to_write=True):
                    raise self._patience.late(begun=False) from None
            except OSError:
                raise Trouble(Condition.RESET) from None
