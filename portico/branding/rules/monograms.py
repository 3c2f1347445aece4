"""The sign of a workspace that has uploaded no logo: one letter on one color."""

from __future__ import annotations

import hashlib
import unicodedata
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from portico.branding.rules.colors import (
    LEAST_TEXT_CONTRAST,
    WHITE,
    contrast,
    hex_of,
    nearest_readable,
    parse_color,
)
from portico.branding.rules.oklch import from_oklch
from portico.branding.rules.picture import Picture

SIDE = 512
CAPITAL_HEIGHT = 0.5
"""Of the square's side, so that every letter fits into the 80 % circle of masks. In the built-in
font a capital is 0.7 of the font's size high."""

STROKE = 7
"""What is added on each side of a letter's lines: the built-in font is too thin for 16 pixels."""

NO_LETTER = "\U0010fffd"
"""A code point that no font draws, so it gives the box that stands for missing letters."""


@lru_cache(maxsize=64)
def monogram(name: str, slug: str, color: str | None = None) -> Picture:
    """A square PNG, 512 pixels wide and opaque; the same for the same name, slug and color.

    The letter is the first one of the name, or of the slug where the built-in font cannot draw
    that one (it has Latin letters without accents). Without a brand color the name chooses one.
    The letter is white, or black on a color that is too light for white: 4.5:1 either way.
    """
    ground = parse_color(color) if color else color_for(name)
    ink = WHITE if contrast(ground, WHITE) >= LEAST_TEXT_CONTRAST else "#000000"
    image = Image.new("RGB", (SIDE, SIDE), ground)
    shape = _shape(letter_for(name, slug))
    if shape is not None:
        corner = ((SIDE - shape.width) // 2, (SIDE - shape.height) // 2)
        image.paste(ink, (*corner, corner[0] + shape.width, corner[1] + shape.height), shape)
    stored = BytesIO()
    image.save(stored, "PNG")
    return Picture(stored.getvalue(), "image/png", SIDE, SIDE)


def _shape(letter: str) -> Image.Image | None:
    """The letter as a mask without margins, so that it can be put exactly into the middle."""
    mask = Image.new("L", (2 * SIDE, 2 * SIDE))
    font = ImageFont.load_default(SIDE * CAPITAL_HEIGHT / 0.7)
    ImageDraw.Draw(mask).text(
        (SIDE / 2, SIDE / 2), letter, fill=255, font=font, stroke_width=STROKE
    )
    box = mask.getbbox()
    return mask.crop(box) if box else None


def letter_for(name: str, slug: str) -> str:
    """One capital letter or digit that the built-in font can draw; "" where there is none."""
    for text in (name, slug):
        first = next((sign for sign in unicodedata.normalize("NFC", text) if sign.isalnum()), "")
        capital = first.upper()[:1]
        if capital and can_draw(capital):
            return capital
    return ""


def can_draw(letter: str) -> bool:
    """Whether the built-in font has this letter."""
    font = ImageFont.load_default(32)
    drawn = font.getmask(letter)
    return drawn.getbbox() is not None and bytes(drawn) != bytes(font.getmask(NO_LETTER))


def color_for(name: str) -> str:
    """A color that the name chooses: any hue, calm, and dark enough for white letters."""
    digest = hashlib.sha256(unicodedata.normalize("NFC", name).encode()).digest()
    hue = int.from_bytes(digest[:2], "big") * 360 / 65536
    return nearest_readable(hex_of(from_oklch(0.52, 0.13, hue)), on=WHITE)
