"""From an event of the platform to a delivery for each endpoint that asks for it."""

from __future__ import annotations

from django.db import transaction

from portico.outbox.models import Event
from portico.webhooks.bodies import body_of
from portico.webhooks.models import Delivery, DeliveryState, Endpoint
from portico.webhooks.pipeline.queueing import ensure_courier
from portico.workspaces.models import Workspace


def forward(event: Event) -> None:
    """Send an event to the endpoints of its workspace that ask for it.

    Listens to the events of the catalog, in the worker: what is written here and that the event was
    heard are one transaction. For disabled endpoints it is held, so that nothing is lost until
    somebody decides.
    """
    with transaction.atomic():
        # Locked, so that none is disabled, enabled or removed between this look and the commit.
        asking = Endpoint.objects.filter(
            workspace_id=event.workspace_id, events__contains=[event.name]
        )
        endpoints = list(asking.select_for_update(no_key=True).order_by("id"))
        if not endpoints:
            return
        workspace = Workspace.objects.get(id=event.workspace_id)
        body = body_of(event.name, event.payload, workspace=workspace, at=event.created_at)
        Delivery.objects.bulk_create(
            [_delivery(endpoint, event, body) for endpoint in endpoints], ignore_conflicts=True
        )
        for endpoint in endpoints:
            if endpoint.enabled:
                ensure_courier(endpoint.id, quick=endpoint.quick)


def _delivery(endpoint: Endpoint, event: Event, body: str) -> Delivery:
    return Delivery(
        workspace_id=event.workspace_id,
        endpoint=endpoint,
        event=event.id,
        type=event.name,
        body=body,
        state=DeliveryState.WAITING if endpoint.enabled else DeliveryState.HELD,
        due_at=event.created_at if endpoint.enabled else None,
        created_at=event.created_at,
    )
