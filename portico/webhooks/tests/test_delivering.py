"""A courier and a receiver: what is sent, what is answered, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portico.kernel.clock import now
from portico.webhooks.models import DeliveryState, Outcome
from portico.webhooks.pipeline.troubles import said
from portico.webhooks.tests.conftest import Clock, Hook, carried, happen, make_hook, the_delivery
from portico.workspaces.models import Workspace
from tests.make import AT
from tests.peers.receiver import Odd, Receiver, Reply


def test_the_receiver_gets_the_event_signed(acme: Workspace, there: Receiver) -> None:
    clock = Clock(now())  # the library looks at the machine's
    hook = make_hook(acme, there.url)
    event = happen(acme, at=clock())

    assert carried(hook, clock) == 1

    (request,) = there.received
    assert request.verified_by(hook.secret)
    assert request.method == "POST"
    assert request.event["type"] == "settings.changed"
    assert request.event["workspace"] == "acme"
    assert request.event["data"] == {"section": "about-us", "revision": 1, "sensitive": False}
    assert request.id == the_delivery().message_id
    assert the_delivery().event == event.id


def test_a_key_in_the_address_is_sent_and_not_noted(
    acme: Workspace, there: Receiver, clock: Clock
) -> None:
    hook = make_hook(acme, f"{there.url}?key=s3cret&more=?")
    happen(acme)

    carried(hook, clock)

    assert there.last.path == "/hooks?key=s3cret&more=?"
    assert the_delivery().tries.get().url == there.url


def test_a_2xx_is_a_delivery_and_all_of_it_is_noted(
    acme: Workspace, there: Receiver, hook: Hook, clock: Clock
) -> None:
    there.usually = Reply(204, headers={"X-Request-Id": "r-1", "Set-Cookie": "s=1"})
    happen(acme)

    carried(hook, clock)

    delivery, (attempt,) = the_delivery(), the_delivery().tries.all()
    assert (delivery.state, delivery.due_at, delivery.status) == ("delivered", None, 204)
    assert (attempt.number, attempt.outcome, attempt.status) == (1, Outcome.DELIVERED, 204)
    assert attempt.peer == "127.0.0.1"
    assert attempt.url == there.url
    assert attempt.milliseconds is not None
    assert ["x-request-id", "r-1"] in attempt.headers
    assert "set-cookie" not in [name for name, _value in attempt.headers]


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        (Reply(500, b"boom"), Outcome.REFUSED, "answered 500"),
        (Reply(404), Outcome.REFUSED, "answered 404"),
        (Reply(302, headers={"Location": "http://127.0.0.1/x"}), Outcome.REFUSED, "another addr"),
        (Odd.SILENCE, Outcome.UNANSWERED, "did not answer"),
        (Odd.HANG_UP, Outcome.UNANSWERED, ""),
        (Odd.BREAK_OFF, Outcome.UNANSWERED, ""),
        (Odd.GARBAGE, Outcome.UNANSWERED, "not HTTP"),
        (Odd.DRIP, Outcome.UNANSWERED, "did not answer"),
    ],
)
def test_anything_else_is_a_failure_with_a_sentence_and_is_tried_again(
    acme: Workspace,
    there: Receiver,
    hook: Hook,
    clock: Clock,
    answer: Reply | Odd,
    outcome: Outcome,
    words: str,
) -> None:
    there.answers = [answer]
    happen(acme)

    carried(hook, clock)

    delivery, (attempt,) = the_delivery(), the_delivery().tries.all()
    assert (delivery.state, delivery.due_at) == (DeliveryState.WAITING, AT + timedelta(seconds=5))
    assert attempt.outcome == outcome
    assert said(attempt.trouble)
    assert words in said(attempt.trouble)
    assert len(there.received) == 1  # nobody followed the redirect


def test_a_retry_carries_the_same_id_and_the_same_bytes_and_a_new_time(
    acme: Workspace, there: Receiver, hook: Hook, clock: Clock
) -> None:
    there.answers = [Reply(500), Reply(502)]
    happen(acme)

    for _number in range(3):
        carried(hook, clock)
        clock.pass_(minutes=10)

    first, second, third = there.received
    assert first.id == second.id == third.id
    assert first.body == second.body == third.body
    assert first.headers["webhook-timestamp"] < second.headers["webhook-timestamp"]
    assert the_delivery().state == DeliveryState.DELIVERED
    assert [attempt.outcome for attempt in the_delivery().tries.all()] == [
        Outcome.REFUSED,
        Outcome.REFUSED,
        Outcome.DELIVERED,
    ]


def test_of_an_endless_answer_16_kib_are_read(
    acme: Workspace, there: Receiver, hook: Hook, clock: Clock
) -> None:
    there.answers = [Odd.ENDLESS]
    happen(acme)

    carried(hook, clock)

    (attempt,) = the_delivery().tries.all()
    assert attempt.outcome == Outcome.DELIVERED  # 200 was said
    assert len(bytes(attempt.body)) == 16 * 1024
    assert attempt.cut


def test_what_is_not_due_yet_is_not_sent(
    acme: Workspace, there: Receiver, hook: Hook, clock: Clock
) -> None:
    happen(acme, at=AT + timedelta(seconds=1))

    assert carried(hook, clock) == 0
    assert there.received == []


def test_an_address_that_the_policy_refuses_is_never_connected_to(
    acme: Workspace, there: Receiver, hook: Hook, clock: Clock, settings: pytest.FixtureRequest
) -> None:
    from dataclasses import replace

    happen(acme)
    settings.PORTICO_EGRESS = replace(settings.PORTICO_EGRESS, allowed=())  # type: ignore[attr-defined]

    carried(hook, clock)

    (attempt,) = the_delivery().tries.all()
    assert there.received == []
    assert attempt.outcome == Outcome.UNANSWERED
    assert "leads back to the machine" in said(attempt.trouble)
