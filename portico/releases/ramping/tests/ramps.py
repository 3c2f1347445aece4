"""Releases that go on by themselves, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from portico.release_process.policy import EVERYBODY, Policy
from portico.releases.models import Release, ReleaseEvent
from portico.releases.rules.pipeline import Event, Status
from portico.targets.models import Environment, ReleaseTarget
from portico.workspaces.models import Workspace
from tests.make import AT, make_app, make_policy, make_program, make_release

MINUTE = timedelta(minutes=1)
RAMP = [[1_000, 10], [20_000, 10], [50_000, 10], [EVERYBODY, 0]]
"""1 %, 20 %, 50 % and all, ten minutes each."""


def make_target(workspace: Workspace) -> ReleaseTarget:
    """The Production of an app."""
    return make_app(workspace).targets.get(environment=Environment.PRODUCTION)


@transaction.atomic
def make_ramp(
    target: ReleaseTarget,
    *,
    share: int = 1_000,
    due_at: datetime = AT,
    ramp: list[list[int]] = RAMP,
    policy: Policy | None = None,
    first_share_at: datetime = AT - timedelta(days=1),
) -> Release:
    """A release in grayscale whose next step is due at that time."""
    return make_release(
        make_program(target.workspace),
        target,
        status=Status.GRAYSCALE,
        policy=policy or make_policy(),
        share=share,
        went_live_at=first_share_at,
        first_share_at=first_share_at if share else None,
        ramp=ramp,
        ramp_on=True,
        next_step_at=due_at,
    )


def shares_of(release: Release) -> list[int]:
    """What it was scaled to, in order."""
    scaled = ReleaseEvent.objects.filter(release=release, event=Event.SCALE).order_by("number")
    return [one.details["to"] for one in scaled]
