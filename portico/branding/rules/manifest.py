"""The web manifest: what a browser needs to put a workspace on a start screen."""

from __future__ import annotations

import json
from collections.abc import Iterable

from portico.branding.rules.colors import WHITE
from portico.branding.rules.kit import KitImage, Variant


def web_manifest(
    *, name: str, icons: Iterable[tuple[str, KitImage]], color: str | None = None
) -> str:
    """The manifest as JSON (W3C Web Application Manifest), for `application/manifest+json`.

    `icons` are pairs of an address and the image behind it; `color` is the brand color.
    """
    manifest = {
        "name": name,
        "short_name": name,
        "start_url": "/",
        "display": "browser",
        "background_color": WHITE,
        "theme_color": color or WHITE,
        "icons": [_icon(address, image) for address, image in icons],
    }
    return json.dumps(manifest, ensure_ascii=False, indent=2)


def _icon(address: str, image: KitImage) -> dict[str, str]:
    purpose = "maskable" if image.variant is Variant.MASKABLE_512 else "any"
    is_vector = image.content_type == "image/svg+xml"
    sizes = "any" if is_vector else f"{image.width}x{image.height}"
    return {"src": address, "sizes": sizes, "type": image.content_type, "purpose": purpose}
