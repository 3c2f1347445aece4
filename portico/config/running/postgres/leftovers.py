"""What a killed server leaves behind, cleared before the next one starts.

Backends outlive a killed postmaster for as long as their query takes, and a new server refuses
to share their memory. A stale `postmaster.pid` may name a process that has since become somebody
else. Both need a look at the process table; elsewhere than on Linux PostgreSQL's own checks and
the supervisor's next attempt have to do.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from portico.config.running.postgres.cluster import Cluster

PROCESSES = Path("/proc")
PATIENCE = 3.0  # seconds for an immediate shutdown, before SIGKILL


def clear(cluster: Cluster) -> None:
    """End whatever still runs of this server. Call it only while the data folder is held."""
    if not (PROCESSES / "self").exists():
        return
    deadline = time.monotonic() + PATIENCE
    wish = signal.SIGQUIT
    while left := list(_processes(cluster)):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, wish)
        time.sleep(0.05)
        if time.monotonic() > deadline:
            wish = signal.SIGKILL
        if time.monotonic() > deadline + PATIENCE:
            return  # the server will say what it minds
    with contextlib.suppress(FileNotFoundError):
        (cluster.places.data / "postmaster.pid").unlink()


def _processes(cluster: Cluster) -> Iterator[int]:
    postmaster = [b"-D", os.fsencode(cluster.places.home)]
    backend = f"postgres: {cluster.places.name}: ".encode()
    for folder in PROCESSES.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            command = (folder / "cmdline").read_bytes()
            ours = folder.stat().st_uid == cluster.owner.uid and (
                command.startswith(backend)
                or (command.rstrip(b"\0").split(b"\0")[1:3] == postmaster)
            )
        except OSError:
            continue  # it ended while we looked
        if ours:
            yield int(folder.name)
