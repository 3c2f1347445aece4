"""Workers that died between a server's answer and its being noted, or were taken for dead.

The states are made here as the real ones leave them; `tests/test_mail_at_scale.py` kills real
workers.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from portico.service_email.models import Attempt, Mail, MailQueue, MailState, Outcome
from portico.service_email.pipeline.couriers import Courier
from portico.service_email.pipeline.queueing import TASK, sweep
from portico.service_email.pipeline.rules import MOST_REFUSALS
from portico.service_email.pipeline.tests.conftest import Clock, drained, send_note
from portico.service_email.pipeline.tests.test_draining import empty_queue
from portico.workspaces.models import Workspace
from tests.jobs import waiting
from tests.make import AT
from tests.peers.smtp import MailServer


class Killed(BaseException):
    """As `kill -9`, as far as a test can: nothing more is written."""


def die_after_acceptance(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next letter is handed over, and then the worker is gone."""
    hand_over = Courier.hand_over

    def die(self: Courier, letter: object) -> object:
        hand_over(self, letter)  # type: ignore[arg-type]
        raise Killed

    monkeypatch.setattr(Courier, "hand_over", die)


def test_what_is_under_way_is_noted_before_a_word_is_said_to_the_server(
    acme: Workspace, through: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = send_note(acme)
    die_after_acceptance(monkeypatch)

    with pytest.raises(Killed):
        drained(acme, clock)

    mail.refresh_from_db()
    (attempt,) = mail.tries.all()
    assert len(through.accepted) == 1
    assert (mail.state, mail.attempts) == (MailState.SENDING, 1)
    assert (attempt.ended_at, attempt.outcome) == (None, "")


def test_the_next_drain_says_that_it_may_have_been_delivered_and_sends_it_again(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    mail = send_note(acme)
    with pytest.MonkeyPatch.context() as patched:
        die_after_acceptance(patched)
        with pytest.raises(Killed):
            drained(acme, clock)

    clock.pass_(seconds=30)
    drained(acme, clock)

    mail.refresh_from_db()
    first, second = mail.tries.all()
    assert (first.outcome, first.ended_at) == (Outcome.UNKNOWN, clock.at)
    assert "may have been delivered" in first.reply
    assert (second.outcome, second.number) == (Outcome.ACCEPTED, 2)
    assert mail.state == MailState.SENT
    # Twice, and seen to be the same by whoever receives it.
    assert len(through.accepted) == 2
    assert len({taken.message_id for taken in through.accepted}) == 1


def test_the_sweep_finds_what_a_dead_worker_left_where_its_job_is_gone_too(
    acme: Workspace, clock: Clock
) -> None:
    mail = send_note(acme)
    Mail.objects.filter(id=mail.id).update(state=MailState.SENDING)
    empty_queue()

    assert sweep(at=clock.at) == 1
    assert waiting(TASK) == [{"workspace_id": str(acme.id)}]


def test_a_mail_that_takes_its_worker_down_each_time_waits_ever_longer_and_is_given_up(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    mail = send_note(acme)
    through.refuse_sender = "451 4.3.0 Not now"  # so that only the taking up is looked at
    found = []

    for refusals in (0, 1, MOST_REFUSALS - 1):
        MailQueue.objects.filter(workspace=acme).update(paused_until=None)
        Mail.objects.filter(id=mail.id).update(
            state=MailState.SENDING, refusals=refusals, due_at=AT, finished_at=None
        )
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("portico.service_email.pipeline.batches.MOST_MAILS", 0)
            drained(acme, clock)
        mail.refresh_from_db()
        found.append((mail.state, mail.due_at))

    assert found == [
        (MailState.QUEUED, AT),
        (MailState.QUEUED, AT + timedelta(minutes=2)),
        (MailState.FAILED, None),
    ]


def test_a_drain_that_was_taken_for_dead_claims_nothing_more(
    acme: Workspace, through: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        send_note(acme, number=number)
    hand_over = Courier.hand_over

    def lose_place(self: Courier, letter: object) -> object:
        MailQueue.objects.filter(workspace=acme).update(drain=uuid4())  # another has begun
        return hand_over(self, letter)  # type: ignore[arg-type]

    monkeypatch.setattr(Courier, "hand_over", lose_place)

    drained(acme, clock)

    assert len(through.accepted) == 1
    states = Mail.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [MailState.SENT, MailState.QUEUED, MailState.QUEUED]


def test_what_was_noted_meanwhile_is_not_overwritten_by_a_drain_taken_for_dead(
    acme: Workspace, through: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = send_note(acme)
    hand_over = Courier.hand_over

    def taken_up(self: Courier, letter: object) -> object:
        reply = hand_over(self, letter)  # type: ignore[arg-type]
        Attempt.objects.filter(mail=mail).update(outcome=Outcome.UNKNOWN, ended_at=clock.at)
        Mail.objects.filter(id=mail.id).update(state=MailState.QUEUED, refusals=1)
        MailQueue.objects.filter(workspace=acme).update(drain=uuid4())
        return reply

    monkeypatch.setattr(Courier, "hand_over", taken_up)

    drained(acme, clock)

    mail.refresh_from_db()
    assert (mail.state, mail.refusals) == (MailState.QUEUED, 1)
    assert mail.tries.get().outcome == Outcome.UNKNOWN
