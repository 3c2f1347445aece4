"""Taking a reviewer's answer: from a stranger's bytes to findings beside ours.

The signature is looked at before anything of the body is read. An answer names its review, and a
review is answered once, so that an answer that was recorded on its way is of no use to anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from django.db import transaction
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from portico.audit.services import PLATFORM, Change, record
from portico.automated_checks.models import CheckRun, Finding, Review, ReviewState
from portico.automated_checks.reviewers.keys import keys_of
from portico.automated_checks.reviewers.rules import (
    MOST_FINDINGS,
    AnsweredAlready,
    AnsweredTooLate,
    OtherReview,
    check_signature,
)
from portico.automated_checks.rules.findings import Severity
from portico.automated_checks.settling import settle
from portico.basic_settings.payloads import errors_by_field
from portico.kernel.errors import InvalidFields, NotFound, gettext_noop
from portico.webhooks.pipeline.troubles import Trouble
from portico.workspaces.models import Workspace

SOURCE: Final = "review"
MOST_LINE: Final = 2**31 - 1
COULD_NOT = gettext_noop("The reviewer says that it could not review this version.")


def _printable(text: str) -> str:
    """Control characters have no place in findings; some cannot even be stored."""
    if not all(one.isprintable() or one == "\n" for one in text):
        raise ValueError("has control characters")
    return text


Text = Annotated[str, AfterValidator(_printable)]


class Outcome(StrEnum):
    """Whether the reviewer has looked."""

    REVIEWED = "reviewed"
    FAILED = "failed"


class FindingGiven(BaseModel):
    """Something that a reviewer found."""

    model_config = ConfigDict(extra="forbid")

    rule: str = Field(
        pattern=r"^[a-z0-9][a-z0-9._/-]{0,79}$", description="A stable id of your own."
    )
    severity: Severity
    message: Text = Field(min_length=1, max_length=500, description="One sentence.")
    file: Text = Field("", max_length=500, description="An entry of the package, or empty.")
    line: int = Field(0, ge=0, le=MOST_LINE, description="From 1; 0: the file as a whole.")
    advice: Text = Field("", max_length=500, description="What to do about it.")


class AnswerGiven(BaseModel):
    """A reviewer's answer."""

    model_config = ConfigDict(extra="forbid")

    review: UUID = Field(description="The review that is answered, as in the call.")
    outcome: Outcome = Field(Outcome.REVIEWED, description="`failed`: it could not be reviewed.")
    summary: Text = Field("", max_length=500, description="A few words for people.")
    findings: list[FindingGiven] = Field(default_factory=list, max_length=MOST_FINDINGS)


def take_answer(
    workspace: Workspace,
    review_id: UUID,
    body: bytes,
    *,
    headers: Mapping[str, str],
    at: datetime,
) -> Review:
    """Take a reviewer's answer, once. `headers` are named in lower case.

    Raises `NotFound`, `SignatureRefused`, `TimestampRefused`, `InvalidFields`, `OtherReview`,
    `AnsweredAlready` or `AnsweredTooLate`; nothing is changed then.
    """
    asked = Review.objects.select_related("reviewer", "workspace")
    review = asked.filter(workspace=workspace, id=review_id).first()
    if review is None or review.reviewer is None:
        raise NotFound
    review.reviewer.workspace = workspace
    keys = keys_of(review.reviewer, at=at)
    message_id = check_signature(headers, body, keys=keys, at=at)
    given = _parsed(body)
    if given.review != review_id:
        raise OtherReview
    with transaction.atomic():
        return _taken(review, given, message_id, at=at)


def _parsed(body: bytes) -> AnswerGiven:
    try:
        return AnswerGiven.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise InvalidFields(errors_by_field(found)) from None


def _taken(asked: Review, given: AnswerGiven, message_id: str, *, at: datetime) -> Review:
    runs = CheckRun.objects.select_for_update(of=("self",)).select_related("version__program")
    run = runs.filter(id=asked.run_id).first()
    locked = Review.objects.select_for_update(of=("self",), no_key=True)
    review = locked.filter(id=asked.id, run=run).first()
    if run is None or review is None:
        raise NotFound
    if review.state == ReviewState.ANSWERED or review.answer_id:
        raise AnsweredAlready
    if review.state != ReviewState.WAITING or at >= review.deadline:
        raise AnsweredTooLate
    failed = given.outcome is Outcome.FAILED
    review.state = ReviewState.FAILED if failed else ReviewState.ANSWERED
    review.trouble = Trouble("could_not", COULD_NOT).kept() if failed else {}
    review.due_at, review.finished_at, review.download = None, at, 0
    review.answer_id, review.summary = message_id, given.summary
    review.save()
    Finding.objects.bulk_create(_finding(run, review, one) for one in given.findings)
    _record(run, review, len(given.findings), at=at)
    settle(run, at=at)
    return review


def _finding(run: CheckRun, review: Review, given: FindingGiven) -> Finding:
    return Finding(
        run=run,
        review=review,
        source=SOURCE,
        rule=given.rule,
        severity=given.severity.value,
        file=given.file,
        line=given.line,
        message=given.message,
        advice=given.advice,
    )


def _record(run: CheckRun, review: Review, findings: int, *, at: datetime) -> None:
    version = run.version
    record(
        "version.reviewed",
        by=PLATFORM,
        at=at,
        workspace_id=run.workspace_id,
        subject_kind="version",
        subject_id=version.id,
        subject_label=f"{version.program.app_id} {version}",
        changes=[
            Change(field="reviewer", before="", after=review.name),
            Change(field="findings", before="", after=str(findings)),
        ],
    )
