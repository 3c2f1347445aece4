"""Slow mail servers and slow receivers of webhooks keep nobody else waiting."""

from __future__ import annotations

import sys

import pytest

from tests.processes.conftest import Starter
from tests.processes.program import wait_until
from tests.processes.test_leaving_worker import address

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("empty_queue"),
]


def test_while_mail_and_webhooks_occupy_their_slots_other_jobs_are_done(start: Starter) -> None:
    worker = start([sys.executable, "-m", "tests.processes.both_queues"], DATABASE_URL=address())

    wait_until(lambda: "mail begun" in worker.said(), within=60, what=worker.said())
    wait_until(lambda: "webhook begun" in worker.said(), within=30, what=worker.said())
    wait_until(lambda: "other done" in worker.said(), within=30, what=worker.said())

    wait_until(lambda: "quick webhook done" in worker.said(), within=30, what=worker.said())

    assert worker.said().count("mail begun") == 1
    assert worker.said().count("webhook begun") == 1
