"""A whole Portico for the browser stories: `portico up --demo` in a folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portico.config.demo import ACCOUNTS
from portico.config.running.removal import remove

ROOT = Path(__file__).resolve().parents[2]
STAGES = 32
STARTS_WITHIN = 90


@dataclass(frozen=True)
class Instance:
    """A running installation, and where its data is."""

    port: int
    folder: Path

    def address(self, slug: str, path: str = "/") -> str:
        """A URL on a workspace's host."""
        return f"http://{slug}.localhost:{self.port}{path}"


@contextmanager
def running_instance(folder: Path) -> Iterator[Instance]:
    """Start it, fill in a stage for each story, and stop it at the end."""
    port = _free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PORTICO_") and name != "DATABASE_URL"
    } | {"PORTICO_DATA_DIR": str(folder), "PORTICO_PORT": str(port), "PORTICO_BIND": "127.0.0.1"}
    log = (folder.parent / f"{folder.name}.log").open("wb")
    command = [sys.executable, "-m", "portico.config.cli", "up", "--demo"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(process, port, Path(log.name))
        stages = [sys.executable, "-m", "tests.journeys.stages", str(STAGES)]
        subprocess.run(stages, cwd=ROOT, env=environment, check=True, timeout=120)
        yield Instance(port, folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        log.close()
        remove(folder)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until the demo's portal answers: the demo's data are there a moment after the server."""
    for _attempt in range(STARTS_WITHIN * 5):
        if process.poll() is not None:
            raise RuntimeError(f"Portico did not start:\n{log.read_text()}")
        if "The password of all of them" in log.read_text() and _answers(port):
            return
        try:
            process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
    raise TimeoutError(f"Portico did not answer:\n{log.read_text()}")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def email_of(role: str) -> str:
    """The address of the account that plays a role: `outsider` is the admin of `zenith`."""
    if role == "outsider":
        return ACCOUNTS[-1][0]
    return f"{role}@acme.example.com"
