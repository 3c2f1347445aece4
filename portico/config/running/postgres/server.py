"""The embedded server as a process: how it is started, and when it answers."""

from __future__ import annotations

import contextlib
import functools
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from portico.config.running.child import Child
from portico.config.running.leash import Leash
from portico.config.running.lock import held
from portico.config.running.owner import BARE_ENVIRONMENT
from portico.config.running.postgres import fleeting, leftovers
from portico.config.running.postgres.cluster import Cluster, DatabaseNotMade, prepare
from portico.config.running.postgres.places import url

NAME = "postgres"
COLOR = 34
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT  # PostgreSQL's names for its ways to stop
PATIENCE = 60.0


def child(cluster: Cluster) -> Child:
    """The server of a prepared database, for the supervisor."""
    return Child(
        name=NAME,
        argv=(str(cluster.binaries.postgres), "-D", str(cluster.places.home)),
        env=BARE_ENVIRONMENT,
        color=COLOR,
        stage=0,
        stop_signals=(FAST, IMMEDIATE),
        owner=cluster.owner,
        clear=functools.partial(leftovers.clear, cluster),
    )


def is_ready(cluster: Cluster) -> bool:
    """Whether the server says so itself, which spares its log our knocking while it recovers."""
    try:
        status = (cluster.places.data / "postmaster.pid").read_text(errors="replace").splitlines()
    except OSError:
        return False
    return status[7:8] == ["ready   "] and answers(url(cluster.places.folder))


def answers(address: str) -> bool:
    """Whether the server at this address accepts connections by now."""
    try:
        psycopg.connect(address, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextlib.contextmanager
def running(data_dir: Path, *, durable: bool = True) -> Iterator[str]:
    """An embedded server for the length of a block; yields its URL. For tests and tools.

    Its role may create databases. Not `durable`: nothing is synced to the disk, and the database
    is removed at the end. Use it from the main thread.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        hold = stack.enter_context(held(data_dir))
        cluster = prepare(data_dir, durable=durable)
        if not durable:
            fleeting.mark(cluster.places)
            fleeting.sweep(cluster.places)
            stack.callback(shutil.rmtree, cluster.places.home, ignore_errors=True)
        server = child(cluster)
        server.clear()
        log = cluster.places.home / "server.log"
        with Leash(lock=hold.descriptor) as leash, log.open("wb") as output:
            process = leash.start(server, output=output)
            try:
                _wait_until_it_answers(process, cluster)
                yield url(data_dir)
            finally:
                _stop(process)
                leash.let_go(process.pid)
                server.clear()


def _wait_until_it_answers(process: subprocess.Popen[bytes], cluster: Cluster) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_ready(cluster):
        if process.poll() is not None or time.monotonic() > deadline:
            log = (cluster.places.home / "server.log").read_text(errors="replace")
            raise DatabaseNotMade(folder=cluster.places.home, reason=log[-500:])
        time.sleep(0.02)


def _stop(process: subprocess.Popen[bytes]) -> None:
    for wish in (FAST, IMMEDIATE, signal.SIGKILL):
        process.send_signal(wish)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=3)
            return
