"""A program that a test runs, watches and kills, with everything that it starts."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from portico.config.running.postgres.places import places

PROCESSES = Path("/proc")
MARK = "PORTICO_TEST_PROGRAM"
UP = [sys.executable, "-m", "portico.config.cli", "up"]


class Program:
    """A running program. `folder` is its data folder, by which its database is known."""

    def __init__(self, argv: list[str], folder: Path, log: Path, **environment: str) -> None:
        self.folder = folder
        self.log = log
        self._mark = f"{MARK}={uuid.uuid4()}".encode()
        own = dict(part.split("=", 1) for part in [self._mark.decode()])
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                argv,
                env=clean_environment() | own | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.pid = self.process.pid

    def said(self) -> str:
        """Everything that was written so far."""
        return self.log.read_text(errors="replace")

    def living(self) -> dict[int, str]:
        """The processes of this program that run, by id: their command lines."""
        database = places(self.folder)
        ours = {}
        for pid, command in _commands():
            with contextlib.suppress(OSError):
                if (
                    str(database.home) in command
                    or f" {database.name}: " in command
                    or self._mark in (PROCESSES / str(pid) / "environ").read_bytes().split(b"\0")
                ):
                    ours[pid] = command
        return ours

    def child(self, words: str) -> int:
        """The child with these words in its command line; 0 while there is none."""
        children = {pid: command for pid, command in _commands() if _parent(pid) == self.pid}
        return next((pid for pid, command in children.items() if words in command), 0)

    def kill(self, pid: int) -> None:
        """`kill -9`."""
        os.kill(pid, signal.SIGKILL)

    def stop(self) -> tuple[int, float]:
        """SIGTERM. The exit code, and how long it took."""
        began = time.monotonic()
        self.process.terminate()
        return self.process.wait(timeout=30), time.monotonic() - began

    def end(self) -> None:
        """Leave nothing behind, whatever the test did."""
        self.process.kill()
        self.process.wait(timeout=15)
        while left := self.living():
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)


def clean_environment() -> dict[str, str]:
    """Ours, without what concerns the tests' own database and settings."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PORTICO_", "DATABASE_URL", "DJANGO_", "PYTEST_"))
    }


def wait_until(true: Callable[[], bool], *, within: float, what: str) -> float:
    """Wait until it is true, and tell how long that took; fail after `within` seconds."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > within:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(0.02)
    return time.monotonic() - began


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answer(port: int, path: str = "/", *, host: str = "acme.localhost") -> tuple[int, str]:
    """Status and text of a page; status 0 where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        response = connection.getresponse()
        return response.status, response.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


def children_of(pid: int) -> set[int]:
    """The processes that a process started and that still run."""
    return {other for other, _ in _commands() if _parent(other) == pid}


def _commands() -> Iterator[tuple[int, str]]:
    for folder in PROCESSES.iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                if command:  # the dead have none
                    yield int(folder.name), command


def _parent(pid: int) -> int:
    try:
        stat = (PROCESSES / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])
