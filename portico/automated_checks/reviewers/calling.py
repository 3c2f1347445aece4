"""Calling a reviewer about the versions that it is to look at, and giving up in the end.

What is promised: a review is asked for under one id, again and again until the reviewer takes the
call (answers 2xx) or a day is over. Before anything is sent, the call is written down. A call that
a worker died in the middle of counts as one that was not taken.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from portico.automated_checks.models import CheckRun, Review, ReviewCall, Reviewer, ReviewState
from portico.automated_checks.reviewers.asking import DISABLED, ensure_caller
from portico.automated_checks.reviewers.downloads import package_url
from portico.automated_checks.reviewers.keys import keys_of
from portico.automated_checks.reviewers.rules import wait_after
from portico.automated_checks.running import question_about
from portico.automated_checks.settling import settle
from portico.egress.calls import Answer, CallTrouble, Limits, call
from portico.egress.services import egress_of
from portico.kernel.clock import now
from portico.kernel.errors import gettext_noop
from portico.outbox.leaving import is_leaving
from portico.secrets.services import SecretUnusable
from portico.webhooks.pipeline.troubles import Trouble, trouble_of
from portico.webhooks.rules.addresses import without_query
from portico.webhooks.signing import signed_headers
from portico.workspaces.hosts import address_of
from portico.workspaces.models import Workspace

LIMITS: Final = Limits()
LEASE: Final = timedelta(seconds=LIMITS.whole + 40)
LONGEST: Final = timedelta(seconds=5)  # of a job; a call that was begun is finished
TYPE: Final = "version.review"

NOT_TAKEN = gettext_noop(
    "The reviewer answered %(status)s. Only an answer from 200 to 299 says that it looks at the "
    "version."
)
NO_ANSWER = gettext_noop("The reviewer took the call, and sent no answer within 24 hours.")
NOT_REACHED = gettext_noop("The reviewer could not be reached within 24 hours.")

Clock = Callable[[], datetime]
log = structlog.get_logger("portico.automated_checks")


@dataclass(frozen=True)
class Outcome:
    """What a call brought. `trouble` None: it was taken."""

    answer: Answer | None = None
    trouble: Trouble | None = None
    source: str = ""
    milliseconds: int = 0


def carry(reviewer_id: UUID, *, clock: Clock = now, limits: Limits = LIMITS) -> int:
    """Deal with what is due at a reviewer, and see to it that somebody goes on with the rest; how
    many calls were made. Safe to call at any time and as often as one likes."""
    ends, calls = clock() + LONGEST, 0
    while not is_leaving() and (review := _claim(reviewer_id, at=clock())) is not None:
        outcome = _call(review, at=clock(), limits=limits)
        _note(review, outcome, at=clock())
        calls += 1
        if clock() >= ends:
            break
    due = Review.objects.filter(reviewer_id=reviewer_id, due_at__lte=clock())
    if due.exists():
        ensure_caller(reviewer_id)
    return calls


def end_orphans(*, at: datetime) -> int:
    """End reviews whose reviewer was removed in the very moment in which it was asked."""
    orphans = Review.objects.filter(reviewer=None, state=ReviewState.WAITING)
    return sum(_end(one, DISABLED, at=at) for one in list(orphans.values_list("id", flat=True)))


def _claim(reviewer_id: UUID, *, at: datetime) -> Review | None:
    """The next review to call about; those whose time is over are ended on the way."""
    while True:
        with transaction.atomic():
            found = Review.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            review = (
                found.filter(reviewer_id=reviewer_id, due_at__lte=at)
                .select_related("run__version__program", "reviewer", "workspace")
                .order_by("due_at")
                .first()
            )
            if review is None:
                return None
            over = _why_over(review, at=at)
            if not over:
                _begin(review, at=at)
                return review
        _end(review.id, over, at=at)


def _why_over(review: Review, *, at: datetime) -> str:
    if review.reviewer is None or not review.reviewer.enabled:
        return DISABLED
    given_up = at >= review.deadline or wait_after(review.attempts + 1) is None
    if review.taken_at is not None:
        return NO_ANSWER
    return NOT_REACHED if given_up else ""


def _begin(review: Review, *, at: datetime) -> None:
    review.attempts += 1
    review.download = review.attempts if review.run.version.package else 0
    review.due_at = at + LEASE
    review.save(update_fields=["attempts", "download", "due_at"])
    ReviewCall.objects.create(
        review=review,
        number=review.attempts,
        url=without_query(_reviewer(review).url),
        started_at=at,
    )


def _call(review: Review, *, at: datetime, limits: Limits) -> Outcome:
    reviewer = _reviewer(review)
    reviewer.workspace = review.workspace
    body = body_of(review.workspace, review, at=at)
    try:
        headers = signed_headers(review.message_id, body, keys=keys_of(reviewer, at=at), at=at)
        answer = call(
            "POST",
            reviewer.url,
            egress=egress_of(review.workspace),
            headers=headers,
            body=body.encode(),
            limits=limits,
        )
    except CallTrouble as error:
        return Outcome(None, trouble_of(error), error.source, error.milliseconds)
    except SecretUnusable as error:
        return Outcome(None, trouble_of(error))
    taken = 200 <= answer.status < 300
    trouble = Trouble("not_taken", NOT_TAKEN, {"status": str(answer.status)})
    return Outcome(answer, None if taken else trouble, answer.source, answer.milliseconds)


def body_of(workspace: Workspace, review: Review, *, at: datetime) -> str:
    """What a reviewer is told: facts of the version, where its package is, and where to answer."""
    version, program = review.run.version, review.run.version.program
    facts: dict[str, object] = {
        "review": str(review.id),
        "version": str(version.id),
        "app_id": program.app_id,
        "program": program.name,
        "kind": program.kind,
        "code": version.code,
        "name": version.name,
        "server_domains": list(question_about(version).server_domains),
        "answer_url": address_of(workspace, f"/api/v1/reviews/{review.id}/answer"),
        "answer_by": _moment(review.deadline),
    }
    if version.package:
        url, until = package_url(workspace, review, at=at)
        facts |= {
            "sha256": version.package,
            "bytes": version.packed,
            "package_url": url,
            "package_url_ends": _moment(until),
        }
    else:
        facts |= {"entry_url": version.entry_url, "manifest": version.manifest}
    whole = {"type": TYPE, "timestamp": _moment(at), "workspace": workspace.slug, "data": facts}
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _note(review: Review, outcome: Outcome, *, at: datetime) -> None:
    with transaction.atomic():
        answer = outcome.answer
        ReviewCall.objects.filter(review_id=review.id, number=review.attempts).update(
            ended_at=at,
            source=outcome.source,
            peer=answer.peer if answer else "",
            status=answer.status if answer else None,
            milliseconds=outcome.milliseconds,
            trouble=outcome.trouble.kept() if outcome.trouble else {},
        )
        locked = Review.objects.select_for_update(of=("self",), no_key=True)
        same = locked.filter(id=review.id, attempts=review.attempts, state=ReviewState.WAITING)
        found = same.first()
        if found is None:  # it has answered already, or nobody waits for it any more
            return
        if outcome.trouble is None:
            found.taken_at, found.due_at, found.trouble = at, found.deadline, {}
        else:
            wait = wait_after(found.attempts)
            found.due_at = min(at + wait, found.deadline) if wait else found.deadline
            found.trouble = outcome.trouble.kept()
        found.save(update_fields=["taken_at", "due_at", "trouble"])


def _end(review_id: UUID, why: str, *, at: datetime) -> bool:
    """Wait no longer for a review; the run first, as everybody does."""
    with transaction.atomic():
        runs = CheckRun.objects.select_for_update(of=("self",))
        run = runs.select_related("version__program").filter(reviews__id=review_id).first()
        locked = Review.objects.select_for_update(of=("self",), no_key=True)
        review = locked.filter(id=review_id, state=ReviewState.WAITING).first()
        if run is None or review is None:
            return False
        timed_out = why == NO_ANSWER
        review.state = ReviewState.TIMED_OUT if timed_out else ReviewState.FAILED
        review.due_at, review.finished_at, review.download = None, at, 0
        # What the last call met with says more than that it was the last.
        if why != NOT_REACHED or not review.trouble:
            review.trouble = Trouble("over", why).kept()
        review.save()
        settle(run, at=at)
    log.info("a review has ended", review=str(review_id), state=review.state)
    return True


def _reviewer(review: Review) -> Reviewer:
    if review.reviewer is None:
        raise LookupError("A review without a reviewer was claimed.")
    return review.reviewer


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
