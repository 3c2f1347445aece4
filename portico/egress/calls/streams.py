"""Bytes to and from a server, never longer and never later than the limits allow."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from dataclasses import dataclass
from select import POLLIN, POLLOUT, poll

import httpcore2

from portico.egress.calls.troubles import (
    AnswerTooLong,
    CallTimedOut,
    ConnectionLost,
    TlsFailed,
    of_certificate,
)

CHUNK = 16 * 1024
# Beside the body: headers, interim answers, and what frames the chunks of a body.
MOST_AROUND = 256 * 1024


@dataclass(frozen=True)
class Limits:
    """Seconds, and bytes of the answer's body.

    `connect`: to look the name up, and again to connect, whatever the number of addresses.
    `read`: one wait for the server, and the TLS handshake. `whole`: the call from its first step
    to its last.
    """

    connect: float = 5.0
    read: float = 10.0
    whole: float = 20.0
    most_read: int = 16 * 1024


class Patience:
    """The time of one call."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.began = time.monotonic()
        self._ends = self.began + limits.whole

    @property
    def milliseconds(self) -> int:
        """How long the call has taken."""
        return round((time.monotonic() - self.began) * 1000)

    def ends(self, seconds: float) -> float:
        """So many seconds from now, on the monotonic clock, or the end of the whole time."""
        return min(self._ends, time.monotonic() + seconds)

    def left(self, seconds: float) -> float:
        """Seconds that are left of these, and of the whole. Raises CallTimedOut if none is."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise self.late(whole=True)
        return min(left, seconds)

    def late(self, *, whole: bool = False) -> CallTimedOut:
        """What to raise when time is up."""
        over = whole or time.monotonic() >= self._ends
        return CallTimedOut(seconds=f"{self.limits.whole if over else self.limits.read:g}")

    def wait(self, sock: socket.socket, *, ends: float, to_write: bool = False) -> bool:
        """Wait until the socket can be read (or written); False if `ends` came first."""
        poller = poll()
        poller.register(sock, POLLOUT if to_write else POLLIN)
        return bool(poller.poll(max(0.0, ends - time.monotonic()) * 1000))


class Stream(httpcore2.NetworkStream):
    """A connected socket as httpcore2 wants it. The time-outs that it is given are not needed."""

    def __init__(self, sock: socket.socket, patience: Patience) -> None:
        self._socket = sock
        self._patience = patience
        self._read = 0

    def protect(self, context: ssl.SSLContext, host: str, port: int) -> None:
        """Go over to TLS, with a certificate for this host."""
        # Python holds a handshake to this time as a whole.
        self._socket.settimeout(self._patience.left(self._patience.limits.read))
        try:
            self._socket = context.wrap_socket(self._socket, server_hostname=host)
        except ssl.SSLCertVerificationError as error:
            raise of_certificate(
                error.verify_code, error.verify_message.rstrip("."), host=host
            ) from None
        except TimeoutError:
            raise self._patience.late() from None
        except ssl.SSLError as error:
            reason = (error.reason or "TLS").replace("_", " ").lower()
            raise TlsFailed(host=host, port=port, reason=reason) from None
        except OSError:
            raise ConnectionLost from None

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """What has come, at most so much; empty: the server has hung up."""
        self._socket.settimeout(self._patience.left(self._patience.limits.read))
        try:
            data = self._socket.recv(min(max_bytes, CHUNK))
        except TimeoutError:
            raise self._patience.late() from None
        except OSError:
            raise ConnectionLost from None
        self._read += len(data)
        if self._read > self._patience.limits.most_read + MOST_AROUND:
            raise AnswerTooLong
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Send all of it. A server that hangs up meanwhile may still have answered."""
        rest = memoryview(buffer)
        while rest:
            self._socket.settimeout(self._patience.left(self._patience.limits.read))
            try:
                rest = rest[self._socket.send(rest) :]
            except TimeoutError:
                raise self._patience.late() from None
            except OSError as error:
                raise httpcore2.WriteError from error

    def close(self) -> None:
        """Never raises."""
        with contextlib.suppress(OSError):
            self._socket.close()

    def get_extra_info(self, info: str) -> None:  # noqa: ARG002
        """Nothing of it is told: this connection serves one call."""
        return
