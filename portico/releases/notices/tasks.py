"""The job of this part."""

from __future__ import annotations

from procrastinate.contrib.django import app

from portico.kernel.clock import now
from portico.releases.notices import digests


@app.periodic(cron="* * * * *", periodic_id="tell_reviewers")
@app.task(name="releases.tell_reviewers", queueing_lock="releases.tell_reviewers")
def tell_reviewers(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """Tell reviewers of what has come in for them."""
    digests.tell_reviewers(at=now())
