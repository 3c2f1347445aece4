"""Supervision, proven on a small program (`small.py`) with a real embedded database."""

from __future__ import annotations

import sys
from pathlib import Path

import psycopg
import pytest

from portico.config.running.postgres import url
from tests.processes.conftest import Starter
from tests.processes.program import PROCESSES, Program, answer, children_of, wait_until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not (PROCESSES / "self").exists(), reason="looks into /proc"),
]


@pytest.fixture
def small(start: Starter, folder: Path, port: int) -> Program:
    """The small program, with all its processes up."""
    program = start([sys.executable, "-m", "tests.processes.small", str(folder), str(port)])
    wait_until(lambda: answer(port)[0] == 200, within=20, what=f"started\n{program.said()}")
    wait_until(lambda: "stubborn | ready" in program.said(), within=20, what=program.said())
    return program


def test_a_killed_child_is_back_within_5_s_although_its_own_child_held_the_port(
    small: Program, port: int
) -> None:
    web = small.child("web")
    (grandchild,) = children_of(web)

    small.kill(web)

    wait_until(lambda: answer(port)[1] not in {"", str(web), str(grandchild)}, within=5, what="web")
    assert grandchild not in small.living()
    assert "portico  | web was killed by SIGKILL. Starting it again." in small.said()


def test_a_killed_database_is_back_with_every_committed_change(
    small: Program, folder: Path
) -> None:
    with psycopg.connect(url(folder)) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('committed')")

    small.kill(small.child("postgres"))

    wait_until(lambda: "automatic recovery" in small.said(), within=10, what="recovery")
    wait_until(lambda: words(folder) == [("committed",)], within=10, what="the row")


def test_a_database_killed_during_a_long_query_is_back_too(small: Program, folder: Path) -> None:
    busy = psycopg.connect(url(folder), autocommit=True)
    before = small.living()
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 10000000000)")
    wait_until(lambda: any("SELECT" in c for c in small.living().values()), within=5, what="busy")

    small.kill(small.child("postgres"))

    wait_until(lambda: small.said().count("ready to accept") == 2, within=10, what="recovery")
    assert not [pid for pid, command in small.living().items() if "SELECT" in command]
    assert before
    busy.close()


def test_sigterm_stops_everything_within_10_s_even_what_does_not_listen(small: Program) -> None:
    assert len(small.living()) > 5

    code, seconds = small.stop()

    assert code == 0
    assert seconds < 10
    assert small.living() == {}
    assert "stubborn does not stop; killing it." in small.said()
    assert "database system is shut down" in small.said()


def test_nothing_outlives_a_killed_parent(small: Program) -> None:
    assert len(small.living()) > 5

    small.kill(small.pid)

    wait_until(lambda: small.living() == {}, within=10, what="everything is gone")


def test_a_start_right_after_a_kill_waits_for_the_old_processes_and_recovers(
    small: Program, folder: Path, port: int, start: Starter
) -> None:
    with psycopg.connect(url(folder)) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('committed')")
    stubborn = small.child("stubborn")

    small.kill(small.pid)
    again = start([sys.executable, "-m", "tests.processes.small", str(folder), str(port)])
    wait_until(lambda: "ready to accept" in again.said(), within=20, what=again.said())

    assert stubborn not in small.living()
    wait_until(lambda: answer(port)[0] == 200, within=20, what=again.said())
    assert words(folder) == [("committed",)]


def test_with_the_keeper_killed_too_the_kernel_ends_the_children(small: Program) -> None:
    keeper, stubborn = small.child("keeper.py"), small.child("stubborn")
    children = {small.child("postgres"), small.child("web")}

    small.kill(keeper)
    small.kill(small.pid)

    wait_until(lambda: not children & set(small.living()), within=10, what="database and web ended")
    assert stubborn in small.living()  # it was told, and does not listen


def test_a_killed_keeper_is_replaced_and_knows_what_to_do(small: Program) -> None:
    keeper = small.child("keeper.py")

    small.kill(keeper)
    wait_until(lambda: keeper not in small.living(), within=5, what="the old one is gone")
    wait_until(lambda: small.child("keeper.py") not in {0, keeper}, within=5, what="a new one")
    small.kill(small.pid)

    wait_until(lambda: small.living() == {}, within=10, what="everything is gone")


def words(folder: Path) -> list[tuple[str]]:
    """What the database kept; nothing while it does not answer."""
    try:
        with psycopg.connect(url(folder)) as connection:
            return connection.execute("SELECT word FROM kept").fetchall()
    except psycopg.OperationalError:
        return []
