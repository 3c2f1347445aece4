"""Jobs whose worker died."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from portico.config.tasks import MOST_ATTEMPTS, STALLED_AFTER, retry_stalled

# Each job is put back in a transaction of its own, so a test cannot be one.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]


def make_worker(*, silent_for: float) -> int:
    """A worker whose last heartbeat is so many seconds old."""
    return insert(
        "INSERT INTO procrastinate_workers (last_heartbeat)"
        " VALUES (now() - make_interval(secs => %s)) RETURNING id",
        silent_for,
    )


def make_job(status: str, worker: int | None, *, attempts: int = 0, lock: str | None = None) -> int:
    """A job in this state; `lock` is its queueing lock."""
    return insert(
        "INSERT INTO procrastinate_jobs"
        " (queue_name, task_name, status, worker_id, attempts, queueing_lock)"
        " VALUES ('default', 'some.task', %s, %s, %s, %s) RETURNING id",
        status,
        worker,
        attempts,
        lock,
    )


def insert(statement: str, *values: float | str | None) -> int:
    """Insert a row; its id."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[int] = cursor.fetchone()
    return row[0]


def status_of(job: int) -> str:
    """The state that a job is in."""
    return str(ProcrastinateJob.objects.get(pk=job).status)


def test_a_job_of_a_silent_worker_waits_again() -> None:
    job = make_job("doing", make_worker(silent_for=STALLED_AFTER + 1))

    retried = async_to_sync(retry_stalled)(app.job_manager)

    assert retried == 1
    assert status_of(job) == "todo"
    assert ProcrastinateJob.objects.get(pk=job).attempts == 1


def test_a_job_whose_worker_has_been_forgotten_waits_again() -> None:
    job = make_job("doing", None)

    async_to_sync(retry_stalled)(app.job_manager)

    assert status_of(job) == "todo"


def test_the_job_of_a_worker_that_is_heard_of_is_left_alone() -> None:
    job = make_job("doing", make_worker(silent_for=STALLED_AFTER - 5))

    retried = async_to_sync(retry_stalled)(app.job_manager)

    assert retried == 0
    assert status_of(job) == "doing"


def test_where_a_newer_one_of_its_kind_waits_the_job_is_ended() -> None:
    worker = make_worker(silent_for=STALLED_AFTER + 1)
    job = make_job("doing", worker, lock="sweep")
    newer = make_job("todo", None, lock="sweep")
    other = make_job("doing", worker)

    retried = async_to_sync(retry_stalled)(app.job_manager)

    assert retried == 1
    assert (status_of(job), status_of(newer), status_of(other)) == ("aborted", "todo", "todo")


def test_a_job_that_was_tried_too_often_is_ended() -> None:
    worker = make_worker(silent_for=STALLED_AFTER + 1)
    job = make_job("doing", worker, attempts=MOST_ATTEMPTS - 1)

    async_to_sync(retry_stalled)(app.job_manager)

    assert status_of(job) == "failed"
