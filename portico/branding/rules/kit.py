"""All the images that are made from one upload."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from PIL import Image

from portico.branding.rules.colors import Rgb, rgb_of
from portico.branding.rules.legibility import backdrop
from portico.branding.rules.picture import SVG_TYPE, Fit, Picture, pixels_of
from portico.branding.rules.shapes import (
    centered,
    content_radius,
    flattened,
    scaled,
    squared,
    trimmed,
)

ICO_SIDES = (16, 32, 48)
HEADER_HEIGHT = 32
EMAIL_WIDTH, EMAIL_HEIGHT = 200, 48
MASKABLE_SIDE = 512
SAFE_ZONE = 0.8
"""Diameter of the circle that every mask leaves visible, as a share of the icon's side
(W3C Web Application Manifest, "Icon masks and safe zone")."""

TOUCH_SIDE = 180
TOUCH_INSET = 0.1
"""Room on each side of an icon on a telephone's start screen, as a share of its side."""


class Variant(StrEnum):
    """What an image of the kit is for. `1x` and `2x` are pixels of the screen per CSS pixel."""

    FAVICON_ICO = "favicon_ico"
    FAVICON_SVG = "favicon_svg"
    ICON_32 = "icon_32"
    APPLE_TOUCH = "apple_touch"
    ICON_192 = "icon_192"
    ICON_512 = "icon_512"
    MASKABLE_512 = "maskable_512"
    HEADER_SVG = "header_svg"
    HEADER_1X = "header_1x"
    HEADER_2X = "header_2x"
    HEADER_DARK_SVG = "header_dark_svg"
    HEADER_DARK_1X = "header_dark_1x"
    HEADER_DARK_2X = "header_dark_2x"
    EMAIL_1X = "email_1x"
    EMAIL_2X = "email_2x"


@dataclass(frozen=True)
class KitImage:
    """One image; `width` and `height` in pixels, of an ICO those of its largest size."""

    variant: Variant
    content: bytes
    content_type: str
    width: int
    height: int


@dataclass(frozen=True)
class Kit:
    """The images by variant. The SVG variants are there only where an SVG was uploaded, the dark
    ones only where a dark logo was."""

    images: tuple[KitImage, ...]

    def __iter__(self) -> Iterator[KitImage]:
        return iter(self.images)

    def __getitem__(self, variant: Variant) -> KitImage:
        """Raises KeyError for a variant that this kit does not have."""
        found = self.get(variant)
        if found is None:
            raise KeyError(variant)
        return found

    def get(self, variant: Variant) -> KitImage | None:
        """The image, or None for a variant that this kit does not have."""
        return next((image for image in self.images if image.variant is variant), None)


def make_kit(
    *,
    monogram: Picture,
    logo: Picture | None = None,
    dark_logo: Picture | None = None,
    favicon: Picture | None = None,
    fit: Fit | None = None,
    color: str | None = None,
) -> Kit:
    """Make every image. Takes 0.1 to 0.2 s, and a child process for each SVG.

    The icons come from the favicon; without one from the logo, padded to a square; without either
    from the monogram. `fit` says how a favicon that is not square becomes so (default: padded).
    `color` is the brand color: the ground where a picture needs one and cannot be seen on white.
    """
    shown = logo or monogram
    images = [
        *_icons(_icon_source(favicon, logo, monogram, fit), color),
        *_header(shown, Variant.HEADER_SVG, Variant.HEADER_1X, Variant.HEADER_2X),
        *email_images(shown, color),
    ]
    if favicon is not None and favicon.is_svg and favicon.square:
        images.append(_svg(Variant.FAVICON_SVG, favicon))
    if dark_logo is not None:
        dark = (Variant.HEADER_DARK_SVG, Variant.HEADER_DARK_1X, Variant.HEADER_DARK_2X)
        images += _header(dark_logo, *dark)
    return Kit(tuple(images))


