"""How many parts an SVG draws when parts refer to parts.

A dozen groups that each use the one before ten times take a few hundred bytes and draw a thousand
million parts: in our child process, and later in the browser of each visitor.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from portico.branding.isolated.refusals import TooComplexSvg
from portico.branding.isolated.svg_reading import MOST_DEPTH, MOST_PARTS

REFERENCE = re.compile(r"url\(#([^)]+)\)")


def refuse_multiplication(root: Element) -> None:
    """Raise TooComplexSvg where references make it draw too much, or go round in circles.

    The tree is a clean one, in which every reference is written plainly.
    """
    by_id: dict[str, Element] = {}
    for part in root.iter():
        by_id.setdefault(part.get("id", ""), part)
    _weight(root, by_id, weights={}, depth=0)


def _weight(
    part: Element, by_id: dict[str, Element], *, weights: dict[Element, int], depth: int
) -> int:
    """The number of parts drawn for this one; 0 in `weights` marks one still being counted."""
    if part in weights and weights[part] > 0:
        return weights[part]
    if part in weights or depth > 2 * MOST_DEPTH:
        raise TooComplexSvg(most=MOST_PARTS)
    weights[part] = 0
    total = 1
    for below in [*part, *(by_id[name] for name in references(part) if name in by_id)]:
        total += _weight(below, by_id, weights=weights, depth=depth + 1)
        if total > MOST_PARTS:
            raise TooComplexSvg(most=MOST_PARTS)
    weights[part] = total
    return total


def references(part: Element) -> list[str]:
    """The ids that an element refers to by its own attributes."""
    href = part.get("href", "")
    found = [href[1:]] if href.startswith("#") else []
    for value in part.attrib.values():
        if "url(" in value:
            found += REFERENCE.findall(value)
    return found
