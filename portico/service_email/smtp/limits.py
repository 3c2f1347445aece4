"""How long a talk with a mail server may take, and who may end it early."""

from __future__ import annotations

import time
from dataclasses import dataclass
from select import POLLIN, POLLOUT, poll
from socket import socket
from typing import Protocol

from portico.service_email.smtp.stages import Stage, StageName
from portico.service_email.smtp.troubles import Condition, Trouble

LOOK_UP_EVERY = 0.4  # seconds between two questions whether to stop


@dataclass(frozen=True)
class Limits:
    """Seconds. `connect`: from the first attempt to a connection, whatever the number of
    addresses. `reply`: one reply from its first byte to its last, or one TLS handshake. `whole`:
    one `open()`, and one `send()`."""

    connect: float = 5.0
    reply: float = 10.0
    whole: float = 30.0


class Watch(Protocol):
    """Who looks on."""

    def begun(self, stage: StageName) -> None:
        """A stage begins."""

    def done(self, stage: Stage) -> None:
        """A stage has ended, well or not."""

    def cancelled(self) -> bool:
        """Whether to stop; asked at least every half second while something is waited for."""


class _Silent:
    """Looks away: what real mail is sent with."""

    def begun(self, stage: StageName) -> None:
        pass

    def done(self, stage: Stage) -> None:
        pass

    def cancelled(self) -> bool:
        return False


SILENT: Watch = _Silent()


class Patience:
    """Waits, but never past a limit, and looks up now and then to see whether to stop.

    `until` (of the monotonic clock) ends everything, however much of `whole` would be left.
    """

    def __init__(self, limits: Limits, watch: Watch, *, until: float | None = None) -> None:
        self.limits = limits
        self._watch = watch
        self._until = until
        self._looked_up = 0.0
        self.renew()

    def renew(self) -> None:
        """From now on the whole time runs again."""
        ends = time.monotonic() + self.limits.whole
        self._ends = ends if self._until is None else min(ends, self._until)

    def hurry(self, seconds: float) -> None:
        """From now on there are only so many seconds left."""
        self._ends = min(self._ends, time.monotonic() + seconds)

    def left(self, most: float) -> float:
        """Seconds until the whole time is over, and no more than `most`."""
        return max(0.0, min(most, self._ends - time.monotonic()))

    def check(self) -> None:
        """Raise if the whole time is over, or somebody wants it stopped."""
        now = time.monotonic()
        if now >= self._looked_up + LOOK_UP_EVERY:
            self._looked_up = now
            if self._watch.cancelled():
                raise Trouble(Condition.CANCELED)
        if now >= self._ends:
            raise Trouble(Condition.WHOLE_TIME_OVER, seconds=_seconds(self.limits.whole))

    def pause(self) -> None:
        """Let a moment pass. Raises as `check` does."""
        self.check()
        time.sleep(self.left(LOOK_UP_EVERY / 4))

    def wait(self, sock: socket, *, ends: float, to_write: bool = False) -> bool:
        """Wait until the socket can be read (or written); False if `ends` came first.

        `ends` is a time of the monotonic clock.
        """
        poller = poll()
        poller.register(sock, POLLOUT if to_write else POLLIN)
        while True:
            self.check()
            now = time.monotonic()
            if now >= ends:
                return False
            pause = max(0.0, min(ends, self._ends, now + LOOK_UP_EVERY) - now)
            if poller.poll(pause * 1000):
                return True

    def reply_ends(self) -> float:
        """When a reply that is waited for from now on is late."""
        return time.monotonic() + self.limits.reply

    def late(self, *, begun: bool) -> Trouble:
        """What to raise when `reply_ends` has passed: nothing came, or not all of it."""
        condition = Condition.SLOW if begun else Condition.SILENT
        return Trouble(condition, seconds=_seconds(self.limits.reply))


def _seconds(limit: float) -> str:
    return f"{limit:g}"
