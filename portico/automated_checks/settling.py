"""Telling that all checks of a version are over: ours, and the answers of reviewers."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q

from portico.automated_checks.models import CheckRun, Finding, Level, Review, ReviewState
from portico.outbox.services import publish

CHECKED = "version.checked"


def settle(run: CheckRun, *, at: datetime) -> bool:
    """Tell that a version is checked, once a round, as soon as nothing is waited for any more.

    Call it with the run locked, after whatever may have been the last thing. Whether it was.
    """
    waits = Review.objects.filter(run=run, state=ReviewState.WAITING)
    if run.goes_on or run.told_at is not None or waits.exists():
        return False
    counts = counted(run)
    run.told_at = at
    run.save(update_fields=["told_at"])
    version = run.version
    publish(
        CHECKED,
        workspace_id=run.workspace_id,
        payload={
            "version": str(version.id),
            "app_id": version.program.app_id,
            "code": version.code,
            "errors": counts[Level.ERROR],
            "warnings": counts[Level.WARNING],
        },
        at=at,
    )
    return True


def counted(run: CheckRun) -> dict[str, int]:
    """How many findings there are, by how bad they are; one query."""
    found = Finding.objects.filter(run=run).aggregate(
        **{level.value: Count("id", filter=Q(severity=level)) for level in Level}
    )
    return {level.value: found[level.value] for level in Level}
