"""A workspace's brand: taking pictures in, and making the kit of images that surfaces wear."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction

from portico.branding.models import BrandKit
from portico.branding.payload import Branding
from portico.branding.rules import (
    Picture,
    Purpose,
    Verdict,
    check_favicon,
    judge,
    make_kit,
    monogram,
    take_in,
)
from portico.files.models import StoredFile
from portico.files.services import file_of, read, release, store, use
from portico.kernel.errors import Invalid, InvalidFields, NotFound, gettext_noop
from portico.workspaces.models import Workspace

PICTURES: Mapping[str, Purpose] = {
    "logo": Purpose.LOGO,
    "dark_logo": Purpose.DARK_LOGO,
    "favicon": Purpose.FAVICON,
}
# A logo may serve as a dark logo and the other way round: what is asked of them is the same.
ALIKE = {
    Purpose.LOGO: {Purpose.LOGO, Purpose.DARK_LOGO},
    Purpose.DARK_LOGO: {Purpose.LOGO, Purpose.DARK_LOGO},
    Purpose.FAVICON: {Purpose.FAVICON},
}
MONOGRAM_VERSION = 1


class WrongPurpose(Invalid):
    code = "wrong_purpose"
    sentence = gettext_noop(
        "This file was uploaded as %(given)s. Upload it as %(wanted)s, so that it is checked for "
        "that."
    )


class NoSuchPicture(Invalid):
    code = "no_such_picture"
    sentence = gettext_noop("There is no such file in this workspace. Please upload it again.")


def take_in_picture(
    workspace: Workspace, content: bytes, *, purpose: Purpose, name: str, at: datetime
) -> tuple[StoredFile, tuple[str, ...]]:
    """Check a picture, make it harmless, keep it; returns it and what was removed from it.

    `removed` are sentences, marked for translation. Raises an `Invalid` that says what is wrong
    and what would be accepted.
    """
    picture = take_in(content, purpose)
    stored = store(
        workspace,
        picture.content,
        content_type=picture.content_type,
        name=name,
        width=picture.width,
        height=picture.height,
        purpose=purpose.value,
        is_public=True,
        at=at,
    )
    return stored, picture.removed


def check_pictures(workspace: Workspace, payload: Branding) -> None:
    """Raise `InvalidFields` where a picture is not there, not for this, or not square."""
    errors: dict[str, Invalid] = {}
    for field, purpose in PICTURES.items():
        sha256 = getattr(payload, field)
        if sha256 is None:
            continue
        try:
            _check_picture(workspace, sha256, purpose, payload)
        except Invalid as error:
            errors[field] = error
    if errors:
        raise InvalidFields(errors)


def kit_for(workspace: Workspace, payload: Branding, *, at: datetime) -> BrandKit:
    """The kit of a state of the brand: from memory, from the database, or made now.

    A kit never changes, so what was read once stays true.
    """
    digest = kit_digest(workspace, payload)
    return _kit(workspace.id, digest) or make(workspace, payload, digest=digest, at=at)


def make(workspace: Workspace, payload: Branding, *, digest: str, at: datetime) -> BrandKit:
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
            digest=digest,
            defaults={
                "sources": sorted({getattr(payload, f) for f in PICTURES} - {None}),
                "images": images,
                "verdicts": [_as_json(verdict) for verdict in verdicts],
                "made_at": at,
            },
        )
        hashes = {image["sha256"] for image in kit.images.values()}
        use(workspace, hashes, user_kind="kit", user_id=kit.id)
    return kit


def collect_kits(*, at: datetime, grace: timedelta = timedelta(days=2)) -> int:
    """Drop kits whose uploads were collected, so that their images can be; returns how many."""
    dropped = 0
    for kit in BrandKit.objects.filter(made_at__lt=at - grace).exclude(sources=[]).iterator():
        present = StoredFile.objects.filter(
            workspace_id=kit.workspace_id, sha256__in=kit.sources
        ).count()
        if present < len(kit.sources):
            with transaction.atomic():
                release(user_kind="kit", user_id=kit.id)
                kit.delete()
            dropped += 1
    return dropped


def kit_digest(workspace: Workspace, payload: Branding) -> str:
    """What names a state of a brand: everything that the images are made of."""
    state: dict[str, Any] = {"version": MONOGRAM_VERSION, **payload.model_dump(mode="json")}
    if payload.logo is None:
        state["monogram"] = [workspace.name, workspace.slug]
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=4096)
def _known_kit(workspace_id: UUID, digest: str) -> BrandKit:
    return BrandKit.objects.get(workspace_id=workspace_id, digest=digest)


def _kit(workspace_id: UUID, digest: str) -> BrandKit | None:
    try:
        return _known_kit(workspace_id, digest)
    except BrandKit.DoesNotExist:
        return None


def _picture(workspace: Workspace, sha256: str | None) -> Picture | None:
    if sha256 is None:
        return None
    stored = file_of(workspace, sha256)
    return Picture(read(stored), stored.content_type, stored.width or 0, stored.height or 0)


def _check_picture(workspace: Workspace, sha256: str, purpose: Purpose, payload: Branding) -> None:
    try:
        stored = file_of(workspace, sha256)
    except NotFound:
        raise NoSuchPicture from None
    if not ALIKE[purpose] & {Purpose(given) for given in stored.purposes}:
        raise WrongPurpose(given=", ".join(stored.purposes) or "-", wanted=purpose.value)
    if purpose is Purpose.FAVICON:
        check_favicon(
            Picture(b"", stored.content_type, stored.width or 0, stored.height or 0),
            payload.favicon_fit,
        )


def _as_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "surface": verdict.surface.value,
        "grade": verdict.grade.value,
        "share": round(verdict.share, 3),
        "sentence": verdict.sentence,
        "fix": verdict.fix,
    }
