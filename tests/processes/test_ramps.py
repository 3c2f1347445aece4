"""A worker that is killed in the middle of a step of a ramp."""

from __future__ import annotations

import os
import sys
from datetime import timedelta

import pytest
from django.db import connection, transaction

from conftest import make_cast
from portico.kernel.clock import now
from portico.miniprograms.models import MiniProgram
from portico.release_process.policy import EVERYBODY
from portico.releases.models import Release, ReleaseEvent, ReleaseStatus
from portico.releases.ramping.tests.ramps import make_ramp, make_target, shares_of
from portico.rollout.models import Plan
from tests.processes.conftest import Starter
from tests.processes.program import Program, wait_until
from tests.processes.test_leaving_worker import address

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("empty_queue"),
]
RELEASES, MIDDLE = 6, 3
LAST_STEP = [[1_000, 60], [EVERYBODY, 0]]


def start_worker(start: Starter) -> Program:
    """A real one."""
    return start(
        [sys.executable, "-m", "portico.config.cli", "worker"],
        DATABASE_URL=address(),
        PORTICO_DATA_DIR=os.environ["PORTICO_DATA_DIR"],
    )


def is_waiting_for_a_program() -> bool:
    """Whether a transaction waits until another one is through with a mini program."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees the first look
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            " AND query LIKE '%FROM \"miniprograms_miniprogram\"%')"
        )
        row: tuple[bool] = cursor.fetchone()
    return row[0]


def take_the_worker_for_dead() -> None:
    """As if so much time had passed that it is taken for lost."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = %s", [now() - timedelta(minutes=1)]
        )


def test_after_a_kill_in_the_middle_of_a_step_no_step_is_lost_or_doubled(start: Starter) -> None:
    target = make_target(make_cast().acme)
    begun = now() - timedelta(days=1)
    releases = [
        make_ramp(
            target, ramp=LAST_STEP, due_at=begun + timedelta(minutes=number), first_share_at=begun
        )
        for number in range(RELEASES)
    ]

    # The step to everybody writes the program last, when all else of it is written. The worker gets
    # no further than that with the one in the middle.
    with transaction.atomic():
        MiniProgram.objects.select_for_update(no_key=True).get(id=releases[MIDDLE].program_id)
        first = start_worker(start)
        wait_until(is_waiting_for_a_program, within=120, what="the worker waits")
        reached = ReleaseEvent.objects.count()
        first.kill(first.pid)
        first.process.wait(timeout=15)
    assert (
        reached - RELEASES == MIDDLE
    )  # the others before it; of its own step nobody sees anything
    take_the_worker_for_dead()

    start_worker(start)
    full = Release.objects.filter(status=ReleaseStatus.FULL)
    wait_until(lambda: full.count() == RELEASES, within=120, what="all went on")

    for release in releases:
        release.refresh_from_db()
        assert (shares_of(release), release.revision) == ([EVERYBODY], 2)
        assert not release.ramp_on
        plan = Plan.objects.get(program=release.program_id, target=target)
        assert plan.stable_id == release.version_id
        assert plan.revision == 2
