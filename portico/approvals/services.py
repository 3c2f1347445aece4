"""The rows of requests and decisions.

These are verbs of rows alone: they check what holds for any request, and write. What a request or
a decision leads to, and the audit log, belong to whoever calls them (`portico.releases.services`),
in its transaction and under its locks: the plan of the program on the target, the releases, then
the request. `close` a request before what is live on the target changes with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from portico.approvals.errors import (
    MOST_OF_REASON,
    MOST_SCREENSHOTS,
    AlreadyDecided,
    OwnRequest,
    ReasonTooLong,
    RejectionWithoutReason,
    RequestIsApproved,
    RequestIsOver,
    RequestIsRejected,
    RequestIsWithdrawn,
    TooManyScreenshots,
)
from portico.approvals.findings import MarkedFinding
from portico.approvals.models import (
    ApprovalRequest,
    Decision,
    RequestKind,
    RequestStatus,
    ReviewVerdict,
)
from portico.audit.services import PLATFORM, Actor, named
from portico.branding.rules import Purpose
from portico.branding.services import check_picture
from portico.files.services import use
from portico.kernel.errors import NotFound
from portico.miniprograms.models import MiniProgram, ProgramOnTarget, Version
from portico.release_process.policy import Policy, stored
from portico.targets.models import ReleaseTarget

USER_KIND = "decision"
"""What uses a screenshot, as `portico.files` knows it."""

OVER: Mapping[str, type[RequestIsOver]] = {
    RequestStatus.APPROVED: RequestIsApproved,
    RequestStatus.REJECTED: RequestIsRejected,
    RequestStatus.WITHDRAWN: RequestIsWithdrawn,
}


@dataclass(frozen=True)
class Asked:
    """What somebody asks for. `release` is the release it is about; `policy` what applies to it
    from now on, whatever is saved later, of revision `policy_revision` of the Release Process."""

    kind: RequestKind
    program: MiniProgram
    target: ReleaseTarget
    version: Version
    release: UUID
    policy: Policy
    policy_revision: int
    configuration: Mapping[str, object] = field(default_factory=dict)
    message: str = ""


def open_request(asked: Asked, *, by: Actor, at: datetime) -> ApprovalRequest:
    """Write down a request that is in review from now on.

    The database refuses a second one of its kind in review for the program on the target. Raises
    `ReasonTooLong` for the message.
    """
    return _made(asked, status=RequestStatus.IN_REVIEW, decided_at=None, by=by, at=at)


def note_done(asked: Asked, *, by: Actor, at: datetime) -> ApprovalRequest:
    """Write down a request for what is done already, for the record: it is approved, and nobody
    decides on it."""
    return _made(asked, status=RequestStatus.APPROVED, decided_at=at, by=by, at=at)


def locked(request_id: UUID) -> ApprovalRequest:
    """A request as it is now, which nobody else changes until the transaction ends.

    Raises `NotFound`. Its policy is read by `portico.release_process.policy.read`.
    """
    found = (
        ApprovalRequest.objects.select_for_update(of=("self",))
        .select_related("workspace", "program", "target__app", "version")
        .filter(id=request_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def check_open(request: ApprovalRequest) -> None:
    """Raise the `RequestIsOver` that says what became of a request which is not in review."""
    if request.status != RequestStatus.IN_REVIEW:
        raise OVER[request.status]


def check_may_decide(request: ApprovalRequest, *, by: Actor) -> None:
    """Whether somebody who may decide on requests may decide on this one.

    Raises `RequestIsOver`; `OwnRequest` where the policy copied onto it wants four eyes; and
    `AlreadyDecided`, once for each person.
    """
    check_open(request)
    if by.person_id is None:
        return
    if by.person_id == request.requested_by_id and not request.policy["requester_may_approve"]:
        raise OwnRequest
    if Decision.objects.filter(request=request, reviewer=by.person_id).exists():
        raise AlreadyDecided


def decide(
    request: ApprovalRequest,
    verdict: ReviewVerdict,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    findings: Sequence[MarkedFinding] = (),
    screenshots: Sequence[str] = (),
) -> Decision:
    """Write down what a reviewer decides; `by` the platform: the automated review.

    Call it with the request locked; whether enough have approved now is for the caller to see
    (`queries.approvals_of`), and to `close` it. `screenshots` are hashes of files that were taken
    in as screenshots. Raises what `check_may_decide` does, `RejectionWithoutReason`,
    `ReasonTooLong`, `TooManyScreenshots`, and `NoSuchPicture` or `WrongPurpose` of a screenshot.
    """
    check_may_decide(request, by=by)
    reason = reason.strip()
    if verdict == ReviewVerdict.REJECT and not reason:
        raise RejectionWithoutReason
    _check_length(reason)
    decision = Decision.objects.create(
        request=request,
        verdict=verdict,
        reviewer=named(by),
        reason=reason,
        findings=[dict(one) for one in findings],
        screenshots=check_screenshots(request, screenshots),
        decided_at=at,
    )
    if decision.screenshots:
        use(
            request.workspace,
            decision.screenshots,
            user_kind=USER_KIND,
            user_id=decision.id,
        )
    return decision


def decide_automatically(request: ApprovalRequest, *, at: datetime) -> Decision:
    """Write down that the automated review approves."""
    return decide(request, ReviewVerdict.APPROVE, by=PLATFORM, at=at)


def close(
    request: ApprovalRequest,
    status: RequestStatus,
    *,
    at: datetime,
    by: Actor = PLATFORM,
    reason: str = "",
) -> ApprovalRequest:
    """End a request: approved, rejected or withdrawn. Raises `RequestIsOver` where it has ended.

    `by` and `reason`: who withdrew it, or decided last.
    """
    check_open(request)
    reason = reason.strip()
    _check_length(reason)
    request.baseline_id = _live(request.program_id, request.target_id)
    request.status, request.decided_at = status, at
    request.closed_by, request.close_reason = named(by), reason
    request.save(update_fields=["baseline", "status", "decided_at", "closed_by", "close_reason"])
    return request


def void(request: ApprovalRequest, *, at: datetime) -> ApprovalRequest:
    """Write down that what was approved was changed afterwards, so that it counts no more."""
    request.voided_at = at
    request.save(update_fields=["voided_at"])
    return request


def check_screenshots(request: ApprovalRequest, hashes: Sequence[str]) -> list[str]:
    """These screenshots, each once, in their order. Raises `TooManyScreenshots`, or what
    `check_picture` does where one was not taken in here as a screenshot."""
    wanted = list(dict.fromkeys(hashes))
    if len(wanted) > MOST_SCREENSHOTS:
        raise TooManyScreenshots(most=MOST_SCREENSHOTS)
    for sha256 in wanted:
        check_picture(request.workspace, sha256, Purpose.SCREENSHOT)
    return wanted


def _made(
    asked: Asked, *, status: RequestStatus, decided_at: datetime | None, by: Actor, at: datetime
) -> ApprovalRequest:
    message = asked.message.strip()
    _check_length(message)
    return ApprovalRequest.objects.create(
        workspace_id=asked.program.workspace_id,
        kind=asked.kind,
        status=status,
        program=asked.program,
        target=asked.target,
        version=asked.version,
        baseline_id=_live(asked.program.id, asked.target.id),
        release=asked.release,
        policy=stored(asked.policy),
        policy_revision=asked.policy_revision,
        configuration=dict(asked.configuration),
        message=message,
        requested_by=named(by),
        requested_at=at,
        decided_at=decided_at,
    )


def _live(program_id: UUID, target_id: UUID) -> UUID | None:
    """What a request is compared with: what is live when it is made and, later, when it ends."""
    found = ProgramOnTarget.objects.filter(program=program_id, target=target_id)
    return found.values_list("live_version_id", flat=True).first()


def _check_length(text: str) -> None:
    if len(text) > MOST_OF_REASON:
        raise ReasonTooLong(length=len(text), most=MOST_OF_REASON)
