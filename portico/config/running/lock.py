"""One `portico up` per data folder."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portico.config.running.refusal import Refusal
from portico.kernel.errors import gettext_noop

NAME = "up.lock"
PATIENCE = 15.0  # seconds; longer than the keeper of a killed run takes


class DataFolderInUse(Refusal):
    """Another `portico up` works in this data folder."""

    code = "data_folder_in_use"
    sentence = gettext_noop(
        "The data folder %(folder)s is in use by another Portico (process %(pid)s). Stop that "
        "one, or choose another folder with --data-dir."
    )


class StillStopping(Refusal):
    """The processes of a killed run do not end."""

    code = "still_stopping"
    sentence = gettext_noop(
        "The processes of an earlier Portico are still ending in %(folder)s. Try again in a minute."
    )


@dataclass(frozen=True)
class Hold:
    """The right to work in a data folder."""

    descriptor: int  # of the lock; whoever inherits it holds the folder too
    after_a_crash: bool  # the last holder ended without letting go


@contextlib.contextmanager
def held(folder: Path, *, patience: float = PATIENCE) -> Iterator[Hold]:
    """Hold the data folder for the length of a block.

    Where the last holder was killed, this waits until its keeper has stopped what it left.
    Raises DataFolderInUse where the holder lives.
    """
    descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, folder, patience)
        after_a_crash = _written_pid(descriptor) is not None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        try:
            yield Hold(descriptor, after_a_crash)
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def holder(folder: Path) -> int | None:
    """The process that holds the folder now, or None."""
    try:
        descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _written_pid(descriptor)
    finally:
        os.close(descriptor)
    return None


def _lock(descriptor: int, folder: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = _written_pid(descriptor)
            if pid is not None and _lives(pid):
                raise DataFolderInUse(folder=folder, pid=pid) from None
            if time.monotonic() > deadline:
                raise StillStopping(folder=folder) from None
            time.sleep(0.05)
        else:
            return


def _written_pid(descriptor: int) -> int | None:
    text = os.pread(descriptor, 20, 0)
    return int(text) if text.isdigit() else None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's, or no process table here
        return True
    # Dead and not yet seen by its parent, it still has its number.
    return stat.rpartition(")")[2].split()[0] not in "ZX"
