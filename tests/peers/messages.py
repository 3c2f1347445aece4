"""DNS messages in and out, over UDP and TCP."""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
from typing import Protocol

from dnslib import DNSError

LARGEST_DATAGRAM = 512


class Answering(Protocol):
    """Who answers."""

    speaks_tcp: bool
    over_tcp: int

    def answer(self, question: bytes, *, limit: int | None) -> bytes | None:
        """The reply to one message; None: silence. `limit`: the size of a datagram."""


def sockets(host: str, port: int = 0) -> tuple[socket.socket, socket.socket]:
    """A UDP and a TCP socket of one port, which the other kind may have taken already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for attempt in range(20):
        udp = socket.socket(family, socket.SOCK_DGRAM)
        tcp = socket.socket(family, socket.SOCK_STREAM)
        try:
            udp.bind((host, port))
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tcp.bind(udp.getsockname())
        except OSError:
            udp.close()
            tcp.close()
            if port or attempt == 19:
                raise
            continue
        tcp.listen(16)
        return udp, tcp
    raise AssertionError("unreachable")


def serve(
    server: Answering, udp: socket.socket, tcp: socket.socket, stopped: socket.socket
) -> None:
    """Answer until `stopped` can be read."""
    with selectors.DefaultSelector() as selector:
        for sock in (udp, tcp, stopped):
            selector.register(sock, selectors.EVENT_READ)
        while True:
            ready = [key.fileobj for key, _events in selector.select()]
            if stopped in ready:
                return
            # A broken question, or an asker who is gone, is not the server's trouble.
            with contextlib.suppress(OSError, DNSError):
                if udp in ready:
                    _answer_datagram(server, udp)
                if tcp in ready:
                    _answer_connection(server, tcp)


def _answer_datagram(server: Answering, udp: socket.socket) -> None:
    question, asker = udp.recvfrom(4096)
    answer = server.answer(question, limit=LARGEST_DATAGRAM)
    if answer is not None:
        udp.sendto(answer, asker)


def _answer_connection(server: Answering, tcp: socket.socket) -> None:
    connection, _asker = tcp.accept()
    with connection, connection.makefile("rb") as stream:
        if not server.speaks_tcp:
            return
        connection.settimeout(2)
        (length,) = struct.unpack("!H", stream.read(2))
        server.over_tcp += 1
        answer = server.answer(stream.read(length), limit=None)
        if answer is not None:
            connection.sendall(struct.pack("!H", len(answer)) + answer)
