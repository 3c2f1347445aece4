from __future__ import annotations

from procrastinate.contrib.django import app

from portico.kernel.clock import now
from portico.workspaces import handoffs, idempotency


@app.periodic(cron="27 * * * *", periodic_id="forget_handoffs")
@app.task(name="workspaces.forget_handoffs", queueing_lock="workspaces.forget_handoffs")
def forget_handoffs(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """Delete handoffs that can no longer be used, each hour."""
    handoffs.forget_old(at=now())


@app.periodic(cron="33 * * * *", periodic_id="forget_answers")
@app.task(name="workspaces.forget_answers", queueing_lock="workspaces.forget_answers")
def forget_answers(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """Delete the answers of the API that are kept no longer, each hour."""
    idempotency.forget_answers(at=now())
