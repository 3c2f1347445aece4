"""Sending again, all that failed, and how long the log is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.kernel.errors import NotFound
from portico.service_email.models import Attempt, Mail, MailQueue, MailState
from portico.service_email.pipeline.queueing import TASK
from portico.service_email.pipeline.retention import forget
from portico.service_email.pipeline.rules import KeptTooShortOrLong
from portico.service_email.pipeline.tests.conftest import Clock, drained, send_note
from portico.service_email.pipeline.tests.test_draining import empty_queue
from portico.service_email.services import (
    JustSentAgain,
    OnItsWay,
    resend,
    retry_all_failed,
    set_retention,
)
from portico.workspaces.models import Workspace
from tests.jobs import waiting
from tests.make import AT, actor
from tests.peers.smtp import MailServer


def make_mail(workspace: Workspace, state: MailState, *, finished: int = 0) -> Mail:
    """A mail in this state, finished so many days before AT."""
    mail = send_note(workspace)
    done = state not in {MailState.QUEUED, MailState.SENDING}
    Mail.objects.filter(id=mail.id).update(
        state=state,
        due_at=None if done else AT,
        finished_at=AT - timedelta(days=finished) if done else None,
        refusals=3,
        attempts=3,
        reply="550 No",
    )
    mail.refresh_from_db()
    return mail


def test_a_mail_that_failed_goes_back_into_the_queue_as_itself(
    cast: Cast, through: MailServer, clock: Clock
) -> None:
    mail = make_mail(cast.acme, MailState.FAILED)
    for number in (1, 2, 3):
        Attempt.objects.create(mail=mail, number=number, server="s", ended_at=AT)
    empty_queue()

    again = resend(mail, by=actor(cast.admin), at=AT)

    assert again.id == mail.id
    assert (again.state, again.due_at, again.refusals) == (MailState.QUEUED, AT, 0)
    assert waiting(TASK) == [{"workspace_id": str(cast.acme.id)}]
    drained(cast.acme, clock)
    assert len(through.accepted) == 1
    assert list(mail.tries.values_list("number", flat=True)) == [1, 2, 3, 4]
    entry = AuditEntry.objects.get(action="mail.resent")
    assert (entry.subject_id, entry.subject_label) == (str(mail.id), "tests.note")
    assert "ada@example.com" not in str(entry.__dict__)  # this log cannot forget anybody


@pytest.mark.parametrize("state", [MailState.SENT, MailState.CAPTURED])
def test_of_one_that_was_sent_a_copy_is_queued_and_the_log_entry_stays(
    cast: Cast, state: MailState
) -> None:
    mail = make_mail(cast.acme, state)

    copy = resend(mail, by=actor(cast.admin), at=AT)

    mail.refresh_from_db()
    assert mail.state == state
    assert copy.id != mail.id
    assert (copy.copy_of, copy.state, copy.context) == (mail, MailState.QUEUED, mail.context)
    assert (copy.recipient, copy.language) == (mail.recipient, mail.language)
    (change,) = AuditEntry.objects.get(action="mail.resent").changes
    assert change["after"] == str(mail.id)


@pytest.mark.parametrize("state", [MailState.FAILED, MailState.SENT, MailState.CAPTURED])
def test_a_second_click_sends_nothing_twice(cast: Cast, state: MailState) -> None:
    mail = make_mail(cast.acme, state)
    resend(mail, by=actor(cast.admin), at=AT)

    with pytest.raises(OnItsWay):
        resend(mail, by=actor(cast.admin), at=AT)

    assert Mail.objects.filter(due_at__isnull=False).count() == 1
    assert AuditEntry.objects.filter(action="mail.resent").count() == 1


def test_not_even_where_the_copy_has_been_sent_before_the_second_click(
    cast: Cast, through: MailServer, clock: Clock
) -> None:
    mail = make_mail(cast.acme, MailState.SENT)
    resend(mail, by=actor(cast.admin), at=AT)
    drained(cast.acme, clock)

    with pytest.raises(JustSentAgain, match=r"ada@example\.com"):
        resend(mail, by=actor(cast.admin), at=AT + timedelta(seconds=5))

    resend(mail, by=actor(cast.admin), at=AT + timedelta(minutes=2))
    assert Mail.objects.filter(copy_of=mail).count() == 2


@pytest.mark.parametrize("state", [MailState.QUEUED, MailState.SENDING])
def test_what_is_on_its_way_is_not_sent_again(cast: Cast, state: MailState) -> None:
    mail = make_mail(cast.acme, state)

    with pytest.raises(OnItsWay):
        resend(mail, by=actor(cast.admin), at=AT)


def test_sending_again_ends_the_queues_rest(cast: Cast) -> None:
    MailQueue.objects.create(
        workspace=cast.acme, paused_until=AT + timedelta(hours=1), failures=7, failing_since=AT
    )

    resend(make_mail(cast.acme, MailState.FAILED), by=actor(cast.admin), at=AT)

    queue = MailQueue.objects.get(workspace=cast.acme)
    assert (queue.paused_until, queue.failures) == (None, 0)


def test_all_that_failed_in_a_workspace_is_tried_again_and_nothing_of_another(
    cast: Cast,
) -> None:
    ours = [make_mail(cast.acme, MailState.FAILED) for _number in range(3)]
    sent = make_mail(cast.acme, MailState.SENT)
    theirs = make_mail(cast.zenith, MailState.FAILED)
    empty_queue()

    count = retry_all_failed(cast.acme, by=actor(cast.admin), at=AT)

    assert count == 3
    states = dict(Mail.objects.values_list("id", "state"))
    assert {states[mail.id] for mail in ours} == {MailState.QUEUED}
    assert (states[sent.id], states[theirs.id]) == (MailState.SENT, MailState.FAILED)
    assert waiting(TASK) == [{"workspace_id": str(cast.acme.id)}]
    entry = AuditEntry.objects.get(action="mail.retried_all")
    assert (entry.workspace_id, entry.changes[0]["after"]) == (cast.acme.id, "3")


def test_where_nothing_failed_there_is_nothing_to_retry_or_to_record(cast: Cast) -> None:
    assert retry_all_failed(cast.acme, by=actor(cast.admin), at=AT) == 0

    assert not AuditEntry.objects.filter(action="mail.retried_all").exists()


def test_how_long_the_log_is_kept_is_said_for_one_workspace_and_recorded(cast: Cast) -> None:
    set_retention(cast.acme, 30, by=actor(cast.admin), at=AT)
    set_retention(cast.acme, 30, by=actor(cast.admin), at=AT)

    assert MailQueue.objects.get(workspace=cast.acme).keep_days == 30
    assert not MailQueue.objects.filter(workspace=cast.zenith).exists()
    (entry,) = AuditEntry.objects.filter(action="mail.retention_changed")
    assert entry.changes == [{"field": "keep_days", "before": "90", "after": "30"}]


def test_a_time_that_is_too_short_is_refused_and_changes_nothing(cast: Cast) -> None:
    with pytest.raises(KeptTooShortOrLong):
        set_retention(cast.acme, 6, by=actor(cast.admin), at=AT)

    assert not MailQueue.objects.exists()


def test_the_log_forgets_what_is_older_than_its_workspace_keeps_it(cast: Cast) -> None:
    set_retention(cast.acme, 30, by=actor(cast.admin), at=AT)
    set_retention(cast.zenith, 60, by=actor(cast.outsider), at=AT)
    old = make_mail(cast.acme, MailState.SENT, finished=31)
    Attempt.objects.create(mail=old, number=1, server="s")
    young = make_mail(cast.acme, MailState.SENT, finished=29)
    Mail.objects.filter(id=young.id).update(copy_of=old)
    waits = make_mail(cast.acme, MailState.QUEUED)
    Mail.objects.filter(id=waits.id).update(created_at=AT - timedelta(days=400))
    theirs = make_mail(cast.zenith, MailState.SENT, finished=31)

    gone = forget(at=AT)

    assert gone == 1
    left = set(Mail.objects.values_list("id", flat=True))
    assert left == {young.id, waits.id, theirs.id}
    assert not Attempt.objects.filter(mail_id=old.id).exists()


def test_it_forgets_a_few_at_a_time_until_all_are_gone(cast: Cast) -> None:
    set_retention(cast.acme, 30, by=actor(cast.admin), at=AT)
    for _number in range(5):
        make_mail(cast.acme, MailState.FAILED, finished=31)

    assert forget(at=AT, at_once=2) == 5
    assert not Mail.objects.exists()


def test_what_was_forgotten_meanwhile_cannot_be_sent_again(cast: Cast) -> None:
    mail = make_mail(cast.acme, MailState.FAILED)
    Mail.objects.filter(id=mail.id).delete()

    with pytest.raises(NotFound):
        resend(mail, by=actor(cast.admin), at=AT)
