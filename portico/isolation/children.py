"""Start a limited child process, and outlive it.

The child limits its own memory and CPU time before it reads anything (`limits`); here it gets no
environment, no arguments but import paths, files instead of pipes (so that neither side can
block the other, and the size of the answer has a limit that the kernel keeps), and a wall clock.
"""

from __future__ import annotations

import importlib.util
import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, NamedTuple

MOST_COMPLAINTS = 4000

log = logging.getLogger(__name__)


class Ending(NamedTuple):
    """How a child ended. `code` 0: it answered; negative: the signal that ended it, such as the
    kernel's for too much CPU time. `answer` is empty unless the code is 0."""

    code: int
    answer: bytes
    complaints: str


def ask(command: Sequence[str], question: bytes, *, seconds: float) -> Ending:
    """Run a fresh child that reads `question` and writes its answer; kill it after `seconds`.

    Starting one takes 20 to 50 ms.
    """
    with (
        tempfile.TemporaryFile() as source,
        tempfile.TemporaryFile() as sink,
        tempfile.TemporaryFile() as complaints,
    ):
        source.write(question)
        source.seek(0)
        code = _run(command, source, sink, complaints, seconds)
        sink.seek(0)
        complaints.seek(0)
        return Ending(
            code,
            sink.read() if code == 0 else b"",
            complaints.read(MOST_COMPLAINTS).decode(errors="replace"),
        )


def answer_of(
    ending: Ending, *, reads: str, broken: type[Exception], too_demanding: type[Exception]
) -> bytes:
    """What a child answered. Raises `broken` where it failed by itself, `too_demanding` where its
    limits, the clock or an abort ended it; the log says why. `reads`: what the child is for."""
    if ending.code == 0:
        return ending.answer
    if ending.code == 1:
        log.error("The child process that reads %s failed: %s", reads, ending.complaints)
        raise broken
    log.warning(
        "The child process that reads %s ended with %s: %s", reads, ending.code, ending.complaints
    )
    raise too_demanding


def command_for(program: str, libraries: Iterable[str]) -> tuple[str, ...]:
    """How to start a package's `__main__`: isolated from environment, `site` and users' folders.

    Its arguments are the folders of `libraries`, for it to import from: its `__main__` appends
    them to `sys.path` before it imports anything else.
    """
    script = _folder_of(program) / "__main__.py"
    top = program.partition(".")[0]
    roots = {str(_folder_of(name).parent): None for name in (top, *libraries)}
    return (sys.executable, "-I", "-S", str(script), *roots)


def _run(
    command: Sequence[str],
    source: IO[bytes],
    sink: IO[bytes],
    complaints: IO[bytes],
    seconds: float,
) -> int:
    child = subprocess.Popen(  # noqa: S603 (our interpreter, our module)
        command, stdin=source, stdout=sink, stderr=complaints, env={}, cwd="/"
    )
    alarm = threading.Timer(seconds, child.kill)  # `wait` with a time limit polls, and lags behind
    alarm.start()
    try:
        return child.wait()
    finally:
        child.kill()
        alarm.cancel()
        child.wait()


def _folder_of(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ImportError(f"{package} is not installed")
    return Path(spec.origin).resolve().parent
