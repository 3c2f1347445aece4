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
LETTER_SIDE = 0.5
"""Height of a capital letter as a share of the square: it fits into the 80 % circle of masks."""

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
    letter = letter_for(name, slug)
    font = ImageFont.load_default(SIDE * LETTER_SIDE / 0.7)  # capitals are 0.7 of the size high
    left, top, right, bottom = font.getbbox(letter) if letter else (0.0, 0.0, 0.0, 0.0)
    corner = ((SIDE - left - right) / 2, (SIDE - top - bottom) / 2)
    ImageDraw.Draw(image).text(corner, letter, fill=ink, font=font)
    stored = BytesIO()
    image.save(stored, "PNG")
    return Picture(stored.getvalue(), "image/png", SIDE, SIDE)


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
