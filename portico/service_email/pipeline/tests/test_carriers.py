"""Workspaces without a server of their own: the platform's mailer, or in development nobody."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as outbox

from portico.audit.models import AuditEntry
from portico.egress.configuration import Egress
from portico.service_email.look.content import HIDDEN
from portico.service_email.models import MailQueue, MailState
from portico.service_email.pipeline.alarms import TASK as ALARM
from portico.service_email.pipeline.capturing import FILE_BACKEND, file_of
from portico.service_email.pipeline.carriers import SMTP_BACKEND, carrier_of
from portico.service_email.pipeline.tests.conftest import (
    Clock,
    drained,
    send_note,
    use_server,
)
from portico.service_email.services import send
from portico.service_email.smtp.server import Security
from portico.workspaces.models import Workspace
from tests.jobs import waiting
from tests.make import AT
from tests.peers.smtp import HOST, MailServer
from tests.processes.program import free_port


@pytest.fixture
def platforms_port(settings: Any) -> object:
    """Set the platform's own mailer to a port of loopback."""

    def use(port: int, **others: object) -> None:
        own = {
            "EMAIL_BACKEND": SMTP_BACKEND,
            "EMAIL_HOST": HOST,
            "EMAIL_PORT": port,
            "EMAIL_HOST_USER": "",
            "EMAIL_HOST_PASSWORD": "",
            "EMAIL_USE_TLS": False,
            "EMAIL_USE_SSL": False,
            "DEFAULT_FROM_EMAIL": "Portico <platform@portico.example.com>",
        }
        for name, value in (own | others).items():
            setattr(settings, name, value)

    return use


def test_without_a_server_the_platforms_sends_in_the_workspaces_name(
    acme: Workspace, server: MailServer, clock: Clock, platforms_port: object
) -> None:
    platforms_port(server.port)  # type: ignore[operator]
    mail = send_note(acme)

    drained(acme, clock)

    mail.refresh_from_db()
    (taken,) = server.accepted
    assert taken.sender == "platform@portico.example.com"
    assert taken.message["From"] == "Acme Pay <platform@portico.example.com>"
    assert mail.state == MailState.SENT
    assert mail.message_id.endswith("@portico.example.com>")


def test_the_platforms_server_is_the_operators_choice_wherever_it_stands(
    acme: Workspace, server: MailServer, clock: Clock, platforms_port: object, settings: Any
) -> None:
    settings.PORTICO_EGRESS = Egress()  # as in production: no loopback
    platforms_port(server.port)  # type: ignore[operator]
    send_note(acme)

    drained(acme, clock)

    assert len(server.accepted) == 1


def test_a_workspaces_own_server_is_not(
    acme: Workspace, server: MailServer, clock: Clock, settings: Any
) -> None:
    use_server(acme, server.port)
    settings.PORTICO_EGRESS = Egress(mail_ports=frozenset({server.port}))
    send_note(acme)

    drained(acme, clock)

    assert server.connections == 0
    assert MailQueue.objects.get(workspace=acme).trouble["stage"] == "policy"


@pytest.mark.parametrize(
    ("tls", "ssl", "security"),
    [(True, False, Security.STARTTLS), (False, True, Security.SSL), (False, False, Security.NONE)],
)
def test_the_platforms_mailer_is_protected_as_it_is_configured(
    acme: Workspace, platforms_port: object, tls: bool, ssl: bool, security: Security
) -> None:
    platforms_port(2525, EMAIL_USE_TLS=tls, EMAIL_USE_SSL=ssl)  # type: ignore[operator]

    carrier = carrier_of(acme)

    assert carrier
    assert (carrier.server.security, carrier.own) == (security, False)


def test_when_the_platforms_mailer_fails_no_alarm_is_sent_through_it(
    acme: Workspace, clock: Clock, platforms_port: object
) -> None:
    platforms_port(free_port())  # type: ignore[operator]
    send_note(acme)

    for _attempt in range(4):
        drained(acme, clock)
        clock.at = MailQueue.objects.get(workspace=acme).paused_until or clock.at

    assert waiting(ALARM) == []
    assert MailQueue.objects.get(workspace=acme).failures == 4
    assert not AuditEntry.objects.filter(action="service_email.server_failing").exists()


def test_in_development_mail_is_captured_and_can_be_read(acme: Workspace, clock: Clock) -> None:
    mail = send("tests.greeting", "ada@example.com", {"name": "Ada"}, acme, at=AT)

    drained(acme, clock)

    mail.refresh_from_db()
    assert (mail.state, mail.finished_at, mail.due_at) == (MailState.CAPTURED, clock.at, None)
    assert mail.subject == "Hello Ada"
    assert HIDDEN in mail.text
    assert "t0ken" not in mail.html
    assert outbox.outbox == []
    assert not mail.tries.exists()


def test_what_is_captured_is_whole_in_the_data_folder_for_its_owner_alone(
    acme: Workspace, clock: Clock, settings: Any, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = FILE_BACKEND
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    mail = send("tests.greeting", "ada@example.com", {"name": "Ada"}, acme, at=AT)

    drained(acme, clock)

    path = file_of(mail)
    assert path
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o600
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert message["To"] == "ada@example.com"
    text = message.get_body(("plain",))
    assert text
    assert "token=t0ken-Ada" in text.get_content()


def test_where_a_mail_server_is_set_nothing_is_captured(acme: Workspace, settings: Any) -> None:
    settings.EMAIL_BACKEND = SMTP_BACKEND

    assert file_of(send_note(acme)) is None


def test_capturing_knows_no_rate_limit(acme: Workspace, clock: Clock, settings: Any) -> None:
    settings.PORTICO_MAIL_RATE = 1
    mails = [send_note(acme, number=number) for number in range(5)]

    drained(acme, clock)

    for mail in mails:
        mail.refresh_from_db()
    assert {mail.state for mail in mails} == {MailState.CAPTURED}
