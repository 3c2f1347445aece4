"""Sending something because somebody asks for it: a test, or an event once more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from portico.audit.services import Actor, Change
from portico.kernel.ids import new_id
from portico.webhooks.bodies import body_of
from portico.webhooks.catalog import TEST
from portico.webhooks.models import Delivery, DeliveryState
from portico.webhooks.pipeline.queueing import ensure_courier
from portico.webhooks.services.errors import BeingSent, EndpointDisabled, TooManyTests
from portico.webhooks.services.holding import locked_delivery, locked_endpoint, record_webhook
from portico.workspaces.models import Workspace

MOST_TESTS: Final = 10  # within a minute
NOTE: Final = "This is a test. Nothing has happened."


def send_test(workspace: Workspace, endpoint_id: UUID, *, by: Actor, at: datetime) -> Delivery:
    """Send a test event, the way that all events go, and once only. A disabled endpoint can be
    tested, too: that is how one sees that it works again. Raises `NotFound` or `TooManyTests`."""
    with transaction.atomic():
        endpoint = locked_endpoint(workspace, endpoint_id)
        lately = Delivery.objects.filter(
            endpoint=endpoint, type=TEST, created_at__gt=at - timedelta(minutes=1)
        )
        if lately.count() >= MOST_TESTS:
            raise TooManyTests(most=MOST_TESTS)
        payload = {"endpoint": str(endpoint.id), "note": NOTE}
        delivery = Delivery.objects.create(
            workspace=workspace,
            endpoint=endpoint,
            event=new_id(),
            type=TEST,
            body=body_of(TEST, payload, workspace=workspace, at=at),
            test=True,
            urgent=True,
            due_at=at,
            created_at=at,
        )
        ensure_courier(endpoint.id, quick=endpoint.quick)
        record_webhook("webhook.tested", endpoint, by=by, at=at)
    return delivery


def redeliver(
    workspace: Workspace, endpoint_id: UUID, delivery_id: UUID, *, by: Actor, at: datetime
) -> Delivery:
    """Send an event once more, under the same id and with the same body, whatever became of it.

    Raises `NotFound`, `BeingSent`, or `EndpointDisabled`.
    """
    with transaction.atomic():
        endpoint = locked_endpoint(workspace, endpoint_id)
        delivery = locked_delivery(endpoint, delivery_id)
        if delivery.state == DeliveryState.SENDING:
            raise BeingSent
        if not endpoint.enabled and not delivery.test:
            raise EndpointDisabled
        delivery.state, delivery.due_at, delivery.urgent = DeliveryState.WAITING, at, True
        delivery.refusals, delivery.finished_at = 0, None
        delivery.save(update_fields=["state", "due_at", "urgent", "refusals", "finished_at"])
        ensure_courier(endpoint.id, quick=endpoint.quick)
        change = Change(field="delivery", before="", after=delivery.message_id)
        record_webhook("webhook.redelivered", endpoint, by=by, at=at, changes=[change])
    return delivery
