"""Pictures of pixels that are broken, swollen, or something else besides."""

from __future__ import annotations

import random
import struct
import zipfile
import zlib
from io import BytesIO

from PIL import Image, ImageCms, ImageDraw
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

PNG_START = b"\x89PNG\r\n\x1a\n"
GREEN = (26, 127, 55)


def picture(mode: str = "RGB", size: tuple[int, int] = (256, 128)) -> Image.Image:
    """A green sign on white, or on nothing where the mode has an alpha channel."""
    image = Image.new("RGBA", size, (255, 255, 255, 0 if mode in ("RGBA", "LA") else 255))
    width, height = size
    ImageDraw.Draw(image).ellipse((width // 8, height // 8, width // 2, 7 * height // 8), GREEN)
    return image if mode == "RGBA" else image.convert(mode)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """The file that Pillow writes for this picture."""
    content = BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    """One chunk of a PNG, its checksum right."""
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum


def png_header(width: int, height: int, *, bits: int = 8, color: int = 2) -> bytes:
    """The start of a PNG of this size; `color` 0 is gray, 2 RGB."""
    return PNG_START + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, 0))


def png_bomb(side: int = 10_000) -> bytes:
    """A complete PNG of 100 megapixels, one bit each, in some 12 KB."""
    row = bytes(1 + (side + 7) // 8)
    return (
        png_header(side, side, bits=1, color=0)
        + chunk(b"IDAT", zlib.compress(row * side, 9))
        + chunk(b"IEND", b"")
    )


def png_of_a_lie() -> bytes:
    """A header that promises 30,000 x 30,000 pixels, and hardly any of them."""
    return (
        png_header(30_000, 30_000)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


def png_with(*chunks: bytes) -> bytes:
    """A good PNG with these chunks behind its header."""
    content = encoded(picture(), "PNG")
    end = len(PNG_START) + 25  # length, name, 13 bytes and checksum of IHDR
    return content[:end] + b"".join(chunks) + content[end:]


def png_with_text_bomb() -> bytes:
    """50 MB of text in 50 KB (zTXt)."""
    return png_with(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"A" * 50_000_000)))


def png_with_international_text_bomb() -> bytes:
    """50 MB of text in 50 KB (iTXt)."""
    text = zlib.compress(b"A" * 50_000_000)
    return png_with(chunk(b"iTXt", b"Comment\0\x01\0\0\0" + text))


def png_with_profile_bomb() -> bytes:
    """A color profile that unpacks to 50 MB (iCCP)."""
    return png_with(chunk(b"iCCP", b"profile\0\0" + zlib.compress(b"A" * 50_000_000)))


def png_with_php() -> bytes:
    """A program in a text of the picture."""
    texts = PngInfo()
    texts.add_text("Comment", "<?php system($_GET['c']); ?>")
    return encoded(picture(size=(128, 64)), "PNG", pnginfo=texts)


def png_with_html() -> bytes:
    """A web page behind the picture."""
    return encoded(picture(), "PNG") + b"<html><script>alert(1)</script></html>"


def jpeg_with_zip() -> bytes:
    """A program for Java behind the picture."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("Evil.class", b"\xca\xfe\xba\xbe evil.example")
    return encoded(picture(), "JPEG") + archive.getvalue()


def jpeg_with_comment() -> bytes:
    """A script in the comment of the picture."""
    return encoded(picture(), "JPEG", comment=b"<script>alert(1)</script>")


def animated(kind: str) -> bytes:
    """Two frames, in GIF, WEBP or PNG (APNG)."""
    frames = [picture(), picture().rotate(180)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def cut(content: bytes, share: float = 0.6) -> bytes:
    """The first part of a file."""
    return content[: int(len(content) * share)]


def jpeg_with_place() -> bytes:
    """A photograph that says where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    where = exif.get_ifd(0x8825)
    where[1], where[2] = "N", (IFDRational(52), IFDRational(31), IFDRational(12))
    where[28] = b"ASCII\0\0\0SECRET-PLACE"
    return encoded(picture(), "JPEG", exif=exif)


def jpeg_on_its_side(orientation: int = 6) -> bytes:
    """256 x 128 pixels as it is meant to be seen; stored turned, with EXIF to turn it back."""
    turned = picture().transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(turned, "JPEG", exif=exif, quality=95)


def png_with_broken_profile() -> bytes:
    """A color profile that is none."""
    return encoded(picture(), "PNG", icc_profile=b"SECRET-PLACE" * 20)


def png_in_swapped_colors() -> bytes:
    """Green in numbers; a color profile says that red is green and green is red."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"----").replace(b"gXYZ", b"rXYZ").replace(b"----", b"gXYZ")
    return encoded(picture(), "PNG", icc_profile=swapped)


def gray_16_bits() -> bytes:
    """65,536 tones from left to right."""
    image = Image.new("I;16", (256, 128))
    for x in range(256):
        image.paste(x * 257, (x, 0, x + 1, 128))
    return encoded(image, "PNG")


def rgb_16_bits() -> bytes:
    """Two bytes a channel, which Pillow cannot write."""
    row = b"\0" + struct.pack(">HHH", 26 * 257, 127 * 257, 55 * 257) * 256
    return (
        png_header(256, 128, bits=16)
        + chunk(b"IDAT", zlib.compress(row * 128))
        + chunk(b"IEND", b"")
    )


def palette_with_transparency() -> bytes:
    """Eight bits of palette, one entry of it clear."""
    return encoded(picture().quantize(16), "PNG", transparency=0)


def noise(size: int, start: bytes = b"") -> bytes:
    """Bytes without sense, the same each time, behind a start that promises some."""
    return start + random.Random(5).randbytes(size - len(start))


def ico(*frames: tuple[int, int, bytes], offset: int | None = None) -> bytes:
    """An icon file: for each frame the width and height that its directory says, and its file."""
    start = 6 + 16 * len(frames)
    directory, contents = b"", b""
    for width, height, content in frames:
        where = start + len(contents) if offset is None else offset
        directory += struct.pack(
            "<BBBBHHII", width % 256, height % 256, 0, 0, 1, 32, len(content), where
        )
        contents += content
    return struct.pack("<HHH", 0, 1, len(frames)) + directory + contents
