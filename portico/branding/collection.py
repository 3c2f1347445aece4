"""Dropping kits that nobody wears any more, so that their images can be collected."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from portico.basic_settings.services import draft_of, live, payload_of_draft
from portico.branding.kits import kit_digest
from portico.branding.models import BrandKit
from portico.branding.section import section
from portico.files.services import release
from portico.workspaces.models import Workspace

LOOKED_AT = timedelta(days=1)
KEPT = timedelta(days=3)


def collect_kits(*, at: datetime) -> int:
    """Drop kits that neither live values nor a draft needed for days; returns how many.

    Pages that somebody opened before still show their images: once a day (`LOOKED_AT`) a kit
    that is needed has that written down, and it is dropped `KEPT` after the last time. A kit that
    is needed again is made again, the same.
    """
    old = BrandKit.objects.filter(needed_at__lt=at - LOOKED_AT)
    return sum(
        _collect_from(workspace, at=at)
        for workspace in Workspace.objects.filter(id__in=old.values("workspace_id")).iterator()
    )


def _collect_from(workspace: Workspace, *, at: datetime) -> int:
    needed = _needed_digests(workspace)
    kits = BrandKit.objects.filter(workspace=workspace)
    kits.filter(digest__in=needed).update(needed_at=at)
    with transaction.atomic():
        # Whoever needs one of them just now holds its lock, or has written down that they do.
        dropped = list(
            kits.filter(needed_at__lt=at - KEPT)
            .exclude(digest__in=needed)
            .select_for_update(skip_locked=True)
        )
        for kit in dropped:
            release(user_kind="kit", user_id=kit.id)
            kit.delete()
    return len(dropped)


def _needed_digests(workspace: Workspace) -> set[str]:
    payloads = [live(workspace, section).payload]
    draft = draft_of(workspace, section)
    if draft is not None:
        payloads.append(payload_of_draft(section, draft))
    return {kit_digest(workspace, payload) for payload in payloads}
