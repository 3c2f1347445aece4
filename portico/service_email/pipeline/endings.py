"""From a server's answer to what becomes of the mail."""

from __future__ import annotations

from datetime import datetime, timedelta

from portico.service_email.models import Mail, MailState, Outcome
from portico.service_email.pipeline.recording import Ending
from portico.service_email.pipeline.rules import wait_after
from portico.service_email.smtp.failures import Failure
from portico.service_email.smtp.replies import Reply


def accepted(mail: Mail, reply: Reply, *, at: datetime) -> Ending:
    """The server has taken the mail: from now on it is the server's."""
    return Ending(
        at=at,
        outcome=Outcome.ACCEPTED,
        state=MailState.SENT,
        stage="message",
        reply=str(reply),
        refusals=mail.refusals,
    )


def refused(mail: Mail, failure: Failure, *, at: datetime, dice: float) -> Ending:
    """The server has not taken this mail, for now or for good.

    A server's own trouble is never for good, whatever its code says.
    """
    about_mail = failure.kind.value in {"recipient", "message"}
    permanent = failure.permanent and about_mail
    refusals = mail.refusals + 1
    wait = None if permanent else wait_after(refusals, dice=dice)
    return Ending(
        at=at,
        outcome=_outcome(failure, permanent=permanent),
        state=MailState.FAILED if wait is None else MailState.QUEUED,
        stage=failure.stage.value,
        reply=str(failure.reply or failure),
        due_at=None if wait is None else at + timedelta(seconds=wait),
        refusals=refusals,
    )


def _outcome(failure: Failure, *, permanent: bool) -> Outcome:
    if failure.uncertain:
        return Outcome.UNKNOWN
    return Outcome.PERMANENT if permanent else Outcome.TEMPORARY
