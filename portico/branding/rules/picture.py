"""A picture that is safe to keep, and its pixels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from io import BytesIO

from PIL import Image

from portico.branding.isolated.protocol import Job, Request
from portico.branding.rules.isolation import ask_child

SVG_TYPE = "image/svg+xml"

DRAWN_SIDE = 512
"""The longest side, in pixels, at which an SVG is drawn: that of the largest icon of a kit."""


class Fit(StrEnum):
    """How a picture that is not square becomes a square icon: with room around it, or cropped."""

    PAD = "pad"
    CROP = "crop"


@dataclass(frozen=True)
class Picture:
    """A picture that `take_in` let through, or one of our own making.

    PNG, JPEG or SVG; `width` and `height` are in pixels, for an SVG the size that it says.
    `removed` holds English sentences, marked for translation, about what was taken out of it.
    """

    content: bytes
    content_type: str
    width: int
    height: int
    removed: tuple[str, ...] = ()

    @property
    def is_svg(self) -> bool:
        return self.content_type == SVG_TYPE

    @property
    def square(self) -> bool:
        """Whether it is square, give or take the hundredth that rounding may cost."""
        return is_square(self.width, self.height)

    @property
    def has_text(self) -> bool:
        """Whether it is an SVG whose texts each browser would draw in a font of its own."""
        return self.is_svg and b"<text" in self.content


def pixels_of(picture: Picture) -> Image.Image:
    """The picture as RGBA, to be changed freely; an SVG drawn with its longest side at 512.

    Drawing an SVG takes a child process (50 ms and more); the last few drawings are remembered.
    Raises TooDemanding or Undrawable.
    """
    content = picture.content
    if picture.is_svg:
        scale = DRAWN_SIDE / max(picture.width, picture.height)
        width, height = (max(1, round(side * scale)) for side in (picture.width, picture.height))
        content = _drawn(content, width, height)
    with Image.open(BytesIO(content), formats=["PNG", "JPEG"]) as image:
        return image.convert("RGBA")


@lru_cache(maxsize=8)
def _drawn(content: bytes, width: int, height: int) -> bytes:
    return ask_child(Request(Job.DRAW, width=width, height=height), content).content


def is_square(width: float, height: float) -> bool:
    """Whether these sides are as good as the same."""
    return abs(width - height) * 100 <= max(width, height)
