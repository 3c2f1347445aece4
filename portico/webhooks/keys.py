"""The signing secrets of an endpoint: made, kept encrypted, and forgotten."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from portico.secrets.services import forget, keep
from portico.webhooks.models import Endpoint
from portico.webhooks.signing import new_signing_secret
from portico.workspaces.models import Workspace

KIND = "webhook.signing"


def binding_of(endpoint_id: UUID) -> dict[str, str | int]:
    """What a signing secret is kept for: this endpoint."""
    return {"endpoint": str(endpoint_id)}


def make_key(workspace: Workspace, endpoint_id: UUID, *, at: datetime) -> tuple[UUID, str]:
    """A new signing secret: its id, and the secret itself, to be shown once."""
    plain = new_signing_secret()
    kept = keep(workspace, plain, binding=binding_of(endpoint_id), at=at, kind=KIND)
    return kept.id, plain


def end_old_keys(*, at: datetime) -> int:
    """Forget the old secrets whose time is over; how many there were."""
    over = Endpoint.objects.filter(old_secret__isnull=False, old_secret_until__lte=at)
    ended = 0
    for endpoint in over.select_related("workspace").order_by("id"):
        with transaction.atomic():
            # Only if it is still the one that was read: a rotation may have put another there.
            ended += Endpoint.objects.filter(id=endpoint.id, old_secret=endpoint.old_secret).update(
                old_secret=None, old_secret_until=None
            )
            forget(endpoint.workspace, [endpoint.old_secret] if endpoint.old_secret else [], at=at)
    return ended
