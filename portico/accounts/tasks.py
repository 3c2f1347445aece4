from __future__ import annotations

from django.core.management import call_command
from procrastinate.contrib.django import app


@app.periodic(cron="37 3 * * *", periodic_id="clear_sessions")
@app.task(name="accounts.clear_sessions", queueing_lock="accounts.clear_sessions")
def clear_sessions(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """Delete sessions that have expired, each night."""
    call_command("clearsessions")
