"""The job that lets ramps go on."""

from __future__ import annotations

from procrastinate.contrib.django import app

from portico.kernel.clock import now


@app.periodic(cron="* * * * * */15", periodic_id="take_ramp_steps")
@app.task(name="releases.take_ramp_steps", queueing_lock="releases.take_ramp_steps", priority=50)
def take_ramp_steps(timestamp: int) -> None:  # noqa: ARG001 - procrastinate hands it over
    """Take the steps of all ramps that are due."""
    from portico.releases.ramping.stepping import sweep  # noqa: PLC0415 - releases know much

    sweep(now)
