"""How much of a picture can be told from what is behind it: measured on its pixels."""

from __future__ import annotations

from PIL import Image, ImageStat

from portico.branding.rules.colors import (
    LEAST_SHAPE_CONTRAST,
    NEAR_BLACK,
    WHITE,
    Rgb,
    contrast_of_luminances,
    hex_of,
    luminance,
    rgb_of,
)
from portico.branding.rules.shapes import ALIKE, edge_color, flattened, scaled

Rgba = tuple[int, ...]

ENOUGH = 0.65
"""The share of a picture that must be seen for it to be called good."""

LITTLE = 0.35
"""The share of a picture up to which it is called poor."""


def visible_share(image: Image.Image, background: str) -> float:
    """The share of the picture, 0 to 1, that stands out from the background by 3:1 or more.

    WCAG 2.2, success criterion 1.4.11, asks that of graphics that must be understood. Each pixel
    is laid over the background and counts as much as it is opaque. A picture that brings its own
    background (one color all along its edge) is measured against that one, and each pixel counts
    as much as it differs from it; a picture that is nothing but a background counts as a whole.
    """
    colors = _colors(image)
    own = edge_color(image)
    if own is not None:
        inside = [
            (count * _difference(color, own), color)
            for count, color in colors
            if _difference(color, own) > ALIKE
        ]
        if inside:
            return _share(inside, own)
    return _share([(count * color[3], color) for count, color in colors], rgb_of(background))


def _colors(image: Image.Image) -> list[tuple[int, Rgba]]:
    """How often each color occurs."""
    counted = image.getcolors(image.width * image.height) or []
    return [(count, color) for count, color in counted if isinstance(color, tuple)]


def _share(weighed: list[tuple[int, Rgba]], background: Rgb) -> float:
    behind = luminance(background)
    total = seen = 0
    for weight, (red, green, blue, alpha) in weighed:
        over = (
            _over(red, background[0], alpha),
            _over(green, background[1], alpha),
            _over(blue, background[2], alpha),
        )
        total += weight
        if contrast_of_luminances(luminance(over), behind) >= LEAST_SHAPE_CONTRAST:
            seen += weight
    return seen / total if total else 0.0


def _over(channel: int, behind: int, alpha: int) -> int:
    return (channel * alpha + behind * (255 - alpha) + 127) // 255


def _difference(color: Rgba, other: Rgb) -> int:
    return max(abs(a - b) for a, b in zip(color, other, strict=False))


def backdrop(image: Image.Image, brand_color: str | None) -> str:
    """The opaque color to put behind a picture where a surface needs one.

    Its own background if it has one; else white, unless the picture can hardly be seen there;
    else the brand color if enough of it is seen on that, or whichever shows most of it.
    """
    own = edge_color(image)
    if own is not None:
        return hex_of(own)
    small = scaled(image, 256, 256)
    grounds = [WHITE, NEAR_BLACK] if brand_color is None else [WHITE, brand_color, NEAR_BLACK]
    shares = {ground: visible_share(small, ground) for ground in grounds}
    if shares[WHITE] > LITTLE:
        return WHITE
    if brand_color is not None and shares[brand_color] >= ENOUGH:
        return brand_color
    return max(shares, key=lambda ground: shares[ground])


def detail_kept(image: Image.Image, side: int, background: str) -> float:
    """The share of a square picture's detail, 0 to 1, that is left at `side` pixels.

    The picture is drawn in grays on the background at eight times that size, shrunk to it and
    enlarged again. Detail is the variance of the grays: thin lines, small letters and fine
    patterns blur into an even gray and lose it, bold shapes keep it.
    """
    large = flattened(image, rgb_of(background)).convert("L")
    large = large.resize((8 * side, 8 * side), Image.Resampling.BOX)
    small = large.resize((side, side), Image.Resampling.BOX)
    before, after = _variance(large), _variance(small)
    return 1.0 if before < 1 else min(1.0, after / before)


def _variance(image: Image.Image) -> float:
    return float(ImageStat.Stat(image).var[0])
