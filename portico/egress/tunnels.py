"""Through an HTTP proxy to a checked address (CONNECT)."""

from __future__ import annotations

import re
import socket
from typing import Final, Protocol

from portico.egress.configuration import Address

MOST_OF_ANSWER: Final = 16 * 1024
STATUS: Final = re.compile(rb"HTTP/1\.[01] ([0-9]{3})(?: ([^\r\n]*))?\r?\n")
END: Final = b"\r\n\r\n"


class Wait(Protocol):
    """Waits until a socket can be read (or written); False if `ends`, a time of the monotonic
    clock, came first. May raise to end everything."""

    def __call__(self, sock: socket.socket, *, ends: float, to_write: bool = False) -> bool:
        """Wait."""


class TunnelRefused(Exception):
    """The proxy did not lead on. `status` is its answer, 0: none that is HTTP."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason
        super().__init__(f"{status} {reason}")


class TunnelLate(Exception):
    """The proxy did not answer in time."""


def open_tunnel(
    sock: socket.socket, address: Address, port: int, *, wait: Wait, ends: float
) -> None:
    """Have the proxy at the other end of this non-blocking socket lead to an address and port.

    Afterwards the socket speaks with whoever is there; nothing of what was said is read. Raises
    TunnelRefused, TunnelLate, or OSError.
    """
    host = f"[{address}]" if address.version == 6 else str(address)
    _send(sock, f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n", wait, ends)
    head = _head(sock, wait, ends)
    status = STATUS.match(head)
    if status is None:
        raise TunnelRefused(0, "")
    if not status[1].startswith(b"2"):
        reason = (status[2] or b"").decode("ascii", "replace")
        raise TunnelRefused(int(status[1]), "".join(c for c in reason if c.isprintable())[:80])


def _send(sock: socket.socket, text: str, wait: Wait, ends: float) -> None:
    rest = text.encode()
    while rest:
        if not wait(sock, ends=ends, to_write=True):
            raise TunnelLate
        rest = rest[sock.send(rest) :]


def _head(sock: socket.socket, wait: Wait, ends: float) -> bytes:
    """The proxy's answer up to the empty line, and not a byte of what follows."""
    head = b""
    while not head.endswith(END):
        if len(head) > MOST_OF_ANSWER:
            raise TunnelRefused(0, "")
        if not wait(sock, ends=ends):
            raise TunnelLate
        seen = sock.recv(4096, socket.MSG_PEEK)
        if not seen:
            raise TunnelRefused(0, "")
        end = (head + seen).find(END)
        head += sock.recv(len(seen) if end < 0 else end + len(END) - len(head))
    return head
