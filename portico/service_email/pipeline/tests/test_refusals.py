"""What becomes of a mail that the server does not take."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portico.service_email.models import Mail, MailQueue, MailState, Outcome
from portico.service_email.pipeline.rules import MOST_REFUSALS
from portico.service_email.pipeline.tests.conftest import Clock, drained, send_note
from portico.workspaces.models import Workspace
from tests.make import AT
from tests.peers.smtp import MailServer

NOBODY = "550 5.1.1 Nobody of that name"
LATER = "450 4.2.1 Come back later"


def rests_until(workspace: Workspace) -> datetime:
    queue = MailQueue.objects.filter(workspace=workspace).first()
    return (queue and queue.paused_until) or AT


def test_a_permanent_refusal_fails_the_mail_at_once_with_the_servers_words(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    through.refuse_recipients["ada@example.com"] = NOBODY
    mail = send_note(acme)

    drained(acme, clock)

    mail.refresh_from_db()
    (attempt,) = mail.tries.all()
    assert (mail.state, mail.due_at, mail.finished_at) == (MailState.FAILED, None, clock.at)
    assert mail.reply == attempt.reply == NOBODY
    assert (attempt.outcome, attempt.stage) == (Outcome.PERMANENT, "recipient")


@pytest.mark.parametrize("refuse", ["refuse_recipients", "refuse_messages"])
def test_a_refusal_for_now_is_tried_again_after_ever_longer_waits(
    acme: Workspace, through: MailServer, clock: Clock, refuse: str
) -> None:
    getattr(through, refuse)["ada@example.com"] = LATER
    mail = send_note(acme)
    waits = []

    for _attempt in range(4):
        drained(acme, clock)
        mail.refresh_from_db()
        waits.append((mail.due_at - clock.at).total_seconds() if mail.due_at else None)
        clock.at = mail.due_at or clock.at

    assert waits == [60, 120, 240, 480]
    assert (mail.state, mail.reply, mail.attempts) == (MailState.QUEUED, LATER, 4)
    assert set(mail.tries.values_list("outcome", flat=True)) == {Outcome.TEMPORARY}


def test_once_the_server_takes_it_the_mail_is_sent_under_the_same_message_id(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    through.refuse_recipients["ada@example.com"] = LATER
    mail = send_note(acme)
    drained(acme, clock)
    mail.refresh_from_db()
    first = mail.message_id
    through.refuse_recipients.clear()

    clock.pass_(minutes=1)
    drained(acme, clock)

    mail.refresh_from_db()
    assert (mail.state, mail.message_id) == (MailState.SENT, first)
    assert through.accepted[0].message_id == first
    assert [attempt.outcome for attempt in mail.tries.all()] == ["temporary", "accepted"]


def test_in_the_end_a_mail_is_given_up(acme: Workspace, through: MailServer, clock: Clock) -> None:
    through.refuse_recipients["ada@example.com"] = LATER
    mail = send_note(acme)
    Mail.objects.filter(id=mail.id).update(refusals=MOST_REFUSALS - 1)

    drained(acme, clock)

    mail.refresh_from_db()
    assert (mail.state, mail.due_at, mail.reply) == (MailState.FAILED, None, LATER)


def test_a_refused_mail_holds_up_no_other_and_rests_no_queue(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    through.refuse_recipients |= {"p0@example.com": NOBODY, "p1@example.com": LATER}
    for number in range(4):
        send_note(acme, f"p{number}@example.com")

    drained(acme, clock)

    queue = MailQueue.objects.get(workspace=acme)
    assert through.recipients() == ["p2@example.com", "p3@example.com"]
    assert (queue.failures, queue.paused_until) == (0, None)


def test_a_mail_at_which_the_server_hangs_up_each_time_holds_up_no_other(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    through.hang_up_at.add("p1@example.com")
    mails = [send_note(acme, f"p{number}@example.com") for number in range(4)]

    drained(acme, clock)

    poison = mails[1]
    poison.refresh_from_db()
    assert through.recipients() == ["p0@example.com", "p2@example.com", "p3@example.com"]
    assert poison.state == MailState.QUEUED
    assert poison.due_at
    assert poison.due_at > clock.at
    assert MailQueue.objects.get(workspace=acme).paused_until is None


def test_even_first_in_line_such_a_mail_lets_the_others_by_after_a_minute(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    through.hang_up_at.add("p0@example.com")
    for number in range(3):
        send_note(acme, f"p{number}@example.com")

    drained(acme, clock)
    clock.at += timedelta(minutes=1)
    drained(acme, clock)

    assert through.recipients() == ["p1@example.com", "p2@example.com"]


@pytest.mark.parametrize("nonsense", ["", "HTTP/1.1 200 OK"])
def test_a_first_mail_whose_answer_was_lost_leaves_its_trace(
    acme: Workspace, through: MailServer, clock: Clock, nonsense: str
) -> None:
    through.nonsense = nonsense
    through.no_answer_to.add("p0@example.com")
    mail = send_note(acme, "p0@example.com")

    drained(acme, clock)

    mail.refresh_from_db()
    (attempt,) = mail.tries.all()
    assert through.recipients() == ["p0@example.com"]  # it was delivered
    assert (attempt.outcome, attempt.stage, attempt.ended_at) == ("unknown", "message", clock.at)
    assert (mail.state, mail.refusals, mail.attempts) == (MailState.QUEUED, 1, 1)
    assert MailQueue.objects.get(workspace=acme).paused_until


def test_a_server_that_never_answers_gets_a_mail_so_often_and_no_more(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    through.no_answer_to.add("p0@example.com")
    mail = send_note(acme, "p0@example.com")

    for _attempt in range(MOST_REFUSALS + 3):
        clock.at = max(mail.due_at or clock.at, rests_until(acme))
        drained(acme, clock)
        mail.refresh_from_db()

    assert (mail.state, mail.refusals) == (MailState.FAILED, MOST_REFUSALS)
    assert len(through.accepted) == mail.tries.filter(outcome="unknown").count() == MOST_REFUSALS
    assert len({taken.message_id for taken in through.accepted}) == 1
