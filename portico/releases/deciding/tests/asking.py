"""Requests as somebody makes them, by the services themselves."""

from __future__ import annotations

from collections.abc import Mapping

from conftest import Cast
from portico.approvals.models import ApprovalRequest
from portico.miniprograms.models import MiniProgram, Version
from portico.release_process.policy import Policy
from portico.releases.acting import By
from portico.releases.models import Release
from portico.releases.rules.pipeline import Status
from portico.releases.services import apply, create, request_offline
from portico.targets.models import Environment, ReleaseTarget
from portico.workspaces.models import Membership
from tests.make import AT, actor, make_app, make_program, make_release, make_version


def by(member: Membership) -> By:
    """A member, as the services know them."""
    return By(actor(member), member)


def make_target(cast: Cast, environment: Environment = Environment.PRODUCTION) -> ReleaseTarget:
    """A target of a new app of `acme`."""
    return make_app(cast.acme).targets.get(environment=environment)


def asked_for(
    cast: Cast,
    *,
    asker: Membership | None = None,
    target: ReleaseTarget | None = None,
    program: MiniProgram | None = None,
    version: Version | None = None,
    message: str = "",
) -> ApprovalRequest:
    """A request to release a version, in review: by default the developer's, to Production."""
    program = program or make_program(cast.acme, admin=cast.developer)
    version = version or make_version(program)
    who, target = by(asker or cast.developer), target or make_target(cast)
    release = create(program, target, version, by=who, at=AT)
    apply(release, by=who, at=AT, message=message)
    release.refresh_from_db()
    assert release.request is not None
    return release.request


def asked_under(cast: Cast, policy: Policy, *, asker: Membership | None = None) -> ApprovalRequest:
    """The same under another policy."""
    program = make_program(cast.acme, admin=cast.developer)
    release = make_release(
        program,
        make_target(cast),
        status=Status.UNDER_REVIEW,
        policy=policy,
        created_by=asker or cast.developer,
    )
    assert release.request is not None
    return release.request


def offline_asked(cast: Cast, *, asker: Membership | None = None) -> ApprovalRequest:
    """A request to take something offline that is live in Production."""
    program = make_program(cast.acme, admin=cast.developer)
    target = make_target(cast)
    live: Release = make_release(program, target, status=Status.FULL)
    who = by(asker or cast.developer)
    return request_offline(live.program, target, reason="A leak", by=who, at=AT)


def decision(verdict: str, **more: object) -> Mapping[str, object]:
    """What the form of the request's page sends."""
    return {"verdict": verdict, "reason": "", **more}
