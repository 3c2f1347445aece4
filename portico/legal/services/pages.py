"""Images of pages: drawn once for each document, kept by what they show."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from uuid import UUID

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from portico.files.models import StoredFile, path_of
from portico.kernel.errors import NotFound
from portico.legal.isolated.refusals import TooDemandingPdf, UnusablePdf
from portico.legal.models import CheckedPdf
from portico.legal.rules.isolation import draw_page

log = logging.getLogger(__name__)

FOLDER = "legal-pages"
UNDRAWABLE_SECONDS = 600
PNG_END = b"IEND\xaeB`\x82"
DRAWING = "1"
"""Raise it when pages are drawn in another way: all are drawn anew then."""


def page_image(workspace_id: UUID, sha256: str, page: int) -> bytes:
    """The image (PNG) of a page of a PDF that this workspace keeps; `page` counts from 1.

    Whether somebody may see it is for the caller to know. What was drawn before is read; else a
    child draws it, in 0.2 s or so. Raises `NotFound`, or what `draw_page` raises.
    """
    path = _path(sha256, page)
    image = _read(path)
    if image is None:
        image = _drawn(_bytes_of(workspace_id, sha256), sha256, page)
        _keep(path, image)
    return image


def draw_ahead(workspace_id: UUID, sha256: str) -> None:
    """Draw what is missing of a document's pages, so that no reader waits.

    A page that cannot be drawn is logged, and left for who asks for it.
    """
    pdf = CheckedPdf.objects.filter(file__workspace_id=workspace_id, file__sha256=sha256).first()
    if pdf is None:
        return
    content = _bytes_of(workspace_id, sha256)
    for page in range(1, pdf.pages + 1):
        if _read(_path(sha256, page)) is not None:
            continue
        try:
            _keep(_path(sha256, page), draw_page(content, page))
        except UnusablePdf:
            log.warning("Page %s of %s cannot be drawn", page, sha256)


def sweep_pages() -> int:
    """Delete the images of documents that no workspace keeps any more; returns of how many."""
    swept = 0
    for sha256 in _names(FOLDER)[0]:
        if StoredFile.objects.filter(sha256=sha256).exists():
            continue
        for name in _names(f"{FOLDER}/{sha256}")[1]:
            default_storage.delete(f"{FOLDER}/{sha256}/{name}")
        default_storage.delete(f"{FOLDER}/{sha256}")
        swept += 1
    return swept


def chunks_of(workspace_id: UUID, sha256: str) -> Iterator[bytes]:
    """A stored file's bytes, piece by piece."""
    with default_storage.open(path_of(workspace_id, sha256), "rb") as file:
        yield from file.chunks()


def _bytes_of(workspace_id: UUID, sha256: str) -> bytes:
    try:
        return b"".join(chunks_of(workspace_id, sha256))
    except FileNotFoundError:
        raise NotFound from None


def _path(sha256: str, page: int) -> str:
    return f"{FOLDER}/{sha256}/{DRAWING}-{page}.png"


def _drawn(content: bytes, sha256: str, page: int) -> bytes:
    """A page's image. One that wears out the child is not tried again for a while, whoever asks:
    pages are public, and children few."""
    key = f"{FOLDER}:{sha256}:{DRAWING}-{page}"
    if cache.get(key):
        raise TooDemandingPdf
    try:
        return draw_page(content, page)
    except TooDemandingPdf:
        cache.set(key, True, UNDRAWABLE_SECONDS)
        raise


def _read(path: str) -> bytes | None:
    """An image that is there to its end: another process may be writing it, or have died of it."""
    try:
        with default_storage.open(path, "rb") as file:
            image = bytes(file.read())
    except FileNotFoundError:
        return None
    return image if image.endswith(PNG_END) else None


def _keep(path: str, image: bytes) -> None:
    # Two who draw the same page at once draw the same: the second finds the first one's there.
    if _read(path) is None:
        default_storage.delete(path)
        default_storage.save(path, ContentFile(image))


def _names(path: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(path)
    except FileNotFoundError:
        return [], []
