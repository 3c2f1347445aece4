"""Who is told by mail of what happens to the keys of Production: all admins."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.urls import reverse

from portico.audit.services import Actor
from portico.service_email.services import send_to_admins
from portico.targets.models import TargetKey
from portico.workspaces.hosts import address_of


class KeyEvent(StrEnum):
    """What happened to a key."""

    MADE = "made"
    ROTATED = "rotated"
    REVOKED = "revoked"


def tell_admins_of_key(event: KeyEvent, key: TargetKey, *, by: Actor, at: datetime) -> None:
    """Mail all admins what somebody did with a key of Production; of a Sandbox key nobody is told.

    Call it in the transaction of the change. The mail names the key by its name and hint.
    """
    target = key.target
    if not target.is_production:
        return
    workspace = target.workspace
    context = {
        "event": event.value,
        "workspace": workspace.name,
        "app": target.app.name,
        "key": key.name,
        "hint": key.hint,
        "until": key.expires_at.isoformat() if key.expires_at else "",
        "who": by.name or by.email,
        "at": at.isoformat(),
        "time_zone": workspace.time_zone,
        "url": address_of(workspace, reverse("app", args=[target.app_id])),
    }
    send_to_admins("target_key", context, workspace, at=at)
