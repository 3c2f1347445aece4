"""Draws the icons of the sample: `python -m portico.miniprograms.sample.tests.drawing`."""

from __future__ import annotations

from PIL import Image, ImageDraw

from portico.miniprograms.sample import sample_folder

SIZES = (48, 192)
FINER = 8  # drawn this much larger, then made smaller, which smooths the edges
GREEN, WHITE, PALE = (11, 107, 93), (255, 255, 255), (190, 224, 217)


def icon(size: int) -> Image.Image:
    """A bill, torn in two, on a green square."""
    side = size * FINER
    unit = side / 48
    picture = Image.new("RGB", (side, side), GREEN)
    draw = ImageDraw.Draw(picture)
    left = [(9, 9), (22, 9), (20, 16), (23, 23), (20, 30), (22, 39), (9, 39)]
    right = [(39, 11), (39, 41), (27, 41), (25, 32), (28, 25), (25, 18), (27, 11)]
    draw.polygon([(x * unit, y * unit) for x, y in left], fill=WHITE)
    draw.polygon([(x * unit, y * unit) for x, y in right], fill=PALE)
    for top in (15, 21, 27):
        draw.rectangle((12 * unit, top * unit, 17 * unit, (top + 2) * unit), fill=GREEN)
        draw.rectangle((31 * unit, (top + 2) * unit, 36 * unit, (top + 4) * unit), fill=GREEN)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    for size in SIZES:
        icon(size).save(sample_folder() / "common" / f"icon-{size}.png", optimize=True)
