"""An SVG becomes pixels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from resvg_py import svg_to_bytes

from portico.branding.isolated.protocol import Answer
from portico.branding.isolated.refusals import Undrawable


def draw(content: bytes, *, width: int, height: int) -> Answer:
    """A PNG that fits into width x height pixels, the proportions kept.

    The size must be given: left to itself the library tries to draw an SVG as large as the SVG
    asks for, and ends the process when there is no room. Fonts of the machine are not used, so
    that the same file looks the same everywhere.
    """
    text = content.decode()
    try:
        if "<text" in text:
            with built_in_font() as (path, family):
                png = svg_to_bytes(
                    svg_string=text,
                    width=width,
                    height=height,
                    skip_system_fonts=True,
                    font_files=[path],
                    font_family=family,
                    serif_family=family,
                    sans_serif_family=family,
                    monospace_family=family,
                )
        else:
            png = svg_to_bytes(svg_string=text, width=width, height=height, skip_system_fonts=True)
    except ValueError as error:
        raise Undrawable from error
    drawn_width, drawn_height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    return Answer(png, "image/png", drawn_width, drawn_height, drawn_width, drawn_height)


@contextmanager
def built_in_font() -> Iterator[tuple[str, str]]:
    """A file with the font that Pillow brings along (the drawing library wants a path), its name.

    Loaded only for an SVG with texts, which is rare among logos and costs a Pillow.
    """
    from tempfile import NamedTemporaryFile  # noqa: PLC0415

    from PIL import ImageFont  # noqa: PLC0415

    font = ImageFont.load_default(16)
    if not isinstance(font, ImageFont.FreeTypeFont):  # a Pillow without FreeType
        raise Undrawable
    with NamedTemporaryFile(suffix=".otf") as file:
        file.write(font.font_bytes)
        file.flush()
        yield file.name, font.getname()[0] or ""
