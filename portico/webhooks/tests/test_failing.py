"""Receivers that refuse for longer: rests, retries, giving up, and disabling."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.service_email.models import Mail
from portico.webhooks.models import Delivery, DeliveryState, Endpoint, Stop
from portico.webhooks.pipeline.troubles import said
from portico.webhooks.tests.conftest import (
    Clock,
    Hook,
    carried,
    happen,
    the_delivery,
)
from portico.workspaces.models import Workspace
from tests.make import AT
from tests.peers.receiver import Odd, Receiver, Reply


def fail_to_the_end(hook: Hook, clock: Clock) -> int:
    """Try again whenever it is due; how many attempts that were."""
    attempts = 0
    while (delivery := the_delivery()).due_at is not None:
        clock.at = max(delivery.due_at, hook.now.resting_until or delivery.due_at)
        attempts += carried(hook, clock)
    return attempts


@pytest.mark.parametrize("answer", [Reply(500), Odd.HANG_UP])
def test_after_three_days_of_nothing_but_failures_the_endpoint_is_disabled(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock, answer: Reply | Odd
) -> None:
    there.usually = answer
    happen(cast.acme)

    attempts = fail_to_the_end(hook, clock)

    assert attempts == 10
    assert clock() - AT > timedelta(days=3)
    assert (hook.now.enabled, hook.now.disabled_because) == (False, Stop.FAILING)
    assert the_delivery().state == DeliveryState.FAILED
    assert {one.id for one in there.received} == {the_delivery().message_id}


def test_all_admins_are_told_by_mail_and_the_log_knows_it_was_the_platform(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock
) -> None:
    there.usually = Reply(500)
    Endpoint.objects.update(failing_since=AT - timedelta(days=3), failures=20)
    happen(cast.acme)

    carried(hook, clock)

    (mail,) = Mail.objects.filter(template="webhook_disabled")
    assert mail.recipient == cast.admin.person.email
    assert mail.context["endpoint"] == "Ledger"
    assert mail.context["failures"] == 21
    entry = AuditEntry.objects.get(action="webhook.disabled")
    assert (entry.actor_id, entry.reason) == (None, "failing")


def test_the_address_in_that_mail_holds_no_key(
    cast: Cast, hook: Hook, there: Receiver, clock: Clock
) -> None:
    there.usually = Reply(410)
    Endpoint.objects.update(url=f"{there.url}?key=k3y")
    happen(cast.acme)

    carried(hook, clock)

    assert "k3y" not in str(Mail.objects.get(template="webhook_disabled").context)


def test_what_waits_when_an_endpoint_is_disabled_is_held(
    acme: Workspace, hook: Hook, there: Receiver, clock: Clock
) -> None:
    there.usually = Reply(500)
    happen(acme, number=1)
    happen(acme, number=2, at=AT + timedelta(hours=1))
    Endpoint.objects.update(failing_since=AT - timedelta(days=3), failures=20)

    carried(hook, clock)

    states = Delivery.objects.order_by("created_at").values_list("state", flat=True)
    assert list(states) == [DeliveryState.HELD, DeliveryState.HELD]


def test_one_success_and_all_is_forgotten(
    acme: Workspace, hook: Hook, there: Receiver, clock: Clock
) -> None:
    there.answers = [Odd.HANG_UP]
    happen(acme)
    carried(hook, clock)
    assert (hook.now.failing_since, hook.now.failures) == (AT, 1)

    clock.pass_(minutes=1)
    carried(hook, clock)

    assert (hook.now.failing_since, hook.now.failures, hook.now.resting_until) == (None, 0, None)


def test_410_disables_at_once(cast: Cast, hook: Hook, there: Receiver, clock: Clock) -> None:
    there.usually = Reply(410)
    happen(cast.acme)

    carried(hook, clock)

    assert hook.now.disabled_because == Stop.GONE
    assert the_delivery().state == DeliveryState.FAILED
    assert Mail.objects.get(template="webhook_disabled").context["because"] == "gone"


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_asks_for_time_is_left_alone(
    acme: Workspace, hook: Hook, there: Receiver, clock: Clock, status: int
) -> None:
    there.answers = [Reply(status, headers={"Retry-After": "120"})]
    happen(acme, number=1)
    carried(hook, clock)
    happen(acme, number=2)

    assert carried(hook, clock) == 0
    clock.pass_(seconds=119)
    assert carried(hook, clock) == 0
    clock.pass_(seconds=1)
    assert carried(hook, clock) == 2

    first = Delivery.objects.order_by("id").first()
    assert first is not None
    assert "120 seconds" in said(first.tries.all()[0].trouble)


def test_elsewhere_retry_after_means_nothing(
    acme: Workspace, hook: Hook, there: Receiver, clock: Clock
) -> None:
    there.answers = [Reply(500, headers={"Retry-After": "86400"})]
    happen(acme)

    carried(hook, clock)

    assert the_delivery().due_at == AT + timedelta(seconds=5)


def test_who_does_not_answer_is_left_alone_and_holds_up_no_worker(
    acme: Workspace, hook: Hook, there: Receiver, clock: Clock
) -> None:
    there.usually = Odd.HANG_UP
    for number in range(10):
        happen(acme, number=number)

    assert carried(hook, clock) == 1

    assert hook.now.resting_until == AT + timedelta(seconds=1)
    assert len(there.received) == 1


def test_a_refusal_for_one_event_keeps_no_other_back(
    acme: Workspace, hook: Hook, there: Receiver, clock: Clock
) -> None:
    there.answers = [Reply(400)]
    for number in range(3):
        happen(acme, number=number)

    assert carried(hook, clock) == 3

    assert [one.event["data"]["revision"] for one in there.received] == [0, 1, 2]
    states = Delivery.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["waiting", "delivered", "delivered"]
