"""What a child process may use up. It takes everything else from itself, before it reads a byte."""

from __future__ import annotations

import resource
import signal
import sys
from typing import NamedTuple


class Limits(NamedTuple):
    """Bytes of memory (address space) and of an answer; seconds on the CPU and on the wall."""

    memory: int
    cpu_seconds: int
    wall_seconds: float
    largest_answer: int
    open_files: int = 32


def limit_this_process(limits: Limits) -> None:
    """Take away memory, time, files and core dumps from this process, for good.

    Its parent keeps an eye on the clock, too; a parent that was killed does not.
    """
    signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds)
    by_kind = {
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_FSIZE: limits.largest_answer,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform != "darwin":  # macOS knows this limit and refuses to set it
        by_kind[resource.RLIMIT_AS] = limits.memory
    for kind, limit in by_kind.items():
        resource.setrlimit(kind, (limit, limit))
