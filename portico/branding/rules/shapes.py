"""Fitting a picture into boxes and squares. All pictures here are RGBA, as `pixels_of` gives them.

Pillow scales RGBA with its colors multiplied by alpha, so that what is transparent lends no color
to its neighbors.
"""

from __future__ import annotations

import math

from PIL import Image, ImageChops

from portico.branding.rules.colors import Rgb
from portico.branding.rules.picture import Fit

CLEAR = (0, 0, 0, 0)
BARELY_VISIBLE = 8
"""The alpha, of 255, up to which a pixel counts as not there."""

GRID = 128
"""Cells per side in which the reach of a picture's content is measured."""

ALIKE = 12
"""How far two channels, of 255, may differ in what still looks like one color."""


def scaled(image: Image.Image, width: int, height: int) -> Image.Image:
    """As large as fits into the box, its proportions kept, without the box around it."""
    factor = min(width / image.width, height / image.height)
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image.copy() if size == image.size else image.resize(size, Image.Resampling.LANCZOS)


def trimmed(image: Image.Image) -> Image.Image:
    """Without transparent margins."""
    box = _visible(image).getbbox()
    return image.crop(box) if box else image


def content_box(image: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what differs from the picture's own background."""
    return _content(image).getbbox() or (0, 0, *image.size)


def content_radius(image: Image.Image) -> float:
    """How far from the middle of a square the farthest part of its content is, in sides."""
    grid = _content(image).resize((GRID, GRID), Image.Resampling.BOX)
    middle = (GRID - 1) / 2
    corners = [
        math.hypot(abs(at % GRID - middle) + 0.5, abs(at // GRID - middle) + 0.5)
        for at, seen in enumerate(grid.tobytes())
        if seen
    ]
    return max(corners, default=GRID / 2) / GRID


def _content(image: Image.Image) -> Image.Image:
    own = edge_color(image)
    if own is None:
        return _visible(image)
    ground = Image.new("RGB", image.size, own)
    red, green, blue = ImageChops.difference(image.convert("RGB"), ground).split()
    strongest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return strongest.point(lambda difference: 255 if difference > ALIKE else 0)


def _visible(image: Image.Image) -> Image.Image:
    alpha = image.getchannel("A")
    return alpha.point(lambda value: 255 if value > BARELY_VISIBLE else 0)


def squared(image: Image.Image, fit: Fit) -> Image.Image:
    """A square: the middle of the picture, or all of it with room around it.

    The room has the color of the picture's edge where it has one, and is transparent otherwise.
    """
    width, height = image.size
    if fit is Fit.CROP:
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        return image.crop((left, top, left + side, top + side))
    side = max(width, height)
    edge = edge_color(image)
    return centered(image, side, CLEAR if edge is None else (*edge, 255))


def centered(image: Image.Image, side: int, color: tuple[int, int, int, int]) -> Image.Image:
    """In the middle of a square of this color, not scaled."""
    square = Image.new("RGBA", (side, side), color)
    square.alpha_composite(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square


def flattened(image: Image.Image, color: Rgb) -> Image.Image:
    """On an opaque ground of this color; RGB."""
    ground = Image.new("RGBA", image.size, (*color, 255))
    ground.alpha_composite(image)
    return ground.convert("RGB")


def edge_color(image: Image.Image) -> Rgb | None:
    """The color of the frame of outermost pixels, if it is opaque and of one color, else None.

    Such a picture brings its own background: a photograph of a sign, a JPEG on white.
    """
    width, height = image.size
    edges = [(0, 0, width, 1), (0, height - 1, width, height), (0, 0, 1, height)]
    strips = [image.crop(box) for box in [*edges, (width - 1, 0, width, height)]]
    extremes = [[_extremes(strip.getchannel(band)) for strip in strips] for band in "RGBA"]
    low = [min(least for least, _ in band) for band in extremes]
    high = [max(most for _, most in band) for band in extremes]
    if low[3] < 255 or any(most - least > ALIKE for least, most in zip(low, high, strict=True)):
        return None
    red, green, blue = ((least + most) // 2 for least, most in zip(low[:3], high[:3], strict=True))
    return red, green, blue


def _extremes(channel: Image.Image) -> tuple[int, int]:
    least, most = channel.getextrema()
    if isinstance(least, tuple) or isinstance(most, tuple):
        raise TypeError("one channel at a time")
    return int(least), int(most)
