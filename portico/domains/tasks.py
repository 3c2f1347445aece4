from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from portico.domains import runs, scheduling
from portico.kernel.clock import now


@app.task(name=runs.TASK, queue=runs.QUEUE)
def check(*, run_id: str) -> None:
    """Check a domain because somebody asked. Never begun twice, however often the job is tried."""
    from portico.domains.examining import run_check  # noqa: PLC0415

    run_check(UUID(run_id))


@app.task(name=scheduling.TASK, queue=scheduling.QUEUE)
def recheck(*, domain_id: str) -> None:
    """Check a domain because it is due. Done twice, it changes nothing more."""
    from portico.domains.examining import recheck as look_again  # noqa: PLC0415

    look_again(UUID(domain_id))


@app.periodic(cron="* * * * * */10", periodic_id="sweep_domains")
@app.task(name="domains.sweep", queueing_lock="domains.sweep", priority=50)
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """Start what has become due."""
    scheduling.sweep(at=now())


@app.periodic(cron="* * * * *", periodic_id="end_lost_domain_checks")
@app.task(name="domains.end_lost_checks", queueing_lock="domains.end_lost_checks")
def end_lost_checks(timestamp: int) -> None:  # noqa: ARG001
    """End checks whose worker died; delete old ones."""
    runs.end_lost(at=now())
    runs.forget_old(at=now())
