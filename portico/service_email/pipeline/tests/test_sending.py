"""`send`: what it writes, and when it does not."""

from __future__ import annotations

import pytest
from django.db import transaction

from portico.service_email.look.messages import UnusableAddress
from portico.service_email.models import Mail, MailState
from portico.service_email.pipeline.queueing import TASK, lock_of
from portico.service_email.pipeline.tests.conftest import send_note
from portico.service_email.services import send
from portico.workspaces.models import Workspace
from tests.jobs import waiting
from tests.make import AT, make_person


def test_a_mail_waits_with_a_drain_of_its_workspace(acme: Workspace) -> None:
    mail = send_note(acme)

    assert (mail.state, mail.due_at, mail.attempts) == (MailState.QUEUED, AT, 0)
    assert waiting(TASK) == [{"workspace_id": str(acme.id)}]


def test_two_drains_are_enough_for_any_number_of_mails(acme: Workspace, zenith: Workspace) -> None:
    for number in range(9):
        send_note(acme, number=number)
    send_note(zenith)

    # One to be started now, one for whoever comes after that.
    ours, theirs = {"workspace_id": str(acme.id)}, {"workspace_id": str(zenith.id)}
    assert waiting(TASK) == [ours, ours, theirs]


def test_with_the_callers_rollback_mail_and_drain_vanish(acme: Workspace) -> None:
    class Regret(Exception):
        pass

    def regret() -> None:
        with transaction.atomic():
            send_note(acme)
            raise Regret

    with pytest.raises(Regret):
        regret()

    assert not Mail.objects.exists()
    assert waiting(TASK) == []


def test_drains_of_a_workspace_share_a_lock_and_none_is_scheduled(acme: Workspace) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    send_note(acme)

    job = ProcrastinateJob.objects.get(task_name=TASK)
    assert (job.lock, job.queue_name, job.scheduled_at) == (lock_of(acme.id), "mail", None)


@pytest.mark.parametrize(
    ("asked_for", "chosen", "found"),
    [
        ("", "", "en"),
        ("", "zh-hans", "zh-hans"),
        ("zh-hans", "en", "zh-hans"),
        ("", "tlh", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_the_persons_or_the_workspaces(
    acme: Workspace, asked_for: str, chosen: str, found: str
) -> None:
    person = make_person("li@example.com")
    person.language = chosen
    person.save()

    mail = send("tests.note", "Li@example.com", {"number": 1}, acme, language=asked_for, at=AT)

    assert mail.language == found


def test_a_template_that_is_not_there_is_a_mistake_that_shows_at_once(acme: Workspace) -> None:
    with pytest.raises(KeyError):
        send("tests.no_such", "ada@example.com", {}, acme, at=AT)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@example.com\nBcc: eve@example.com",
        "Ada <ada@example.com>",
        "@x",
        "a" * 250 + "@example.com",
    ],
)
def test_what_is_no_address_is_refused_and_nothing_is_queued(acme: Workspace, address: str) -> None:
    with pytest.raises(UnusableAddress):
        send("tests.note", address, {"number": 1}, acme, at=AT)

    assert not Mail.objects.exists()


def test_queueing_takes_as_many_queries_however_many_wait(
    acme: Workspace, django_assert_num_queries: object
) -> None:
    for _number in range(2):
        send_note(acme)

    with django_assert_num_queries(5):  # type: ignore[operator]
        send_note(acme)  # savepoint, mail, find the drain, wake, release
