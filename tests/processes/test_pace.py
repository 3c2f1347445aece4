"""How quickly ended processes are started again."""

from __future__ import annotations

import asyncio
import io
import sys
import time

import pytest

from portico.config.running.child import Child
from portico.config.running.leash import Leash
from portico.config.running.logs import Logs
from portico.config.running.supervisor import Pace, Supervisor, how_it_ended

pytestmark = pytest.mark.processes


def watch(child: Child, pace: Pace, *, until: str, times: int = 1) -> list[str]:
    """Keep a child running until this text has appeared so often; all lines by then."""

    async def watching() -> list[str]:
        out = io.StringIO()
        with Leash() as leash:
            async with asyncio.timeout(30), Supervisor(leash, Logs(out=out), pace=pace) as watcher:
                watcher.keep(child)
                while out.getvalue().count(until) < times:
                    await asyncio.sleep(0.01)
        return out.getvalue().splitlines()

    return asyncio.run(watching())


def test_a_child_that_ends_at_once_is_tried_on_with_a_clear_line() -> None:
    child = Child("web", (sys.executable, "-c", "print('I cannot'); exit(3)"))
    pace = Pace(first_pause=0.01, longest_pause=0.02, complain_after=3)

    lines = watch(child, pace, until="in a row")

    assert lines.count("web      | I cannot") == 3
    assert lines.count("portico  | web ended with code 3. Starting it again.") == 3
    assert "web has ended 3 times in a row. See its lines above" in lines[-1]
    assert "tries again every 0.02 s" in lines[-1]


def test_a_program_that_is_not_there_is_a_failure_like_others() -> None:
    child = Child("web", ("/nowhere/program",))

    lines = watch(child, Pace(first_pause=0.01), until="Starting it again")

    assert lines[0] == "web      | /nowhere/program: No such file or directory"


def test_a_child_that_lived_long_enough_is_started_as_quickly_as_the_first_time() -> None:
    child = Child("web", (sys.executable, "-S", "-c", "print('hello')"))
    pace = Pace(first_pause=0.01, longest_pause=100, healthy_after=0, complain_after=2)

    lines = watch(child, pace, until="Starting it again", times=4)

    assert "in a row" not in "".join(lines)


def test_hurry_kills_what_is_still_given_time() -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=1)"
    child = Child("web", (sys.executable, "-c", f"{deaf}\nwhile True: signal.pause()"))

    async def hurrying() -> float:
        out = io.StringIO()
        with Leash() as leash:
            async with (
                asyncio.timeout(30),
                Supervisor(leash, Logs(out=out), pace=Pace(grace=20)) as watcher,
            ):
                watcher.keep(child)
                while "ready" not in out.getvalue():
                    await asyncio.sleep(0.01)
                began = time.monotonic()
                asyncio.get_running_loop().call_later(0.2, watcher.hurry)
                await watcher.stop()
        return time.monotonic() - began

    assert asyncio.run(hurrying()) < 5


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "ended with code 0"), (2, "ended with code 2"), (-9, "was killed by SIGKILL")],
)
def test_ends_are_told_in_words(code: int, words: str) -> None:
    assert how_it_ended(code) == words
