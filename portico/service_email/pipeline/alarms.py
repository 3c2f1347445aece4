"""Telling a workspace's admins that its mail server fails, and that it works again.

Always through the platform's own mailer: the workspace's is what is broken. Each admin's mail is a
job of its own, so that one that fails is tried again alone.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from portico.service_email.models import Mail, MailQueue
from portico.service_email.pipeline.troubles import in_words, trouble_of
from portico.workspaces.hosts import address_of
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import Role

TASK = "service_email.alarm"
PATH = "/settings/tenant/"


def tell_admins(
    workspace: Workspace, news: str, *, since: datetime, server: str, at: datetime
) -> None:
    """Put a mail to each active admin on its way, in the present transaction.

    `news` is `failing` or `recovered`.
    """
    for admin in Membership.objects.admins_of(workspace):
        app.configure_task(TASK).defer(
            membership_id=str(admin.id),
            news=news,
            since=since.isoformat(),
            server=server,
            at=at.isoformat(),
        )


def tell(membership_id: UUID, news: str, *, since: datetime, server: str, at: datetime) -> bool:
    """Tell one admin now; False where they are no longer one, or a failure that they were to hear
    of is over: this may run hours later. Raises what Django's mailer does."""
    admin = (
        Membership.objects.active()
        .filter(id=membership_id, role=Role.ADMIN)
        .select_related("person", "workspace")
        .first()
    )
    if admin is None:
        return False
    person, workspace = admin.person, admin.workspace
    if news == "failing" and not _goes_on(workspace, since):
        return False
    chosen = person.language if person.language in dict(settings.LANGUAGES) else ""
    zone = ZoneInfo(person.time_zone or workspace.time_zone)
    with translation.override(chosen or workspace.default_language), timezone.override(zone):
        subject, text = _written(workspace, news, since=since, server=server, at=at)
    EmailMessage(" ".join(subject.split()), text, to=[person.email]).send()
    return True


def _written(
    workspace: Workspace, news: str, *, since: datetime, server: str, at: datetime
) -> tuple[str, str]:
    facts = {
        "workspace": workspace.name,
        "server": server,
        "since": _moment(since),
        "at": _moment(at),
    }
    if news == "recovered":
        subject = _("%(workspace)s: the mail server works again") % facts
        return subject, _lines(
            _("%(server)s takes mail of %(workspace)s again since %(at)s.") % facts,
            _("What had been waiting is being sent now. Nothing was lost."),
        )
    subject = _("%(workspace)s: the mail server does not take mail") % facts
    return subject, _lines(
        _("Mail of %(workspace)s cannot be sent through %(server)s since %(since)s.") % facts,
        *_what_is_wrong(workspace),
        _(
            "Mail waits and is not lost. Portico keeps trying, and goes on by itself once the "
            "server answers; you then get another message like this one."
        ),
        _("Settings of the server, with a test that shows each step:"),
        address_of(workspace, PATH),
    )


def _goes_on(workspace: Workspace, since: datetime) -> bool:
    return MailQueue.objects.filter(workspace=workspace, failing_since=since).exists()


def _what_is_wrong(workspace: Workspace) -> tuple[str, ...]:
    queue = MailQueue.objects.get(workspace=workspace)
    waiting = Mail.objects.filter(workspace=workspace, due_at__isnull=False).count()
    stage = trouble_of(queue)
    words = in_words(stage) if stage else ()
    return (*words, _("Mails that wait: %(number)s.") % {"number": waiting})


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname() or ''}".strip()


def _lines(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs) + "\n"
