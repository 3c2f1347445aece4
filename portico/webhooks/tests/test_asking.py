"""Tests of an endpoint, and events that are sent once more because somebody wants it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.webhooks import services
from portico.webhooks.models import Delivery, DeliveryState, Endpoint
from portico.webhooks.pipeline.queueing import TASK
from portico.webhooks.services.asking import MOST_TESTS
from portico.webhooks.services.errors import BeingSent, EndpointDisabled, TooManyTests
from portico.webhooks.tests.conftest import (
    Clock,
    Hook,
    carried,
    empty_queue,
    happen,
    the_delivery,
)
from tests.jobs import waiting
from tests.make import AT, actor
from tests.peers.receiver import Odd, Receiver, Reply


def test_a_test_goes_the_way_of_all_events(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock
) -> None:
    services.send_test(cast.acme, hook.endpoint.id, by=actor(cast.admin), at=AT)

    assert waiting(TASK) == [{"endpoint_id": str(hook.endpoint.id), "lane": 0}]
    carried(hook, clock)

    assert there.last.event["type"] == "webhook.test"
    assert there.last.event["data"]["endpoint"] == str(hook.endpoint.id)
    assert there.last.id == the_delivery().message_id
    assert AuditEntry.objects.filter(action="webhook.tested").count() == 1


def test_a_test_that_fails_is_not_tried_again_and_says_nothing_of_the_endpoint(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock
) -> None:
    there.usually = Reply(410)
    services.send_test(cast.acme, hook.endpoint.id, by=actor(cast.admin), at=AT)

    carried(hook, clock)

    assert the_delivery().state == DeliveryState.FAILED
    assert hook.now.enabled
    assert hook.now.failures == 0


def test_a_disabled_endpoint_can_be_tested(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock
) -> None:
    services.disable_endpoint(cast.acme, hook.endpoint.id, by=actor(cast.admin), at=AT)
    happen(cast.acme)

    services.send_test(cast.acme, hook.endpoint.id, by=actor(cast.admin), at=AT)
    carried(hook, clock)

    assert [one.event["type"] for one in there.received] == ["webhook.test"]


def test_a_test_overtakes_what_waits_and_does_not_wait_for_a_rest_to_end(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock
) -> None:
    happen(cast.acme)
    Endpoint.objects.update(resting_until=AT + timedelta(hours=1))

    services.send_test(cast.acme, hook.endpoint.id, by=actor(cast.admin), at=AT)
    there.answers = [Odd.HANG_UP]
    carried(hook, clock)

    assert [one.event["type"] for one in there.received] == ["webhook.test"]


def test_a_few_tests_a_minute_are_enough(cast: Cast, hook: Hook) -> None:
    by = actor(cast.admin)
    for _number in range(MOST_TESTS):
        services.send_test(cast.acme, hook.endpoint.id, by=by, at=AT)

    with pytest.raises(TooManyTests):
        services.send_test(cast.acme, hook.endpoint.id, by=by, at=AT + timedelta(seconds=59))

    services.send_test(cast.acme, hook.endpoint.id, by=by, at=AT + timedelta(seconds=61))
    assert Delivery.objects.count() == MOST_TESTS + 1


@pytest.mark.parametrize(
    "state",
    [
        DeliveryState.DELIVERED,
        DeliveryState.FAILED,
        DeliveryState.DISCARDED,
        DeliveryState.WAITING,
    ],
)
def test_an_event_is_sent_once_more_under_the_same_id(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock, state: DeliveryState
) -> None:
    happen(cast.acme)
    due_at = AT + timedelta(hours=5) if state == DeliveryState.WAITING else None
    Delivery.objects.update(state=state, due_at=due_at, refusals=7, attempts=1)
    empty_queue()

    services.redeliver(cast.acme, hook.endpoint.id, the_delivery().id, by=actor(cast.admin), at=AT)

    assert len(waiting(TASK)) == 1
    carried(hook, clock)
    assert there.last.id == the_delivery().message_id
    assert the_delivery().state == DeliveryState.DELIVERED
    entry = AuditEntry.objects.get(action="webhook.redelivered")
    assert entry.changes[0]["after"] == the_delivery().message_id


def test_a_redelivery_that_fails_is_tried_again_for_three_days_anew(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock
) -> None:
    happen(cast.acme)
    carried(hook, clock)
    there.answers = [Reply(500)]

    services.redeliver(cast.acme, hook.endpoint.id, the_delivery().id, by=actor(cast.admin), at=AT)
    carried(hook, clock)

    delivery = the_delivery()
    assert (delivery.state, delivery.refusals, delivery.urgent) == (DeliveryState.WAITING, 1, False)


def test_what_is_being_sent_is_not_sent_twice_at_once(cast: Cast, hook: Hook) -> None:
    happen(cast.acme)
    Delivery.objects.update(state=DeliveryState.SENDING)

    with pytest.raises(BeingSent):
        services.redeliver(
            cast.acme, hook.endpoint.id, the_delivery().id, by=actor(cast.admin), at=AT
        )


def test_to_a_disabled_endpoint_nothing_is_redelivered(cast: Cast, hook: Hook) -> None:
    happen(cast.acme)
    services.disable_endpoint(cast.acme, hook.endpoint.id, by=actor(cast.admin), at=AT)

    with pytest.raises(EndpointDisabled):
        services.redeliver(
            cast.acme, hook.endpoint.id, the_delivery().id, by=actor(cast.admin), at=AT
        )
