"""That the worker is about to end, for jobs that can stop between two steps."""

from __future__ import annotations

from threading import Event

_told = Event()


def leave() -> None:
    """End soon: called when the worker is told to stop."""
    _told.set()


def stay() -> None:
    """A worker begins in this process."""
    _told.clear()


def is_leaving() -> bool:
    """Whether to stop before the next step."""
    return _told.is_set()
