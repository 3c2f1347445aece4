"""Couriers: who gets one, how many at once, and that nobody waits behind a slow one."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from conftest import Cast
from portico.kernel.ids import new_id
from portico.webhooks import services
from portico.webhooks.models import Delivery, DeliveryState, Endpoint
from portico.webhooks.pipeline import delivering, endings, queueing
from portico.webhooks.pipeline.claiming import STATEMENT
from portico.webhooks.pipeline.queueing import (
    COUNT,
    LANES,
    QUEUE,
    SLOW_QUEUE,
    TASK,
    WITH_DUE_DELIVERIES,
    WORTH_A_LANE,
    sweep,
)
from portico.webhooks.tests.conftest import (
    Clock,
    Hook,
    carried,
    empty_queue,
    happen,
    make_hook,
)
from portico.workspaces.models import Workspace
from tests.jobs import run, waiting
from tests.make import AT, actor
from tests.peers.receiver import Odd, Receiver, Reply

MOST = 5


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Couriers go to the end of the line after five deliveries."""
    monkeypatch.setattr(delivering, "MOST", MOST)


def make_deliveries(
    endpoint: Endpoint, count: int, *, state: str = "waiting", due: timedelta = timedelta(0)
) -> None:
    """So many deliveries, made at once."""
    due_at = AT + due if state in {"waiting", "sending"} else None
    Delivery.objects.bulk_create(
        Delivery(
            workspace_id=endpoint.workspace_id,
            endpoint=endpoint,
            event=new_id(),
            type="settings.changed",
            body="{}",
            state=state,
            due_at=due_at,
            created_at=AT + timedelta(seconds=number),
        )
        for number in range(count)
    )


def lanes(endpoint_id: UUID) -> list[object]:
    """The lanes of the couriers that wait for this endpoint."""
    jobs = [job for job in waiting(TASK) if job["endpoint_id"] == str(endpoint_id)]
    return sorted({job["lane"] for job in jobs}, key=str)


def test_the_job_delivers(acme: Workspace, hook: Hook, there: Receiver) -> None:
    happen(acme)

    assert run(TASK) == 1

    assert len(there.received) == 1


def test_however_much_happens_few_couriers_wait_at_an_endpoint(acme: Workspace, hook: Hook) -> None:
    for number in range(30):
        happen(acme, number=number)

    assert len(waiting(TASK)) <= 2


@pytest.mark.usefixtures("short")
def test_a_courier_that_leaves_much_behind_gets_company(
    acme: Workspace, hook: Hook, there: Receiver, clock: Clock
) -> None:
    make_deliveries(hook.endpoint, MOST + 2 * WORTH_A_LANE + 1)

    assert carried(hook, clock) == MOST

    assert lanes(hook.endpoint.id) == list(range(LANES))


@pytest.mark.usefixtures("short")
def test_one_that_leaves_little_goes_to_the_end_of_the_line_alone(
    acme: Workspace, hook: Hook, there: Receiver, clock: Clock
) -> None:
    make_deliveries(hook.endpoint, MOST + 1)

    carried(hook, clock)

    assert lanes(hook.endpoint.id) == [0]


def test_one_that_leaves_nothing_that_may_be_sent_now_is_the_last(
    acme: Workspace, hook: Hook, clock: Clock
) -> None:
    make_deliveries(hook.endpoint, 50)
    Endpoint.objects.update(resting_until=AT + timedelta(minutes=1))

    assert carried(hook, clock) == 0

    assert waiting(TASK) == []


@pytest.mark.usefixtures("short")
def test_one_endpoint_full_of_events_keeps_no_other_waiting(
    acme: Workspace, zenith: Workspace, there: Receiver, clock: Clock
) -> None:
    full, other = make_hook(acme, there.url), make_hook(zenith, there.url)
    make_deliveries(full.endpoint, 3 * MOST)
    make_deliveries(other.endpoint, 1)
    sweep(at=AT)

    first, second = (UUID(str(job["endpoint_id"])) for job in waiting(TASK))
    assert {first, second} == {full.endpoint.id, other.endpoint.id}
    carried(full, clock)

    assert len(there.received) == MOST
    assert waiting(TASK)[-1]["endpoint_id"] == str(full.endpoint.id)  # behind the other


