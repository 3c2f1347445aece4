"""The steps that a release takes by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from portico.release_process.calendar import closed_because
from portico.release_process.policy import EVERYBODY
from portico.releases.acting import by_ramp
from portico.releases.models import Release
from portico.releases.rules.pipeline import Event, Status
from portico.releases.rules.ramp import next_step, read_ramp
from portico.releases.services.case import Given, policy_of
from portico.releases.services.firing import fire
from portico.releases.services.scene import Scene, on_target

# What stands in the way may be over by then, and nothing says when: an archived app, a window that
# never opens.
LATER: Final = timedelta(hours=1)


def take_ramp_step(release_id: UUID, *, at: datetime) -> bool:
    """Take the step of a ramp that is due; whether one was taken.

    One step in one transaction, of a release that is locked: however often it is asked for, and by
    however many, no step is taken twice or left out. Where a step may not be taken yet (a closed
    window, the shortest soak), the time at which it may is when it is due.
    """
    found = Release.objects.select_related("program", "target__app").filter(id=release_id).first()
    if found is None:
        return False
    with on_target(found.program, found.target, release_id, at=at) as scene:
        release = scene.named(release_id)
        if not is_due(release, at=at):
            return False
        step = next_step(read_ramp(release.ramp), release.share)
        if step is None:
            return False
        later = _not_before(scene, release, step.share, at=at)
        if later is not None:
            release.next_step_at = later
            release.save(update_fields=["next_step_at"])
            return False
        fire(scene, release, Event.SCALE, Given(share=step.share), by=by_ramp(), at=at)
    return True


def is_due(release: Release, *, at: datetime) -> bool:
    """Whether a release may take a step of its ramp now."""
    return (
        release.status == Status.GRAYSCALE
        and release.ramp_on
        and release.paused_at is None
        and release.next_step_at is not None
        and release.next_step_at <= at
    )


def _not_before(scene: Scene, release: Release, share: int, *, at: datetime) -> datetime | None:
    """When the step may be taken, where it may not be now."""
    policy = policy_of(release)
    if release.target.app.archived_at is not None:
        return at + LATER
    soaked = (release.first_share_at or at) + policy.shortest_soak
    if share == EVERYBODY and scene.full is not None and at < soaked:
        return soaked
    closed = closed_because(policy, at)
    if closed is not None:
        return closed.opens_at or at + LATER
    return None
