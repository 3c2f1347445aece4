"""What one drain takes on: which mails, and whether any now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F

from portico.kernel.errors import gettext_noop
from portico.service_email.models import Attempt, Mail, MailQueue, MailState, Outcome
from portico.service_email.pipeline.queueing import ensure_drain
from portico.service_email.pipeline.rules import Allowance, wait_after
from portico.workspaces.models import Workspace

MOST_MAILS = 100

UNKNOWN = gettext_noop(
    "The worker ended before it could note the server's answer: this may have been delivered."
)

log = structlog.get_logger("portico.mail")


@dataclass(frozen=True)
class Batch:
    """Mails for one drain, oldest first. `drain` is its name; `was_failing`: the server did."""

    drain: UUID
    mails: tuple[Mail, ...]
    was_failing: bool


def begin(
    workspace: Workspace, *, at: datetime, dice: Callable[[], float], limited: bool = True
) -> Batch | None:
    """Take on what is due. None: the queue rests, or its rate allows nothing now.

    From here on any other drain of this workspace that still runs has lost its place.
    """
    with transaction.atomic():
        queue, _made = MailQueue.objects.select_for_update().get_or_create(workspace=workspace)
        queue.drain = uuid4()
        queue.save(update_fields=["drain"])
        _take_up(workspace, at=at, dice=dice)
        if queue.paused_until is not None and queue.paused_until > at:
            return None
        allowance = _allowance(queue, at=at)
        most = min(MOST_MAILS, int(allowance.mails)) if limited else MOST_MAILS
        # Without a word about the state: all that is due is queued now, and this is one index.
        due = Mail.objects.filter(workspace=workspace, due_at__lte=at)
        mails = tuple(due.order_by("due_at", "id")[:most]) if most > 0 else ()
        if limited:
            _keep(queue, allowance.less(len(mails)))
        return Batch(queue.drain, mails, was_failing=queue.failing_since is not None)


def end(workspace: Workspace, batch: Batch, *, left: int, limited: bool, at: datetime) -> None:
    """Give back the allowance for mails that were not sent, and go to the end of the line if
    there is more to do."""
    with transaction.atomic():
        queue = MailQueue.objects.select_for_update().get(workspace=workspace)
        if queue.drain != batch.drain:
            return
        allowance = Allowance(queue.allowance, queue.allowance_at).less(-left if limited else 0)
        _keep(queue, allowance)
        rests = queue.paused_until is not None and queue.paused_until > at
        spent = limited and _allowance(queue, at=at).mails < 1
        if rests or spent:
            return  # the sweep comes by
        if Mail.objects.filter(workspace=workspace, due_at__lte=at).exists():
            ensure_drain(workspace.id)


def has_place(workspace: Workspace, drain: UUID) -> bool:
    """Whether that drain is still the one at work."""
    return MailQueue.objects.filter(workspace=workspace, drain=drain).exists()


def release(mail: Mail, attempt_id: int, *, due_at: datetime) -> None:
    """Put a mail back whose server failed: nothing was said about the mail itself.

    It goes behind what is due by then, so that a mail that ends each connection holds up nothing.
    """
    with transaction.atomic():
        gone, _rows = Attempt.objects.filter(id=attempt_id, ended_at=None).delete()
        if gone:
            Mail.objects.filter(id=mail.id, state=MailState.SENDING).update(
                state=MailState.QUEUED, due_at=due_at, attempts=F("attempts") - 1
            )


def _take_up(workspace: Workspace, *, at: datetime, dice: Callable[[], float]) -> None:
    """Mails that a dead worker had in hand are sent again: once too often rather than never."""
    for mail in Mail.objects.filter(workspace=workspace, state=MailState.SENDING):
        Attempt.objects.filter(mail=mail, ended_at=None).update(
            ended_at=at, outcome=Outcome.UNKNOWN, reply=UNKNOWN
        )
        mail.refusals += 1
        wait = wait_after(mail.refusals, dice=dice())
        mail.reply = UNKNOWN
        if wait is None:
            mail.state, mail.due_at, mail.finished_at = MailState.FAILED, None, at
        else:
            # At once the first time; a mail that takes its worker down each time waits longer.
            pause = timedelta(seconds=wait if mail.refusals > 1 else 0)
            mail.state, mail.due_at = MailState.QUEUED, at + pause
        mail.save(update_fields=["state", "due_at", "finished_at", "refusals", "reply"])
        log.warning("mail of a dead worker taken up again", mail=str(mail.id))


def _allowance(queue: MailQueue, *, at: datetime) -> Allowance:
    rate: int = settings.PORTICO_MAIL_RATE
    return Allowance(queue.allowance, queue.allowance_at).grown(rate=rate, at=at)


def _keep(queue: MailQueue, allowance: Allowance) -> None:
    queue.allowance, queue.allowance_at = allowance.mails, allowance.at
    queue.save(update_fields=["allowance", "allowance_at"])
