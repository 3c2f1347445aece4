"""The queue's own upkeep."""

from __future__ import annotations

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from psycopg.errors import RaiseException

STALLED_AFTER = 15.0  # seconds without a heartbeat of its worker
MOST_ATTEMPTS = 15  # a job that takes its worker down each time must end some day

log = structlog.get_logger("portico.worker")


@app.periodic(cron="* * * * * */15")
@app.task(
    name="config.retry_stalled_jobs",
    pass_context=True,
    priority=100,
    queueing_lock="config.retry_stalled_jobs",
)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Put the jobs of dead workers back into the queue."""
    await retry_stalled(context.app.job_manager)


async def retry_stalled(jobs: JobManager) -> int:
    """Put the jobs of dead workers back into the queue; how many there were.

    A job whose place in the queue is taken by a newer one of its kind (a queueing lock) is ended,
    and so is one that has been tried too often.
    """
    retried = 0
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        try:
            if job.attempts + 1 >= MOST_ATTEMPTS:
                await _end(jobs, job, Status.FAILED, "tried too often")
            else:
                await jobs.retry_job(job)
                retried += 1
                log.warning("job of a dead worker taken up again", job=job.id, task=job.task_name)
        except UniqueViolation:
            await _end(jobs, job, Status.ABORTED, "a newer one waits")
        except ConnectorException as error:
            # Another worker was quicker with this one.
            if not isinstance(error.__cause__, RaiseException):
                raise
    return retried


async def _end(jobs: JobManager, job: Job, status: Status, reason: str) -> None:
    await jobs.finish_job(job, status, delete_job=False)
    log.error("job of a dead worker ended", job=job.id, task=job.task_name, reason=reason)
