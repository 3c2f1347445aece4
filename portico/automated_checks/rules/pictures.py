"""Rules about pictures: heavier or larger than a phone needs, and icons that are not what they say.

Pillow reads no more than the head of a picture here; nothing is decoded.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from io import BytesIO
from posixpath import splitext
from typing import Final, NamedTuple

from portico.automated_checks.rules.findings import Finding, Rule, Severity
from portico.automated_checks.rules.subjects import Sort, Subject
from portico.kernel.errors import gettext_noop

HEAVY: Final = 500 * 1024
WORTH_A_LOOK: Final = 60 * 1024
BYTES_FOR_A_PIXEL: Final = 1.5
LONGEST_SIDE: Final = 2048
MOST_PIXELS: Final = 25_000_000
MOST_BYTES: Final = 20 * 1024 * 1024
SMALLEST_ICON: Final = 96
FORMATS: Final[Mapping[str, str]] = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".gif": "GIF",
    ".webp": "WEBP",
    ".bmp": "BMP",
    ".ico": "ICO",
}

TOO_HEAVY = Rule(
    "picture-heavy",
    Severity.WARNING,
    gettext_noop("This picture has %(size)s; more than 500 KiB is too much for a phone."),
    gettext_noop("Make it smaller, and save it as WebP or with less quality."),
)
WASTEFUL = Rule(
    "picture-wasteful",
    Severity.WARNING,
    gettext_noop("%(size)s for %(width)s × %(height)s pixels is more than such a picture needs."),
    gettext_noop("Save photos as JPEG or WebP; reduce the colors of drawings."),
)
TOO_LARGE = Rule(
    "picture-large",
    Severity.WARNING,
    gettext_noop("%(width)s × %(height)s pixels are more than any phone shows."),
    gettext_noop("Make the longer side at most 2,048 pixels."),
)
BOMB = Rule(
    "picture-far-too-large",
    Severity.ERROR,
    gettext_noop("%(width)s × %(height)s pixels: showing this picture can end the program."),
    gettext_noop("Make the longer side at most 2,048 pixels."),
)
NOT_A_PICTURE = Rule(
    "picture-unreadable",
    Severity.WARNING,
    gettext_noop("By its name this is a picture, but it cannot be read as one."),
    gettext_noop("Export it again."),
)
OTHER_FORMAT = Rule(
    "picture-other-format",
    Severity.INFO,
    gettext_noop("This picture is %(format)s, whatever its name says."),
    gettext_noop("Give it the ending of what it is; servers tell browsers by that."),
)
ICON_UNREADABLE = Rule(
    "icon-unreadable",
    Severity.ERROR,
    gettext_noop("The icon cannot be read as a picture."),
    gettext_noop("Export it again, as PNG, WebP, JPEG or SVG."),
)
ICON_OTHER_SIZE = Rule(
    "icon-other-size",
    Severity.WARNING,
    gettext_noop("The icon has %(width)s × %(height)s pixels; the manifest says %(sizes)s."),
    gettext_noop("Correct “sizes” in the manifest, or the picture."),
)
ICON_NOT_SQUARE = Rule(
    "icon-not-square",
    Severity.WARNING,
    gettext_noop("The icon has %(width)s × %(height)s pixels; icons are shown as squares."),
    gettext_noop("Draw it on a square."),
)
ICON_SMALL = Rule(
    "icon-small",
    Severity.INFO,
    gettext_noop("The largest icon has %(width)s pixels and looks blurred on most phones."),
    gettext_noop("Add one with at least 192 × 192 pixels, or an SVG."),
)

RULES = (
    TOO_HEAVY,
    WASTEFUL,
    TOO_LARGE,
    BOMB,
    NOT_A_PICTURE,
    OTHER_FORMAT,
    ICON_UNREADABLE,
    ICON_OTHER_SIZE,
    ICON_NOT_SQUARE,
    ICON_SMALL,
)


class Picture(NamedTuple):
    """What the head of a picture says."""

    format: str
    width: int
    height: int


def check_pictures(subject: Subject) -> Iterator[Finding]:
    """Pictures that are too much for a phone, and those that are none."""
    icons = {src for src, _sizes in _icons(subject)}
    pictures: dict[str, Picture | None] = {}
    for name in subject.files.of(Sort.PICTURE):
        size = subject.files.sizes[name].whole
        picture = pictures[name] = _read(subject, name)
        if size > HEAVY:
            yield TOO_HEAVY.found(name, size=f"{size / 1024:,.0f} KiB")
        if picture is None:
            if name not in icons and size <= MOST_BYTES:  # of icons it is said below
                yield NOT_A_PICTURE.found(name)
        else:
            yield from _look(name, picture, size)
    yield from _check_icons(subject, pictures)


def _read(subject: Subject, name: str) -> Picture | None:
    if subject.files.sizes[name].whole > MOST_BYTES:
        return None
    return picture_in(subject.files.read(name))


def picture_in(content: bytes) -> Picture | None:
    """What a file is by its first bytes; None where it is no picture of a known format."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - large; only the child needs it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of bombs: the size is judged by us, nothing is decoded
        try:
            with Image.open(BytesIO(content), formats=sorted(set(FORMATS.values()))) as image:
                return Picture(image.format or "", image.width, image.height)
        except Image.DecompressionBombError:
            return Picture("", 10**5, 10**5)
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError):
            return None


