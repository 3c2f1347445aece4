"""Mails with a past, for tests of the log."""

from __future__ import annotations

from datetime import timedelta

from portico.service_email.mails import SETTINGS_CHANGED, TEST
from portico.service_email.models import Attempt, Mail, MailQueue, MailState, Outcome
from portico.workspaces.models import Workspace
from tests.make import AT, make_mail

REFUSED = "550 5.1.1 No such user here"


def make_attempt(
    mail: Mail,
    number: int = 1,
    *,
    outcome: Outcome | None = Outcome.ACCEPTED,
    stage: str = "message",
    reply: str = "250 2.0.0 Ok: queued as 4F1",
    seconds: float = 0.42,
) -> Attempt:
    """A try to hand a mail over; without an outcome, one whose worker died."""
    started = AT + timedelta(minutes=number)
    return Attempt.objects.create(
        mail=mail,
        number=number,
        server="smtp.example.com:587",
        started_at=started,
        ended_at=started + timedelta(seconds=seconds) if outcome else None,
        outcome=outcome.value if outcome else "",
        stage=stage if outcome else "",
        reply=reply if outcome else "",
    )


def make_failed(workspace: Workspace, recipient: str = "gone@example.com") -> Mail:
    """A mail that was refused for good."""
    mail = make_mail(workspace, recipient=recipient, state=MailState.FAILED)
    make_attempt(mail, outcome=Outcome.PERMANENT, stage="recipient", reply=REFUSED)
    return mail


def make_waiting(workspace: Workspace, *, template: str = "test") -> Mail:
    """A mail that is still to be written."""
    sample = {kind.name: kind.sample for kind in (TEST, SETTINGS_CHANGED)}
    return make_mail(
        workspace,
        template=template,
        state=MailState.QUEUED,
        subject="",
        html="",
        text="",
        message_id="",
        context=sample.get(template, {}),
    )


def make_trouble(workspace: Workspace) -> MailQueue:
    """A queue that rests because its server refused the password."""
    sentence = {"text": "The server %(host)s refused the password.", "facts": {"host": "<b>mx</b>"}}
    return MailQueue.objects.create(
        workspace=workspace,
        failures=3,
        failing_since=AT,
        paused_until=AT + timedelta(hours=1),
        trouble={
            "stage": "sign_in",
            "code": "535",
            "ms": 12,
            "seen": [],
            "meaning": sentence,
            "cause": {"text": "It was probably changed.", "facts": {}},
            "advice": {"text": "Type it again.", "facts": {}},
            "correction": None,
        },
    )
