from __future__ import annotations

from datetime import datetime
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from portico.kernel.clock import now
from portico.service_email.doctor import tasks as doctor_tasks
from portico.service_email.pipeline import alarms, queueing, retention
from portico.service_email.pipeline.draining import drain_safely

__all__ = ["doctor_tasks"]  # found here with the others


@app.task(name=queueing.TASK, queue=queueing.QUEUE)
def drain(*, workspace_id: str) -> None:
    """Send one batch of a workspace's mail. Never retried: the sweep starts another."""
    drain_safely(UUID(workspace_id))


@app.periodic(cron="* * * * * */10", periodic_id="sweep_mail")
@app.task(name="service_email.sweep", queueing_lock="service_email.sweep", priority=50)
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """Start what has become due."""
    queueing.sweep(at=now())


@app.task(name=alarms.TASK, retry=RetryStrategy(max_attempts=10, exponential_wait=3))
def alarm(*, membership_id: str, news: str, since: str, server: str, at: str) -> None:
    """Tell one admin of their mail server; tried again for hours where that fails."""
    alarms.tell(
        UUID(membership_id),
        news,
        since=datetime.fromisoformat(since),
        server=server,
        at=datetime.fromisoformat(at),
    )


@app.periodic(cron="23 2 * * *", periodic_id="forget_mail")
@app.task(name="service_email.forget", queueing_lock="service_email.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001
    """Delete what the mail log has kept long enough, each night."""
    retention.forget(at=now())
