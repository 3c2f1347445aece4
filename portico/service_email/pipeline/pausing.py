"""A queue whose server fails: it rests, its admins hear of it, and it goes on by itself."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from portico.audit.services import PLATFORM, record
from portico.service_email.models import Mail, MailQueue, MailState
from portico.service_email.pipeline.alarms import tell_admins
from portico.service_email.pipeline.queueing import ensure_drain
from portico.service_email.pipeline.rules import ALARMS_APART, is_alarming, pause_after
from portico.service_email.pipeline.troubles import kept
from portico.service_email.smtp.stages import Stage
from portico.workspaces.models import Workspace

Dice = Callable[[], float]

log = structlog.get_logger("portico.mail")


@dataclass(frozen=True)
class Outage:
    """A failure that is the server's, and not one of a mail's.

    `own`: the server is the workspace's, so that its admins can do something about it.
    """

    stage: Stage
    server: str
    sign_in_refused: bool
    own: bool


def note_outage(
    workspace: Workspace, outage: Outage, *, at: datetime, dice: Dice = random.random
) -> datetime:
    """Let the queue rest, and wake the admins if it is time to; until when it rests.

    Nothing is lost: what waits keeps waiting, and no mail's attempts are used up.
    """
    with transaction.atomic():
        queue = _locked(workspace)
        queue.failures += 1
        queue.failing_since = queue.failing_since or at
        queue.trouble = kept(outage.stage) | {"server": outage.server}
        refused = outage.sign_in_refused
        pause = pause_after(queue.failures, sign_in_refused=refused, dice=dice())
        queue.paused_until = at + timedelta(seconds=pause)
        alarming = is_alarming(queue.failures, sign_in_refused=refused)
        if alarming and not _is_told(queue):
            _alarm(workspace, queue, outage, at=at)
        queue.save()
    log.warning(
        "mail queue rests",
        workspace=workspace.slug,
        server=outage.server,
        stage=outage.stage.name.value,
        code=outage.stage.code,
        failures=queue.failures,
        until=queue.paused_until.isoformat(),
    )
    return queue.paused_until


def note_recovery(workspace: Workspace, *, server: str, at: datetime) -> None:
    """A server takes mail again: forget the failures, and tell whoever was told of them.

    `server` is the one that does, which may be another than the one that failed.
    """
    with transaction.atomic():
        queue = _locked(workspace)
        if queue.failing_since is None:
            return
        told, since = _is_told(queue), queue.failing_since
        queue.failures, queue.failing_since = 0, None
        queue.paused_until, queue.trouble = None, {}
        queue.save()
        if told:
            _record("service_email.server_recovered", workspace, server, at=at)
            tell_admins(workspace, "recovered", since=since, server=server, at=at)


def unpause(workspace: Workspace, *, at: datetime) -> None:
    """Try again at once: somebody has changed the server, or asks for it.

    What is known of the trouble stays until the next mail shows whether it is over.
    """
    with transaction.atomic():
        queue = _locked(workspace)
        if queue.paused_until is not None:
            # The mail that was in hand when the server failed waits exactly as long as the queue.
            Mail.objects.filter(
                workspace=workspace, state=MailState.QUEUED, due_at=queue.paused_until
            ).update(due_at=at)
        queue.paused_until, queue.failures = None, 0
        queue.save(update_fields=["paused_until", "failures"])
        if Mail.objects.filter(workspace=workspace, due_at__lte=at).exists():
            ensure_drain(workspace.id)


def _alarm(workspace: Workspace, queue: MailQueue, outage: Outage, *, at: datetime) -> None:
    """Once an outage, and not too often where it comes and goes."""
    if not outage.own:
        # Its admins could do nothing about it; and where the platform's own mailer is what fails,
        # the alarm would go the same broken way.
        log.error("mail cannot be sent, and only the operator can help", code=outage.stage.code)
        return
    if queue.alarmed_at is not None and at - queue.alarmed_at < ALARMS_APART:
        return
    queue.alarmed_at = at
    queue.save()
    _record("service_email.server_failing", workspace, outage.server, at=at)
    since = queue.failing_since or at
    tell_admins(workspace, "failing", since=since, server=outage.server, at=at)


def _is_told(queue: MailQueue) -> bool:
    """Whether the admins have been told of the present outage."""
    return (
        queue.alarmed_at is not None
        and queue.failing_since is not None
        and queue.alarmed_at >= queue.failing_since
    )


def _locked(workspace: Workspace) -> MailQueue:
    queue, _made = MailQueue.objects.select_for_update().get_or_create(workspace=workspace)
    return queue


def _record(action: str, workspace: Workspace, server: str, *, at: datetime) -> None:
    record(
        action,
        by=PLATFORM,
        at=at,
        workspace_id=workspace.id,
        subject_kind="section",
        subject_id="service-email",
        subject_label=server,
    )
