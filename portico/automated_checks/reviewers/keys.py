"""The signing secrets of a reviewer: made, kept encrypted, and forgotten."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from portico.automated_checks.models import Reviewer
from portico.secrets.services import forget, keep, reveal
from portico.webhooks.signing import new_signing_secret
from portico.workspaces.models import Workspace

KIND = "reviewer.signing"


def make_key(workspace: Workspace, reviewer_id: UUID, *, at: datetime) -> tuple[UUID, str]:
    """A new signing secret: its id, and the secret itself, to be shown once."""
    plain = new_signing_secret()
    return keep(workspace, plain, binding=_binding(reviewer_id), at=at, kind=KIND).id, plain


def keys_of(reviewer: Reviewer, *, at: datetime) -> list[str]:
    """The secrets that sign at this time, the newest first. Raises `SecretUnusable`."""
    ids = [reviewer.secret]
    if reviewer.old_secret and reviewer.old_secret_until and reviewer.old_secret_until > at:
        ids.append(reviewer.old_secret)
    return [reveal(one, workspace=reviewer.workspace, binding=_binding(reviewer.id)) for one in ids]


def end_old_keys(*, at: datetime) -> int:
    """Forget the old secrets whose time is over; how many there were."""
    over = Reviewer.objects.filter(old_secret__isnull=False, old_secret_until__lte=at)
    ended = 0
    for reviewer in over.select_related("workspace").order_by("id"):
        with transaction.atomic():
            # Only if it is still the one that was read: a rotation may have put another there.
            same = Reviewer.objects.filter(id=reviewer.id, old_secret=reviewer.old_secret)
            ended += same.update(old_secret=None, old_secret_until=None)
            forget(reviewer.workspace, [reviewer.old_secret] if reviewer.old_secret else [], at=at)
    return ended


def _binding(reviewer_id: UUID) -> dict[str, str | int]:
    """What a signing secret is kept for: this reviewer."""
    return {"reviewer": str(reviewer_id)}
