"""A worker that is killed while a receiver has an event and has not answered yet."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from conftest import make_cast
from portico.audit.services import PLATFORM
from portico.egress.configuration import outbound_in
from portico.egress.services import choose
from portico.kernel.clock import now
from portico.outbox.services import publish
from portico.webhooks.models import Delivery, DeliveryState, Outcome
from portico.workspaces.models import Workspace
from tests.make import make_webhook
from tests.peers.receiver import Receiver, receiver
from tests.processes.conftest import Starter
from tests.processes.program import Program, wait_until
from tests.processes.test_leaving_worker import address

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("empty_queue"),
]
FROM, AT = "127.0.0.7", "127.0.0.9"
EVENTS = 5


def start_worker(start: Starter) -> Program:
    """A real one, whose calls can leave from 127.0.0.7."""
    return start(
        [sys.executable, "-m", "portico.config.cli", "worker"],
        DATABASE_URL=address(),
        PORTICO_EGRESS_IPS=FROM,
        PORTICO_DATA_DIR=os.environ["PORTICO_DATA_DIR"],
    )


def change_settings(workspace: Workspace, times: int) -> None:
    """As saving a section tells of it."""
    for number in range(times):
        payload = {"section": "about-us", "revision": number, "sensitive": False}
        publish("settings.changed", workspace_id=workspace.id, payload=payload, at=now())


def let_the_lease_end() -> None:
    """As if so much time had passed that the dead worker's are taken for lost."""
    past = now() - timedelta(minutes=1)
    Delivery.objects.filter(state=DeliveryState.SENDING).update(due_at=past)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = %s", [past])


def all_delivered() -> bool:
    """Whether every event has arrived, as far as we know."""
    return Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == EVENTS


def test_after_a_kill_in_the_middle_every_event_is_delivered_once_under_its_id(
    start: Starter, settings: Any
) -> None:
    acme = make_cast().acme
    settings.PORTICO_EGRESS = replace(settings.PORTICO_EGRESS, outbound=outbound_in(FROM))
    choose(acme, [FROM], by=PLATFORM, at=now())
    with receiver(host=AT) as there:
        _endpoint, secret = make_webhook(acme, there.url)
        there.gate.clear()  # it has the event, and says nothing yet
        change_settings(acme, EVENTS)

        first = start_worker(start)
        wait_until(lambda: bool(there.received), within=60, what=first.said())
        first.kill(first.pid)
        first.process.wait(timeout=15)
        killed_with = [one.id for one in there.received]
        there.gate.set()
        let_the_lease_end()

        second = start_worker(start)
        wait_until(all_delivered, within=60, what=second.said())

        look_at(there, secret, killed_with)


def look_at(there: Receiver, secret: str, killed_with: list[str]) -> None:
    """Who called, with what, and what the log says."""
    assert {one.peer for one in there.received} == {FROM}
    assert all(one.verified_by(secret) for one in there.received)

    # What the dead worker had in hand came again under the same id, with the same bytes; all else
    # came once.
    times = Counter(one.id for one in there.received)
    assert set(times) == {one.message_id for one in Delivery.objects.all()}
    assert {id_ for id_, count in times.items() if count > 1} == set(killed_with)
    assert len({(one.id, one.body) for one in there.received}) == EVENTS

    # One attempt a delivery brought an answer, and only what nobody knows of stands beside it.
    for delivery in Delivery.objects.all():
        outcomes = [one.outcome for one in delivery.tries.all()]
        lost = delivery.message_id in killed_with
        assert outcomes == [*([Outcome.UNKNOWN] if lost else []), Outcome.DELIVERED]
        assert delivery.tries.last().source == FROM  # type: ignore[union-attr]
