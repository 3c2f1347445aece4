"""From an event to a delivery for each endpoint that asks for it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pydantic import ValidationError

from portico.basic_settings import services as settings_services
from portico.basic_settings.registry import section_named
from portico.outbox.models import Event
from portico.outbox.services import publish
from portico.webhooks.forwarding import forward
from portico.webhooks.models import Delivery, DeliveryState
from portico.webhooks.pipeline.queueing import TASK
from portico.webhooks.tests.conftest import happen, make_hook
from portico.workspaces.models import Workspace
from tests.jobs import run, waiting
from tests.make import AT


def test_each_endpoint_that_asks_for_it_gets_it_and_no_other(
    acme: Workspace, zenith: Workspace
) -> None:
    asking = {make_hook(acme).endpoint.id, make_hook(acme).endpoint.id}
    make_hook(acme, events=("legal.published",))
    make_hook(zenith)

    event = happen(acme)

    deliveries = Delivery.objects.all()
    assert {one.endpoint_id for one in deliveries} == asking
    assert {one.workspace_id for one in deliveries} == {acme.id}
    assert {one.event for one in deliveries} == {event.id}
    assert len({one.body for one in deliveries}) == 1
    assert {one["endpoint_id"] for one in waiting(TASK)} == {str(one) for one in asking}


def test_an_event_that_is_heard_twice_is_delivered_once(acme: Workspace) -> None:
    make_hook(acme)
    event = happen(acme)

    forward(event)

    assert Delivery.objects.count() == 1


def test_a_save_of_the_settings_goes_all_the_way(acme: Workspace) -> None:
    from portico.audit.services import PLATFORM

    make_hook(acme)
    settings_services.save(
        acme,
        section_named("about-us"),
        {"url": "https://example.com/"},
        based_on=0,
        by=PLATFORM,
        at=AT,
    )

    run("outbox.deliver")

    delivery = Delivery.objects.get()
    assert delivery.state == DeliveryState.WAITING
    assert '"section":"about-us"' in delivery.body
    assert "example.com/" not in delivery.body.replace("acme", "")


def test_the_id_of_a_message_is_that_of_its_event(acme: Workspace) -> None:
    make_hook(acme)
    make_hook(acme)
    happen(acme)

    (message_id,) = {one.message_id for one in Delivery.objects.all()}

    assert message_id.startswith("msg_")
    assert len(message_id) == len("msg_") + 26


def test_an_event_that_breaks_its_promise_is_kept_for_a_program_that_is_mended(
    acme: Workspace,
) -> None:
    make_hook(acme)
    event = publish("settings.changed", workspace_id=acme.id, payload={"odd": 1}, at=AT)

    with pytest.raises(ValidationError):
        forward(event)

    assert Event.objects.filter(id=event.id).exists()
    assert not Delivery.objects.exists()


def test_a_workspace_without_endpoints_costs_one_look(acme: Workspace) -> None:
    event = publish(
        "settings.changed",
        workspace_id=acme.id,
        payload={"section": "about-us", "revision": 1, "sensitive": False},
        at=AT,
    )

    with CaptureQueriesContext(connection) as queries:
        forward(event)

    assert len([one for one in queries if one["sql"].startswith("SELECT")]) == 1
