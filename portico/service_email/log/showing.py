"""The mail log in words: states, attempts, what is wrong with the queue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portico.service_email.doctor.words import TITLES
from portico.service_email.log.queries import MOST_COUNTED
from portico.service_email.look.content import template_named
from portico.service_email.models import Attempt, Mail, MailQueue, MailState, Outcome
from portico.service_email.pipeline.batches import UNKNOWN
from portico.service_email.pipeline.capturing import file_of
from portico.service_email.pipeline.troubles import said, trouble_of
from portico.service_email.smtp.stages import StageName
from portico.ui.frame import NavItem
from portico.ui.values import Fact, State

TONES: dict[str, str] = {
    MailState.QUEUED: "info",
    MailState.SENDING: "info",
    MailState.SENT: "good",
    MailState.FAILED: "danger",
    MailState.CAPTURED: "neutral",
}
OUTCOME_TONES: dict[str, str] = {
    Outcome.ACCEPTED: "good",
    Outcome.TEMPORARY: "warning",
    Outcome.PERMANENT: "danger",
    Outcome.UNKNOWN: "warning",
}
STAGES: dict[str, Promise] = {
    **TITLES,  # where an attempt ended, it was not "accepted"
    StageName.SENDER: gettext_lazy("Sender"),
    StageName.RECIPIENT: gettext_lazy("Recipient"),
    StageName.MESSAGE: gettext_lazy("Content"),
}


@dataclass(frozen=True)
class Row:
    """A mail in the list."""

    mail: Mail
    kind: str
    state: State


@dataclass(frozen=True)
class Try:
    """An attempt in words. `remark` says what its outcome leaves open."""

    attempt: Attempt
    reply: str
    outcome: State
    stage: str
    took: str
    remark: str


@dataclass(frozen=True)
class Trouble:
    """Why mail waits: what happened, why, what to do, and when it is tried again."""

    what: str
    why: str
    advice: str
    since: datetime
    next_at: datetime | None


def rows_of(mails: Iterable[Mail]) -> list[Row]:
    """Mails in words, in the current language."""
    return [Row(mail, kind_of(mail), state_of(mail)) for mail in mails]


def kind_of(mail: Mail) -> str:
    """What people call a mail's template; its name if that is no longer there."""
    try:
        return str(template_named(mail.template).title)
    except KeyError:
        return mail.template


def state_of(mail: Mail) -> State:
    """A mail's state as a chip."""
    return State(str(MailState(mail.state).label), TONES[mail.state])


def facts_of(mail: Mail) -> list[Fact]:
    """What is known of a mail, for its page."""
    facts = [
        Fact(_("State"), state_of(mail)),
        Fact(_("Recipient"), mail.recipient),
        Fact(_("Kind"), kind_of(mail)),
        Fact(_("Language"), _language_name(mail.language)),
        Fact(_("Queued at"), mail.created_at),
    ]
    if mail.finished_at:
        facts.append(Fact(_("Finished at"), mail.finished_at))
    elif mail.due_at and mail.state == MailState.QUEUED:
        facts.append(Fact(_("Next attempt"), mail.due_at))
    if mail.reply:
        facts.append(Fact(_("Last answer"), _in_words(mail.reply)))
    facts.append(Fact(_("Message-ID"), mail.message_id or _("Made with the first attempt")))
    return facts


def tries_of(mail: Mail) -> list[Try]:
    """All attempts of a mail, the newest first; one query."""
    attempts = list(Attempt.objects.filter(mail=mail).order_by("-number"))
    return [
        _try(attempt, under_way=number == 0 and mail.state == MailState.SENDING)
        for number, attempt in enumerate(attempts)
    ]


def file_name(mail: Mail) -> str:
    """Where in the data folder a captured mail is whole; empty where it is not."""
    path = file_of(mail)
    if mail.state != MailState.CAPTURED or path is None or not path.exists():
        return ""
    return f"{path.parent.name}/{path.name}"


def trouble_in(queue: MailQueue) -> Trouble | None:
    """What is wrong with a workspace's server, in words; None while it does its work."""
    stage = trouble_of(queue)
    if stage is None or queue.failing_since is None:
        return None
    return Trouble(
        what=said(stage.meaning) or _("The mail server could not be used."),
        why=said(stage.cause),
        advice=said(stage.advice),
        since=queue.failing_since,
        next_at=queue.paused_until,
    )


def state_tabs(
    counts: dict[MailState, int], address: str, current: str, *, narrowed: bool
) -> list[NavItem]:
    """All mails, and those of each state that any is in: with how many there are.

    `address` is that of the list with the other filters; it ends where a value may follow.
    `narrowed`: there are other filters, so that the counts would not be those of the lists.
    """
    tabs = [NavItem(_("All"), address, current=not current)]
    for state, count in counts.items():
        if count or state == current:
            title = str(state.label)
            many = count > MOST_COUNTED
            tabs.append(
                NavItem(
                    f"{title} ({MOST_COUNTED:,}+)" if many and not narrowed else title,
                    f"{address}{state.value}",
                    current=state == current,
                    count=None if many or narrowed else count,
                )
            )
    return tabs


def took(duration: timedelta) -> str:
    """How long something took: "40 ms", "1.4 s", "2 min 3 s"."""
    seconds = duration.total_seconds()
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return _("%(seconds)s s") % {
            "seconds": f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}"
        }
    minutes, seconds = divmod(round(seconds), 60)
    return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": seconds}


def _in_words(reply: str) -> str:
    """A server's words as they are; where none were heard, ours in the current language."""
    return _(reply) if reply else ""


def _language_name(code: str) -> str:
    name = dict(settings.LANGUAGES).get(code, code)
    return str(name)


def _try(attempt: Attempt, *, under_way: bool) -> Try:
    remark, outcome, reply = "", attempt.outcome, attempt.reply
    if not outcome and under_way:
        chip = State(_("Under way"), "info")
    else:
        outcome = outcome or Outcome.UNKNOWN
        chip = State(str(Outcome(outcome).label), OUTCOME_TONES[outcome])
        if outcome == Outcome.UNKNOWN and reply not in {"", UNKNOWN}:
            remark = _(
                "The mail may have been delivered; if it was, a later attempt delivers it a "
                "second time."
            )
        elif outcome == Outcome.UNKNOWN:
            reply = ""  # this says the same, and more
            remark = _(
                "The worker stopped before it could note the server's answer. The mail may have "
                "been delivered; if it was, a later attempt delivers it a second time."
            )
    return Try(
        attempt=attempt,
        reply=_in_words(reply),
        outcome=chip,
        stage=str(STAGES.get(attempt.stage, attempt.stage)),
        took=took(attempt.ended_at - attempt.started_at) if attempt.ended_at else "",
        remark=remark,
    )
