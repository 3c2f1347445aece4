"""Getting hold of an endpoint or a delivery to change it, and writing down that it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from portico.audit.services import Actor, Change, record
from portico.kernel.errors import NotFound
from portico.webhooks.models import Delivery, Endpoint
from portico.workspaces.models import Workspace


def locked_endpoint(workspace: Workspace, endpoint_id: UUID) -> Endpoint:
    """An endpoint of this workspace, locked until the transaction ends; raises `NotFound`."""
    endpoints = Endpoint.objects.select_for_update(of=("self",), no_key=True)
    endpoint = endpoints.filter(workspace=workspace, id=endpoint_id).first()
    if endpoint is None:
        raise NotFound
    endpoint.workspace = workspace
    return endpoint


def locked_delivery(endpoint: Endpoint, delivery_id: UUID) -> Delivery:
    """A delivery to this endpoint, locked; raises `NotFound`."""
    deliveries = Delivery.objects.select_for_update(of=("self",), no_key=True)
    delivery = deliveries.filter(
        workspace=endpoint.workspace, endpoint=endpoint, id=delivery_id
    ).first()
    if delivery is None:
        raise NotFound
    delivery.endpoint = endpoint
    return delivery


def record_webhook(
    action: str,
    endpoint: Endpoint,
    *,
    by: Actor,
    at: datetime,
    changes: Sequence[Change] = (),
) -> None:
    """Write down what was done with an endpoint."""
    record(
        action,
        by=by,
        at=at,
        workspace_id=endpoint.workspace_id,
        subject_kind="webhook",
        subject_id=endpoint.id,
        subject_label=endpoint.label,
        changes=changes,
    )
