"""How large an SVG is, whichever of the several ways it says so."""

from __future__ import annotations

import math
import re
from typing import NamedTuple
from xml.etree.ElementTree import Element

from portico.branding.isolated.protocol import LONGEST_SIDE
from portico.branding.isolated.refusals import SvgWithoutSize

SMALLEST_SIDE = 1
LARGEST_SIDE = 4096

LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(px|pt|pc|mm|cm|in|)\s*")
PIXELS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
"""CSS pixels in each absolute unit (CSS Values and Units 4, section 6.2)."""


class Size(NamedTuple):
    """In CSS pixels."""

    width: float
    height: float


def settle_size(root: Element) -> Size:
    """The size of the drawing; writes it, and a viewBox, into the `svg` element.

    With both, every browser scales the drawing as a whole, and none guesses a size. A size that
    no page could show, such as 100,000 pixels, keeps its proportions only: it means nothing for
    a drawing that has no pixels. Raises SvgWithoutSize.
    """
    width, height = _length(root.get("width")), _length(root.get("height"))
    box = _view_box(root)
    if box is None:
        if width is None or height is None:
            raise SvgWithoutSize
        root.set("viewBox", f"0 0 {width:.6g} {height:.6g}")
    else:
        if width is None:
            width = box.width if height is None else height * box.width / box.height
        if height is None:
            height = width * box.height / box.width
    size = _showable(width, height)
    root.set("width", f"{size.width:.6g}")
    root.set("height", f"{size.height:.6g}")
    return size


def _showable(width: float, height: float) -> Size:
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise SvgWithoutSize
    longest, shortest = max(width, height), min(width, height)
    scale = 1.0 if shortest >= SMALLEST_SIDE and longest <= LARGEST_SIDE else LONGEST_SIDE / longest
    return Size(width * scale, height * scale)


def _length(text: str | None) -> float | None:
    """In pixels; None where it is not given or depends on the page around it, as 100% does."""
    found = LENGTH.fullmatch(text) if text and len(text) < 64 else None
    return float(found[1]) * PIXELS[found[2]] if found else None


def _view_box(root: Element) -> Size | None:
    numbers = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    if numbers == [""]:
        return None
    try:
        left, top, width, height = (float(number) for number in numbers)
    except ValueError:
        raise SvgWithoutSize from None
    if not all(math.isfinite(number) for number in (left, top, width, height)):
        raise SvgWithoutSize
    if width <= 0 or height <= 0:
        raise SvgWithoutSize
    return Size(width, height)
