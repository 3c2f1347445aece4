"""`portico up --demo` as people run it, with parts of it killed in the middle of its work."""

from __future__ import annotations

import re
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portico.config.demo import ACCOUNTS, PASSWORD
from portico.config.running.postgres import url
from portico.config.running.removal import remove
from portico.demo_mail.ports import PASSWORD as MAIL_PASSWORD
from tests.processes.program import (
    PROCESSES,
    UP,
    Program,
    answer,
    children_of,
    free_port,
    wait_until,
)

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not (PROCESSES / "self").exists(), reason="looks into /proc"),
]
START = 60  # seconds for a start on a busy machine; `make run` is measured elsewhere
BACK = 15  # the bar is 5 s on a machine with nothing else to do; here other tests run as well


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Program, int]]:
    """A demo and its port. Tests may kill its parts, and leave it running."""
    with tempfile.TemporaryDirectory(prefix="portico-") as name:
        program, port = begin(Path(name), tmp_path_factory.mktemp("up") / "log")
        yield program, port
        program.end()
        remove(Path(name))


def begin(folder: Path, log: Path) -> tuple[Program, int]:
    """Start a demo, up to its message."""
    port = free_port()
    program = Program([*UP, "--demo", "--port", str(port), "--data-dir", str(folder)], folder, log)
    wait_until(lambda: "Stop it with Ctrl-C" in program.said(), within=START, what=program.said())
    return program, port


def test_it_shows_the_default_workspace_on_any_name_and_says_how_to_sign_in(
    demo: tuple[Program, int],
) -> None:
    program, port = demo

    for host in ("localhost", "acme.localhost", "192.0.2.7"):
        status, page = answer(port, host=host)
        assert (status, "Acme Pay" in page) == (200, True), host

    said = program.said()
    assert f"http://acme.localhost:{port}" in said
    assert f"http://zenith.localhost:{port}" in said
    assert all(email in said for email, _, _ in ACCOUNTS)
    assert PASSWORD in said
    assert f"localhost:{mail_port(program)} (STARTTLS), password {MAIL_PASSWORD}" in said


def test_its_mail_server_is_back_after_a_kill_at_the_same_port(demo: tuple[Program, int]) -> None:
    program, _ = demo
    server, port = program.child(" demo-mail"), mail_port(program)
    assert greeting(port).startswith("220 ")

    program.kill(server)

    wait_until(lambda: program.child(" demo-mail") not in {0, server}, within=BACK, what="another")
    assert greeting(port).startswith("220 ")


def mail_port(program: Program) -> int:
    """The first port of the demo's mail server, as the message names it."""
    found = re.search(r"Demo mail server: localhost:(\d+)", program.said())
    assert found, program.said()
    return int(found[1])


def greeting(port: int) -> str:
    """What a mail server says first. Connections wait while it is started again."""
    with socket.create_connection(("127.0.0.1", port), timeout=START) as client:
        return client.recv(1000).decode()


def test_a_killed_web_server_is_back(demo: tuple[Program, int]) -> None:
    program, port = demo
    web = program.child(" web")
    processes = children_of(web)
    assert processes

    program.kill(web)

    wait_until(lambda: not processes & set(program.living()), within=5, what="its processes ended")
    wait_until(lambda: answer(port)[0] == 200, within=BACK, what=program.said())
    assert program.child(" web") != web


def test_a_killed_process_of_the_web_server_is_replaced(demo: tuple[Program, int]) -> None:
    program, port = demo
    wait_until(lambda: answer(port)[0] == 200, within=BACK, what=program.said())
    web = program.child(" web")
    before = children_of(web)

    for pid in before:
        program.kill(pid)

    wait_until(lambda: answer(port)[0] == 200, within=BACK, what=program.said())
    assert not before & set(program.living())


def test_a_killed_database_is_back_with_every_committed_change(
    demo: tuple[Program, int],
) -> None:
    program, port = demo
    with psycopg.connect(url(program.folder)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'committed' AS word")

    program.kill(program.child("postgres -D"))

    wait_until(lambda: "automatic recovery" in program.said(), within=BACK, what=program.said())
    wait_until(lambda: answer(port)[0] == 200, within=BACK, what=program.said())
    with psycopg.connect(url(program.folder)) as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("committed",)]


def test_the_job_of_a_killed_worker_is_taken_up_again_within_60_s(
    demo: tuple[Program, int],
) -> None:
    program, _ = demo
    with psycopg.connect(url(program.folder)) as connection:
        wait_until(lambda: bool(workers(connection)), within=START, what="it has registered")
        job = connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id)"
            " VALUES ('default', 'config.retry_stalled_jobs', '{\"timestamp\": 0}', 'doing', %s)"
            " RETURNING id",
            [max(workers(connection))],
        ).fetchone()
        connection.commit()
        # Only now: one that lost its database in another test may have been leaving until here.
        wait_until(lambda: program.child(" worker") != 0, within=BACK, what="a worker")
        worker = program.child(" worker")

        program.kill(worker)

        wait_until(lambda: program.child(" worker") not in {0, worker}, within=BACK, what="another")
        query = "SELECT 1 FROM procrastinate_jobs WHERE id = %s"
        wait_until(
            lambda: not connection.execute(query, job).fetchall(), within=60, what=program.said()
        )


def workers(connection: psycopg.Connection) -> list[int]:
    """The workers that the queue knows."""
    rows = connection.execute("SELECT id FROM procrastinate_workers").fetchall()
    connection.commit()
    return [row[0] for row in rows]


def test_a_killed_up_leaves_nothing_and_the_next_one_stops_within_10_s(
    folder: Path, tmp_path: Path
) -> None:
    first, _ = begin(folder, tmp_path / "first")
    assert len(first.living()) > 10

    first.kill(first.pid)

    wait_until(lambda: first.living() == {}, within=10, what="everything is gone")
    first.process.wait()
    second, port = begin(folder, tmp_path / "second")
    assert answer(port)[0] == 200
    code, seconds = second.stop()
    assert code == 0
    assert seconds < 10
    assert second.living() == {}
