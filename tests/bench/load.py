"""Load from a process of its own, cheap enough not to be what is measured.

`python -m tests.bench.load PORT HOST PATH SECONDS` prints the answers per second that eight
connections got, each sending its next request as soon as it has its answer.
"""

from __future__ import annotations

import selectors
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field

CONNECTIONS = 8


@dataclass
class Connection:
    """A connection that is waiting for the rest of an answer."""

    socket: socket.socket
    received: bytearray = field(default_factory=bytearray)
    expected: int = 0

    def take(self, data: bytes) -> bool:
        """Whether that completes the answer. Raises `RuntimeError` for any but a 200."""
        self.received += data
        if not self.expected:
            head, found, _body = self.received.partition(b"\r\n\r\n")
            if not found:
                return False
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(bytes(head[:200]))
            lengths = [
                line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
            ]
            self.expected = len(head) + 4 + int(lengths[0].split(b":")[1])
        if len(self.received) < self.expected:
            return False
        self.received.clear()
        self.expected = 0
        return True


def answers_per_second(port: int, host: str, path: str, *, seconds: float) -> float:
    """Measure, in another process."""
    command = [sys.executable, "-m", "tests.bench.load", str(port), host, path, str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def main(port: int, host: str, path: str, seconds: float) -> None:
    """Send requests for that long and print the rate."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Language: en\r\n\r\n".encode()
    chooser = selectors.DefaultSelector()
    for _number in range(CONNECTIONS):
        connected = socket.create_connection(("127.0.0.1", port))
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        chooser.register(connected, selectors.EVENT_READ, Connection(connected))
        connected.sendall(request)
    answered = 0
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        for key, _events in chooser.select(timeout=1):
            connection: Connection = key.data
            if connection.take(connection.socket.recv(262_144)):
                answered += 1
                connection.socket.sendall(request)
    sys.stdout.write(str(answered / (time.perf_counter() - started)))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]))
