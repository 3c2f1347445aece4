"""Made-up logos and icons for tests."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from portico.branding.rules import Picture

CLEAR = (0, 0, 0, 0)


def stored(image: Image.Image) -> Picture:
    """The picture that intake would keep for this image."""
    content = BytesIO()
    image.save(content, "PNG")
    return Picture(content.getvalue(), "image/png", *image.size)


def drawn_svg(body: str, *, width: int = 256, height: int = 64) -> Picture:
    """An SVG that intake would keep."""
    content = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{body}</svg>'
    )
    return Picture(content.encode(), "image/svg+xml", width, height)


def wordmark(color: str, *, on: str | tuple[int, ...] = CLEAR) -> Picture:
    """Two words, about four times as wide as high."""
    image = Image.new("RGBA", (512, 128), on)
    ImageDraw.Draw(image).text((10, 10), "Acme Pay", color, font=ImageFont.load_default(90))
    return stored(image)


def disc(color: str, *, side: int = 256) -> Picture:
    """A bold round sign on nothing."""
    image = Image.new("RGBA", (side, side), CLEAR)
    ImageDraw.Draw(image).ellipse((8, 8, side - 8, side - 8), color)
    return stored(image)


def plain(color: str, width: int, height: int) -> Picture:
    """One color all over."""
    return stored(Image.new("RGBA", (width, height), color))


def thin_lines(color: str) -> Picture:
    """A fine lattice."""
    image = Image.new("RGBA", (512, 512), CLEAR)
    pen = ImageDraw.Draw(image)
    for at in range(0, 512, 16):
        pen.line((at, 0, at, 512), color)
        pen.line((0, at, 512, at), color)
    return stored(image)


def opened(content: bytes) -> Image.Image:
    """The image in these bytes, decoded."""
    image = Image.open(BytesIO(content))
    image.load()
    return image
