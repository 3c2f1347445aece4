"""Forgetting mails that were kept long enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from portico.outbox.leaving import is_leaving
from portico.service_email.models import Mail, MailQueue

AT_ONCE = 1000


def forget(*, at: datetime, at_once: int = AT_ONCE) -> int:
    """Delete the mails that were finished longer ago than their workspace keeps them; how many.

    What is on its way is never too old. A few at a time, each in a transaction of its own.
    """
    gone = 0
    for queue in MailQueue.objects.order_by("workspace_id"):
        before = at - timedelta(days=queue.keep_days)
        while not is_leaving():
            deleted = _forget(queue, before, at_once)
            gone += deleted
            if deleted < at_once:
                break
    return gone


def _forget(queue: MailQueue, before: datetime, at_once: int) -> int:
    with transaction.atomic():
        old = Mail.objects.filter(workspace_id=queue.workspace_id, finished_at__lt=before)
        # Locked, so that none of them is put back into the queue before it is gone; one that is
        # in somebody's hands just now stays until tomorrow.
        free = old.select_for_update(skip_locked=True)
        ids = list(free.order_by("finished_at").values_list("id", flat=True)[:at_once])
        Mail.objects.filter(id__in=ids).delete()
    return len(ids)
