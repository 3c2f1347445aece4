"""Colors: their contrast, and which of them can be a brand color."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from portico.branding.rules.oklch import from_oklch, linear, to_oklch
from portico.kernel.errors import Invalid, gettext_noop

WHITE = "#ffffff"
NEAR_BLACK = "#16181d"
"""The background of dark pages, and the text on light tones."""

LEAST_TEXT_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3 (AA, text of normal size)."""

LEAST_SHAPE_CONTRAST = 3.0
"""WCAG 2.2, success criterion 1.4.11 (AA, graphical objects)."""

HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)

Rgb = tuple[int, int, int]


class NotAColor(Invalid):
    code = "not_a_color"
    sentence = gettext_noop(
        "%(color)s is not a color that can be read. Write it like #1a7f37 or #2a8."
    )


class UnreadableColor(Invalid):
    """`nearest` is the nearest tone that would be accepted."""

    code = "unreadable_color"
    sentence = gettext_noop(
        "%(color)s on white has a contrast of %(ratio)s:1; it needs 4.5:1, so that white text "
        "on it and links in it can be read. The nearest tone that has it is %(nearest)s."
    )


@dataclass(frozen=True)
class BrandColor:
    """A color to put text on: both as `#rrggbb`, and the contrast between them."""

    color: str
    text: str
    ratio: float


def parse_color(text: str) -> str:
    """The color as `#rrggbb` in lower case. Accepts `#rgb` and `#rrggbb`; raises NotAColor."""
    written = text.strip()
    if not HEX.fullmatch(written):
        raise NotAColor(color=written[:40])
    digits = written[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def rgb_of(color: str) -> Rgb:
    """The channels, 0 to 255, of a color that `parse_color` reads."""
    digits = parse_color(color)[1:]
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def hex_of(rgb: Rgb) -> str:
    """`#rrggbb` for channels from 0 to 255."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def luminance(rgb: Rgb) -> float:
    """Relative luminance, 0 for black to 1 for white, as WCAG 2.2 defines it."""
    red, green, blue = (LINEAR[channel] for channel in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


LINEAR: tuple[float, ...] = tuple(linear(channel / 255) for channel in range(256))
"""The linear value of each 8-bit channel value."""


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colors, from 1 to 21, as WCAG 2.2 defines it."""
    return contrast_of_luminances(luminance(rgb_of(one)), luminance(rgb_of(other)))


def contrast_of_luminances(one: float, other: float) -> float:
    """The contrast ratio of two relative luminances."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def check_brand_color(color: str) -> BrandColor:
    """The brand color with the text on it, which is white.

    Buttons are filled with it under white labels, and links are written in it on white: the same
    contrast, so one rule serves both. Raises NotAColor or UnreadableColor.
    """
    wanted = parse_color(color)
    ratio = contrast(wanted, WHITE)
    if ratio < LEAST_TEXT_CONTRAST:
        raise UnreadableColor(
            color=wanted, ratio=ratio_text(ratio), nearest=nearest_readable(wanted, on=WHITE)
        )
    return BrandColor(wanted, WHITE, ratio)


def dark_variant(color: str, background: str = NEAR_BLACK) -> BrandColor:
    """The brand color's tone for dark pages: the same hue, light enough to be read.

    It has 4.5:1 on `background`, which also is the text on it. A `background` that no tone can
    be read on (a middle gray) raises NotAColor.
    """
    ground = parse_color(background)
    tone = nearest_readable(parse_color(color), on=ground, lighter=True)
    return BrandColor(tone, ground, contrast(tone, ground))


def nearest_readable(color: str, *, on: str, lighter: bool = False) -> str:
    """The tone of the same hue, darker (or lighter) by as little as gives 4.5:1 `on` a color.

    Moves the lightness in OKLCH, in which equal steps look equal and the hue stays; colors that a
    screen cannot show lose chroma.
    """

    def readable(tone: str) -> bool:
        return contrast(tone, on) >= LEAST_TEXT_CONTRAST

    if readable(color):
        return color
    lightness, chroma, hue = to_oklch(rgb_of(color))
    end = 1.0 if lighter else 0.0

    def tone(way: float) -> str:
        return hex_of(from_oklch(lightness + (end - lightness) * way, chroma, hue))

    if not readable(tone(1.0)):
        raise NotAColor(color=on)
    return tone(_first(lambda way: readable(tone(way))))


def _first(holds: Callable[[float], bool]) -> float:
    """The least number from 0 to 1, within a four-thousandth, from which on `holds` is true."""
    low, high = 0, 4096
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle / 4096) else (middle, high)
    return high / 4096


def ratio_text(ratio: float) -> str:
    """With one digit, as 1.1; with two where one would claim a limit that is not reached."""
    short = f"{ratio:.1f}"
    if ratio < LEAST_TEXT_CONTRAST <= float(short):
        return f"{math.floor(ratio * 100) / 100:.2f}"
    return short
