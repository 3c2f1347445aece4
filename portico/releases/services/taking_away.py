"""Taking what is live from its users: offline, which others approve, and by force."""

from __future__ import annotations

from datetime import datetime

from portico.approvals import services as approvals
from portico.approvals.models import ApprovalRequest, RequestKind, RequestStatus
from portico.approvals.services import Asked
from portico.miniprograms.models import MiniProgram
from portico.release_process.services import PolicyNow, policy_now
from portico.releases.access import check_actor, check_capacity, who_fires
from portico.releases.acting import By
from portico.releases.errors import NotLive, OfflineRequested, ReasonMissing
from portico.releases.models import Release
from portico.releases.rules.pipeline import Event, Need, Who
from portico.releases.services.case import Case, Given, Seen
from portico.releases.services.deciding import tell_of_request
from portico.releases.services.firing import check_seen, fire
from portico.releases.services.needs import NEEDS, check_text
from portico.releases.services.scene import Scene, on_target
from portico.targets.models import ReleaseTarget


def request_offline(
    program: MiniProgram,
    target: ReleaseTarget,
    *,
    reason: str,
    by: By,
    at: datetime,
    seen: Seen | None = None,
) -> ApprovalRequest:
    """Ask that a program be offline on a target. Its data is kept.

    In Production somebody has to approve it, in the Sandbox where the policy has reviews; without
    one it happens at once, and the request is there for the record. Raises `NotLive`,
    `StillUnderWay`, `OfflineRequested`, `ReasonMissing`.
    """
    with on_target(program, target, at=at) as scene:
        check_actor(by, scene.program, scene.target)
        check_seen(seen)
        release, reason = _live(scene), _checked_reason(reason)
        NEEDS[Need.NOTHING_UNDER_WAY](Case(scene, release, Event.TAKE_OFFLINE, by, at))
        if is_offline_requested(release):
            raise OfflineRequested(program=scene.program.name, target=str(scene.target))
        now = policy_now(release.workspace, production=release.production)
        asked = _asked(release, RequestKind.OFFLINE, now, reason)
        if release.production or now.policy.review:
            request = approvals.open_request(asked, by=by.actor, at=at)
            tell_of_request(
                "requested", release, request, by=by, who=Who.RELEASE_ACTOR, at=at, reason=reason
            )
            return request
        request = approvals.note_done(asked, by=by.actor, at=at)
        fire(
            scene,
            release,
            Event.TAKE_OFFLINE,
            Given(reason=reason),
            # The policy of the Sandbox stands in for a reviewer.
            by=By(by.actor, who=Who.PLATFORM),
            at=at,
            request=request,
            details={"request": str(request.id)},
        )
    return request


def force_remove(
    program: MiniProgram,
    target: ReleaseTarget,
    *,
    reason: str,
    by: By,
    at: datetime,
    seen: Seen | None = None,
) -> Release:
    """Take what is live from its users at once, without asking anybody. A request that is approved
    already stays for the record. Raises `NotLive`, `StillUnderWay`, `ReasonMissing`."""
    with on_target(program, target, at=at) as scene:
        check_capacity(by, who_fires(Event.FORCE_REMOVE), scene.program, scene.target)
        check_seen(seen)
        release = _live(scene)
        now = policy_now(release.workspace, production=release.production)
        asked = _asked(release, RequestKind.REMOVAL, now, check_text(reason))
        request = approvals.note_done(asked, by=by.actor, at=at)
        given = Given(reason=reason)
        fire(scene, release, Event.FORCE_REMOVE, given, by=by, at=at, request=request)
    return release


def is_offline_requested(release: Release) -> bool:
    """Whether it is in review that what is live be taken offline."""
    return ApprovalRequest.objects.filter(
        program=release.program_id,
        target=release.target_id,
        kind=RequestKind.OFFLINE,
        status=RequestStatus.IN_REVIEW,
    ).exists()


def _live(scene: Scene) -> Release:
    if scene.full is None:
        raise NotLive(program=scene.program.name, target=str(scene.target))
    return scene.full


def _checked_reason(text: str) -> str:
    reason = check_text(text)
    if not reason:
        raise ReasonMissing
    return reason


def _asked(release: Release, kind: RequestKind, now: PolicyNow, reason: str) -> Asked:
    return Asked(
        kind=kind,
        program=release.program,
        target=release.target,
        version=release.version,
        release=release.id,
        policy=now.policy,
        policy_revision=now.revision,
        configuration=release.configuration,
        message=reason,
    )
