"""What tests of the pipeline stand on: a program on both targets, those who act, and each event
fired with whatever it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from conftest import Cast
from portico.approvals.models import ApprovalRequest
from portico.miniprograms.models import MiniProgram
from portico.miniprograms.services import SetUp
from portico.releases import services
from portico.releases.acting import By
from portico.releases.models import Release
from portico.releases.rules.pipeline import Event, Status
from portico.targets.models import ReleaseTarget
from portico.workspaces.models import Membership
from tests.make import AT, actor, make_app, make_program, make_release, make_version

LATER: Final = AT + timedelta(days=1)


@dataclass(frozen=True)
class Stage:
    """A program that the developer is Admin of, on an app's targets."""

    cast: Cast
    program: MiniProgram
    production: ReleaseTarget
    sandbox: ReleaseTarget

    @property
    def developer(self) -> By:
        return as_(self.cast.developer)

    @property
    def reviewer(self) -> By:
        return as_(self.cast.reviewer)

    @property
    def admin(self) -> By:
        return as_(self.cast.admin)

    @property
    def inspector(self) -> By:
        return as_(self.cast.inspector)

    def release(
        self,
        status: Status = Status.CREATED,
        *,
        target: ReleaseTarget | None = None,
        **values: Any,
    ) -> Release:
        """A release of a new version to Production, or to the `target` given."""
        target = target or self.production
        return make_release(
            self.program, target, status=status, created_by=self.cast.developer, **values
        )


def make_stage(cast: Cast) -> Stage:
    """The stage, with the operator assigned, too."""
    program = make_program(cast.acme, admin=cast.developer)
    program.members.create(membership=cast.operator, role="developer")
    targets = {one.is_production: one for one in make_app(cast.acme).targets.select_related("app")}
    return Stage(cast, program, targets[True], targets[False])


def as_(member: Membership) -> By:
    """A member, on a page."""
    return By(actor(member), member)


def fresh(release: Release) -> Release:
    """A release as it is in the database."""
    return Release.objects.select_related("request", "version", "program", "target__app").get(
        id=release.id
    )


def _request(release: Release) -> ApprovalRequest:
    found = fresh(release).request
    assert found is not None
    return found


Fired = Callable[[Release, By, datetime], object]

FIRE: Final[Mapping[Event, Fired]] = {
    Event.CREATE: lambda release, by, at: services.create(
        release.program, release.target, make_version(release.program), by=by, at=at
    ),
    Event.CONFIGURE: lambda release, by, at: services.configure(
        release, SetUp(server_domains=["api.example.com"]), by=by, at=at
    ),
    Event.APPLY: lambda release, by, at: services.apply(release, by=by, at=at),
    Event.WITHDRAW: lambda release, by, at: services.withdraw(release, by=by, at=at),
    Event.REJECT: lambda release, by, at: services.reject(
        _request(release),
        by=by,
        at=at,
        reason="Broken.",
    ),
    Event.APPROVE: lambda release, by, at: services.approve(
        _request(release),
        by=by,
        at=at,
    ),
    Event.START_PILOT: lambda release, by, at: services.start_pilot(
        release, services.Testers(("ann", "ben")), by=by, at=at
    ),
    Event.UPDATE_PILOT: lambda release, by, at: services.update_pilot(
        release, services.Testers(("cy",)), by=by, at=at
    ),
    Event.COMPLETE_PILOT: lambda release, by, at: services.complete_pilot(release, by=by, at=at),
    Event.BYPASS_PILOT: lambda release, by, at: services.bypass_pilot(
        release, reason="Urgent.", by=by, at=at
    ),
    Event.SET_RULES: lambda release, by, at: services.set_rules(
        release, {"systems": ["ios"]} if not release.share else {}, by=by, at=at
    ),
    Event.GO_LIVE: lambda release, by, at: services.go_live(release, by=by, at=at),
    Event.SCALE: lambda release, by, at: services.scale(release, release.share + 1, by=by, at=at),
    Event.START_RAMP: lambda release, by, at: services.start_ramp(release, by=by, at=at),
    Event.STOP_RAMP: lambda release, by, at: services.stop_ramp(release, by=by, at=at),
    Event.PAUSE: lambda release, by, at: services.pause(release, by=by, at=at),
    Event.RESUME: lambda release, by, at: services.resume(release, by=by, at=at),
    Event.CANCEL: lambda release, by, at: services.cancel(release, reason="Broken.", by=by, at=at),
    Event.TAKE_OFFLINE: lambda release, by, at: services.request_offline(
        release.program, release.target, reason="Over.", by=by, at=at
    ),
    Event.FORCE_REMOVE: lambda release, by, at: services.force_remove(
        release.program, release.target, reason="Harmful.", by=by, at=at
    ),
    Event.ROLL_BACK: lambda release, by, at: services.roll_back(
        release, reason="Broken.", by=by, at=at
    ),
}
"""Each event that somebody can fire, with what it needs."""

IS_AS: Final[Mapping[Event, Mapping[str, Any]]] = {
    Event.UPDATE_PILOT: {"testers": ["ann"]},
    Event.COMPLETE_PILOT: {"testers": ["ann"]},
    Event.STOP_RAMP: {"ramp_on": True, "ramp": [[1000, 60]], "next_step_at": AT},
    Event.RESUME: {"paused_at": AT},
}
"""What a release has to be like for an event, beside its status."""
