"""Deliveries that a worker had in hand when it died.

An attempt is noted before anything is sent, with a time by which its worker must have noted the
end. What is still "being sent" after that is lost: it may have arrived or not, so it is sent again,
under the same id.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from portico.kernel.errors import gettext_noop
from portico.webhooks.models import Attempt, Delivery, DeliveryState, Endpoint, Outcome
from portico.webhooks.pipeline.troubles import Trouble
from portico.webhooks.rules.patience import wait_after

AT_ONCE = 100

LOST = Trouble(
    "worker_died",
    gettext_noop(
        "The worker ended before it could note an answer, so the event may have arrived. It is "
        "sent again with the same id."
    ),
)

log = structlog.get_logger("portico.webhooks")


def take_up_lost(*, at: datetime) -> int:
    """Put back what dead workers had in hand; how many there were."""
    taken = 0
    lost = Delivery.objects.filter(state=DeliveryState.SENDING, due_at__lt=at)
    ids = lost.order_by("due_at").values_list("id", "endpoint_id")[:AT_ONCE]
    for delivery_id, endpoint_id in list(ids):
        with transaction.atomic():
            # The endpoint first, as everybody does who needs both: it may be disabled just now.
            endpoints = Endpoint.objects.select_for_update(no_key=True)
            endpoint = endpoints.filter(id=endpoint_id).first()
            free = lost.select_for_update(skip_locked=True).filter(id=delivery_id)
            if endpoint is None or (delivery := free.first()) is None:
                continue
            _take_up(delivery, endpoint, at=at)
        log.warning("delivery of a dead worker taken up again", delivery=str(delivery_id))
        taken += 1
    return taken


def _take_up(delivery: Delivery, endpoint: Endpoint, *, at: datetime) -> None:
    Attempt.objects.filter(delivery=delivery, ended_at=None).update(
        ended_at=at, outcome=Outcome.UNKNOWN, trouble=LOST.kept()
    )
    delivery.refusals += 1
    delivery.urgent = False
    wait = wait_after(delivery.refusals, dice=random.random())  # noqa: S311 - spreads load
    if delivery.test or wait is None:
        delivery.state, delivery.due_at, delivery.finished_at = DeliveryState.FAILED, None, at
    elif not endpoint.enabled:
        delivery.state, delivery.due_at = DeliveryState.HELD, None
    else:
        # At once the first time; one that takes its worker down each time waits longer.
        pause = timedelta(seconds=wait if delivery.refusals > 1 else 0)
        delivery.state, delivery.due_at = DeliveryState.WAITING, at + pause
    delivery.save(update_fields=["state", "due_at", "finished_at", "refusals", "urgent"])
