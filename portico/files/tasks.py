from __future__ import annotations

from procrastinate.contrib.django import app

from portico.files import collection
from portico.kernel.clock import now


@app.periodic(cron="17 * * * *", periodic_id="collect_files")
@app.task(name="files.collect", queueing_lock="files.collect", pass_context=False)
def collect(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """Collect files that nothing needs, each hour."""
    while collection.collect(at=now(), limit=1000):
        pass


@app.periodic(cron="47 3 * * *", periodic_id="sweep_files")
@app.task(name="files.sweep", queueing_lock="files.sweep", pass_context=False)
def sweep(timestamp: int) -> None:  # noqa: ARG001
    """Delete bytes that belong to no file, each night."""
    collection.sweep(at=now())
