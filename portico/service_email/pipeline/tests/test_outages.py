"""A server that fails: the queue rests, admins hear of it, and it goes on by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.kernel.clock import now
from portico.service_email.models import Attempt, Mail, MailQueue, MailState
from portico.service_email.pipeline.alarms import TASK as ALARM
from portico.service_email.pipeline.pausing import unpause
from portico.service_email.pipeline.queueing import TASK, sweep
from portico.service_email.pipeline.tests.conftest import (
    Clock,
    allow_port,
    drained,
    send_note,
    use_server,
)
from portico.service_email.pipeline.tests.test_draining import empty_queue
from portico.service_email.pipeline.troubles import trouble_of
from portico.service_email.smtp.stages import StageName
from portico.workspaces.models import Workspace
from tests.jobs import run, waiting
from tests.make import AT, make_member
from tests.peers.smtp import MailServer
from tests.processes.program import free_port

NOT_NOW = "451 4.3.0 Not now"


@pytest.fixture
def dead_port(settings: Any, acme: Workspace) -> int:
    """A port at which nobody listens, in use by `acme`."""
    port = free_port()
    allow_port(settings, port)
    use_server(acme, port)
    return port


def queue_of(workspace: Workspace) -> MailQueue:
    return MailQueue.objects.get(workspace=workspace)


def actions() -> list[str]:
    """What the audit log says of the mail server."""
    found = AuditEntry.objects.filter(action__startswith="service_email.").order_by("id")
    return list(found.values_list("action", flat=True))


def test_where_nobody_listens_the_queue_rests_and_no_mail_is_touched(
    acme: Workspace, dead_port: int, clock: Clock
) -> None:
    mail = send_note(acme)

    drained(acme, clock)

    mail.refresh_from_db()
    queue = queue_of(acme)
    trouble = trouble_of(queue)
    assert (mail.state, mail.attempts, mail.due_at) == (MailState.QUEUED, 0, AT)
    assert not Attempt.objects.exists()
    assert (queue.failures, queue.failing_since) == (1, AT)
    assert queue.paused_until == AT + timedelta(minutes=1)
    assert trouble
    assert (trouble.name, trouble.code) == (StageName.CONNECT, "connection_refused")
    assert trouble.meaning


def test_the_queue_rests_twice_as_long_each_time_up_to_an_hour(
    acme: Workspace, dead_port: int, clock: Clock
) -> None:
    send_note(acme)
    pauses = []

    for _attempt in range(8):
        drained(acme, clock)
        until = queue_of(acme).paused_until
        assert until
        pauses.append((until - clock.at).total_seconds() / 60)
        clock.at = until

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


def test_while_the_queue_rests_nothing_is_tried_and_no_drain_is_started(
    acme: Workspace, dead_port: int, clock: Clock
) -> None:
    send_note(acme)
    drained(acme, clock)
    empty_queue()
    clock.pass_(seconds=59)

    drained(acme, clock)

    assert queue_of(acme).failures == 1
    assert sweep(at=clock.at) == 0
    assert sweep(at=clock.pass_(seconds=1)) == 1
    assert waiting(TASK) == [{"workspace_id": str(acme.id)}]


def test_a_refused_sender_blames_no_mail(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    through.refuse_sender = "550 5.7.60 Not allowed to send as this sender"
    mail = send_note(acme)

    drained(acme, clock)

    mail.refresh_from_db()
    queue = queue_of(acme)
    assert (mail.state, mail.refusals, mail.attempts) == (MailState.QUEUED, 0, 0)
    assert queue.paused_until == mail.due_at
    assert queue.trouble["stage"] == StageName.SENDER
    assert "5.7.60" in str(queue.trouble)


def test_after_three_failures_in_a_row_each_admin_is_told_once_and_nobody_else(
    cast: Cast, dead_port: int, clock: Clock
) -> None:
    second = make_member(cast.acme)
    make_member(cast.acme).__class__.objects.filter(person=second.person).update(blocked_at=None)
    send_note(cast.acme)

    told = []
    for _attempt in range(5):
        drained(cast.acme, clock)
        told.append(run(ALARM))
        empty_queue()
        clock.at = queue_of(cast.acme).paused_until or clock.at

    assert told[:2] == [0, 0]
    assert told[3:] == [0, 0]
    recipients = {recipient for message in outbox.outbox for recipient in message.to}
    assert told[2] == len(outbox.outbox)
    assert {cast.admin.person.email, second.person.email} <= recipients
    assert not recipients & {cast.developer.person.email, cast.outsider.person.email}
    assert actions() == ["service_email.server_failing"]


def test_the_alarm_says_what_is_wrong_in_each_admins_language(
    cast: Cast, dead_port: int, clock: Clock
) -> None:
    cast.admin.person.language = "zh-hans"
    cast.admin.person.save()
    other = make_member(cast.acme)
    send_note(cast.acme)

    for _attempt in range(3):
        drained(cast.acme, clock)
        clock.at = queue_of(cast.acme).paused_until or clock.at
    run(ALARM)

    by_recipient = {message.to[0]: message for message in outbox.outbox}
    english = by_recipient[other.person.email]
    assert english.subject == "Acme Pay: the mail server does not take mail"
    assert f"127.0.0.1:{dead_port}" in english.body
    assert "Mails that wait: 1." in english.body
    assert "http://acme.localhost:8000/settings/" in english.body
    assert english.from_email == "Portico <no-reply@localhost>"
    assert cast.admin.person.email in by_recipient


def test_an_admin_who_was_blocked_meanwhile_is_not_told(
    cast: Cast, dead_port: int, clock: Clock
) -> None:
    send_note(cast.acme)
    for _attempt in range(3):
        drained(cast.acme, clock)
        clock.at = queue_of(cast.acme).paused_until or clock.at
    cast.admin.blocked_at = now()
    cast.admin.save()

    run(ALARM)

    assert outbox.outbox == []


def test_a_refused_password_alarms_at_once_and_is_not_tried_again_for_an_hour(
    acme: Workspace, server: MailServer, clock: Clock
) -> None:
    server.password = "right"
    use_server(acme, server.port, password="wrong")
    send_note(acme)

    drained(acme, clock)
    clock.pass_(minutes=59)
    drained(acme, clock)

    queue = queue_of(acme)
    assert queue.paused_until == AT + timedelta(hours=1)
    assert server.sign_ins == 1
    assert queue.trouble["stage"] == StageName.SIGN_IN
    assert actions() == ["service_email.server_failing"]
    assert run(ALARM) == 1
    assert "wrong" not in outbox.outbox[0].body.split("127.0.0.1")[0]
    assert "right" not in str(queue.trouble)


def test_with_the_next_success_the_queue_goes_on_and_who_was_told_hears_of_it(
    cast: Cast, dead_port: int, server: MailServer, clock: Clock
) -> None:
    send_note(cast.acme)
    for _attempt in range(3):
        drained(cast.acme, clock)
        clock.at = queue_of(cast.acme).paused_until or clock.at
    empty_queue()
    use_server(cast.acme, server.port)

    drained(cast.acme, clock)

    queue = queue_of(cast.acme)
    assert len(server.accepted) == 1
    assert (queue.failures, queue.failing_since, queue.paused_until) == (0, None, None)
    assert trouble_of(queue) is None
    assert actions() == ["service_email.server_failing", "service_email.server_recovered"]
    assert run(ALARM) == 1
    assert outbox.outbox[0].subject == "Acme Pay: the mail server works again"
    assert f"127.0.0.1:{server.port} takes mail" in outbox.outbox[0].body  # not the one that failed


def test_who_could_not_be_told_in_time_is_not_told_of_what_is_over(
    cast: Cast, dead_port: int, server: MailServer, clock: Clock
) -> None:
    send_note(cast.acme)
    for _attempt in range(3):
        drained(cast.acme, clock)
        clock.at = queue_of(cast.acme).paused_until or clock.at
    use_server(cast.acme, server.port)
    drained(cast.acme, clock)

    assert run(ALARM) == 2  # the platform's mailer was out of order meanwhile

    assert [mail.subject for mail in outbox.outbox] == ["Acme Pay: the mail server works again"]


def test_a_short_outage_that_nobody_was_told_of_ends_without_a_word(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    through.refuse_sender = NOT_NOW
    send_note(acme)
    drained(acme, clock)
    through.refuse_sender = ""

    clock.pass_(minutes=1)
    drained(acme, clock)

    assert len(through.accepted) == 1
    assert waiting(ALARM) == []
    assert actions() == []


def test_a_server_that_comes_and_goes_alarms_once_in_six_hours(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    def break_down() -> int:
        through.refuse_sender = NOT_NOW
        for _attempt in range(3):
            send_note(acme)
            drained(acme, clock)
            clock.at = queue_of(acme).paused_until or clock.at
        through.refuse_sender = ""
        drained(acme, clock)
        alarms = [job for job in waiting(ALARM) if job["news"] == "failing"]
        empty_queue()
        return len(alarms)

    alarms = [break_down(), break_down()]
    clock.pass_(hours=6)
    alarms.append(break_down())

    assert alarms == [1, 0, 1]


def test_a_new_server_is_tried_at_once(
    acme: Workspace, dead_port: int, server: MailServer, clock: Clock
) -> None:
    send_note(acme)
    drained(acme, clock)
    empty_queue()
    use_server(acme, server.port)

    unpause(acme, at=clock.at)

    assert waiting(TASK) == [{"workspace_id": str(acme.id)}]
    drained(acme, clock)
    assert len(server.accepted) == 1


def test_the_mail_that_was_in_hand_does_not_wait_out_a_rest_that_was_ended(
    acme: Workspace, through: MailServer, clock: Clock
) -> None:
    through.refuse_sender = NOT_NOW
    mail = send_note(acme)
    drained(acme, clock)
    through.refuse_sender = ""

    unpause(acme, at=clock.at)

    mail.refresh_from_db()
    assert mail.due_at == clock.at


def test_the_rest_of_one_workspace_is_not_anothers(
    acme: Workspace, zenith: Workspace, dead_port: int, server: MailServer, clock: Clock
) -> None:
    use_server(zenith, server.port)
    send_note(acme)
    send_note(zenith, "zoe@example.com")

    drained(acme, clock)
    drained(zenith, clock)
    unpause(zenith, at=clock.at)

    assert server.recipients() == ["zoe@example.com"]
    assert queue_of(acme).paused_until is not None


def test_a_password_that_cannot_be_decrypted_rests_the_queue_in_plain_words(
    acme: Workspace, server: MailServer, clock: Clock, settings: Any
) -> None:
    from cryptography.fernet import Fernet

    use_server(acme, server.port, password="secret")
    settings.PORTICO_KEY_RING = (Fernet.generate_key().decode(),)
    mail = send_note(acme)

    drained(acme, clock)

    mail.refresh_from_db()
    assert mail.state == MailState.QUEUED
    assert queue_of(acme).trouble["code"] == "password_unreadable"
    assert Mail.objects.filter(due_at__isnull=False).count() == 1


def test_a_mistake_in_the_program_rests_one_queue_and_is_said(
    acme: Workspace, through: MailServer, settings: Any
) -> None:
    settings.PORTICO_EGRESS = None  # what nobody has thought of
    mail = send_note(acme)

    run(TASK)

    mail.refresh_from_db()
    queue = queue_of(acme)
    assert mail.state == MailState.QUEUED
    assert queue.paused_until
    assert queue.trouble["code"] == "broken"
    assert actions() == []
