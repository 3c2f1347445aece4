"""A drain and a server that takes mail: what is said, what is kept, over how many connections."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django import app

from portico.outbox import leaving
from portico.service_email.look import content
from portico.service_email.look.content import HIDDEN, Content, MailTemplate
from portico.service_email.models import Attempt, Mail, MailQueue, MailState, Outcome
from portico.service_email.pipeline import batches
from portico.service_email.pipeline.draining import drain
from portico.service_email.pipeline.queueing import TASK
from portico.service_email.pipeline.tests.conftest import (
    Clock,
    drained,
    send_note,
    use_server,
)
from portico.service_email.services import send
from portico.workspaces.models import Workspace
from tests.jobs import run, waiting
from tests.make import AT
from tests.peers.smtp import MailServer


def test_a_queued_mail_reaches_the_server_and_the_log_says_so(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    mail = send_note(acme)
    clock.pass_(seconds=3)

    drained(acme, clock)

    mail.refresh_from_db()
    (taken,) = through.accepted
    (attempt,) = mail.tries.all()
    assert (taken.sender, taken.recipient) == ("service@acme.example.com", "ada@example.com")
    assert taken.message["From"] == "Acme Pay <service@acme.example.com>"
    assert taken.message["Subject"] == "Note 1"
    assert (mail.state, mail.attempts, mail.due_at) == (MailState.SENT, 1, None)
    assert mail.finished_at == clock.at
    assert mail.reply == attempt.reply == "250 2.0.0 Taken as 1"
    assert (attempt.outcome, attempt.number) == (Outcome.ACCEPTED, 1)
    assert attempt.server == f"127.0.0.1:{through.port}"
    assert (mail.subject, "Note" in mail.text, "<html" in mail.html) == ("Note 1", True, True)


def test_the_message_id_is_in_the_senders_domain_and_kept(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    mail = send_note(acme)

    drained(acme, clock)

    mail.refresh_from_db()
    assert mail.message_id == f"<{mail.id.hex}@acme.example.com>"
    assert through.accepted[0].message_id == mail.message_id


def test_a_link_with_a_token_is_in_the_mail_and_not_in_the_log(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    mail = send("tests.greeting", "ada@example.com", {"name": "Ada"}, acme, at=AT)

    drained(acme, clock)

    mail.refresh_from_db()
    assert b"t0ken-Ada" in through.accepted[0].content
    assert "t0ken" not in mail.html + mail.text + mail.subject + str(mail.context)
    assert HIDDEN in mail.text


def test_many_mails_share_a_connection_in_the_order_in_which_they_were_due(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    for number in range(5):
        send_note(acme, f"p{number}@example.com", number=number)

    drained(acme, clock)

    assert through.recipients() == [f"p{number}@example.com" for number in range(5)]
    assert through.connections == 1


@pytest.mark.parametrize("behavior", ["hang_up_after", "enough_after"])
def test_a_server_that_takes_two_mails_a_connection_gets_as_many_connections_as_it_wants(
    acme: Workspace, through: MailServer, clock: Clock, behavior: str
) -> None:
    setattr(through, behavior, 2)
    mails = [send_note(acme, f"p{number}@example.com") for number in range(5)]

    drained(acme, clock)

    assert len(through.accepted) == 5
    assert through.connections == 3
    assert {mail.tries.count() for mail in mails} == {1}


def test_a_mail_that_is_not_due_yet_waits(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    mail = send_note(acme)
    Mail.objects.filter(id=mail.id).update(due_at=AT + timedelta(minutes=1))

    drained(acme, clock)
    assert through.accepted == []

    clock.pass_(minutes=1)
    drained(acme, clock)
    assert len(through.accepted) == 1


def test_draining_again_sends_nothing_twice(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    send_note(acme)

    drained(acme, clock)
    drained(acme, clock)

    assert len(through.accepted) == 1


def test_another_workspaces_mail_is_left_alone(
    acme: Workspace, zenith: Workspace, through: MailServer, clock: Clock
) -> None:
    theirs = send_note(zenith, "zoe@example.com")

    drained(acme, clock)

    theirs.refresh_from_db()
    assert theirs.state == MailState.QUEUED
    assert through.accepted == []


def test_each_workspace_sends_through_its_own_server(
    acme: Workspace, zenith: Workspace, through: MailServer, clock: Clock
) -> None:
    use_server(zenith, through.port)
    send_note(acme, "ada@example.com")
    send_note(zenith, "zoe@example.com")

    drained(acme, clock)
    drained(zenith, clock)

    assert [(mail.sender, mail.recipient) for mail in through.accepted] == [
        ("service@acme.example.com", "ada@example.com"),
        ("service@zenith.example.com", "zoe@example.com"),
    ]


def test_a_batch_is_a_hundred_mails_and_then_others_have_their_turn(
    acme: Workspace, through: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MOST_MAILS", 3)
    for number in range(4):
        send_note(acme, number=number)
    empty_queue()

    drained(acme, clock)
    assert len(through.accepted) == 3
    assert waiting(TASK) == [{"workspace_id": str(acme.id)}]

    empty_queue()
    drained(acme, clock)
    assert len(through.accepted) == 4
    assert waiting(TASK) == []


def test_a_batch_ends_after_five_seconds_with_the_mail_that_was_begun(
    acme: Workspace, through: MailServer
) -> None:
    for number in range(9):
        send_note(acme, number=number)
    empty_queue()
    ticks = iter(range(1000))

    drain(acme.id, clock=lambda: AT + timedelta(seconds=next(ticks)))

    sent = Mail.objects.filter(state=MailState.SENT).count()
    assert 0 < sent == len(through.accepted) < 9
    assert Mail.objects.filter(state=MailState.QUEUED).count() == 9 - sent
    assert waiting(TASK) == [{"workspace_id": str(acme.id)}]


def test_a_worker_that_is_told_to_stop_leaves_after_the_mail_in_hand(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    for number in range(3):
        send_note(acme, number=number)
    empty_queue()

    leaving.leave()
    try:
        drained(acme, clock)
    finally:
        leaving.stay()

    assert through.accepted == []
    assert waiting(TASK) == [{"workspace_id": str(acme.id)}]
    assert not Attempt.objects.exists()


def test_the_rate_limit_holds_mail_back_until_there_is_allowance_again(
    acme: Workspace, through: MailServer, clock: Clock, settings: Any
) -> None:
    settings.PORTICO_MAIL_RATE = 24  # a minute, so one in 2.5 s, and six at once
    for number in range(9):
        send_note(acme, number=number)
    empty_queue()

    drained(acme, clock)
    assert len(through.accepted) == 6
    assert waiting(TASK) == []  # the sweep comes by

    clock.pass_(seconds=2)
    drained(acme, clock)
    assert len(through.accepted) == 6

    clock.pass_(seconds=0.5)
    drained(acme, clock)
    assert len(through.accepted) == 7


def test_allowance_for_what_could_not_be_sent_is_given_back(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    through.refuse_sender = "451 4.3.0 Not now"
    for number in range(5):
        send_note(acme, number=number)

    drained(acme, clock)

    assert MailQueue.objects.get(workspace=acme).allowance == pytest.approx(150)


def test_a_recipient_beyond_ascii_goes_out_with_smtputf8(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    send_note(acme, "jürgen@bücher.example")

    drained(acme, clock)

    assert through.recipients() == ["jürgen@xn--bcher-kva.example"]


def test_a_workspace_that_is_gone_has_nothing_to_drain(db: None) -> None:
    drain(uuid4())

    assert not MailQueue.objects.exists()


def test_each_mail_costs_one_statement_and_one_commit(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    counts: list[int] = []
    for size in (1, 1, 1, 11):  # the first ones draw the logo, and know it from then on
        for number in range(size):
            send_note(acme, number=number)
        with CaptureQueriesContext(connection) as queries:
            drained(acme, clock)
        counts.append(len(queries))

    assert counts[-1] - counts[-2] == 10


def test_a_template_that_breaks_fails_its_own_mails_only(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    broken = send("tests.note", "ada@example.com", {"wrong": 1}, acme, at=AT)
    fine = send_note(acme)

    drained(acme, clock)

    broken.refresh_from_db()
    fine.refresh_from_db()
    assert (broken.state, broken.due_at) == (MailState.FAILED, None)
    assert "could not be written" in broken.reply
    assert fine.state == MailState.SENT


def test_a_database_that_fails_while_a_mail_is_written_fails_no_mail(
    acme: Workspace, through: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(context: object, links: object) -> Content:
        raise OperationalError("deadlock detected")

    template = MailTemplate(name="tests.note", title="Note", compose=ask)
    with monkeypatch.context() as patched:
        patched.setitem(content._templates, "tests.note", template)
        mail = send_note(acme)
        with pytest.raises(OperationalError):
            drained(acme, clock)
    mail.refresh_from_db()
    state = mail.state

    drained(acme, clock)

    mail.refresh_from_db()
    assert (state, mail.state, mail.attempts) == (MailState.QUEUED, MailState.SENT, 1)


def test_a_template_that_is_gone_fails_its_mails_in_plain_words(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    mail = send_note(acme)
    Mail.objects.filter(id=mail.id).update(template="tests.no_longer")

    drained(acme, clock)

    mail.refresh_from_db()
    assert (mail.state, "no longer sent" in mail.reply) == (MailState.FAILED, True)


def empty_queue() -> None:
    """Take the waiting jobs away, as a worker would have."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def test_the_jobs_do_all_of_that(acme: Workspace, through: MailServer, clock: Clock) -> None:
    send_note(acme)
    empty_queue()

    app.tasks["service_email.sweep"].func(timestamp=0)
    assert run(TASK) == 1

    assert len(through.accepted) == 1
    Mail.objects.update(finished_at=AT - timedelta(days=4000))
    app.tasks["service_email.forget"].func(timestamp=0)
    assert not Mail.objects.exists()
