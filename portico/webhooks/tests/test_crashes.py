"""Workers that died between a call and its end being noted, or were taken for dead.

The states are made here as the real ones leave them; `tests/processes/test_webhooks.py` kills a
real worker.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from conftest import Cast
from portico.egress.calls import call
from portico.webhooks import services
from portico.webhooks.models import Attempt, Delivery, DeliveryState, Outcome
from portico.webhooks.pipeline import delivering
from portico.webhooks.pipeline.claiming import claim
from portico.webhooks.pipeline.delivering import LEASE, LIMITS
from portico.webhooks.pipeline.queueing import TASK, sweep
from portico.webhooks.rules.patience import WAITS
from portico.webhooks.tests.conftest import (
    Clock,
    Hook,
    carried,
    empty_queue,
    happen,
    make_hook,
    the_delivery,
)
from portico.workspaces.models import Workspace
from tests.jobs import waiting
from tests.make import AT, actor
from tests.peers.receiver import Receiver


class Killed(BaseException):
    """As `kill -9`, as far as a test can: nothing more is written."""


def die_once_answered(hook: Hook, clock: Clock) -> None:
    """The next event is sent, and then the worker is gone."""

    def die(*args: object, **options: object) -> object:
        call(*args, **options)  # type: ignore[arg-type]
        raise Killed

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(delivering, "call", die)
        with pytest.raises(Killed):
            carried(hook, clock)


def test_a_lease_is_longer_than_the_longest_call() -> None:
    assert timedelta(seconds=LIMITS.whole) + timedelta(seconds=10) < LEASE


def test_an_attempt_is_noted_before_anything_is_sent(
    acme: Workspace, hook: Hook, there: Receiver, clock: Clock
) -> None:
    happen(acme)

    die_once_answered(hook, clock)

    delivery, (attempt,) = the_delivery(), the_delivery().tries.all()
    assert len(there.received) == 1
    assert (delivery.state, delivery.attempts) == (DeliveryState.SENDING, 1)
    assert delivery.due_at == AT + LEASE
    assert (attempt.ended_at, attempt.outcome) == (None, "")


def test_while_the_lease_lasts_nobody_else_sends_it(
    acme: Workspace, hook: Hook, there: Receiver, clock: Clock
) -> None:
    happen(acme)
    die_once_answered(hook, clock)
    empty_queue()

    clock.pass_(seconds=LEASE.total_seconds())

    assert carried(hook, clock) == 0
    assert sweep(at=clock()) == 0


def test_then_it_is_sent_again_under_the_same_id_and_the_log_says_what_is_not_known(
    acme: Workspace, hook: Hook, there: Receiver, clock: Clock
) -> None:
    happen(acme)
    die_once_answered(hook, clock)
    empty_queue()

    clock.pass_(seconds=LEASE.total_seconds() + 1)
    assert sweep(at=clock()) == 1
    assert waiting(TASK) == [{"endpoint_id": str(hook.endpoint.id), "lane": 0}]
    carried(hook, clock)

    first, second = the_delivery().tries.all()
    assert (first.outcome, first.trouble["code"]) == (Outcome.UNKNOWN, "worker_died")
    assert (second.number, second.outcome) == (2, Outcome.DELIVERED)
    assert len(there.received) == 2
    assert there.received[0].id == there.received[1].id
    assert there.received[0].body == there.received[1].body


def test_one_that_takes_its_worker_down_each_time_waits_longer_and_is_given_up(
    acme: Workspace, hook: Hook, clock: Clock
) -> None:
    found = []
    happen(acme)

    for refusals in (0, 1, len(WAITS)):
        Delivery.objects.update(state="sending", refusals=refusals, due_at=AT, finished_at=None)
        sweep(at=AT + timedelta(seconds=1))
        delivery = the_delivery()
        found.append((delivery.state, delivery.due_at))

    assert found[0] == (DeliveryState.WAITING, AT + timedelta(seconds=1))
    state, due_at = found[1]
    assert state == DeliveryState.WAITING
    assert due_at is not None
    assert due_at >= AT + timedelta(minutes=5)
    assert found[2] == (DeliveryState.FAILED, None)


def test_one_whose_endpoint_was_disabled_meanwhile_is_held_like_the_others(
    cast: Cast, clock: Clock
) -> None:
    hook, by = make_hook(cast.acme), actor(cast.admin)
    happen(cast.acme)
    claim(hook.endpoint.id, lease=LEASE, at=AT)
    services.disable_endpoint(cast.acme, hook.endpoint.id, by=by, at=AT)

    sweep(at=clock.pass_(minutes=1))

    assert (the_delivery().state, the_delivery().due_at) == (DeliveryState.HELD, None)
    discard = services.Held.DISCARD
    services.enable_endpoint(cast.acme, hook.endpoint.id, held=discard, by=by, at=clock())
    assert the_delivery().state == DeliveryState.DISCARDED


def test_a_worker_that_was_taken_for_dead_overwrites_nothing(
    acme: Workspace, hook: Hook, there: Receiver, clock: Clock
) -> None:
    happen(acme)

    def overtaken(*args: object, **options: object) -> object:
        answer = call(*args, **options)  # type: ignore[arg-type]
        clock.pass_(minutes=2)
        sweep(at=clock())
        return answer

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(delivering, "call", overtaken)
        patched.setattr(delivering, "LONGEST", timedelta(0))
        carried(hook, clock)

    assert Attempt.objects.get().outcome == Outcome.UNKNOWN
    assert the_delivery().state == DeliveryState.WAITING


def test_no_two_workers_have_the_same_delivery_in_hand(acme: Workspace, hook: Hook) -> None:
    happen(acme)

    first = claim(hook.endpoint.id, lease=LEASE, at=AT)

    assert first is not None
    assert first.delivery == the_delivery().id
    assert claim(hook.endpoint.id, lease=LEASE, at=AT) is None
