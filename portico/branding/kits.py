"""The kit of images that surfaces wear: made once for each state of a brand, then kept."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction

from portico.branding.models import BrandKit
from portico.branding.payload import Branding
from portico.branding.rules import Picture, Verdict, judge, make_kit, monogram
from portico.branding.services import PICTURES
from portico.files.services import file_of, read, store, use
from portico.workspaces.models import Workspace

KIT_VERSION = 1
HOUR = 3600


def kit_for(workspace: Workspace, payload: Branding, *, at: datetime) -> BrandKit:
    """The kit of a state of the brand: from memory, from the database, or made now.

    A kit never changes. What is in memory is trusted for less than an hour, and a kit that is
    needed no more is kept for days (`collection`), so nobody wears one that is gone.
    """
    digest = kit_digest(workspace, payload)
    try:
        return _known_kit(workspace.id, digest, int(at.timestamp()) // HOUR)
    except BrandKit.DoesNotExist:
        return make(workspace, payload, at=at)


def need_kit(workspace: Workspace, payload: Branding, *, at: datetime) -> None:
    """Have the kit in the database, and keep it there: these values are about to be worn.

    Memory is not asked: the kit of a restored revision may have been collected long ago.
    """
    digest = kit_digest(workspace, payload)
    kept = BrandKit.objects.filter(workspace=workspace, digest=digest).update(needed_at=at)
    if not kept:
        make(workspace, payload, at=at)


def make(workspace: Workspace, payload: Branding, *, at: datetime) -> BrandKit:
    """Make the images and keep them. Of two who make the same kit at once, one keeps it."""
    pictures = {field: _picture(workspace, getattr(payload, field)) for field in PICTURES}
    drawn = make_kit(
        monogram=monogram(workspace.name, workspace.slug, payload.brand_color or None),
        logo=pictures["logo"],
        dark_logo=pictures["dark_logo"],
        favicon=pictures["favicon"],
        fit=payload.favicon_fit,
        color=payload.brand_color or None,
    )
    verdicts = judge(
        pictures["logo"], pictures["dark_logo"], pictures["favicon"], payload.favicon_fit
    )
    with transaction.atomic():
        images = {}
        for image in drawn:
            stored = store(
                workspace,
                image.content,
                content_type=image.content_type,
                width=image.width,
                height=image.height,
                is_public=True,
                at=at,
            )
            images[image.variant.value] = {
                "sha256": stored.sha256,
                "content_type": image.content_type,
                "width": image.width,
                "height": image.height,
            }
        kit, _made = BrandKit.objects.get_or_create(
            workspace=workspace,
            digest=kit_digest(workspace, payload),
            defaults={
                "images": images,
                "verdicts": [_as_json(verdict) for verdict in verdicts],
                "made_at": at,
                "needed_at": at,
            },
        )
        hashes = {image["sha256"] for image in kit.images.values()}
        use(workspace, hashes, user_kind="kit", user_id=kit.id)
    return kit


def kit_digest(workspace: Workspace, payload: Branding) -> str:
    """What names a state of a brand: everything that the images are made of."""
    state: dict[str, Any] = {"version": KIT_VERSION, **payload.model_dump(mode="json")}
    if payload.logo is None:
        state["monogram"] = [workspace.name, workspace.slug]
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=4096)
def _known_kit(workspace_id: UUID, digest: str, hour: int) -> BrandKit:  # noqa: ARG001 - ages it
    return BrandKit.objects.get(workspace_id=workspace_id, digest=digest)


def _picture(workspace: Workspace, sha256: str | None) -> Picture | None:
    if sha256 is None:
        return None
    stored = file_of(workspace, sha256)
    return Picture(read(stored), stored.content_type, stored.width or 0, stored.height or 0)


def _as_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "surface": verdict.surface.value,
        "grade": verdict.grade.value,
        "share": round(verdict.share, 3),
        "sentence": verdict.sentence,
        "fix": verdict.fix,
    }