def lines() -> list[str]:
    """The queues in which couriers wait."""
    jobs = ProcrastinateJob.objects.filter(task_name=TASK, status="todo").order_by("id")
    return list(jobs.values_list("queue_name", flat=True))


def test_an_endpoint_stands_in_the_line_of_the_quick_ones_once_it_has_answered_quickly(
    acme: Workspace, hook: Hook, clock: Clock
) -> None:
    happen(acme)
    assert lines() == [SLOW_QUEUE]  # nobody knows it yet

    carried(hook, clock)
    empty_queue()
    happen(acme, number=2)
    assert lines() == [QUEUE]

    empty_queue()
    assert sweep(at=AT) == 1
    assert lines() == [QUEUE]


@pytest.mark.parametrize("answer", [Reply(200), Reply(500), Odd.HANG_UP], ids=str)
def test_one_that_takes_its_time_leaves_that_line_at_once(
    acme: Workspace,
    hook: Hook,
    there: Receiver,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    answer: Reply | Odd,
) -> None:
    Endpoint.objects.update(quick=True)
    make_deliveries(hook.endpoint, 3)
    there.usually = answer
    monkeypatch.setattr(endings, "LONGEST_QUICK", -1)

    assert carried(hook, clock) == 1  # and the courier does not go on with the others

    assert not hook.now.quick
    Endpoint.objects.update(resting_until=None)
    empty_queue()
    sweep(at=clock())
    assert lines() == [SLOW_QUEUE]


def test_nothing_is_known_of_the_speed_of_another_address(cast: Cast, hook: Hook) -> None:
    Endpoint.objects.update(quick=True)
    elsewhere = services.Wanted("https://other.example.com/", ("settings.changed",))

    services.change_endpoint(
        cast.acme, hook.endpoint.id, elsewhere, based_on=1, by=actor(cast.admin), at=AT
    )

    assert not hook.now.quick


def test_the_sweep_finds_what_is_due_and_nothing_else(acme: Workspace) -> None:
    due, later, resting, disabled, done = (make_hook(acme) for _number in range(5))
    make_deliveries(due.endpoint, 2)
    make_deliveries(later.endpoint, 2, due=timedelta(seconds=1))
    for one in (resting, disabled):
        make_deliveries(one.endpoint, 2)
    Endpoint.objects.filter(id=resting.endpoint.id).update(resting_until=AT + timedelta(seconds=1))
    Endpoint.objects.filter(id=disabled.endpoint.id).update(
        disabled_at=AT, disabled_because="by_hand"
    )
    make_deliveries(done.endpoint, 2, state=DeliveryState.DELIVERED)

    assert sweep(at=AT) == 1
    assert lanes(due.endpoint.id) == [0]
    assert sweep(at=AT) == 0  # it has a courier
    assert sweep(at=AT + timedelta(seconds=1)) == 2


def test_what_somebody_asked_for_is_swept_up_whatever_its_endpoint_does(
    acme: Workspace, hook: Hook
) -> None:
    make_deliveries(hook.endpoint, 1)
    Delivery.objects.update(urgent=True)
    Endpoint.objects.update(disabled_at=AT, disabled_because="by_hand")
    empty_queue()

    assert sweep(at=AT) == 1


def test_claim_count_and_sweep_go_by_index_however_much_waits(acme: Workspace) -> None:
    hook = make_hook(acme)
    make_deliveries(hook.endpoint, 800, due=timedelta(hours=1))
    make_deliveries(hook.endpoint, 100, state=DeliveryState.DELIVERED)
    values: dict[str, UUID | datetime | int] = {
        "endpoint": hook.endpoint.id,
        "at": AT,
        "lost_at": AT,
        "most": 41,
    }

    plans = {}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE webhooks_delivery")
        for name, statement in (
            ("claim", STATEMENT),
            ("count", COUNT),
            ("sweep", WITH_DUE_DELIVERIES),
        ):
            cursor.execute(f"EXPLAIN {statement}", values)
            plans[name] = "\n".join(row[0] for row in cursor.fetchall())

    for name, plan in plans.items():
        assert "Seq Scan on webhooks_delivery" not in plan, f"{name}:\n{plan}"
    assert queueing.lock_of(hook.endpoint.id, 0) == f"webhooks:{hook.endpoint.id}:0"
