from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from portico.automated_checks import lanes
from portico.automated_checks.reviewers import asking, keys
from portico.kernel.clock import now
from portico.webhooks.pipeline.queueing import SLOW_QUEUE


@app.task(name=lanes.TASK, queue=lanes.QUEUE)
def run(*, lane: int) -> None:
    """Check versions that are due. Never retried: the sweep starts another."""
    from portico.automated_checks.running import carry  # noqa: PLC0415 - the rules are many

    carry(lane)


@app.task(name=asking.TASK, queue=SLOW_QUEUE)
def call(*, reviewer_id: str) -> None:
    """Call a reviewer about what is due. Never retried: the sweep starts another."""
    from portico.automated_checks.reviewers.calling import carry  # noqa: PLC0415

    carry(UUID(reviewer_id))


@app.periodic(cron="* * * * * */10", periodic_id="sweep_automated_checks")
@app.task(name="automated_checks.sweep", queueing_lock="automated_checks.sweep", priority=50)
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """Start what has become due: checks of dead workers, and calls of reviewers."""
    from portico.automated_checks.reviewers.calling import end_orphans  # noqa: PLC0415

    at = now()
    lanes.ensure_lanes(at=at)
    asking.sweep_callers(at=at)
    end_orphans(at=at)


@app.periodic(cron="* * * * *", periodic_id="end_old_reviewer_secrets")
@app.task(name="automated_checks.end_old_secrets", queueing_lock="automated_checks.end_old_secrets")
def end_old_secrets(timestamp: int) -> None:  # noqa: ARG001
    """Forget signing secrets of reviewers whose overlap with the new one is over."""
    keys.end_old_keys(at=now())