def _look(name: str, picture: Picture, size: int) -> Iterator[Finding]:
    pixels = picture.width * picture.height
    width, height = f"{picture.width:,}", f"{picture.height:,}"
    if pixels > MOST_PIXELS:
        yield BOMB.found(name, width=width, height=height)
    elif max(picture.width, picture.height) > LONGEST_SIDE:
        yield TOO_LARGE.found(name, width=width, height=height)
    elif WORTH_A_LOOK < size <= HEAVY and size > BYTES_FOR_A_PIXEL * pixels:
        yield WASTEFUL.found(name, size=f"{size / 1024:,.0f} KiB", width=width, height=height)
    expected = FORMATS[splitext(name)[1].lower()]
    if picture.format and picture.format != expected:
        yield OTHER_FORMAT.found(name, format=picture.format)


def _check_icons(subject: Subject, pictures: dict[str, Picture | None]) -> Iterator[Finding]:
    """`pictures` are those that were read; each icon is read once, however often it is named."""
    largest, scales = 0, False
    for name, sizes in dict.fromkeys(_icons(subject)):
        if name not in subject.files:
            continue
        if name.lower().endswith(".svg"):
            scales = True
            size = subject.files.sizes[name].whole
            if size > MOST_BYTES or b"<svg" not in subject.files.read(name)[:4096].lower():
                yield ICON_UNREADABLE.found(name)
            continue
        if name not in pictures:  # by its name it is no picture
            pictures[name] = _read(subject, name)
        picture = pictures[name]
        if picture is None:
            yield ICON_UNREADABLE.found(name)
            continue
        largest = max(largest, min(picture.width, picture.height))
        width, height = picture.width, picture.height
        if width != height:
            yield ICON_NOT_SQUARE.found(name, width=width, height=height)
        said = {size.lower() for size in sizes.split()}
        if said and "any" not in said and f"{width}x{height}" not in said:
            yield ICON_OTHER_SIZE.found(name, sizes=sizes, width=width, height=height)
    if 0 < largest < SMALLEST_ICON and not scales:
        yield ICON_SMALL.found("manifest.json", width=largest)


def _icons(subject: Subject) -> Iterator[tuple[str, str]]:
    """The icons of the manifest, as entries of the package and what is said of their sizes."""
    for icon in subject.list_of("icons"):
        if isinstance(icon, dict) and isinstance(icon.get("src"), str):
            sizes = icon.get("sizes")
            name = str(icon["src"]).lstrip("/").removeprefix("./")
            yield name, sizes if isinstance(sizes, str) else ""
