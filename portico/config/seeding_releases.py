"""Making the demo's releases: one that is live, one in grayscale release at 20 %, one in review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from portico.approvals.models import ApprovalRequest
from portico.audit.services import Actor, Via
from portico.miniprograms.models import MiniProgram, Version
from portico.releases.acting import By
from portico.releases.models import Release
from portico.releases.services import (
    Testers,
    approve,
    bypass_pilot,
    complete_pilot,
    release_version,
    scale,
    start_pilot,
)
from portico.targets.models import Environment, ReleaseTarget
from portico.workspaces.models import Membership, Workspace

DEVELOPER = "developer@acme.example.com"
REVIEWER = "reviewer@acme.example.com"
TESTERS = ("user-1001", "user-1002")
EVERYBODY, FIRST, SECOND, THIRD = 100_000, 1_000, 5_000, 20_000
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Demo:
    """Who drives the releases of a program of the demo."""

    program: MiniProgram
    developer: By
    reviewer: By


def make_releases(workspace: Workspace, program: MiniProgram, *, at: datetime) -> None:
    """Release the program's first version to both apps, and bring the second on its way: to the
    wallet's users by grayscale release, to the web's it waits for its review.

    Everything is done by the demo's people, over the last days. Makes nothing where the program
    has a release already.
    """
    first, second = Version.objects.filter(program=program).order_by("code")[:2]
    if Release.objects.filter(program=program).exists():
        return
    demo = Demo(program, _as(workspace, DEVELOPER), _as(workspace, REVIEWER))
    wallet, web = (_production(workspace, code) for code in ("wallet", "web"))
    for target in (wallet, web):
        _release_fully(demo, target, first, at=at - timedelta(days=4))
    _begin_grayscale(demo, wallet, second, at=at - timedelta(days=1))
    message = "Remembers the last tip. Please look at the new texts, too."
    release_version(program, web, second, by=demo.developer, at=at - 2 * HOUR, message=message)


def _release_fully(demo: Demo, target: ReleaseTarget, version: Version, *, at: datetime) -> None:
    release = _approved(demo, target, version, at=at)
    release = bypass_pilot(
        release, reason="The first version: nobody has another.", by=demo.developer, at=at + HOUR
    )
    scale(release, EVERYBODY, by=demo.developer, at=at + 2 * HOUR)


def _begin_grayscale(demo: Demo, target: ReleaseTarget, version: Version, *, at: datetime) -> None:
    release = _approved(demo, target, version, at=at)
    by = demo.developer
    release = start_pilot(release, Testers(TESTERS), by=by, at=at + HOUR)
    release = complete_pilot(release, by=by, at=at + 6 * HOUR)
    for hours, share in ((7, FIRST), (9, SECOND), (20, THIRD)):
        release = scale(release, share, by=by, at=at + hours * HOUR)


def _approved(demo: Demo, target: ReleaseTarget, version: Version, *, at: datetime) -> Release:
    release = release_version(demo.program, target, version, by=demo.developer, at=at)
    asked = ApprovalRequest.objects.filter(workspace=target.workspace, release=release.id)
    approve(asked.get(), by=demo.reviewer, at=at + HOUR / 2)
    return Release.objects.get(workspace=target.workspace, id=release.id)


def _as(workspace: Workspace, email: str) -> By:
    member = Membership.objects.select_related("person").get(
        workspace=workspace, person__email=email
    )
    person = member.person
    return By(Actor(person.id, person.email, person.name, Via.COMMAND), member)


def _production(workspace: Workspace, code: str) -> ReleaseTarget:
    return ReleaseTarget.objects.select_related("app", "workspace").get(
        workspace=workspace, app__code=code, environment=Environment.PRODUCTION
    )
