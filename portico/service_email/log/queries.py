"""Reading the mail log: newest first, narrowed by filters, one page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from portico.audit.queries import beginning, words_in
from portico.kernel.errors import NotFound
from portico.service_email.models import Mail, MailQueue, MailState
from portico.service_email.models.mails import WORDS
from portico.workspaces.models import Workspace

MOST_COUNTED = 10_000
TOO_LONG_FOR_A_LIST = ("context", "html", "text")

# Bounded, so that a log of millions does not make the page slow.
COUNT = """
SELECT wanted.state,
       (SELECT count(*) FROM (SELECT 1 FROM service_email_mail AS mail
                               WHERE mail.workspace_id = %s AND mail.state = wanted.state
                               LIMIT %s) AS counted)
  FROM unnest(%s::text[]) AS wanted (state)
"""


@dataclass(frozen=True)
class Filters:
    """What somebody looks for; an empty value asks for nothing.

    `words`: beginnings of the recipient's address and of words of the subject, all of which a
    mail must have; those after the eighth are not looked at. `since` is inclusive, `until` is not.
    """

    words: str = ""
    state: str = ""
    template: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class MailPage:
    """Some mails, newest first, and whether there are newer and older ones."""

    mails: list[Mail]
    has_newer: bool
    has_older: bool

    @property
    def newest(self) -> UUID | None:
        """Pass it as `after` to get the page of newer mails."""
        return self.mails[0].id if self.has_newer else None

    @property
    def oldest(self) -> UUID | None:
        """Pass it as `before` to get the page of older mails."""
        return self.mails[-1].id if self.has_older else None


def mails_of(workspace: Workspace, filters: Filters | None = None) -> QuerySet[Mail]:
    """A workspace's mails, without what is too long for a list. No other workspace's, ever."""
    found = Mail.objects.filter(workspace=workspace).defer(*TOO_LONG_FOR_A_LIST)
    if filters is None:
        return found
    if "\x00" in filters.words + filters.state + filters.template:
        return found.none()  # no stored text holds it, and PostgreSQL would not hear of it
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.template:
        found = found.filter(template=filters.template)
    if filters.since:
        found = found.filter(created_at__gte=filters.since)
    if filters.until:
        found = found.filter(created_at__lt=filters.until)
    return _with_words(found, filters.words) if filters.words.strip() else found


def page_of(
    mails: QuerySet[Mail], *, size: int, before: UUID | None = None, after: UUID | None = None
) -> MailPage:
    """The newest mails; or those that come before or after one, by its id.

    One query, whatever the page and however long the log: nothing is counted or skipped.
    """
    if after is not None:
        found = list(mails.filter(id__gt=after).order_by("id")[: size + 1])
        return MailPage(found[:size][::-1], has_newer=len(found) > size, has_older=bool(found))
    if before is not None:
        mails = mails.filter(id__lt=before)
    found = list(mails.order_by("-id")[: size + 1])
    return MailPage(
        found[:size], has_newer=before is not None and bool(found), has_older=len(found) > size
    )


def mail_of(workspace: Workspace, mail_id: UUID) -> Mail:
    """One mail of a workspace, whole; raises `NotFound`, whoever else may have it."""
    try:
        return Mail.objects.get(workspace=workspace, id=mail_id)
    except Mail.DoesNotExist:
        raise NotFound from None


def counts_of(workspace: Workspace) -> dict[MailState, int]:
    """How many mails are in each state, in one query; `MOST_COUNTED` + 1 stands for more."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [workspace.id, MOST_COUNTED + 1, MailState.values])
        return {MailState(state): int(count) for state, count in cursor.fetchall()}


def queue_of(workspace: Workspace) -> MailQueue:
    """How a workspace's mail is doing; a queue that was never needed is in order."""
    return MailQueue.objects.filter(workspace=workspace).first() or MailQueue(workspace=workspace)


def _with_words(mails: QuerySet[Mail], text: str) -> QuerySet[Mail]:
    words = words_in(text)
    if not words:
        return mails.none()
    found = mails.alias(words=WORDS)
    for word in words:
        found = found.filter(beginning("words", word))
    return found
