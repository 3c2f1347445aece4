from __future__ import annotations

from procrastinate.contrib.django import app

from portico.branding import collection
from portico.kernel.clock import now


@app.periodic(cron="7 * * * *", periodic_id="collect_kits")
@app.task(name="branding.collect_kits", queueing_lock="branding.collect_kits")
def collect_kits(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """Drop kits that nobody wears, shortly before unused files are collected."""
    collection.collect_kits(at=now())
