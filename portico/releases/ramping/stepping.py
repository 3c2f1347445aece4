"""Taking the steps of ramps that are due.

What a step is, and whether it may be taken, is `portico.releases.services.take_ramp_step`: one
transaction a step, with the release locked. Here it is seen to that each release that is due is
asked for its step, that one which cannot take it holds up no other, and that nothing is asked for
again and again in vain.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from portico.kernel.errors import DomainError
from portico.outbox.leaving import is_leaving
from portico.releases.models import Release
from portico.releases.services import take_ramp_step

log = logging.getLogger("portico.releases")

BATCH: Final = 100  # releases, between two looks at the clock
MOST_BATCHES: Final = 50  # in one job; what is left is for the next
# When a release is asked again that was due and did not go on, for whatever reason.
AGAIN_AFTER: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Swept:
    """What came of the releases that were due: how many took a step, were not allowed to, and
    failed."""

    taken: int = 0
    held: int = 0
    failed: int = 0

    @property
    def looked_at(self) -> int:
        """How many were due."""
        return self.taken + self.held + self.failed


def sweep(clock: Callable[[], datetime], *, batch: int = BATCH) -> Swept:
    """Take all steps that are due, each once, until none is left or the worker is to end. Between
    two batches the clock is looked at again.

    Done by several workers at once, or again after one died in the middle, each step is still taken
    once: it is due no more in the transaction in which it is taken.
    """
    whole = Swept()
    for _number in range(MOST_BATCHES):
        part = take_due_steps(at=clock(), most=batch)
        whole = Swept(whole.taken + part.taken, whole.held + part.held, whole.failed + part.failed)
        if part.looked_at < batch or is_leaving():
            break
    return whole


def take_due_steps(*, at: datetime, most: int) -> Swept:
    """Take a step of each of these many releases whose step has been due longest."""
    came = [_take(release_id, at=at) for release_id in due(at=at, most=most) if not is_leaving()]
    return Swept(came.count(True), came.count(False), came.count(None))


def due(*, at: datetime, most: int) -> list[UUID]:
    """The releases whose next step is due, that which waits longest first; none that is paused."""
    found = Release.objects.filter(ramp_on=True, paused_at=None, next_step_at__lte=at)
    return list(found.order_by("next_step_at", "id").values_list("id", flat=True)[:most])


def _take(release_id: UUID, *, at: datetime) -> bool | None:
    """Whether a release took its step; None: it failed.

    One that is still due afterwards is put off. Otherwise many of them would stand in front of all
    others in each sweep.
    """
    try:
        taken: bool | None = take_ramp_step(release_id, at=at)
    except DomainError as refusal:  # its app is archived, say
        log.warning("The ramp of release %s does not go on: %s", release_id, refusal)
        taken = False
    except Exception:  # a mistake with one release must not hold up the others
        log.exception("The ramp of release %s could not go on.", release_id)
        taken = None
    if not taken:
        _put_off(release_id, at=at)
    return taken


def _put_off(release_id: UUID, *, at: datetime) -> None:
    still_due = Release.objects.filter(
        id=release_id, ramp_on=True, paused_at=None, next_step_at__lte=at
    )
    still_due.update(next_step_at=at + AGAIN_AFTER)
