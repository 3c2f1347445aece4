"""What the API of approval requests takes and answers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import Field, JsonValue, StringConstraints

from portico.approvals.differences import How
from portico.approvals.errors import MOST_FINDINGS, MOST_OF_REASON, MOST_SCREENSHOTS
from portico.approvals.models import RequestKind, RequestStatus, ReviewVerdict
from portico.automated_checks.services import Verdict as Checked
from portico.release_process.policy import AutomatedReview
from portico.targets.models import Environment

HASH = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Whose(StrEnum):
    """Which list: what waits for the caller, what they asked for, or all that they may see."""

    WAITING = "waiting"
    OWN = "own"
    ALL = "all"


class Order(StrEnum):
    """Which come first."""

    NEWEST = "newest"
    OLDEST = "oldest"


class RequestsAsked(Schema):
    """What to look for; what is left out asks for nothing."""

    list: Whose = Whose.ALL
    status: RequestStatus | None = None
    kind: RequestKind | None = None
    environment: Environment | None = None
    mini_program: str = Field("", max_length=128, description="Its app ID.")
    q: str = Field("", max_length=200, description="Words of names and app IDs.")
    order: Order = Order.NEWEST
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class RequestPerson(Schema):
    """Somebody; both empty where they were erased."""

    id: UUID
    name: str
    email: str


class RequestAnswer(Schema):
    """A request. `approvals`: how many have approved, `approvals_needed`: how many have to.

    `release` is the release that it is about; `requested_by` null: the platform. `voided_at`: what
    was approved was changed afterwards, so that the approval counts no more.
    """

    id: UUID
    kind: RequestKind
    status: RequestStatus
    mini_program: str
    app: str
    environment: Environment
    version_code: int
    version_name: str
    release: UUID
    message: str
    requested_by: RequestPerson | None
    requested_at: datetime
    decided_at: datetime | None
    voided_at: datetime | None
    approvals: int
    approvals_needed: int
    policy_revision: int = Field(description="Of the Release Process; 0: the default.")


class RequestsAnswer(Schema):
    """A page of requests. `next`: pass it as `cursor` for the page after."""

    items: list[RequestAnswer]
    next: UUID | None


class RequestFinding(Schema):
    """An automated finding. `key` names it in a decision, and stays the same when the version is
    checked again and it is found again."""

    key: str
    rule: str
    severity: str
    message: str
    place: str
    source: str


class DecisionAnswer(Schema):
    """What was decided. `reviewer` null: the automated review."""

    verdict: ReviewVerdict
    reviewer: RequestPerson | None
    reason: str
    findings: list[dict[str, JsonValue]]
    screenshots: list[str] = Field(description="Hashes; `GET …/screenshots/<hash>` shows one.")
    decided_at: datetime


class MemberChange(Schema):
    """A member of the manifest, or of the configuration, that differs. Of lists, the items that
    went and that came."""

    field: str
    before: JsonValue
    after: JsonValue


class RequestFileChange(Schema):
    """A file that differs; its size in bytes, null where it is not there."""

    name: str
    how: How
    before: int | None
    after: int | None


class DifferencesAnswer(Schema):
    """What the version changes against the one that is live on the target (once the request is
    over: that was live then). `baseline` null: none is. At most 1,000 files are named; `counts`
    counts all of them, `same` those that are the same."""

    baseline: int | None = Field(description="The code of that version.")
    manifest: list[MemberChange]
    configuration: list[MemberChange]
    files: list[RequestFileChange]
    counts: dict[str, int]
    packed: list[int | None] = Field(description="Bytes before and after.")
    unpacked: list[int | None] = Field(description="Bytes before and after.")
    entry_urls: list[str] = Field(description="Before and after, of a hosted mini program.")


class RequestPolicyAnswer(Schema):
    """What applies to the request, as copied when it was made."""

    approvals: int
    requester_may_approve: bool
    automated_review: AutomatedReview


class WholeRequestAnswer(RequestAnswer):
    """A request with its decisions, what it changes and what was found. `differences` null: it
    takes something away. `findings`: the first 50, errors first."""

    decisions: list[DecisionAnswer]
    policy: RequestPolicyAnswer
    closed_by: RequestPerson | None
    close_reason: str
    differences: DifferencesAnswer | None
    checks: Checked | None
    findings: list[RequestFinding]
    findings_left_out: int


class DecisionGiven(Schema):
    """A decision. To reject, say why. `findings` are keys of findings that the reason is about."""

    verdict: ReviewVerdict
    reason: str = Field("", max_length=MOST_OF_REASON)
    findings: list[Annotated[str, StringConstraints(max_length=64)]] = Field(
        [], max_length=MOST_FINDINGS
    )
    screenshots: list[HASH] = Field(
        [],
        max_length=MOST_SCREENSHOTS,
        description="Ids that `POST /approval-requests/screenshots` answered.",
    )


class WithdrawalGiven(Schema):
    """Why it is withdrawn, where that is to be said."""

    reason: str = Field("", max_length=MOST_OF_REASON)


class ScreenshotAnswer(Schema):
    """A screenshot that was taken in. A decision names its `id`, within two days."""

    id: str
    content_type: str
    size: int
    width: int | None
    height: int | None
