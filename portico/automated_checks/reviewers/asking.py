"""Asking reviewers about a version, and no longer waiting for them.

Calls are made by a job for each reviewer, where those of slow webhooks are made: servers of others
that take their time hold up one another, and nothing else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from portico.automated_checks.models import CheckRun, Review, Reviewer, ReviewState
from portico.automated_checks.reviewers.rules import ANSWER_WITHIN
from portico.automated_checks.settling import settle
from portico.kernel.errors import gettext_noop
from portico.kernel.ids import new_id
from portico.outbox.lines import ensure_waiting
from portico.webhooks.pipeline.queueing import SLOW_QUEUE

TASK: Final = "automated_checks.call"
DISABLED = gettext_noop("The reviewer was disabled before it answered.")
REMOVED = gettext_noop("The reviewer was removed before it answered.")


def ask_reviewers(run: CheckRun, *, at: datetime) -> int:
    """Have all enabled reviewers of the workspace asked about a version; how many there are."""
    enabled = Reviewer.objects.filter(workspace_id=run.workspace_id, disabled_at=None)
    reviewers = list(enabled.order_by("id"))
    Review.objects.bulk_create(
        Review(
            id=new_id(),
            workspace_id=run.workspace_id,
            run=run,
            reviewer=reviewer,
            name=reviewer.name,
            due_at=at,
            deadline=at + ANSWER_WITHIN,
            asked_at=at,
        )
        for reviewer in reviewers
    )
    for reviewer in reviewers:
        ensure_caller(reviewer.id)
    return len(reviewers)


def ensure_caller(reviewer_id: UUID) -> None:
    """Have this reviewer called once the present transaction has committed."""
    lock = f"automated_checks:reviewer:{reviewer_id}"
    ensure_waiting(TASK, queue=SLOW_QUEUE, lock=lock, reviewer_id=str(reviewer_id))


def sweep_callers(*, at: datetime) -> int:
    """Start a caller for each reviewer that is to be dealt with; how many there were."""
    due = Review.objects.filter(due_at__lte=at, reviewer__isnull=False)
    reviewers = list(due.order_by("reviewer_id").values_list("reviewer_id", flat=True).distinct())
    for reviewer_id in reviewers:
        ensure_caller(reviewer_id)
    return len(reviewers)


def stop_waiting(reviewer: Reviewer, why: str, *, at: datetime) -> int:
    """End all reviews that a reviewer has not answered; how many there were.

    Runs first, then reviews: everybody locks them in this order.
    """
    waiting = Review.objects.filter(reviewer=reviewer, state=ReviewState.WAITING)
    runs = CheckRun.objects.filter(id__in=waiting.values("run_id")).select_related(
        "version__program"
    )
    ended = 0
    for run in list(runs.select_for_update(of=("self",)).order_by("id")):
        ended += waiting.filter(run=run).update(
            state=ReviewState.FAILED,
            due_at=None,
            finished_at=at,
            download=0,
            trouble={"code": "stopped", "text": why, "facts": {}},
        )
        settle(run, at=at)
    return ended
