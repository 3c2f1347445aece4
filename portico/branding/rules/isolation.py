"""Start the child process that reads and draws the files of strangers, and outlive it.

The child limits its own memory and CPU time before it reads anything; here it gets no
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
from functools import cache
from pathlib import Path
from typing import IO

from portico.branding.isolated import protocol
from portico.branding.isolated.protocol import Answer, Refused, Request
from portico.branding.isolated.refusals import (
    REFUSALS,
    TooDemanding,
    Truncated,
    UnusablePicture,
)

log = logging.getLogger(__name__)


def ask_child(request: Request, content: bytes, *, seconds: float | None = None) -> Answer:
    """Have a fresh child process do it. Takes 30 to 100 ms, at most `seconds` (default: 10).

    Raises a subclass of UnusablePicture: the child's own refusal; TooDemanding where the child
    died of its limits, of the clock, or of an abort; Truncated where it could not make sense of
    the file.
    """
    with (
        tempfile.TemporaryFile() as question,
        tempfile.TemporaryFile() as reply,
        tempfile.TemporaryFile() as complaints,
    ):
        question.write(request.line() + content)
        question.seek(0)
        code = _run(question, reply, complaints, seconds or protocol.WALL_SECONDS)
        if code == 0:
            reply.seek(0)
            return understood(reply.read())
        complaints.seek(0)
        said = complaints.read(4000).decode(errors="replace")
    if code == 1:
        log.error("The child process that reads pictures failed: %s", said)
        raise Truncated
    log.warning("The child process that reads pictures ended with %s: %s", code, said)
    raise TooDemanding


def _run(source: IO[bytes], sink: IO[bytes], complaints: IO[bytes], seconds: float) -> int:
    """The exit code; negative for a signal, such as the kernel's for too much CPU time."""
    child = subprocess.Popen(  # noqa: S603 (our interpreter, our module)
        command(), stdin=source, stdout=sink, stderr=complaints, env={}, cwd="/"
    )
    alarm = threading.Timer(seconds, child.kill)  # `wait` with a time limit polls, and lags behind
    alarm.start()
    try:
        return child.wait()
    finally:
        child.kill()
        alarm.cancel()
        child.wait()


@cache
def command() -> tuple[str, ...]:
    """How to start the child: isolated from environment, `site` and folders of users."""
    script = _origin("portico.branding.isolated") / "__main__.py"
    roots = {
        str(_origin(name).parent): None for name in ("portico", "PIL", "resvg_py", "py_svg_hush")
    }
    return (sys.executable, "-I", "-S", str(script), *roots)


def _origin(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ImportError(f"{package} is not installed")
    return Path(spec.origin).resolve().parent


def understood(message: bytes) -> Answer:
    """The child's answer, or its refusal raised; Truncated for what is neither."""
    try:
        answer = protocol.parse_answer(message)
        refusal: UnusablePicture | None = None
        if isinstance(answer, Refused):
            refusal = REFUSALS[answer.code](**answer.facts)
    except (ValueError, TypeError, LookupError) as error:
        # Only a child that was taken over answers like this.
        log.exception("The child process that reads pictures answered nonsense")
        raise Truncated from error
    if refusal is not None:
        raise refusal
    if isinstance(answer, Refused):
        raise Truncated
    return answer
