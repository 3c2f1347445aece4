"""Forgetting deliveries that were kept long enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from portico.outbox.leaving import is_leaving
from portico.webhooks.models import Attempt, Delivery
from portico.webhooks.rules.patience import DAYS_KEPT

AT_ONCE = 1000


def forget(*, at: datetime, at_once: int = AT_ONCE) -> int:
    """Delete deliveries of events that are older than 30 days, held ones too; how many.

    What is on its way is never too old. A few at a time, each in a transaction of its own.
    """
    gone = 0
    while not is_leaving():
        deleted = _forget(at - timedelta(days=DAYS_KEPT), at_once)
        gone += deleted
        if deleted < at_once:
            break
    return gone


def _forget(before: datetime, at_once: int) -> int:
    with transaction.atomic():
        old = Delivery.objects.filter(created_at__lt=before, due_at=None)
        # Locked, so that none is redelivered before it is gone; one that is in somebody's hands
        # just now stays until tomorrow.
        free = old.select_for_update(skip_locked=True).order_by("created_at")
        ids = list(free.values_list("id", flat=True)[:at_once])
        Attempt.objects.filter(delivery__in=ids).delete()
        Delivery.objects.filter(id__in=ids).delete()
    return len(ids)
