from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from portico.kernel.clock import now
from portico.webhooks import keys
from portico.webhooks.pipeline import queueing, retention
from portico.webhooks.pipeline.delivering import carry


@app.task(name=queueing.TASK, queue=queueing.QUEUE)
def deliver(*, endpoint_id: str, lane: int) -> None:  # noqa: ARG001 - names the lock
    """Deliver what is due at an endpoint. Never retried: the sweep starts another."""
    carry(UUID(endpoint_id))


@app.periodic(cron="* * * * * */5", periodic_id="sweep_webhooks")
@app.task(name="webhooks.sweep", queueing_lock="webhooks.sweep", priority=50)
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """Start what has become due."""
    queueing.sweep(at=now())


@app.periodic(cron="* * * * *", periodic_id="end_old_webhook_secrets")
@app.task(name="webhooks.end_old_secrets", queueing_lock="webhooks.end_old_secrets")
def end_old_secrets(timestamp: int) -> None:  # noqa: ARG001
    """Forget signing secrets whose overlap with the new one is over."""
    keys.end_old_keys(at=now())


@app.periodic(cron="41 2 * * *", periodic_id="forget_webhook_deliveries")
@app.task(name="webhooks.forget", queueing_lock="webhooks.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001
    """Delete what the log has kept long enough, each night."""
    retention.forget(at=now())
