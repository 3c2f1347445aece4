"""Deciding on requests: to release, and to take offline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from portico.approvals import services as approvals
from portico.approvals.findings import MarkedFinding
from portico.approvals.models import ApprovalRequest, RequestKind, RequestStatus, ReviewVerdict
from portico.approvals.queries import approvals_of
from portico.kernel.errors import NotFound
from portico.release_process.policy import read
from portico.releases.access import check_capacity
from portico.releases.acting import By
from portico.releases.errors import ReasonMissing
from portico.releases.models import Release
from portico.releases.rules.approving import approvals_needed
from portico.releases.rules.pipeline import Event, Who
from portico.releases.services.case import Given
from portico.releases.services.firing import fire
from portico.releases.services.needs import check_text
from portico.releases.services.noting import announce, write_down
from portico.releases.services.scene import Scene, on_target

REVIEWERS: Final = frozenset({Who.REVIEWER})
ASKERS: Final = frozenset({Who.REQUESTER, Who.RELEASE_ACTOR})


def approve(
    request: ApprovalRequest,
    *,
    by: By,
    at: datetime,
    reason: str = "",
    findings: Sequence[MarkedFinding] = (),
    screenshots: Sequence[str] = (),
) -> ApprovalRequest:
    """Approve what is asked for. It happens once as many have approved as the policy wants that was
    copied onto the request.

    Raises what `portico.approvals.services.decide` does, and `ChecksNotClean`; `StillUnderWay`
    where something live is to be taken offline.
    """
    given = Given(reason=reason, findings=findings, screenshots=screenshots)
    return _decided(request, ReviewVerdict.APPROVE, given, by=by, at=at)


def reject(
    request: ApprovalRequest,
    *,
    by: By,
    at: datetime,
    reason: str,
    findings: Sequence[MarkedFinding] = (),
    screenshots: Sequence[str] = (),
) -> ApprovalRequest:
    """Refuse what is asked for, and say why."""
    given = Given(reason=reason, findings=findings, screenshots=screenshots)
    return _decided(request, ReviewVerdict.REJECT, given, by=by, at=at)


def withdraw_offline(request: ApprovalRequest, *, by: By, at: datetime) -> ApprovalRequest:
    """Take back the request to take something offline. Raises `RequestIsOver`."""
    with on_target(request.program, request.target, at=at) as scene:
        held = approvals.locked(request.id)
        who = check_capacity(by, ASKERS, held.program, held.target, held)
        if held.kind != RequestKind.OFFLINE:
            raise NotFound
        approvals.close(held, RequestStatus.WITHDRAWN, by=by.actor, at=at)
        tell_of_request("withdrawn", _subject(scene, held), held, by=by, who=who, at=at)
    return held


def _decided(
    request: ApprovalRequest, verdict: ReviewVerdict, given: Given, *, by: By, at: datetime
) -> ApprovalRequest:
    with on_target(request.program, request.target, request.release, at=at) as scene:
        held = approvals.locked(request.id)
        who = check_capacity(by, REVIEWERS, held.program, held.target, held)
        approvals.check_open(held)
        if held.kind == RequestKind.OFFLINE:
            _decide_offline(scene, held, verdict, given, by=by, who=who, at=at)
            return held
        release = scene.named(held.release)
        event = Event.APPROVE if verdict is ReviewVerdict.APPROVE else Event.REJECT
        fire(scene, release, event, given, by=by, at=at, request=held)
        release.request = held
    return held


def _decide_offline(
    scene: Scene,
    request: ApprovalRequest,
    verdict: ReviewVerdict,
    given: Given,
    *,
    by: By,
    who: Who,
    at: datetime,
) -> None:
    reason = check_text(given.reason)
    if verdict is ReviewVerdict.REJECT and not reason:
        raise ReasonMissing
    approvals.decide(
        request,
        verdict,
        by=by.actor,
        at=at,
        reason=reason,
        findings=given.findings,
        screenshots=given.screenshots,
    )
    release = _subject(scene, request)
    if verdict is ReviewVerdict.REJECT:
        approvals.close(request, RequestStatus.REJECTED, by=by.actor, at=at)
        tell_of_request("rejected", release, request, by=by, who=who, at=at, reason=reason)
        return
    count, needed = len(approvals_of(request)), approvals_needed(read(request.policy))
    if count < needed:
        write_down("release.offline_approved", release, by=by.actor, at=at, reason=reason)
        return
    approvals.close(request, RequestStatus.APPROVED, by=by.actor, at=at)
    fire(
        scene,
        release,
        Event.TAKE_OFFLINE,
        Given(reason=request.message),
        by=by,
        at=at,
        request=request,
        details={"request": str(request.id), "approvals": count, "needed": needed},
    )


def tell_of_request(
    what: str,
    release: Release,
    request: ApprovalRequest,
    *,
    by: By,
    who: Who,
    at: datetime,
    reason: str = "",
) -> None:
    """Write down what became of a request to take a release offline, and have others hear of it:
    `requested`, `rejected` or `withdrawn`."""
    if what == "requested":
        write_down("release.offline_requested", release, by=by.actor, at=at, reason=reason)
    elif what == "rejected":
        write_down("release.offline_rejected", release, by=by.actor, at=at, reason=reason)
    else:
        write_down("release.offline_withdrawn", release, by=by.actor, at=at, reason=reason)
    announce(
        release,
        f"offline_{what}",
        EVENT_NAMES[what],
        before=str(release.status),
        who=who,
        reason=reason,
        at=at,
        request_id=request.id,
    )


EVENT_NAMES: Final = {
    "requested": "request_offline",
    "rejected": "reject_offline",
    "withdrawn": "withdraw_offline",
}


def _subject(scene: Scene, request: ApprovalRequest) -> Release:
    return scene.named(request.release)
