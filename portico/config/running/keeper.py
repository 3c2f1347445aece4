"""A small process that stops what its parent started, should the parent die without doing so.

Run as a script, with nothing but the standard library. Its standard input is a pipe from the
parent: `+ID SIGNAL...` says that the process group ID is to be stopped with these signals in
turn, `-ID` that it is gone. The end of the input means that the parent is: then every group gets
its signals, seconds apart, and SIGKILL at last.

It holds the lock on the data folder with its parent (an inherited file descriptor), so nobody
starts anew in that folder while the old processes are still ending.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

PROCESSES = Path("/proc")
SECONDS_A_SIGNAL = 2.5
LAST_WAIT = 2.0


def main() -> None:
    """Watch the pipe to its end, then stop what is left."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: dict[int, list[int]] = {}
    for line in sys.stdin:
        group, *signals = line[1:].split()
        if line.startswith("+"):
            groups[int(group)] = [int(number) for number in signals]
        else:
            groups.pop(int(group), None)
    _stop(groups)


def _stop(groups: dict[int, list[int]]) -> None:
    rounds = max((len(signals) for signals in groups.values()), default=0)
    for turn in range(rounds):
        for group, signals in groups.items():
            if turn < len(signals):
                _tell(group, signals[turn])
            else:
                _kill(group)
        if _gone_within(groups, SECONDS_A_SIGNAL):
            return
    for group in groups:
        _kill(group)
    _gone_within(groups, LAST_WAIT)


def _tell(group: int, number: int) -> None:
    """Tell the leader, who stops its own; where it is dead already, its orphans are killed."""
    try:
        os.kill(group, number)
    except ProcessLookupError:
        _kill(group)


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _gone_within(groups: dict[int, list[int]], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        members = _members() if PROCESSES.exists() else _leaders(groups)
        left = members.keys() & groups.keys()
        if not left:
            return True
        for group in left:
            if group not in members[group]:
                _kill(group)  # its leader has gone and left it behind
        time.sleep(0.05)
    return False


def _members() -> dict[int, set[int]]:
    """The running processes of each group. The dead, who may wait long to be seen, do not count."""
    members: dict[int, set[int]] = {}
    for process in PROCESSES.iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):
                # "PID (NAME) STATE PARENT GROUP ...", and a name may hold anything
                text = (process / "stat").read_text(errors="replace")
                state, _, group = text.rpartition(")")[2].split()[:3]
                if state not in "ZX":
                    members.setdefault(int(group), set()).add(int(process.name))
    return members


def _leaders(groups: Iterable[int]) -> dict[int, set[int]]:
    """As `_members`, as well as it can be told without a process table."""
    found: dict[int, set[int]] = {}
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, 0)
            found[group] = set()
            os.kill(group, 0)
            found[group] = {group}
    return found


if __name__ == "__main__":
    main()
