"""Requests as the API tells them."""

from __future__ import annotations

from pydantic import JsonValue

from portico.approvals.differences import FileChange
from portico.approvals.models import (
    ApprovalRequest,
    Decision,
    RequestKind,
    RequestStatus,
    ReviewVerdict,
)
from portico.audit.models import AuditPerson
from portico.files.models import StoredFile
from portico.release_process.policy import read
from portico.releases.deciding.api_schemas import (
    DecisionAnswer,
    DifferencesAnswer,
    MemberChange,
    RequestAnswer,
    RequestFileChange,
    RequestFinding,
    RequestPerson,
    RequestPolicyAnswer,
    ScreenshotAnswer,
    WholeRequestAnswer,
)
from portico.releases.deciding.page import FindingRow, RequestPage
from portico.releases.rules.approving import approvals_needed
from portico.targets.models import Environment
from portico.ui.values import Change

MOST_FILES = 1_000


def answer_of(asked: ApprovalRequest, approvals: int) -> RequestAnswer:
    """A request as a list shows it."""
    return RequestAnswer(
        id=asked.id,
        kind=RequestKind(asked.kind),
        status=RequestStatus(asked.status),
        mini_program=asked.program.app_id,
        app=asked.target.app.code,
        environment=Environment(asked.target.environment),
        version_code=asked.version.code,
        version_name=asked.version.name,
        release=asked.release,
        message=asked.message,
        requested_by=person_of(asked.requested_by),
        requested_at=asked.requested_at,
        decided_at=asked.decided_at,
        voided_at=asked.voided_at,
        approvals=approvals,
        approvals_needed=approvals_needed(read(asked.policy)),
        policy_revision=asked.policy_revision,
    )


def whole_answer_of(page: RequestPage) -> WholeRequestAnswer:
    """A request with everything."""
    asked, policy = page.asked, page.policy
    return WholeRequestAnswer(
        **answer_of(asked, page.had).model_dump(),
        decisions=[_decision(one) for one in page.decisions],
        policy=RequestPolicyAnswer(
            approvals=policy.approvals,
            requester_may_approve=policy.requester_may_approve,
            automated_review=policy.automated_review,
        ),
        closed_by=person_of(asked.closed_by),
        close_reason=asked.close_reason,
        differences=_differences(page) if page.compares else None,
        checks=page.checked if page.compares else None,
        findings=[_finding(one) for one in page.findings] if page.compares else [],
        findings_left_out=page.findings_left_out if page.compares else 0,
    )


def screenshot_answer_of(stored: StoredFile) -> ScreenshotAnswer:
    """A screenshot that was taken in."""
    return ScreenshotAnswer(
        id=stored.sha256,
        content_type=stored.content_type,
        size=stored.size,
        width=stored.width,
        height=stored.height,
    )


def person_of(person: AuditPerson | None) -> RequestPerson | None:
    """Somebody, as far as they are still known."""
    if person is None:
        return None
    return RequestPerson(id=person.id, name=person.name, email=person.email)


def _decision(one: Decision) -> DecisionAnswer:
    return DecisionAnswer(
        verdict=ReviewVerdict(one.verdict),
        reviewer=person_of(one.reviewer),
        reason=one.reason,
        findings=one.findings,
        screenshots=one.screenshots,
        decided_at=one.decided_at,
    )


def _differences(page: RequestPage) -> DifferencesAnswer:
    found = page.differences
    return DifferencesAnswer(
        baseline=found.before.code if found.before else None,
        manifest=[_change(one) for one in found.manifest],
        configuration=[_change(one) for one in page.configuration],
        files=[_file(one) for one in found.files.changes[:MOST_FILES]],
        counts=page.file_counts,
        packed=list(found.packed),
        unpacked=list(found.unpacked),
        entry_urls=list(found.entry_urls),
    )


def _change(one: Change) -> MemberChange:
    return MemberChange(field=one.field, before=_plain(one.before), after=_plain(one.after))


def _plain(value: object) -> JsonValue:
    if isinstance(value, tuple):
        return [str(one) for one in value]
    return value if isinstance(value, str | bool) or value is None else str(value)


def _file(one: FileChange) -> RequestFileChange:
    return RequestFileChange(name=one.name, how=one.how, before=one.before, after=one.after)


def _finding(one: FindingRow) -> RequestFinding:
    return RequestFinding(
        key=one.key,
        rule=one.rule,
        severity=one.level,
        message=one.message,
        place=one.place,
        source=one.source or "portico",
    )
