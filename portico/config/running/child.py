"""What the supervisor starts, as data."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from portico.config.running.owner import Owner


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Child:
    """A process: how it is started, shown and stopped."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    color: int = 37  # ANSI
    stage: int = 1  # stages are stopped from the highest to the lowest
    stop_signals: tuple[signal.Signals, ...] = (signal.SIGTERM,)  # in turn; SIGKILL comes last
    owner: Owner | None = None  # None: the user who runs Portico
    inherits: tuple[int, ...] = ()  # file descriptors, such as those of bound sockets
    clear: Callable[[], None] = _nothing  # leftovers; called before a start and after a SIGKILL
