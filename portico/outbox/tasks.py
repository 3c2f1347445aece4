from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from portico.outbox import services


@app.task(
    name="outbox.deliver",
    retry=RetryStrategy(max_attempts=12, exponential_wait=2),
)
def deliver(*, event_id: str, listener: str) -> None:
    """Hand an event to a listener; tried again for over an hour where that fails."""
    services.hear(UUID(event_id), listener)
