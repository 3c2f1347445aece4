"""What the API of reviewers takes and answers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from portico.automated_checks.models import Reviewer, ReviewState
from portico.automated_checks.reviewers.services import Wanted


class ReviewerGiven(Schema):
    """A reviewer's values."""

    name: str = Field(max_length=500, description="Findings are shown beside it.")
    url: str = Field(max_length=4000, description="Where questions are posted to; https.")

    def wanted(self) -> Wanted:
        """For the verbs."""
        return Wanted(self.name, self.url)


class ReviewerAnswer(Schema):
    """A reviewer. `revision` is its ETag."""

    id: UUID
    name: str
    url: str
    enabled: bool
    disabled_at: datetime | None
    old_secret_until: datetime | None
    created_at: datetime
    changed_at: datetime
    revision: int


class ReviewerMadeAnswer(ReviewerAnswer):
    """A new reviewer, and the secret that signs calls and answers: this once."""

    secret: str


class ReviewerRotationGiven(Schema):
    """For how many hours the old secret is in use beside the new one; 0: it ends now."""

    overlap_hours: int = Field(24, ge=0, le=168)


class ReviewerRotatedAnswer(Schema):
    """The new secret, this once, and until when the old one is in use beside it."""

    secret: str
    old_secret_until: datetime | None


class TakenAnswer(Schema):
    """That an answer was taken."""

    review: UUID
    state: ReviewState
    findings: int


def answer_of(reviewer: Reviewer) -> ReviewerAnswer:
    """A reviewer as the API shows it: never its secrets."""
    return ReviewerAnswer(
        id=reviewer.id,
        name=reviewer.name,
        url=reviewer.url,
        enabled=reviewer.enabled,
        disabled_at=reviewer.disabled_at,
        old_secret_until=reviewer.old_secret_until,
        created_at=reviewer.created_at,
        changed_at=reviewer.changed_at,
        revision=reviewer.revision,
    )
