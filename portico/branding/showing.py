"""How a brand's pictures and verdicts are shown on the Settings page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portico.branding.models import BrandKit
from portico.branding.rules import Grade, Surface, Variant
from portico.files.models import StoredFile
from portico.files.views import ENDINGS, url_of
from portico.ui.forms import Choice, CurrentFile
from portico.ui.frame import Image
from portico.ui.values import Picture

FITS: dict[str, Choice] = {
    "": Choice(_("Refuse it"), _("You are asked to upload a square one.")),
    "pad": Choice(_("Pad it"), _("All of it is kept, with room around it.")),
    "crop": Choice(_("Crop it"), _("The square in its middle is kept.")),
}
SURFACES = {
    Surface.LIGHT_HEADER: _("Light header"),
    Surface.DARK_HEADER: _("Dark header"),
    Surface.WHITE_MAIL: _("Mail, on white"),
    Surface.TAB: _("Browser tab, 16 px"),
}
GRADES = {
    Grade.GOOD: _("Easy to see"),
    Grade.WEAK: _("Hard to see"),
    Grade.POOR: _("Cannot be seen"),
}
HEADER = (Variant.HEADER_SVG, Variant.HEADER_2X)
HEADER_DARK = (Variant.HEADER_DARK_SVG, Variant.HEADER_DARK_2X)
TONES = {"good": "good", "weak": "warning", "poor": "danger"}


@dataclass(frozen=True)
class ShownVerdict:
    """How well a picture can be seen on a surface, in words."""

    surface: str
    grade: str
    tone: str
    sentence: str
    fix: str


def shown_picture(files: Mapping[str, StoredFile], sha256: str | None) -> Picture | str | None:
    """A stored picture's thumbnail; a text where the file is gone; None for none."""
    if sha256 is None:
        return None
    stored = files.get(sha256)
    if stored is None:
        return gettext("A file that is no longer kept")
    return Picture(url_of(stored), stored.width or 0, stored.height or 0, stored.name)


def current_file(stored: StoredFile | None) -> CurrentFile | None:
    """What a file field shows of the picture that is there."""
    return CurrentFile(stored.name, url_of(stored), picture=True) if stored else None


def shown_verdicts(kit: BrandKit) -> tuple[ShownVerdict, ...]:
    """The kit's verdicts in the current language."""
    return tuple(
        ShownVerdict(
            surface=str(SURFACES[verdict["surface"]]),
            grade=str(GRADES[verdict["grade"]]),
            tone=TONES[verdict["grade"]],
            sentence=gettext(verdict["sentence"]),
            fix=gettext(verdict["fix"]) if verdict["fix"] else "",
        )
        for verdict in kit.verdicts
    )


@dataclass(frozen=True)
class Samples:
    """What the live preview draws before anything is chosen."""

    logo: Image | None
    dark_logo: Image | None
    tab_icon: Image | None
    touch_icon: Image | None


def samples_of(kit: BrandKit) -> Samples:
    """The kit's images for the preview; the logo stands in for a dark logo that is not there."""
    return Samples(
        logo=image_of(kit, *HEADER),
        dark_logo=image_of(kit, *HEADER_DARK, *HEADER),
        tab_icon=image_of(kit, Variant.FAVICON_SVG, Variant.ICON_32),
        touch_icon=image_of(kit, Variant.APPLE_TOUCH),
    )


def image_of(kit: BrandKit, *variants: Variant) -> Image | None:
    """The first of these variants that the kit has."""
    for variant in variants:
        found = kit.images.get(variant.value)
        if found:
            return Image(address_of(found), found["width"], found["height"])
    return None


def address_of(image: Mapping[str, Any]) -> str:
    """Where an image of a kit is served, for ever."""
    return f"/files/{image['sha256']}.{ENDINGS[image['content_type']]}"
