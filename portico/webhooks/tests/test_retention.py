"""The log is kept for 30 days."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portico.webhooks.models import Attempt, Delivery, DeliveryState
from portico.webhooks.pipeline.retention import forget
from portico.webhooks.tests.conftest import Clock, Hook, carried, happen
from portico.workspaces.models import Workspace
from tests.make import AT
from tests.peers.receiver import Receiver


def test_what_is_older_than_30_days_is_forgotten_with_its_attempts(
    acme: Workspace, hook: Hook, there: Receiver, clock: Clock
) -> None:
    for number in range(3):
        happen(acme, number=number)
    happen(acme, number=4, at=AT + timedelta(days=1))
    clock.pass_(days=1)
    carried(hook, clock)

    assert forget(at=AT + timedelta(days=30, seconds=1), at_once=2) == 3

    assert Delivery.objects.get().created_at == AT + timedelta(days=1)
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "left"), [("waiting", 1), ("sending", 1), ("held", 0), ("failed", 0)]
)
def test_what_is_on_its_way_is_never_too_old_and_what_is_held_is(
    acme: Workspace, hook: Hook, state: str, left: int
) -> None:
    happen(acme)
    due_at = AT if state in {DeliveryState.WAITING, DeliveryState.SENDING} else None
    Delivery.objects.update(state=state, due_at=due_at)

    forget(at=AT + timedelta(days=60))

    assert Delivery.objects.count() == left
