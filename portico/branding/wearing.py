"""What surfaces wear of a brand: the frame's brand, the icons of a host, the web manifest."""

from __future__ import annotations

import logging

from portico.basic_settings.services import LiveSettings
from portico.branding.kits import kit_for
from portico.branding.models import BrandKit
from portico.branding.payload import Branding
from portico.branding.rules import WHITE, UnusablePicture, Variant
from portico.branding.section import section
from portico.branding.showing import HEADER, HEADER_DARK, address_of, image_of
from portico.kernel.clock import now
from portico.kernel.errors import NotFound
from portico.ui.frame import Brand, IconLink

log = logging.getLogger(__name__)


def kit_of(settings: LiveSettings) -> BrandKit:
    """The kit of the brand that these settings show.

    Where a kit cannot be made, pages wear the monogram rather than fail.
    """
    brand, at = settings.payload(section), now()
    try:
        return kit_for(settings.workspace, brand, at=at)
    except (UnusablePicture, NotFound, OSError):
        log.exception("The kit of %s cannot be made", settings.workspace.slug)
        plain = Branding(brand_color=brand.brand_color)
        return kit_for(settings.workspace, plain, at=at)


def brand_of(settings: LiveSettings) -> Brand:
    """How a workspace looks, for the frame of its pages."""
    kit = kit_of(settings)
    color = settings.payload(section).brand_color or None
    logo = image_of(kit, *HEADER)
    if logo is None:
        raise LookupError(f"The kit {kit} has no logo for the header.")
    return Brand(
        name=settings.workspace.name,
        logo=logo,
        dark_logo=image_of(kit, *HEADER_DARK),
        icon_links=_icon_links(kit),
        manifest_url="/site.webmanifest",
        color=color,
        on_color=WHITE if color else None,
    )


def _icon_links(kit: BrandKit) -> tuple[IconLink, ...]:
    links = [
        ("icon", Variant.FAVICON_ICO, "16x16 32x32 48x48"),
        ("icon", Variant.FAVICON_SVG, "any"),
        ("icon", Variant.ICON_32, "32x32"),
        ("icon", Variant.ICON_192, "192x192"),
        ("apple-touch-icon", Variant.APPLE_TOUCH, "180x180"),
    ]
    return tuple(
        IconLink(rel=rel, href=address_of(image), sizes=sizes, type=image["content_type"])
        for rel, variant, sizes in links
        if (image := kit.images.get(variant.value))
    )
