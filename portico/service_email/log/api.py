"""The mail log over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Query, Schema
from pydantic import AwareDatetime, Field

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.service_email import services
from portico.service_email.log.queries import Filters, mail_of, mails_of, page_of, queue_of
from portico.service_email.models import Mail, MailState
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest


class MailAnswer(Schema):
    """A mail. `subject` is empty until it was written, `due_at` null once it is done with."""

    id: UUID
    template: str
    language: str
    recipient: str
    subject: str
    state: MailState
    attempts: int
    created_at: datetime
    due_at: datetime | None
    finished_at: datetime | None
    message_id: str
    reply: str


class MailAttemptAnswer(Schema):
    """A try to hand a mail over. `outcome` empty: the worker has noted none (yet). `source`: the
    public address that it left from, empty where that is unknown."""

    number: int
    server: str
    source: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    stage: str
    reply: str


class WholeMailAnswer(MailAnswer):
    """A mail with its attempts and what was written. Links that carry a token are left out."""

    tries: list[MailAttemptAnswer]
    html: str
    text: str


class MailsAnswer(Schema):
    """A page of mails, newest first. `next`: pass it as `cursor` for the page after."""

    items: list[MailAnswer]
    next: UUID | None


class MailsAsked(Schema):
    """What to look for; what is left out asks for nothing."""

    q: str = Field(
        "", max_length=200, description="Beginnings of the recipient or of words of the subject."
    )
    state: MailState | None = None
    template: str = Field("", max_length=60)
    since: AwareDatetime | None = Field(None, description="Inclusive, with its offset from UTC.")
    until: AwareDatetime | None = Field(None, description="Exclusive.")
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class RetriedAnswer(Schema):
    """How many mails were queued again."""

    count: int


class RetentionAnswer(Schema):
    """For how many days mails that are done with are kept."""

    days: int


router = ApiRouter(tags=["Mail"])


@router.get("", response=MailsAnswer, operation_id="list_mails", summary="Read the mail log")
@requires(Permission.MAIL_READ)
def list_mails(request: TokenRequest, asked: Query[MailsAsked]) -> MailsAnswer:
    """The mails of this workspace, newest first."""
    filters = Filters(
        words=asked.q,
        state=asked.state or "",
        template=asked.template,
        since=asked.since,
        until=asked.until,
    )
    page = page_of(mails_of(request.workspace, filters), size=asked.limit, before=asked.cursor)
    return MailsAnswer(items=[MailAnswer.from_orm(mail) for mail in page.mails], next=page.oldest)


@router.post(
    "/retry-failed",
    response=RetriedAnswer,
    operation_id="retry_failed_mails",
    summary="Send all failed mails again",
)
@requires(Permission.MAIL_CHANGE)
def retry_failed_mails(request: TokenRequest) -> RetriedAnswer:
    """Queue every mail that failed anew."""
    count = services.retry_all_failed(request.workspace, by=actor_of(request), at=now())
    return RetriedAnswer(count=count)


@router.get(
    "/retention",
    response=RetentionAnswer,
    operation_id="get_mail_retention",
    summary="How long the mail log is kept",
)
@requires(Permission.MAIL_READ)
def get_mail_retention(request: TokenRequest) -> RetentionAnswer:
    """For how long mails are kept once they are done with."""
    return RetentionAnswer(days=queue_of(request.workspace).keep_days)


@router.put(
    "/retention",
    response=RetentionAnswer,
    operation_id="put_mail_retention",
    summary="Change how long the mail log is kept",
)
@requires(Permission.MAIL_CHANGE)
def put_mail_retention(request: TokenRequest, wanted: RetentionAnswer) -> RetentionAnswer:
    """Older mails are deleted the next night."""
    services.set_retention(request.workspace, wanted.days, by=actor_of(request), at=now())
    return RetentionAnswer(days=queue_of(request.workspace).keep_days)


@router.get(
    "/{mail_id}", response=WholeMailAnswer, operation_id="get_mail", summary="Read one mail"
)
@requires(Permission.MAIL_READ)
def get_mail(request: TokenRequest, mail_id: UUID) -> WholeMailAnswer:
    """A mail with all attempts and what was written."""
    return _whole(mail_of(request.workspace, mail_id))


@router.post(
    "/{mail_id}/resend",
    response=MailAnswer,
    operation_id="resend_mail",
    summary="Send a mail again",
)
@requires(Permission.MAIL_CHANGE)
def resend_mail(request: TokenRequest, mail_id: UUID) -> MailAnswer:
    """Send it once more; the answer is the mail that is queued now."""
    found = mail_of(request.workspace, mail_id)
    return MailAnswer.from_orm(services.resend(found, by=actor_of(request), at=now()))


def _whole(mail: Mail) -> WholeMailAnswer:
    tries = [MailAttemptAnswer.from_orm(attempt) for attempt in mail.tries.all()]
    known = MailAnswer.from_orm(mail).model_dump()
    return WholeMailAnswer(**known, tries=tries, html=mail.html, text=mail.text)
