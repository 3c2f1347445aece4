"""Starting processes that do not outlive us, however we end.

Two things see to that: the kernel's parent-death signal where there is one (`tie.py`), and the
keeper (`keeper.py`), a small process that learns of our death by the end of a pipe. Each new
process announces itself to the keeper before it becomes its program, so there is no moment at
which it could be missed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import IO

from portico.config.running.child import Child

KEEPER = str(Path(__file__).with_name("keeper.py"))
TIE = str(Path(__file__).with_name("tie.py"))
BARE_PYTHON = (sys.executable, "-I", "-S")


class Leash:
    """Holds the processes of one parent. Use it from the main thread, as a context."""

    def __init__(self, *, lock: int | None = None) -> None:
        self._lock = lock
        self._held: dict[int, Child] = {}
        self._start_keeper()

    def start(self, child: Child, *, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
        """Start the child in a session of its own. Raises OSError where there is no room."""
        self.mend()
        user = child.owner if child.owner and child.owner.is_another else None
        ids = (str(user.uid), str(user.gid)) if user else ("-1", "-1")
        me, signals, pipe = str(os.getpid()), _numbers(child), str(self._pipe)
        process = subprocess.Popen(  # noqa: S603
            [*BARE_PYTHON, TIE, me, signals, pipe, *ids, *child.argv],
            env=dict(child.env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[self._pipe, *child.inherits],
        )
        self._held[process.pid] = child
        return process

    def let_go(self, pid: int) -> None:
        """Kill what is left of a dead child's group, and forget it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        self._held.pop(pid, None)
        self._tell(f"-{pid}\n")

    def mend(self) -> None:
        """Start the keeper again if somebody killed it."""
        if self._keeper.poll() is not None:
            os.close(self._pipe)
            self._start_keeper()
            for pid, child in self._held.items():
                self._tell(f"+{pid} {_numbers(child)}\n")

    def close(self) -> None:
        """Let the keeper end. It first stops what has not been let go."""
        os.close(self._pipe)
        self._keeper.wait()

    def __enter__(self) -> Leash:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start_keeper(self) -> None:
        reading, self._pipe = os.pipe()
        self._keeper = subprocess.Popen(  # noqa: S603
            [*BARE_PYTHON, KEEPER],
            stdin=reading,
            stdout=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            pass_fds=[] if self._lock is None else [self._lock],
        )
        os.close(reading)

    def _tell(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):  # `mend` tells a new keeper everything
            os.write(self._pipe, line.encode())


def _numbers(child: Child) -> str:
    return " ".join(str(int(wish)) for wish in child.stop_signals)
