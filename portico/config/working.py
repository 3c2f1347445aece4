"""The background worker: takes jobs from the queue in PostgreSQL until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import sys

import structlog
from procrastinate.app import WorkerOptions
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.worker import Worker

from portico.config.tasks import STALLED_AFTER, retry_stalled

HEARTBEAT = 5.0  # seconds
LAST_SECONDS = 4.0  # that running jobs get once the worker is told to stop

log = structlog.get_logger("portico.worker")


class LeavingWorker(Worker):
    """A worker that leaves in time.

    Jobs in threads cannot be interrupted, and aborting one would end it for good. So a job that
    is not done when the time is up is abandoned: the process ends without a word, and another
    worker takes the job up again once the heartbeats have stopped (`tasks.retry_stalled`).
    """

    def stop(self) -> None:
        """Take no more jobs, and leave soon. Called on signals, and where the database is lost."""
        super().stop()  # type: ignore[no-untyped-call]
        asyncio.get_running_loop().call_later(LAST_SECONDS, _abandon)


async def work(*, concurrency: int) -> None:
    """Work until told to stop."""
    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError("The queue is not on Django's connection.")
    with app.replace_connector(connector.get_worker_connector()):
        async with app.open_async():
            app.perform_import_paths()  # type: ignore[no-untyped-call]
            await retry_stalled(app.job_manager)
            options: WorkerOptions = {
                **app.worker_defaults,
                "concurrency": concurrency,
                "delete_jobs": "successful",
                "update_heartbeat_interval": HEARTBEAT,
                "stalled_worker_timeout": STALLED_AFTER,
            }
            log.info("waiting for jobs")
            await LeavingWorker(app, **options).run()  # type: ignore[no-untyped-call]


def _abandon() -> None:
    log.warning("jobs abandoned; they will be taken up again")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)
