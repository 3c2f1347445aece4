"""Pictures made of pixels: decoded in full, then written anew from nothing but their pixels.

What is not a pixel does not survive: EXIF (its orientation is applied first), color profiles
(applied first), texts, thumbnails, anything before or after the picture.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from importlib import import_module
from io import BytesIO

from PIL import Image

from portico.branding.isolated.protocol import LONGEST_SIDE, MOST_PIXELS, Answer
from portico.branding.isolated.refusals import (
    Animated,
    Blank,
    Overstuffed,
    TooManyPixels,
    Truncated,
)

Image.MAX_IMAGE_PIXELS = MOST_PIXELS

PLUGINS = {"WEBP": "PIL.WebPImagePlugin", "ICO": "PIL.IcoImagePlugin"}
"""Decoders that Pillow would load together with all others, which takes 100 ms."""

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What sets a picture upright, by its EXIF orientation (Exif 2.32, section 4.6.4, tag 274)."""

BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    EOFError,
    NotImplementedError,
    struct.error,
    zlib.error,
)
"""What Pillow's decoders raise for damaged files; they agree on nothing."""


def take_in(content: bytes, *, kind: str, longest_side: int = LONGEST_SIDE) -> Answer:
    """The picture, upright, in sRGB, 8 bits a channel, at most `longest_side` wide and high.

    JPEG stays JPEG (a photograph as PNG would be several times larger); everything else becomes
    PNG. Of an icon file with several sizes the largest is taken.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a stranger's file makes Pillow say many things
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return _taken_in(content, kind, longest_side)


def _taken_in(content: bytes, kind: str, longest_side: int) -> Answer:
    image = opened(content, kind=kind)
    photograph = kind == "JPEG"
    width, height = image.size
    try:
        pixels, turn = plain_pixels(image, longest_side=longest_side)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise too_many_pixels() from bomb
    except BROKEN as error:
        raise as_refusal(error) from error
    if pixels.mode == "RGBA" and pixels.getchannel("A").getextrema() == (0, 0):
        raise Blank
    if turn in (5, 6, 7, 8):
        width, height = height, width
    stored = BytesIO()
    if photograph:
        pixels.save(stored, "JPEG", quality=92, subsampling=0)
    else:
        pixels.save(stored, "PNG")
    content_type = "image/jpeg" if photograph else "image/png"
    return Answer(stored.getvalue(), content_type, *pixels.size, width, height)


def opened(content: bytes, *, kind: str) -> Image.Image:
    """The picture, its header read and its frames counted, not yet decoded (ICO: decoded).

    Only the decoder of that one format is loaded and tried.
    """
    if kind in PLUGINS:
        import_module(PLUGINS[kind])
    try:
        image = Image.open(BytesIO(content), formats=[kind])
        # MPO is a JPEG from a telephone with a second view behind it: the first is the picture.
        animated = image.format != "MPO" and getattr(image, "is_animated", False)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise too_many_pixels() from bomb
    except BROKEN as error:
        raise as_refusal(error) from error
    if animated:
        raise Animated
    return image


def plain_pixels(
    image: Image.Image, *, longest_side: int = LONGEST_SIDE
) -> tuple[Image.Image, int]:
    """Decode: RGB, or RGBA where something is transparent; upright, sRGB, no larger than kept.

    Answers with the EXIF orientation that was applied, too. Scales down before it does anything
    else, so that only one copy of a large picture is ever in memory.
    """
    image.draft(None, (2 * longest_side, 2 * longest_side))
    image.load()
    turn = _orientation(image)
    profile = image.info.get("icc_profile")
    pixels = _scalable(image)
    pixels.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    alpha = pixels.getchannel("A") if pixels.mode in ("LA", "RGBA") else None
    pixels = _in_srgb(pixels, profile)
    if alpha is not None and alpha.getextrema() != (255, 255):
        pixels.putalpha(alpha)
    if turn in TURNS:
        pixels = pixels.transpose(TURNS[turn])
    pixels.info.clear()
    return pixels, turn


def as_refusal(error: Exception) -> Truncated | Overstuffed:
    """The words for an exception of Pillow's."""
    return Overstuffed() if "MAX_TEXT" in str(error) else Truncated()


def too_many_pixels() -> TooManyPixels:
    """The refusal, with the limit in it."""
    return TooManyPixels(most=MOST_PIXELS // 1_000_000)


def _scalable(image: Image.Image) -> Image.Image:
    """In one of the modes L, LA, RGB, RGBA and CMYK, which can be scaled and converted."""
    if image.mode.startswith("I"):  # 16 bits: `convert` would cut off all but the darkest tones
        return image.point(lambda value: value * (1 / 257)).convert("L")
    if image.has_transparency_data and image.mode not in ("LA", "RGBA"):
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK") else image.convert("RGB")


def _in_srgb(pixels: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB without alpha. A profile that cannot be read, or is for other colors, is left out."""
    colors = pixels.convert({"LA": "L", "RGBA": "RGB"}.get(pixels.mode, pixels.mode))
    if not profile:
        return colors.convert("RGB")
    from PIL import ImageCms  # noqa: PLC0415 (slow to load, and few files have a profile)

    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(colors, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, *BROKEN):
        converted = None
    return converted or colors.convert("RGB")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except BROKEN:
        return 1  # EXIF that cannot be read turns nothing
