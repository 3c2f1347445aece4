"""OKLCH, a color space in which equal steps of lightness look equal and keep the hue.

Björn Ottosson, "A perceptual color space for image processing" (2020); the matrices are those of
CSS Color Module Level 4, section 9, for linear-light sRGB.
"""

from __future__ import annotations

import math

Rgb = tuple[int, int, int]
Oklch = tuple[float, float, float]

TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
FROM_LAB = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
FROM_CONES = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)

Matrix = tuple[tuple[float, float, float], ...]


def to_oklch(rgb: Rgb) -> Oklch:
    """Lightness (0 to 1), chroma (0 to about 0.32) and hue (degrees) of 8-bit sRGB."""
    cones = _times(TO_CONES, [linear(channel / 255) for channel in rgb])
    lightness, a, b = _times(TO_LAB, [math.cbrt(cone) for cone in cones])
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def from_oklch(lightness: float, chroma: float, hue: float) -> Rgb:
    """8-bit sRGB of this lightness and hue, with as much of the chroma as a screen can show."""
    shown = _channels(lightness, chroma, hue)
    if not _on_screen(shown):
        low, high = 0.0, chroma
        for _ in range(16):
            middle = (low + high) / 2
            fits = _on_screen(_channels(lightness, middle, hue))
            low, high = (middle, high) if fits else (low, middle)
        shown = _channels(lightness, low, hue)
    red, green, blue = (round(255 * min(1.0, max(0.0, channel))) for channel in shown)
    return red, green, blue


def _channels(lightness: float, chroma: float, hue: float) -> list[float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    cones = [root**3 for root in _times(FROM_LAB, [lightness, a, b])]
    return [_companded(channel) for channel in _times(FROM_CONES, cones)]


def _on_screen(channels: list[float]) -> bool:
    return all(-0.0005 <= channel <= 1.0005 for channel in channels)


def _times(matrix: Matrix, vector: list[float]) -> list[float]:
    return [sum(m * v for m, v in zip(row, vector, strict=True)) for row in matrix]


def linear(share: float) -> float:
    """The light that a channel of sRGB, from 0 to 1, stands for (IEC 61966-2-1)."""
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _companded(linear: float) -> float:
    if linear <= 0.0031308:
        return 12.92 * linear
    return float(1.055 * linear ** (1 / 2.4) - 0.055)
