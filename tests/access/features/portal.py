"""The portal, and what browsers and servers ask for by name."""

from __future__ import annotations

from portico.files.models import StoredFile
from tests.access.rows import (
    EVERYBODY,
    NOT_THIS,
    SENT,
    Page,
)
from tests.access.scene import Scene


def an_image(scene: Scene) -> dict[str, str]:
    """A published image of acme."""
    stored = StoredFile.objects.filter(
        workspace=scene.cast.acme, is_public=True, content_type="image/png"
    ).first()
    assert stored is not None
    return {"sha256": stored.sha256, "ending": "png"}


PAGES: dict[str, Page] = {
    "home": Page(EVERYBODY, NOT_THIS),
    "choose_language": Page(NOT_THIS, SENT, sent=lambda _: {"language": "en"}),
    "favicon": Page(EVERYBODY, NOT_THIS),
    "apple_touch_icon": Page(EVERYBODY, NOT_THIS),
    "web_manifest": Page(EVERYBODY, NOT_THIS),
    "domain_marker": Page(EVERYBODY, NOT_THIS),
    "egress_ips_json": Page(EVERYBODY, NOT_THIS),
    "egress_ips_text": Page(EVERYBODY, NOT_THIS),
    "echo": Page(EVERYBODY, NOT_THIS),
    "public_file": Page(EVERYBODY, NOT_THIS, args=an_image),
}
