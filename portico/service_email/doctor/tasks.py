from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from portico.kernel.clock import now
from portico.service_email.doctor import runs


@app.task(name=runs.TASK, queue=runs.QUEUE)
def test(*, run_id: str) -> None:
    """Test a mail server. Never begun twice, however often the job is tried."""
    from portico.service_email.doctor.examining import run_test  # noqa: PLC0415

    run_test(UUID(run_id))


@app.periodic(cron="* * * * *", periodic_id="end_lost_mail_tests")
@app.task(name="service_email.end_lost_tests", queueing_lock="service_email.end_lost_tests")
def end_lost_tests(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """End tests whose worker died, so that their passwords are forgotten; delete old ones."""
    runs.end_lost(at=now())
    runs.forget_old(at=now())
