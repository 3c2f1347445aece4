"""What others ask of checks: have a version checked, and how it came out.

Release policies read `verdict_of`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, When

from portico.audit.services import Actor, record
from portico.automated_checks.errors import ChecksGoOn
from portico.automated_checks.lanes import ensure_lanes
from portico.automated_checks.models import (
    CheckRun,
    Finding,
    Level,
    Review,
    ReviewState,
    RunState,
)
from portico.automated_checks.reviewers.asking import ask_reviewers
from portico.miniprograms.models import Version
from portico.outbox.models import Event

UNANSWERED = (ReviewState.TIMED_OUT, ReviewState.FAILED)


class Verdict(StrEnum):
    """What the checks say about a version, in a word.

    `pending`: not all is over yet, ours or a reviewer's. `findings`: something is an error or a
    warning. `failed`: nothing was found, but a check, a plug-in or a reviewer did not get to its
    end. `clean`: all looked, and found nothing but notes.
    """

    CLEAN = "clean"
    FINDINGS = "findings"
    PENDING = "pending"
    FAILED = "failed"


def check_uploaded(event: Event) -> None:
    """Have a version checked that was just uploaded. Listens to `version.uploaded`."""
    found = Version.objects.select_related("workspace").filter(
        workspace_id=event.workspace_id, id=UUID(event.payload["version"])
    )
    version = found.first()
    if version is None:  # its workspace is gone
        return
    with transaction.atomic():
        run, made = CheckRun.objects.get_or_create(
            version=version, defaults=_begin(version, at=event.created_at)
        )
        if made:
            ask_reviewers(run, at=event.created_at)
            ensure_lanes(at=event.created_at)


def check_again(version: Version, *, by: Actor, at: datetime) -> CheckRun:
    """Check a version anew, by ourselves and by all reviewers; what was found before is dropped.

    Raises `ChecksGoOn` while ours have not ended. Reviewers that have not answered yet are asked
    anew; an answer to the question before is refused from then on.
    """
    with transaction.atomic():
        CheckRun.objects.get_or_create(
            version=version,
            defaults={**_begin(version, at=at), "round": 0, **OVER, "finished_at": at},
        )
        run = CheckRun.objects.select_for_update(of=("self",)).get(version=version)
        if run.goes_on:
            raise ChecksGoOn
        Finding.objects.filter(run=run).delete()
        Review.objects.filter(run=run).delete()
        run.round += 1
        run.state, run.attempts, run.checks, run.troubles = RunState.QUEUED, 0, [], []
        run.due_at = run.queued_at = at
        run.started_at = run.finished_at = run.told_at = None
        run.save()
        record(
            "version.checked_again",
            by=by,
            at=at,
            workspace_id=run.workspace_id,
            subject_kind="version",
            subject_id=version.id,
            subject_label=f"{version.program.app_id} {version}",
        )
        ask_reviewers(run, at=at)
        ensure_lanes(at=at)
    return run


def run_of(version: Version) -> CheckRun | None:
    """The checks of a version; None: they are still to be begun, as right after an upload."""
    return CheckRun.objects.filter(version=version).first()


def state_of(version: Version) -> RunState:
    """Where our checks of a version are; one query. Reviewers may still be looking."""
    run = run_of(version)
    return RunState(run.state) if run else RunState.QUEUED


def findings_of(version: Version) -> QuerySet[Finding]:
    """What was found so far, file by file; with the review that it is of, if it is of one."""
    found = Finding.objects.filter(run__version=version).select_related("review")
    return found.order_by("file", "line", "id")


def worst_first(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """The same, errors before warnings before notes."""
    ranks = [When(severity=level.value, then=rank) for rank, level in enumerate(Level)]
    return findings.order_by(Case(*ranks, output_field=IntegerField()), "file", "line", "id")


def reviews_of(version: Version) -> QuerySet[Review]:
    """The reviewers that are asked about a version, and how they answered."""
    return Review.objects.filter(run__version=version).order_by("name", "id")


def verdict_of(version: Version) -> Verdict:
    """What the checks say about a version; one query, so that it is the truth of one moment even
    while they are run again."""
    reviews = Review.objects.filter(run=OuterRef("id"))
    bad = Finding.objects.filter(run=OuterRef("id"), severity__in=(Level.ERROR, Level.WARNING))
    run = (
        CheckRun.objects.filter(version=version)
        .annotate(
            waits=Exists(reviews.filter(state=ReviewState.WAITING)),
            unanswered=Exists(reviews.filter(state__in=UNANSWERED)),
            is_bad=Exists(bad),
        )
        .first()
    )
    if run is None or run.goes_on or run.waits:
        return Verdict.PENDING
    if run.is_bad:
        return Verdict.FINDINGS
    if run.state == RunState.FAILED or run.troubles or run.unanswered:
        return Verdict.FAILED
    return Verdict.CLEAN


OVER: dict[str, object] = {"state": RunState.DONE, "due_at": None}


def _begin(version: Version, *, at: datetime) -> dict[str, object]:
    return {
        "workspace_id": version.workspace_id,
        "state": RunState.QUEUED,
        "due_at": at,
        "queued_at": at,
    }
