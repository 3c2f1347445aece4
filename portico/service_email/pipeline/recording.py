"""What is known of each mail on its way, written before and after each word with a server.

In SQL of our own, and in one statement a mail: the outcome of one and the claim of the next are
one transaction, one round trip and one write to the disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from portico.service_email.models import Mail, MailState, Outcome
from portico.service_email.pipeline.writing import Letter

MOST_OF_REPLY = 500


@dataclass(frozen=True)
class Ending:
    """How an attempt ended, and what becomes of its mail. `due_at` None: it is done with."""

    at: datetime
    outcome: Outcome
    state: MailState
    stage: str = ""
    reply: str = ""
    due_at: datetime | None = None
    refusals: int = 0


@dataclass(frozen=True)
class Pending:
    """An attempt that is over, and not yet written down."""

    attempt_id: int
    ending: Ending
    source: str = ""  # where it left from, if another connection was opened for it


# A drain that was taken for dead claims nothing, and overwrites nothing that was noted since.
STATEMENT = """
WITH ended AS (
    UPDATE service_email_attempt
       SET ended_at = %(ended_at)s, outcome = %(outcome)s, stage = %(stage)s, reply = %(reply)s,
           source = coalesce(nullif(%(left_from)s, ''), source)
     WHERE id = %(attempt)s AND ended_at IS NULL
    RETURNING mail_id
), noted AS (
    UPDATE service_email_mail
       SET state = %(state)s, due_at = %(due_at)s, refusals = %(refusals)s,
           finished_at = %(finished_at)s, reply = left(%(reply)s, %(most)s)
     WHERE id = (SELECT mail_id FROM ended)
), claimed AS (
    UPDATE service_email_mail AS mail
       SET state = 'sending', attempts = mail.attempts + 1, message_id = %(message_id)s,
           subject = %(subject)s, html = %(html)s, text = %(text)s
      FROM service_email_mailqueue AS queue
     WHERE mail.id = %(next)s AND mail.state = 'queued'
       AND queue.workspace_id = mail.workspace_id AND queue.drain = %(drain)s
    RETURNING mail.id, mail.attempts
)
INSERT INTO service_email_attempt
    (mail_id, number, server, source, started_at, outcome, stage, reply)
SELECT id, attempts, %(server)s, %(source)s, %(now)s, '', '', '' FROM claimed
RETURNING id
"""

Values = dict[str, str | int | datetime | UUID | None]

NOTHING_ENDED: Values = {
    "attempt": None,
    "ended_at": None,
    "outcome": "",
    "stage": "",
    "reply": "",
    "state": "",
    "due_at": None,
    "finished_at": None,
    "refusals": None,
    "left_from": "",
}
NOTHING_CLAIMED: Values = {
    "next": None,
    "drain": None,
    "message_id": "",
    "subject": "",
    "html": "",
    "text": "",
    "server": "",
    "source": "",
}


def claim(
    mail: Mail,
    letter: Letter,
    *,
    drain: UUID,
    server: str,
    at: datetime,
    after: Pending | None,
    source: str = "",
) -> int | None:
    """Note that this mail is now handed over to a server, and how the attempt before it ended.

    The id of the new attempt. None: the mail is no longer waiting, or another drain has taken
    this one's place; the ending has been noted all the same.
    """
    claimed: Values = {
        "next": mail.id,
        "drain": drain,
        "message_id": letter.message_id,
        "subject": letter.subject,
        "html": letter.html,
        "text": letter.text,
        "server": server,
        "source": source,
    }
    return _write(_ended(after), claimed, at)


def note(pending: Pending) -> None:
    """Note how an attempt ended."""
    _write(_ended(pending), NOTHING_CLAIMED, pending.ending.at)


def finish_unwritable(mail: Mail, why: str, *, at: datetime) -> None:
    """Note that a mail that waited cannot be written, and so is never handed over."""
    Mail.objects.filter(id=mail.id, state=MailState.QUEUED).update(
        state=MailState.FAILED, due_at=None, finished_at=at, reply=why[:MOST_OF_REPLY]
    )


def _ended(pending: Pending | None) -> Values:
    if pending is None:
        return NOTHING_ENDED
    ending = pending.ending
    return {
        "attempt": pending.attempt_id,
        "ended_at": ending.at,
        "outcome": ending.outcome.value,
        "stage": ending.stage,
        "reply": ending.reply[:1000],
        "state": ending.state.value,
        "due_at": ending.due_at,
        "finished_at": ending.at if ending.due_at is None else None,
        "refusals": ending.refusals,
        "left_from": pending.source,
    }


def _write(ended: Values, claimed: Values, at: datetime) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, ended | claimed | {"now": at, "most": MOST_OF_REPLY})
        row = cursor.fetchone()
    return int(row[0]) if row else None
