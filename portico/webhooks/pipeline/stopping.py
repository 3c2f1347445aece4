"""Disabling an endpoint that takes no events, and telling the admins."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.urls import reverse

from portico.audit.services import PLATFORM, record
from portico.service_email.services import send_to_admins
from portico.webhooks.models import Delivery, DeliveryState, Endpoint, Stop
from portico.workspaces.hosts import address_of

log = structlog.get_logger("portico.webhooks")


def stop(endpoint: Endpoint, because: Stop, *, at: datetime) -> None:
    """Disable an endpoint on the platform's own account. The caller has locked it."""
    hold(endpoint, because, at=at)
    record(
        "webhook.disabled",
        by=PLATFORM,
        at=at,
        workspace_id=endpoint.workspace_id,
        subject_kind="webhook",
        subject_id=endpoint.id,
        subject_label=endpoint.label,
        reason=because.value,
    )
    _tell_admins(endpoint, at=at)
    log.warning("endpoint disabled", endpoint=str(endpoint.id), because=because.value)


def hold(endpoint: Endpoint, because: Stop, *, at: datetime) -> None:
    """Disable an endpoint; what waits for it is held. The caller has locked it."""
    endpoint.disabled_at, endpoint.disabled_because = at, because
    endpoint.resting_until = None
    endpoint.revision += 1
    endpoint.save(update_fields=["disabled_at", "disabled_because", "resting_until", "revision"])
    waiting = Delivery.objects.filter(
        endpoint=endpoint, due_at__isnull=False, state=DeliveryState.WAITING, test=False
    )
    waiting.update(state=DeliveryState.HELD, due_at=None, urgent=False)


def _tell_admins(endpoint: Endpoint, *, at: datetime) -> None:
    workspace = endpoint.workspace
    context = {
        "workspace": workspace.name,
        "endpoint": endpoint.description,
        "address": endpoint.shown_url,
        "because": endpoint.disabled_because,
        "since": (endpoint.failing_since or at).isoformat(),
        "failures": endpoint.failures,
        "time_zone": workspace.time_zone,
        "url": address_of(workspace, reverse("webhook", args=[endpoint.id])),
    }
    send_to_admins("webhook_disabled", context, workspace, at=at)
