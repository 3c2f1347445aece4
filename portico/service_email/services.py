"""Sending service mail, for every feature."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from portico.accounts.models import Person
from portico.audit.services import Actor, Change, record
from portico.kernel.clock import now
from portico.kernel.errors import Conflict, NotFound, gettext_noop
from portico.service_email.look.content import Context, template_named
from portico.service_email.look.messages import UnusableAddress, wire_address
from portico.service_email.models import Mail, MailQueue, MailState
from portico.service_email.models.mails import UNDER_WAY
from portico.service_email.pipeline.pausing import unpause
from portico.service_email.pipeline.queueing import ensure_drain
from portico.service_email.pipeline.rules import check_keep_days
from portico.workspaces.models import Membership, Workspace

MOST_OF_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
A_MOMENT = timedelta(minutes=1)


class OnItsWay(Conflict):
    code = "mail_on_its_way"
    sentence = gettext_noop("This mail is on its way already; there is nothing to send again.")


class JustSentAgain(Conflict):
    code = "mail_just_sent_again"
    sentence = gettext_noop(
        "This mail was sent again a moment ago. Look at the newest entry for %(recipient)s."
    )


def send(
    template: str,
    to: str,
    context: Context,
    workspace: Workspace,
    *,
    language: str = "",
    at: datetime | None = None,
) -> Mail:
    """Queue a mail to one address, in the caller's transaction: it is sent once that commits, and
    vanishes with its rollback.

    `template` is the name of a registered template. `language` empty: that of the person with
    this address, if they chose one, else the workspace's. Never put a secret into the context:
    links that carry a token are the template's to make. Raises `UnusableAddress`.

    Commit soon: where a drain of this workspace waits already, it is held back until then.
    """
    template_named(template)  # a mistake in its name shows where it was made
    if len(wire_address(to)) > MOST_OF_ADDRESS:
        raise UnusableAddress(address=f"{to[:60]}…")
    at = at or now()
    with transaction.atomic():
        mail = Mail.objects.create(
            workspace=workspace,
            template=template,
            language=language or language_of(to, workspace),
            recipient=to,
            context=dict(context),
            due_at=at,
            created_at=at,
        )
        ensure_drain(workspace.id)
    return mail


def send_to_admins(
    template: str, context: Context, workspace: Workspace, *, at: datetime | None = None
) -> None:
    """Queue a mail to each active admin of a workspace, in the caller's transaction."""
    for admin in Membership.objects.admins_of(workspace).select_related("person"):
        send(template, admin.person.email, context, workspace, at=at)


def language_of(address: str, workspace: Workspace) -> str:
    """The language that who has this address chose, or the workspace's."""
    chosen = (
        Person.objects.filter(email=address.strip().lower())
        .values_list("language", flat=True)
        .first()
    )
    return chosen if chosen in dict(settings.LANGUAGES) else workspace.default_language


def resend(mail: Mail, *, by: Actor, at: datetime) -> Mail:
    """Send a mail again, and the queue's rest ends; the mail that is on its way then.

    One that failed goes back into the queue as itself: its log entry goes on. Of one that was
    sent or captured a copy is queued, written anew from the same template and context; what was
    sent stays in the log as it was. Raises `OnItsWay` or `JustSentAgain`: a second click sends
    nothing twice. Raises `NotFound` for a mail that is no longer kept.
    """
    with transaction.atomic():
        # The mail alone: a lock on its workspace would hold up whoever writes anything there.
        mails = Mail.objects.select_for_update(of=("self",)).select_related("workspace")
        found = mails.filter(id=mail.id).first()
        if found is None:  # the log has forgotten it meanwhile
            raise NotFound
        mail = found
        if mail.state in UNDER_WAY:
            raise OnItsWay
        is_over = mail.state == MailState.FAILED
        again = _requeued(mail, at=at) if is_over else _copied(mail, at=at)
        _record_mail("mail.resent", again, by=by, at=at, copy_of=mail)
        unpause(mail.workspace, at=at)
    return again


def retry_all_failed(workspace: Workspace, *, by: Actor, at: datetime) -> int:
    """Put all mails of a workspace that failed back into the queue; how many there were."""
    with transaction.atomic():
        failed = Mail.objects.filter(workspace=workspace, state=MailState.FAILED)
        count = failed.update(
            state=MailState.QUEUED, due_at=at, finished_at=None, refusals=0, reply=""
        )
        if count:
            record(
                "mail.retried_all",
                by=by,
                at=at,
                workspace_id=workspace.id,
                subject_kind="mail",
                changes=[Change(field="mails", before="", after=str(count))],
            )
            unpause(workspace, at=at)
    return count


def set_retention(workspace: Workspace, days: int, *, by: Actor, at: datetime) -> MailQueue:
    """Say how long finished mails are kept in the log: 7 to 730 days. What is older by then is
    deleted in the next night. Raises `KeptTooShortOrLong`."""
    check_keep_days(days)
    with transaction.atomic():
        queue, _made = MailQueue.objects.select_for_update().get_or_create(workspace=workspace)
        if queue.keep_days != days:
            change = Change(field="keep_days", before=str(queue.keep_days), after=str(days))
            queue.keep_days = days
            queue.save(update_fields=["keep_days"])
            record(
                "mail.retention_changed",
                by=by,
                at=at,
                workspace_id=workspace.id,
                subject_kind="mail",
                changes=[change],
            )
    return queue


def _requeued(mail: Mail, *, at: datetime) -> Mail:
    mail.state, mail.due_at, mail.finished_at = MailState.QUEUED, at, None
    mail.refusals, mail.reply = 0, ""
    mail.save(update_fields=["state", "due_at", "finished_at", "refusals", "reply"])
    return mail


def _copied(mail: Mail, *, at: datetime) -> Mail:
    copies = Mail.objects.filter(copy_of=mail)
    if copies.filter(state__in=UNDER_WAY).exists():
        raise OnItsWay
    if copies.filter(created_at__gt=at - A_MOMENT).exists():
        raise JustSentAgain(recipient=mail.recipient)
    return Mail.objects.create(
        workspace=mail.workspace,
        template=mail.template,
        language=mail.language,
        recipient=mail.recipient,
        context=mail.context,
        due_at=at,
        created_at=at,
        copy_of=mail,
    )


def _record_mail(action: str, mail: Mail, *, by: Actor, at: datetime, copy_of: Mail) -> None:
    changes = [Change(field="copy_of", before="", after=str(copy_of.id))] if copy_of != mail else []
    record(
        action,
        by=by,
        at=at,
        workspace_id=mail.workspace_id,
        subject_kind="mail",
        subject_id=mail.id,
        subject_label=mail.template,  # never the address: this log could not forget it
        changes=changes,
    )
