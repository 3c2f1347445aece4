from __future__ import annotations

from procrastinate.contrib.django import app

from portico.files import services
from portico.kernel.clock import now


@app.periodic(cron="17 * * * *", periodic_id="collect_files")
@app.task(name="files.collect", queueing_lock="files.collect", pass_context=False)
def collect(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """Collect files that nothing needs, each hour."""
    while services.collect(at=now()) == 1000:
        pass
