"""The picture at the head of a mail: always a PNG of ours, whatever was uploaded."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from portico.basic_settings.services import LiveSettings
from portico.branding.rules import Picture, Variant, email_images, monogram
from portico.branding.section import section as branding
from portico.branding.wearing import kit_of
from portico.files.models import StoredFile
from portico.files.services import read
from portico.kernel.errors import DomainError, NotFound

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Logo:
    """A PNG at twice the size at which it is shown; `width` and `height` are of the latter."""

    content: bytes
    width: int
    height: int

    @property
    def cid(self) -> str:
        """Its Content-ID: the same for the same picture."""
        return f"logo.{hashlib.sha256(self.content).hexdigest()[:24]}@mail"

    @property
    def is_mark(self) -> bool:
        """Whether it is too square to hold a name, so that the name stands beside it."""
        return self.width <= self.height * 1.5


class Damaged(Exception):
    """The bytes in the storage are not those that were stored."""


def logo_of(settings: LiveSettings, own: str | None) -> Logo | None:
    """A workspace's logo for mails: its own (a stored file), else that of the brand's kit.

    A picture that is missing or damaged is logged, and the next one is taken; at the end of the
    row stands the monogram, for which nothing needs to be stored. None: not even that.
    """
    for source in _sources(settings, own):
        try:
            return source()
        except (DomainError, Damaged, OSError, ValueError, LookupError):
            log.exception("A logo of %s cannot be used in mails", settings.workspace.slug)
    return None


def _sources(settings: LiveSettings, own: str | None) -> Iterator[Callable[[], Logo]]:
    color = settings.payload(branding).brand_color or None
    workspace = settings.workspace
    if own:
        yield lambda: _drawn(workspace.id, own, color)
    yield lambda: _kept(workspace.id, *_of_kit(settings))
    yield lambda: _made(monogram(workspace.name, workspace.slug, color), color)


def _of_kit(settings: LiveSettings) -> tuple[str, int, int]:
    images = kit_of(settings).images
    once, twice = images[Variant.EMAIL_1X], images[Variant.EMAIL_2X]
    return twice["sha256"], once["width"], once["height"]


# Files never change, so what was read of one once is true for ever.
@lru_cache(maxsize=128)
def _kept(workspace_id: UUID, sha256: str, width: int, height: int) -> Logo:
    return Logo(_bytes_of(workspace_id, sha256)[1], width, height)


@lru_cache(maxsize=128)
def _drawn(workspace_id: UUID, sha256: str, color: str | None) -> Logo:
    stored, content = _bytes_of(workspace_id, sha256)
    picture = Picture(content, stored.content_type, stored.width or 0, stored.height or 0)
    return _made(picture, color)


def _made(picture: Picture, color: str | None) -> Logo:
    once, twice = email_images(picture, color)
    return Logo(twice.content, once.width, once.height)


def _bytes_of(workspace_id: UUID, sha256: str) -> tuple[StoredFile, bytes]:
    stored = StoredFile.objects.filter(workspace_id=workspace_id, sha256=sha256).first()
    if stored is None:
        raise NotFound
    content = read(stored)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Damaged(stored.path)
    return stored, content
