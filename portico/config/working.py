"""The background worker: takes jobs from the queue in PostgreSQL until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog
from procrastinate import JobContext
from procrastinate.app import WorkerOptions
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.signals import on_stop
from procrastinate.worker import Worker

from portico.config.tasks import STALLED_AFTER, retry_stalled
from portico.outbox import leaving
from portico.service_email.pipeline.queueing import QUEUE as MAIL
from portico.webhooks.pipeline.queueing import QUEUE as WEBHOOKS
from portico.webhooks.pipeline.queueing import SLOW_QUEUE as SLOW_WEBHOOKS

HEARTBEAT = 5.0  # seconds
LAST_SECONDS = 4.0  # that running jobs get once the worker is told to stop
POLLING = 1.0  # seconds, for what is announced in the moment between looking and listening
SPARE_THREADS = 4  # for what the loop itself has done in threads, such as looking up names

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
        leaving.leave()
        asyncio.get_running_loop().call_later(LAST_SECONDS, _abandon)

    async def _process_job(self, context: JobContext) -> None:
        """Do a job, and look for the next at once. The one that waited for this one's lock was
        announced while it could not be started yet, and nobody announces it again."""
        try:
            await super()._process_job(context)
        finally:
            self._new_job_event.set()


async def work(
    *, concurrency: int, mail_concurrency: int = 1, webhook_concurrency: int = 1
) -> None:
    """Work until told to stop, on so many jobs at once, and beside them on so many workspaces'
    mail, so many calls of webhooks, and as many of those whose receivers are slow: however slow
    these servers are, everything else goes on."""
    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError("The queue is not on Django's connection.")
    leaving.stay()
    # Each job that is no coroutine takes a thread; by default there are few on small machines.
    webhooks = dict.fromkeys((WEBHOOKS, SLOW_WEBHOOKS), webhook_concurrency)
    apart = {MAIL: mail_concurrency, **webhooks}
    threads = ThreadPoolExecutor(concurrency + sum(apart.values()) + SPARE_THREADS, "job")
    asyncio.get_running_loop().set_default_executor(threads)
    with app.replace_connector(connector.get_worker_connector()):
        async with app.open_async():
            app.perform_import_paths()  # type: ignore[no-untyped-call]
            await retry_stalled(app.job_manager)
            log.info("waiting for jobs")
            others = {task.queue for task in app.tasks.values()} - apart.keys()
            await _together(
                [
                    _worker(others, concurrency),
                    *(_worker({queue}, slots) for queue, slots in apart.items()),
                ]
            )


def _worker(queues: set[str], concurrency: int) -> LeavingWorker:
    options: WorkerOptions = {
        **app.worker_defaults,
        "queues": sorted(queues),
        "concurrency": concurrency,
        "delete_jobs": "successful",
        "fetch_job_polling_interval": POLLING,
        "update_heartbeat_interval": HEARTBEAT,
        "stalled_worker_timeout": STALLED_AFTER,
        "install_signal_handlers": False,
    }
    return LeavingWorker(app, **options)


async def _together(workers: Sequence[LeavingWorker]) -> None:
    """Run them until one ends, for whatever reason; then the others end, too."""

    def stop() -> None:
        for worker in workers:
            worker.stop()

    running = [asyncio.create_task(worker.run()) for worker in workers]  # type: ignore[no-untyped-call]
    with on_stop(stop):
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    stop()
    await asyncio.gather(*running)


def _abandon() -> None:
    log.warning("jobs abandoned; they will be taken up again")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)
