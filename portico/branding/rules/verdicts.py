"""How well a logo and a favicon can be read where they are shown, and what would help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PIL import Image

from portico.branding.rules.colors import (
    NEAR_BLACK,
    WHITE,
    luminance,
)
from portico.branding.rules.kit import EMAIL_HEIGHT, EMAIL_WIDTH, HEADER_HEIGHT, icon_pixels
from portico.branding.rules.legibility import ENOUGH, LITTLE, detail_kept, visible_share
from portico.branding.rules.picture import Fit, Picture, pixels_of
from portico.branding.rules.shapes import content_box, edge_color, scaled
from portico.kernel.errors import gettext_noop

HEADER_BOX = (8 * 2 * HEADER_HEIGHT, 2 * HEADER_HEIGHT)
MAIL_BOX = (2 * EMAIL_WIDTH, 2 * EMAIL_HEIGHT)

TAB_SIDE = 16
LIGHT_TAB, DARK_TAB = "#dee1e6", "#202124"
"""The strip of tabs behind a favicon in common browsers."""


Words = tuple[str, str]
"""A sentence, and the fix that it calls for."""


class Surface(StrEnum):
    LIGHT_HEADER = "light_header"
    DARK_HEADER = "dark_header"
    WHITE_MAIL = "white_mail"
    TAB = "tab"


class Grade(StrEnum):
    GOOD = "good"
    WEAK = "weak"
    POOR = "poor"


@dataclass(frozen=True)
class Verdict:
    """What is seen of a picture on one surface.

    `share` is the visible part, 0 to 1. `sentence` says what was found, `fix` what would help
    ("" where nothing has to); both are English and marked for translation.
    """

    surface: Surface
    grade: Grade
    share: float
    sentence: str
    fix: str = ""


def judge(
    logo: Picture | None,
    dark_logo: Picture | None,
    favicon: Picture | None,
    fit: Fit | None = None,
) -> tuple[Verdict, ...]:
    """One verdict for each surface that shows one of these pictures; the same for the same files.

    The picture is drawn at the size of the surface at two pixels per CSS pixel (in a tab: one),
    and the part of it that has a contrast of 3:1 or more with the background is measured: good
    from 65 %, poor up to 35 %. In a tab both light and dark strips count, the worse one; so does
    how much detail is left at 16 pixels, and a shape too long for a square.
    A monogram needs no verdict: it is made to be read.
    """
    verdicts: list[Verdict] = []
    if logo is not None:
        shown = pixels_of(logo)
        verdicts.append(_light(shown, Surface.LIGHT_HEADER, HEADER_BOX))
        verdicts.append(_light(shown, Surface.WHITE_MAIL, MAIL_BOX))
    shown_on_dark = dark_logo or logo
    if shown_on_dark is not None:
        verdicts.append(_dark(pixels_of(shown_on_dark), is_dark_logo=dark_logo is not None))
    if favicon is not None:
        verdicts.append(_tab(icon_pixels(favicon, fit, is_favicon=True)))
    elif logo is not None:
        verdicts.append(_tab(icon_pixels(logo, None, is_favicon=False)))
    return tuple(sorted(verdicts, key=lambda verdict: list(Surface).index(verdict.surface)))


def grade_of(share: float) -> Grade:
    """The grade for a share from 0 to 1."""
    if share >= ENOUGH:
        return Grade.GOOD
    return Grade.WEAK if share > LITTLE else Grade.POOR


ON_LIGHT = {
    Grade.GOOD: (gettext_noop("The logo stands out well from white."), ""),
    Grade.WEAK: (
        gettext_noop("Parts of the logo are too light to be seen well on white."),
        gettext_noop("Use a version of the logo with darker colors."),
    ),
    Grade.POOR: (
        gettext_noop("The logo is nearly as light as the page: on white it can hardly be seen."),
        gettext_noop(
            "Upload a version with dark colors as the logo, and use this one as the dark logo."
        ),
    ),
}
IN_MAIL = ON_LIGHT | {
    Grade.POOR: (
        gettext_noop(
            "On white the logo can hardly be seen, so mails put a colored or dark ground behind it."
        ),
        gettext_noop(
            "To have it on white in mails, upload a version with dark colors as the logo."
        ),
    ),
}
ON_DARK = {
    Grade.GOOD: (gettext_noop("The logo stands out well from the dark page."), ""),
    Grade.WEAK: (
        gettext_noop("Parts of the logo are too dark to be seen well on the dark page."),
        gettext_noop("Upload a dark logo: a version with light colors for dark pages."),
    ),
    Grade.POOR: (
        gettext_noop(
            "The logo is nearly as dark as the page: on a dark page it can hardly be seen."
        ),
        gettext_noop("Upload a dark logo: a version with light colors for dark pages."),
    ),
}
DARK_LOGO_ON_DARK = {
    Grade.GOOD: (gettext_noop("The dark logo stands out well from the dark page."), ""),
    Grade.WEAK: (
        gettext_noop("Parts of the dark logo are too dark to be seen well on the dark page."),
        gettext_noop("The dark logo is for dark pages: use a version with light colors."),
    ),
    Grade.POOR: (
        gettext_noop("The dark logo can hardly be seen on a dark page: it is dark itself."),
        gettext_noop("The dark logo is for dark pages: use a version with light colors."),
    ),
}
BOX_ON_DARK = (
    gettext_noop("The logo has a light background, which shows as a box on a dark page."),
    gettext_noop("Upload a dark logo with light colors on a transparent background (PNG or SVG)."),
)
GOOD_IN_TAB = (
    gettext_noop("At 16 pixels, the icon can be told well in light and in dark tabs."),
    "",
)
ONE_STRONG_COLOR = gettext_noop(
    "Upload a favicon in one strong color that shows on both light and dark."
)
LOST_IN_DARK_TABS = (
    gettext_noop("At 16 pixels, the icon is partly or wholly lost in dark tabs."),
    ONE_STRONG_COLOR,
)
LOST_IN_LIGHT_TABS = (
    gettext_noop("At 16 pixels, the icon is partly or wholly lost in light tabs."),
    ONE_STRONG_COLOR,
)
LOST_IN_TABS = (
    gettext_noop("At 16 pixels, the icon can hardly be seen in any tab."),
    ONE_STRONG_COLOR,
)
LONG_IN_TAB = (
    gettext_noop("The icon is much longer in one direction: at 16 pixels it is a thin stroke."),
    gettext_noop("Upload a square favicon, such as the sign of the logo without the words."),
)
FINE_IN_TAB = (
    gettext_noop("At 16 pixels, the icon's fine lines or small letters blur."),
    gettext_noop("Upload a favicon with one bold, simple shape."),
)


def _light(image: Image.Image, surface: Surface, box: tuple[int, int]) -> Verdict:
    share = visible_share(scaled(image, *box), WHITE)
    grade = grade_of(share)
    words = IN_MAIL if surface is Surface.WHITE_MAIL else ON_LIGHT
    return Verdict(surface, grade, share, *words[grade])


def _dark(image: Image.Image, *, is_dark_logo: bool) -> Verdict:
    shown = scaled(image, *HEADER_BOX)
    share = visible_share(shown, NEAR_BLACK)
    grade = grade_of(share)
    words = (DARK_LOGO_ON_DARK if is_dark_logo else ON_DARK)[grade]
    if grade is Grade.GOOD and _has_light_background(shown):
        grade, words = Grade.WEAK, BOX_ON_DARK
    return Verdict(Surface.DARK_HEADER, grade, share, *words)


def _has_light_background(image: Image.Image) -> bool:
    own = edge_color(image)
    return own is not None and luminance(own) > 0.8


def _tab(square: Image.Image) -> Verdict:
    icon = scaled(square, TAB_SIDE, TAB_SIDE)
    light, dark = visible_share(icon, LIGHT_TAB), visible_share(icon, DARK_TAB)
    kept = max(detail_kept(square, TAB_SIDE, tab) for tab in (LIGHT_TAB, DARK_TAB))
    left, top, right, bottom = content_box(square)
    longer = max(right - left, bottom - top) / min(right - left, bottom - top)
    findings = [
        (_grade_of_length(longer), LONG_IN_TAB),
        (_grade_of_detail(kept), FINE_IN_TAB),
        _seen_in_tabs(light, dark),
    ]
    bad = [finding for finding in findings if finding[0] is not Grade.GOOD]
    if not bad:
        return Verdict(Surface.TAB, Grade.GOOD, min(light, dark), *GOOD_IN_TAB)
    grade = Grade.POOR if any(found is Grade.POOR for found, _ in bad) else Grade.WEAK
    # The shape is said first: a favicon of another shape mends the other findings as well.
    return Verdict(Surface.TAB, grade, min(light, dark), *bad[0][1])


def _seen_in_tabs(light: float, dark: float) -> tuple[Grade, Words]:
    grades = {grade_of(light), grade_of(dark)}
    if grades == {Grade.POOR}:
        return Grade.POOR, LOST_IN_TABS
    grade = Grade.GOOD if grades == {Grade.GOOD} else Grade.WEAK
    return grade, LOST_IN_DARK_TABS if light >= dark else LOST_IN_LIGHT_TABS


def _grade_of_detail(kept: float) -> Grade:
    if kept >= 0.5:
        return Grade.GOOD
    return Grade.WEAK if kept >= 0.25 else Grade.POOR


def _grade_of_length(longer: float) -> Grade:
    if longer <= 2:
        return Grade.GOOD
    return Grade.WEAK if longer <= 4 else Grade.POOR
