"""Looking again: due domains in portions, few at a time, each once, and none lost."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from conftest import Cast
from portico.domains import scheduling
from portico.domains.models import AlternativeDomain
from portico.domains.rules import State
from portico.domains.scheduling import LANES, LEASE, PORTION, TASK, sweep
from portico.domains.tests.conftest import World
from portico.domains.tests.findings import make_domain, save, the_domain
from portico.kernel.clock import now
from tests.jobs import run as run_jobs
from tests.jobs import waiting
from tests.make import AT, make_workspace


def many(count: int) -> None:
    """Tombstones that became due one second after the other."""
    workspace = make_workspace()
    AlternativeDomain.objects.bulk_create(
        AlternativeDomain(
            workspace=workspace,
            name=f"d{number}.example.com",
            token="t",
            state=State.REMOVED,
            held=True,
            since=AT,
            asked_at=AT,
            due_at=AT - timedelta(seconds=count - number),
        )
        for number in range(count)
    )


def test_a_domain_that_is_due_is_checked_and_settled(cast: Cast, world: World) -> None:
    save(cast.acme, cast.admin, at=now())
    world.set_up(the_domain(cast.acme))

    started = sweep(at=now())
    run_jobs(TASK)

    assert started == 1
    domain = the_domain(cast.acme)
    assert domain.state == State.ACTIVE
    assert domain.queued_at is None


def test_nobody_is_due_twice(cast: Cast) -> None:
    save(cast.acme, cast.admin)

    assert (sweep(at=AT), sweep(at=AT)) == (1, 0)
    assert sweep(at=AT + LEASE) == 1

    assert waiting(TASK) == [{"domain_id": str(the_domain(cast.acme).id)}]


def test_who_is_not_due_is_left_alone(cast: Cast) -> None:
    make_domain(cast.acme, cast.admin, State.ACTIVE)

    assert sweep(at=AT + timedelta(hours=3)) == 0
    assert sweep(at=AT + timedelta(days=2)) == 1


def test_a_crowd_is_started_in_portions_those_first_that_wait_longest(db: None) -> None:
    many(PORTION + 5)

    with CaptureQueriesContext(connection) as asked:
        first = sweep(at=AT)
    names = [AlternativeDomain.objects.get(id=str(job["domain_id"])).name for job in waiting(TASK)]

    assert first == PORTION
    assert names == [f"d{number}.example.com" for number in range(PORTION)]
    assert sweep(at=AT) == 5
    assert sweep(at=AT) == 0
    assert len(asked) < 5 * PORTION


def test_few_are_looked_at_at_the_same_time(db: None) -> None:
    many(PORTION)

    sweep(at=AT)

    jobs = ProcrastinateJob.objects.filter(task_name=TASK)
    assert len(set(jobs.values_list("lock", flat=True))) == LANES
    assert set(jobs.values_list("priority", flat=True)) == {scheduling.BEHIND}
    assert {scheduling.lane_of(uuid4()) for _ in range(200)} == {
        f"domains:{lane}" for lane in range(LANES)
    }


def test_the_job_of_a_killed_worker_is_followed_by_another(cast: Cast) -> None:
    save(cast.acme, cast.admin)
    sweep(at=AT)
    with connection.cursor() as cursor:  # begun, and its worker killed
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = %s", [TASK]
        )

    assert sweep(at=AT + LEASE) == 1

    assert waiting(TASK) == [{"domain_id": str(the_domain(cast.acme).id)}]


@pytest.mark.soak
def test_the_sweep_is_quick_among_a_hundred_thousand(db: None) -> None:
    many(100_000)

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE domains_alternativedomain")
        cursor.execute(
            "EXPLAIN SELECT id FROM domains_alternativedomain WHERE due_at <= now() "
            "ORDER BY due_at LIMIT 40"
        )
        plan = " ".join(row[0] for row in cursor.fetchall())

    assert "domains_that_are_due" in plan