def email_images(logo: Picture, color: str | None = None) -> tuple[KitImage, KitImage]:
    """The logo for mails, 1x and 2x: at most 200 x 48 CSS pixels, opaque.

    Mail programs put any color behind a picture, dark ones too, so it brings its own ground:
    white, or a darker one where it could not be seen on white.
    """
    image = pixels_of(logo)
    factor = min(EMAIL_WIDTH / image.width, EMAIL_HEIGHT / image.height)
    width, height = (max(1, round(side * factor)) for side in image.size)
    ground = rgb_of(backdrop(image, color))
    once, twice = (
        flattened(image.resize(size, Image.Resampling.LANCZOS), ground)
        for size in ((width, height), (2 * width, 2 * height))
    )
    return _png(Variant.EMAIL_1X, once), _png(Variant.EMAIL_2X, twice)


def icon_pixels(picture: Picture, fit: Fit | None, *, is_favicon: bool) -> Image.Image:
    """The square that icons are made of: the favicon as it is, a logo without its margins."""
    image = pixels_of(picture)
    return squared(image if is_favicon else trimmed(image), fit or Fit.PAD)


def _icon_source(
    favicon: Picture | None, logo: Picture | None, monogram: Picture, fit: Fit | None
) -> Image.Image:
    if favicon is not None:
        return icon_pixels(favicon, fit, is_favicon=True)
    return icon_pixels(logo or monogram, None, is_favicon=False)


def _icons(source: Image.Image, color: str | None) -> Iterator[KitImage]:
    ground = rgb_of(backdrop(source, color))
    yield _ico(source)
    for variant, side in ((Variant.ICON_32, 32), (Variant.ICON_192, 192), (Variant.ICON_512, 512)):
        yield _png(variant, scaled(source, side, side))
    opaque = source.getchannel("A").getextrema() == (255, 255)
    inner = TOUCH_SIDE if opaque else round(TOUCH_SIDE * (1 - 2 * TOUCH_INSET))
    yield _on_ground(Variant.APPLE_TOUCH, source, TOUCH_SIDE, inner, ground)
    inner = round(MASKABLE_SIDE * _safe_share(source))
    yield _on_ground(Variant.MASKABLE_512, source, MASKABLE_SIDE, inner, ground)


def _on_ground(
    variant: Variant, source: Image.Image, side: int, inner: int, ground: Rgb
) -> KitImage:
    square = centered(scaled(source, inner, inner), side, (*ground, 255))
    return _png(variant, square.convert("RGB"))


def _safe_share(source: Image.Image) -> float:
    """How much to shrink an icon so that what it shows lies within the circle; 1 for not at all."""
    return min(1.0, SAFE_ZONE / 2 / content_radius(source))


def _header(logo: Picture, svg: Variant, once: Variant, twice: Variant) -> Iterator[KitImage]:
    # Texts in an SVG look different in each browser; its PNG looks the same everywhere.
    if logo.is_svg and not logo.has_text:
        yield _svg(svg, logo)
    image = pixels_of(logo)
    width = max(1, round(image.width * HEADER_HEIGHT / image.height))
    for variant, times in ((once, 1), (twice, 2)):
        size = (times * width, times * HEADER_HEIGHT)
        yield _png(variant, image.resize(size, Image.Resampling.LANCZOS))


def _ico(source: Image.Image) -> KitImage:
    largest, *others = (scaled(source, side, side) for side in reversed(ICO_SIDES))
    content = BytesIO()
    sizes = [(side, side) for side in ICO_SIDES]
    largest.save(content, "ICO", sizes=sizes, append_images=others)
    side = max(ICO_SIDES)
    return KitImage(Variant.FAVICON_ICO, content.getvalue(), "image/x-icon", side, side)


def _png(variant: Variant, image: Image.Image) -> KitImage:
    content = BytesIO()
    image.save(content, "PNG")
    return KitImage(variant, content.getvalue(), "image/png", *image.size)


def _svg(variant: Variant, picture: Picture) -> KitImage:
    return KitImage(variant, picture.content, SVG_TYPE, picture.width, picture.height)
