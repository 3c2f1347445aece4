"""A worker that is told to stop in the middle of a job."""

from __future__ import annotations

import sys
from urllib.parse import urlencode

import pytest
from django.db import connection

from tests.processes.conftest import Starter
from tests.processes.program import wait_until

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("empty_queue"),
]


def stopped_during_a_job_of(seconds: float, start: Starter) -> tuple[float, list[str]]:
    """Stop a worker in its job: how long it took to leave, and the states of its jobs then."""
    worker = start(
        [sys.executable, "-m", "tests.processes.slow", str(seconds)], DATABASE_URL=address()
    )
    wait_until(lambda: "begun" in worker.said(), within=60, what=worker.said())
    _, took = worker.stop()
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE task_name = 'tests.slow'")
        return took, [row[0] for row in cursor.fetchall()]


def address() -> str:
    """The database of this test."""
    parts = connection.settings_dict
    options = {"host": parts["HOST"], "port": parts["PORT"]}
    query = urlencode({name: value for name, value in options.items() if value})
    return f"postgresql://{parts['USER']}@/{parts['NAME']}?{query}"


def test_a_job_that_is_nearly_done_is_finished(start: Starter) -> None:
    took, jobs = stopped_during_a_job_of(1.5, start)

    assert jobs == []  # done, and deleted for that
    assert took < 5


def test_a_long_job_is_abandoned_for_another_worker_to_take_up(start: Starter) -> None:
    took, jobs = stopped_during_a_job_of(100, start)

    assert jobs == ["doing"]
    assert took < 8
