"""The test mail, and its entry in the mail log."""

from __future__ import annotations

from datetime import datetime

from portico.basic_settings.payloads import read_stored
from portico.service_email import mails
from portico.service_email.look.letterheads import letterhead_of
from portico.service_email.models import Attempt, Mail, MailState, Outcome, TestRun
from portico.service_email.payload import ServiceEmail
from portico.service_email.pipeline.writing import Letter, message_id_of, write
from portico.service_email.smtp.kept import stage_kept, storable
from portico.service_email.smtp.reaching import CONNECTED_FROM
from portico.service_email.smtp.server import Server
from portico.service_email.smtp.stages import Stage, StageName

LOOKS = ("nickname", "reply_to", "contact_url", "logo")


def looks_of(payload: ServiceEmail) -> dict[str, str | None]:
    """The values that a mail shows, as a run keeps them."""
    values = payload.model_dump(mode="json")
    return {name: values[name] for name in LOOKS}


def letter_of(run: TestRun, server: Server, *, at: datetime) -> Letter:
    """Write the test mail of a run as any mail is written, on the letterhead that its values make.

    Raises `Unwritable`.
    """
    looks = {name: run.values[name] for name in LOOKS}
    values = read_stored(ServiceEmail, {**looks, "account": server.account})
    letterhead = letterhead_of(run.workspace, at=at, values=values)
    return write(_mail_of(run), letterhead, sender=server.account, at=at)


def note_in_log(
    run: TestRun, letter: Letter | None, outcome: Outcome, failed: Stage | None, *, at: datetime
) -> None:
    """Write the run's mail into the mail log, with its one attempt; once.

    `letter` None: a worker died before it could say what it had written.
    """
    reply = storable(_reply(run, failed))
    mail = _mail_of(run)
    mail.state = MailState.SENT if outcome == Outcome.ACCEPTED else MailState.FAILED
    mail.attempts, mail.finished_at, mail.reply = 1, at, reply[:500]
    mail.message_id = message_id_of(mail, run.server["account"])
    if letter is not None:
        mail.subject, mail.html, mail.text = letter.subject, letter.html, letter.text
    mail.save(force_insert=True)
    Attempt.objects.create(
        mail=mail,
        number=1,
        server=f"{run.server['host']}:{run.server['port']} ({run.server['security']})",
        source=_source(run),
        started_at=run.started_at or run.created_at,
        ended_at=None if outcome == Outcome.UNKNOWN else at,
        outcome=outcome,
        stage=failed.name.value if failed else "",
        reply=reply,
    )


def reply_in(stage: Stage | None) -> str:
    """What the server said at a stage; "" for nothing."""
    if stage is None:
        return ""
    told = (*stage.seen, *filter(None, (stage.meaning, stage.cause)))
    replies = (str(one.facts["reply"]) for one in told if one.facts.get("reply"))
    return next(replies, "")


def _source(run: TestRun) -> str:
    """The public address that the test left from, as its stages tell; empty: they tell of none."""
    connect = next((kept for kept in run.stages if kept["name"] == StageName.CONNECT), None)
    told = stage_kept(connect).seen if connect and connect["ok"] else ()
    return next((str(one.facts["source"]) for one in told if one.text == CONNECTED_FROM), "")


def _reply(run: TestRun, failed: Stage | None) -> str:
    """What the log keeps: the server's last word, else what happened in its place."""
    if failed is None:
        last = next((kept for kept in run.stages if kept["name"] == StageName.MESSAGE), None)
        return reply_in(stage_kept(last))[:1000] if last else ""
    meaning = failed.meaning
    return (reply_in(failed) or (meaning.text % meaning.facts if meaning else failed.code))[:1000]


def _mail_of(run: TestRun) -> Mail:
    """The run's mail, which the log gets once the run has ended."""
    context = mails.test_context(
        run.workspace,
        by=str(run.by or ""),
        host=run.server["host"],
        port=run.server["port"],
        at=run.created_at,
    )
    return Mail(
        id=run.mail,
        workspace=run.workspace,
        template=mails.TEST.name,
        language=run.language,
        recipient=run.to,
        context=context,
        due_at=None,
        created_at=run.created_at,
    )
