"""Becoming a child that dies with its parent: a script that ties itself and turns into a program.

    python tie.py PARENT SIGNALS KEEPER-PIPE UID GID PROGRAM ARGUMENT...

It announces itself to the keeper (`keeper.py`), changes the user if asked (UID -1: stay), asks
the kernel for the first signal at its parent's death, and becomes the program. That is done here,
and not between fork and exec in the parent, because the parent may have threads. Only the
standard library: it runs before anything else is known to work.

On Linux the kernel sends the signal when the *thread* that started the process ends, forgets the
wish at a change of user, and says nothing to grandchildren. So only main threads start
processes, the wish comes after the change, and the keeper stands behind it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with(parent: int, wish: int) -> None:
    """Have the kernel send this process a signal when its parent dies. Does nothing off Linux."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, wish, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel could know
        os.kill(os.getpid(), signal.SIGKILL)


def main(argv: list[str]) -> None:
    """Tie this process and become the program."""
    parent, signals, pipe, uid, gid = argv[0], argv[1], int(argv[2]), int(argv[3]), int(argv[4])
    program = argv[5:]
    os.write(pipe, f"+{os.getpid()} {signals}\n".encode())
    os.close(pipe)
    if uid >= 0:
        os.umask(0o077)
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        os.chdir("/")
    die_with(int(parent), int(signals.split()[0]))
    try:
        os.execvp(program[0], program)  # noqa: S606 - this is what we are for
    except OSError as error:
        sys.exit(f"{program[0]}: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
