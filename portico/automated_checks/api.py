"""The checks of a version over HTTP."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema, Status
from pydantic import Field

from portico.accounts.http import actor_of
from portico.automated_checks.models import Finding, Review, ReviewState, RunState
from portico.automated_checks.rules.findings import Severity
from portico.automated_checks.services import (
    Verdict,
    check_again,
    findings_of,
    reviews_of,
    run_of,
    verdict_of,
)
from portico.automated_checks.showing import source_of, troubles_of, words_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.miniprograms.access import Act, program_for
from portico.miniprograms.models import Version
from portico.miniprograms.uploading.queries import version_of
from portico.webhooks.pipeline.troubles import said
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest

router = ApiRouter(tags=["Checks"])


class FindingAnswer(Schema):
    """Something that was found. `line` 0: the file as a whole; `file` empty: the package."""

    rule: str
    severity: Severity
    file: str
    line: int
    message: str
    advice: str
    source: str = Field(description="`portico`, `plugin:<name>`, or the name of a reviewer.")


class ReviewAnswer(Schema):
    """A reviewer that is asked about the version. `trouble`: why there is no answer, or not yet."""

    name: str
    state: ReviewState
    asked_at: datetime
    finished_at: datetime | None
    summary: str
    trouble: str


class ChecksAnswer(Schema):
    """The checks of a version as they stand."""

    state: RunState = Field(description="Of our own checks; reviewers may still be looking.")
    verdict: Verdict = Field(description="`pending` until everything is over.")
    started_at: datetime | None
    finished_at: datetime | None
    troubles: list[str] = Field(description="Why a check could not be done, a sentence each.")
    findings: list[FindingAnswer]
    reviewers: list[ReviewAnswer]


@router.get(
    "/{app_id}/versions/{code}/checks",
    response=ChecksAnswer,
    operation_id="get_checks",
    summary="Read the checks of a version",
)
@requires(Permission.PROGRAMS_READ)
def get_checks(request: TokenRequest, app_id: str, code: int) -> ChecksAnswer:
    """The checks of a version: they begin by themselves with its upload. Ask again while `state` is
    `queued` or `running`."""
    return answer_of(version_of(program_for(request.member, app_id), code))


@router.post(
    "/{app_id}/versions/{code}/checks",
    response={202: ChecksAnswer},
    operation_id="run_checks",
    summary="Run the checks of a version again",
)
@requires(Permission.VERSIONS_UPLOAD)
def run_checks(request: TokenRequest, app_id: str, code: int) -> Status[ChecksAnswer]:
    """Check a version anew, reviewers too. Refused while its checks have not ended."""
    version = version_of(program_for(request.member, app_id, Act.UPLOAD), code)
    check_again(version, by=actor_of(request), at=now())
    return Status(202, answer_of(version))


def answer_of(version: Version) -> ChecksAnswer:
    """The checks of a version as the API shows them."""
    run = run_of(version)
    return ChecksAnswer(
        state=RunState(run.state) if run else RunState.QUEUED,
        verdict=verdict_of(version),
        started_at=run.started_at if run else None,
        finished_at=run.finished_at if run else None,
        troubles=troubles_of(run.troubles) if run else [],
        findings=[_finding(one) for one in findings_of(version)],
        reviewers=[_review(one) for one in reviews_of(version)],
    )


def _finding(finding: Finding) -> FindingAnswer:
    message, advice = words_of(finding)
    return FindingAnswer(
        rule=finding.rule,
        severity=Severity(finding.severity),
        file=finding.file,
        line=finding.line,
        message=message,
        advice=advice,
        source=source_of(finding),
    )


def _review(review: Review) -> ReviewAnswer:
    return ReviewAnswer(
        name=review.name,
        state=ReviewState(review.state),
        asked_at=review.asked_at,
        finished_at=review.finished_at,
        summary=review.summary,
        trouble=said(review.trouble),
    )
