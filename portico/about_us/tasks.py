from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from portico.about_us import link_check
from portico.kernel.clock import now


@app.task(name=link_check.TASK, queue=link_check.QUEUE)
def check_link(*, workspace_id: str) -> None:
    """Look where a workspace's link leads. Not retried: the sweep starts another check."""
    link_check.check(UUID(workspace_id), at=now())


@app.periodic(cron="*/10 * * * *", periodic_id="sweep_links")
@app.task(name="about_us.sweep_links", queueing_lock="about_us.sweep_links")
def sweep_links(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """Start the checks that are due."""
    link_check.sweep(at=now())
