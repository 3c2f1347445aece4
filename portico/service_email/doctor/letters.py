"""The test mail, and its entry in the mail log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from portico.basic_settings.services import live_settings
from portico.service_email import mails
from portico.service_email.doctor.kept import stage_kept, storable
from portico.service_email.look.letterheads import Letterhead, letterhead_of
from portico.service_email.look.logos import logo_of
from portico.service_email.look.messages import (
    as_bytes,
    message_of,
    needs_smtputf8,
    wire_address,
)
from portico.service_email.look.rendering import Rendered, render
from portico.service_email.look.words import link, one_line
from portico.service_email.models import Attempt, Mail, MailState, Outcome, TestRun
from portico.service_email.payload import ServiceEmail
from portico.service_email.smtp.server import Server
from portico.service_email.smtp.stages import Stage, StageName

LOOKS = ("nickname", "reply_to", "contact_url", "logo")


@dataclass(frozen=True)
class TestLetter:
    """The test mail as it is sent, and as the log keeps it."""

    __test__ = False

    recipient: str
    message: bytes
    smtputf8: bool
    rendered: Rendered


def looks_of(payload: ServiceEmail) -> dict[str, str | None]:
    """The values that a mail shows, as a run keeps them."""
    values = payload.model_dump(mode="json")
    return {name: values[name] for name in LOOKS}


def letter_of(run: TestRun, server: Server, *, at: datetime) -> TestLetter:
    """Write the test mail of a run, on the letterhead that its values make.

    Raises `UnusableAddress`.
    """
    letterhead = _letterhead(run, server, at=at)
    rendered = render(mails.TEST, _context(run), letterhead, language=run.language)
    message = message_of(
        rendered,
        letterhead,
        sender=server.account,
        recipient=run.to,
        message_id=_message_id(run),
        at=at,
    )
    smtputf8 = needs_smtputf8(server.account, run.to, letterhead.reply_to)
    return TestLetter(
        recipient=wire_address(run.to),
        message=as_bytes(message, smtputf8=smtputf8),
        smtputf8=smtputf8,
        rendered=rendered,
    )


def note_in_log(
    run: TestRun, rendered: Rendered | None, outcome: Outcome, failed: Stage | None, *, at: datetime
) -> None:
    """Write the run's mail into the mail log, with its one attempt; once.

    `rendered` None: a worker died before it could say what it had written.
    """
    reply = storable(_reply(run, failed))
    mail = Mail.objects.create(
        id=run.mail,
        workspace_id=run.workspace_id,
        template=mails.TEST.name,
        language=run.language,
        recipient=run.to,
        context=_context(run),
        state=MailState.SENT if outcome == Outcome.ACCEPTED else MailState.FAILED,
        attempts=1,
        due_at=None,
        created_at=run.created_at,
        finished_at=at,
        message_id=_message_id(run),
        subject=rendered.subject if rendered else "",
        html=rendered.html if rendered else "",
        text=rendered.text if rendered else "",
        reply=reply[:500],
    )
    Attempt.objects.create(
        mail=mail,
        number=1,
        server=f"{run.server['host']}:{run.server['port']} ({run.server['security']})",
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


def _reply(run: TestRun, failed: Stage | None) -> str:
    """What the log keeps: the server's last word, else what happened in its place."""
    if failed is None:
        last = next((kept for kept in run.stages if kept["name"] == StageName.MESSAGE), None)
        return reply_in(stage_kept(last))[:1000] if last else ""
    meaning = failed.meaning
    return (reply_in(failed) or (meaning.text % meaning.facts if meaning else failed.code))[:1000]


def _letterhead(run: TestRun, server: Server, *, at: datetime) -> Letterhead:
    looks = run.values
    return replace(
        letterhead_of(run.workspace, at=at),
        nickname=one_line(looks["nickname"]) or one_line(run.workspace.name),
        account=server.account,
        reply_to=looks["reply_to"],
        contact_url=link(looks["contact_url"]),
        logo=logo_of(live_settings(run.workspace), looks["logo"]),
    )


def _context(run: TestRun) -> dict[str, object]:
    return mails.test_context(
        run.workspace,
        by=str(run.by or ""),
        host=run.server["host"],
        port=run.server["port"],
        at=run.created_at,
    )


def _message_id(run: TestRun) -> str:
    domain = wire_address(run.server["account"]).rpartition("@")[2]
    return f"<{run.mail.hex}@{domain}>"
