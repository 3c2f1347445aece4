"""Pictures for the stories, made here."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw


def logo_png(color: str = "#0b6e4f", *, width: int = 320, height: int = 96) -> bytes:
    """A logo: a disc and a bar on a transparent ground."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((8, 8, height - 8, height - 8), fill=color)
    draw.rectangle((height + 8, height // 3, width - 8, 2 * height // 3), fill=color)
    return encoded(image, "PNG")


def favicon_png(color: str = "#0b6e4f", *, side: int = 64) -> bytes:
    """A favicon: a square with a smaller one in it."""
    image = Image.new("RGBA", (side, side), color)
    ImageDraw.Draw(image).rectangle(
        (side // 3, side // 3, 2 * side // 3, 2 * side // 3), fill="white"
    )
    return encoded(image, "PNG")


def encoded(image: Image.Image, kind: str) -> bytes:
    """The image's bytes."""
    content = BytesIO()
    image.save(content, kind)
    return content.getvalue()
