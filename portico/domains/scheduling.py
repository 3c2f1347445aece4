"""Looking again at domains when they are due: started in small portions, a few at a time.

A domain that is due gets a job of its own. The job is in one of a few lanes (procrastinate's
locks), so that however many are due, and however slow their servers, most workers are free for
other things. Whoever gets a job is due again a while later: should the job be lost, another
follows.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from portico.domains.models import AlternativeDomain

TASK, QUEUE = "domains.recheck", "domains"
LANES = 2
PORTION = 40
LEASE = timedelta(minutes=15)
BEHIND = -10  # everything else goes first


def sweep(*, at: datetime) -> int:
    """Start a check of the domains that have been due for longest; how many there were."""
    with transaction.atomic():
        due = (
            AlternativeDomain.objects.filter(due_at__lte=at)
            .order_by("due_at")
            .select_for_update(skip_locked=True)
        )
        found = list(due.values_list("id", flat=True)[:PORTION])
        AlternativeDomain.objects.filter(id__in=found).update(due_at=at + LEASE, queued_at=at)
        for domain_id in found:
            _start(domain_id)
    return len(found)


def lane_of(domain_id: UUID) -> str:
    """The lane of a domain's checks: always the same."""
    return f"domains:{domain_id.int % LANES}"


def _start(domain_id: UUID) -> None:
    job = app.configure_task(
        TASK,
        queue=QUEUE,
        lock=lane_of(domain_id),
        queueing_lock=f"{TASK}:{domain_id}",
        priority=BEHIND,
    )
    try:
        with transaction.atomic():
            job.defer(domain_id=str(domain_id))
    except AlreadyEnqueued:
        pass  # it waits in its lane since the last time
