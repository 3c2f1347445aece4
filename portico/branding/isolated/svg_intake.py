"""An SVG from a stranger becomes one that is safe to keep and to show."""

from __future__ import annotations

from portico.branding.isolated.protocol import Answer
from portico.branding.isolated.removals import Removal
from portico.branding.isolated.svg_cleaning import clean
from portico.branding.isolated.svg_reading import SVG, read
from portico.branding.isolated.svg_size import settle_size
from portico.branding.isolated.svg_weight import refuse_multiplication


def take_in(content: bytes, *, accepted: tuple[str, ...]) -> Answer:
    """The sanitized SVG with its size written into it, and what was removed from it."""
    root = read(content, accepted=accepted)
    size = settle_size(root)
    tree, text, removed = clean(root)
    refuse_multiplication(tree)
    width, height = max(1, round(size.width)), max(1, round(size.height))
    if any(part.tag == f"{SVG}text" for part in tree.iter()):
        removed |= {Removal.TEXT}
    names = tuple(sorted(removal.name for removal in removed))
    return Answer(text, "image/svg+xml", width, height, size.width, size.height, names)
