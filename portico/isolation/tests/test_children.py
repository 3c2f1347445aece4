"""A child process: what it gets, what it may not, and that its parent outlives it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portico.isolation.children import Ending, ask, command_for
from portico.isolation.limits import Limits

LIMITS = Limits(memory=256 * 1024 * 1024, cpu_seconds=1, wall_seconds=5.0, largest_answer=64 * 1024)


def run(
    program: str, question: bytes = b"", *, seconds: float = 20, limits: Limits = LIMITS
) -> Ending:
    """A child that limits itself and then does this."""
    limited = (
        f"import sys; sys.path.append({str(Path.cwd())!r}); "
        f"from portico.isolation.limits import Limits, limit_this_process; "
        f"limit_this_process(Limits{tuple(limits)!r}); {program}"
    )
    return ask((sys.executable, "-I", "-S", "-c", limited), question, seconds=seconds)


def test_a_child_answers_what_it_was_asked() -> None:
    ending = run("sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])", b"abc" * 100_00)

    assert ending == Ending(0, b"cba" * 100_00, "")


def test_a_child_has_no_environment_and_no_folder() -> None:
    ending = run("import os; print(dict(os.environ), os.getcwd())")

    assert b"'PATH'" not in ending.answer
    assert b"'HOME'" not in ending.answer
    assert ending.answer.endswith(b"} /\n")


def test_a_child_that_fails_says_why_and_answers_nothing() -> None:
    ending = run("print('half an answer'); raise ValueError('no')")

    assert (ending.code, ending.answer) == (1, b"")
    assert "ValueError: no" in ending.complaints


@pytest.mark.parametrize(
    ("program", "says"),
    [
        (f"bytearray({LIMITS.memory})", "MemoryError"),
        ("[open('/dev/null') for _ in range(99)]", "Too many open files"),
        (f"sys.stdout.write('a' * {LIMITS.largest_answer + 1}); sys.stdout.flush()", "too large"),
    ],
    ids=["memory", "files", "answer"],
)
def test_a_child_cannot_take_more_than_it_is_given(program: str, says: str) -> None:
    ending = run(program)

    assert ending.code > 0
    assert says in ending.complaints


def test_a_child_that_calculates_without_end_is_ended_by_the_kernel() -> None:
    assert run("\nwhile True: pass").code < 0


def test_a_child_that_sleeps_is_ended_by_the_clock() -> None:
    started = time.monotonic()

    ending = run("import time; time.sleep(60)", seconds=0.5)

    assert ending.code < 0
    assert time.monotonic() - started < 30


def test_a_child_without_a_parent_is_ended_by_its_own_clock() -> None:
    ending = run("import time; time.sleep(60)", limits=LIMITS._replace(wall_seconds=0.3))

    assert ending.code == -signal.SIGALRM


def test_a_program_starts_isolated_with_its_libraries_and_nothing_else() -> None:
    command = command_for("portico.legal.isolated", ("pikepdf",))

    assert command[1:3] == ("-I", "-S")
    assert command[3].endswith("portico/legal/isolated/__main__.py")
    listed = subprocess.run(
        [*command[:3], "-c", f"import sys; sys.path.extend({command[4:]!r}); import pikepdf"],
        env={},
        check=False,
        capture_output=True,
    )
    assert listed.returncode == 0


def test_a_library_that_is_not_there_is_named() -> None:
    with pytest.raises(ImportError, match="no_such_library is not installed"):
        command_for("portico.legal.isolated", ("no_such_library",))
