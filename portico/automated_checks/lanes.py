"""Seeing to it that somebody does the checks that are due.

A job works off what is due, for a while, in one of a few lanes; each lane has a lock, so that at
most so many packages are looked into at once, however many were uploaded.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from portico.automated_checks.models import CheckRun
from portico.outbox.lines import ensure_waiting

TASK: Final = "automated_checks.run"
QUEUE: Final = "checks"
LANES: Final = 2


def ensure_worker(lane: int = 0) -> None:
    """Have what is due checked once the present transaction has committed."""
    ensure_waiting(TASK, queue=QUEUE, lock=f"automated_checks:{lane}", lane=lane)


def ensure_lanes(*, at: datetime) -> int:
    """Have as many workers as there are versions to check, up to all lanes; how many."""
    due = CheckRun.objects.filter(due_at__lte=at).order_by("due_at", "id")[:LANES]
    lanes = len(due.values_list("id", flat=True))
    for lane in range(lanes):
        ensure_worker(lane)
    return lanes
