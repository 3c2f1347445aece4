"""A gate before the web server: it loads its program meanwhile, and listens once it is let through.

The database is brought up to date in the same seconds, so people wait for the slower of the two
instead of for both. The gate is a lock on a file that `up` holds while it is closed. It opens
with `up`'s end, whatever that may be, and is no matter to a web server started by itself.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "PORTICO_START_GATE"


@contextlib.contextmanager
def closed(path: Path) -> Iterator[None]:
    """Keep the gate closed for the length of a block."""
    with path.open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def is_named() -> bool:
    """Whether this process was started by `up`."""
    return bool(os.environ.get(VARIABLE))


def wait() -> None:
    """Wait until the gate that the environment names is open; go on where there is none."""
    named = os.environ.get(VARIABLE)
    if named and Path(named).exists():
        with Path(named).open() as gate:
            fcntl.flock(gate, fcntl.LOCK_SH)
