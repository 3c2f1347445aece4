"""Creating releases, and applying for them."""

from __future__ import annotations

from datetime import datetime

from portico.automated_checks.models import CheckRun
from portico.automated_checks.services import Verdict, verdict_of
from portico.kernel.errors import NotFound
from portico.miniprograms.models import MiniProgram, Version
from portico.miniprograms.queries import set_up_of
from portico.releases.acting import By, by_automated_review
from portico.releases.models import Release
from portico.releases.rules.approving import approves_by_itself
from portico.releases.rules.pipeline import Event, Status
from portico.releases.services.case import Given, policy_of
from portico.releases.services.firing import fire
from portico.releases.services.scene import Scene, on_target
from portico.targets.models import ReleaseTarget


def create(
    program: MiniProgram, target: ReleaseTarget, version: Version, *, by: By, at: datetime
) -> Release:
    """A release of a version to a target, which nothing happens with yet.

    It takes along how the program is set up there now. Raises `VersionUsed`.
    """
    with on_target(program, target, at=at) as scene:
        return _created(scene, version, by=by, at=at)


def release_version(
    program: MiniProgram,
    target: ReleaseTarget,
    version: Version,
    *,
    by: By,
    at: datetime,
    supersede: bool = False,
    message: str = "",
) -> Release:
    """Create a release and apply for it, in one step: both happen, or neither."""
    with on_target(program, target, at=at) as scene:
        release = _created(scene, version, by=by, at=at)
        _applied(scene, release, by=by, at=at, supersede=supersede, message=message)
    return release


def apply(
    release: Release,
    *,
    by: By,
    at: datetime,
    revision: int | None = None,
    supersede: bool = False,
    message: str = "",
) -> Release:
    """Ask for a release. What it has to go through is copied from the Release Process now, also
    where it was applied for before; nothing that is saved later reaches it.

    `supersede` cancels the release that is on its way, as soon as this one reaches its next step.
    Raises `OtherUnderReview` or `OtherUnderWay`.
    """
    with on_target(release.program, release.target, release.id, at=at) as scene:
        held = scene.named(release.id)
        _applied(scene, held, by=by, at=at, revision=revision, supersede=supersede, message=message)
    return held


def _created(scene: Scene, version: Version, *, by: By, at: datetime) -> Release:
    if version.program_id != scene.program.id:
        raise NotFound
    program, target = scene.program, scene.target
    present = set_up_of(program, target)
    release = Release(
        workspace_id=program.workspace_id,
        program=program,
        target=target,
        version=version,
        production=target.is_production,
        status=Status.CREATED,
        configuration={
            "server_domains": list(present.server_domains),
            "variables": dict(present.variables),
        },
        created_at=at,
    )
    if by.actor.person_id is not None:
        release.created_by_id = by.actor.person_id
    fire(scene, release, Event.CREATE, Given(), by=by, at=at)
    return release


def _applied(
    scene: Scene,
    release: Release,
    *,
    by: By,
    at: datetime,
    supersede: bool,
    message: str,
    revision: int | None = None,
) -> None:
    given = Given(reason=message, supersede=supersede)
    fire(scene, release, Event.APPLY, given, by=by, at=at, revision=revision)
    approve_by_checks(scene, release, at=at)


def approve_by_checks(scene: Scene, release: Release, *, at: datetime) -> bool:
    """Have the automated review approve a release that is under review, if its policy lets it and
    the checks are clean; whether it did."""
    if release.status != Status.UNDER_REVIEW or not approves_by_itself(policy_of(release)):
        return False
    if release.target.app.archived_at is not None:  # nothing goes there now; people can decide
        return False
    # Locked as by whoever tells that the checks are over: either that comes before, and the verdict
    # is read here; or after this transaction, and the request is found then.
    list(CheckRun.objects.select_for_update(of=("self",)).filter(version=release.version_id))
    if verdict_of(release.version) is not Verdict.CLEAN:
        return False
    fire(scene, release, Event.APPROVE, Given(), by=by_automated_review(), at=at)
    return True
