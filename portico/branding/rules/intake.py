"""Taking in a picture: from the bytes of a stranger to one that is safe to keep and to show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portico.branding.isolated.protocol import LONGEST_SIDE, Answer, Job, Request
from portico.branding.isolated.refusals import Blank, UnusablePicture
from portico.branding.isolated.removals import Removal
from portico.branding.rules.errors import (
    EmptyFile,
    IconNotSquare,
    NotSquare,
    TooLarge,
    TooLow,
    TooSmall,
    WrongShape,
)
from portico.branding.rules.isolation import ask_child
from portico.branding.rules.picture import Fit, Picture, is_square, pixels_of

KIB = 1024
MIB = 1024 * KIB


class Purpose(StrEnum):
    """What a picture is uploaded for."""

    LOGO = "logo"
    DARK_LOGO = "dark_logo"
    FAVICON = "favicon"
    EMAIL_LOGO = "email_logo"
    APP_ICON = "app_icon"  # of an app or a mini program
    SCREENSHOT = "screenshot"  # beside a decision on a request


@dataclass(frozen=True)
class Limits:
    """What is accepted. Sides are in pixels; those of an SVG are not limited, it has none.

    `most_times_wide` is the widest shape, 1:1 being the narrowest; None accepts any shape.
    `square` accepts that one alone. `longest_side`: kept at most this wide and high.
    """

    formats: tuple[str, ...]
    most_bytes: int
    least_height: int
    least_width: int = 1
    most_times_wide: int | None = None
    square: bool = False
    longest_side: int = LONGEST_SIDE


LOGO_FORMATS = ("PNG", "JPEG", "WEBP", "SVG")
LIMITS: dict[Purpose, Limits] = {
    Purpose.LOGO: Limits(LOGO_FORMATS, MIB, least_height=64, most_times_wide=8),
    Purpose.DARK_LOGO: Limits(LOGO_FORMATS, MIB, least_height=64, most_times_wide=8),
    Purpose.FAVICON: Limits(("ICO", "PNG", "SVG"), 256 * KIB, least_height=48, least_width=48),
    Purpose.EMAIL_LOGO: Limits(LOGO_FORMATS, 256 * KIB, least_height=64, most_times_wide=8),
    Purpose.APP_ICON: Limits(LOGO_FORMATS, 256 * KIB, least_height=48, least_width=48, square=True),
    # Text on it has to stay readable.
    Purpose.SCREENSHOT: Limits(
        ("PNG", "JPEG", "WEBP"), 2 * MIB, least_height=16, least_width=16, longest_side=2560
    ),
}


def take_in(content: bytes, purpose: Purpose) -> Picture:
    """Make a picture of an uploaded file, or raise a subclass of UnusablePicture.

    Neither the name of the file nor its declared type is asked: the decoder decides. Rasters are
    decoded and encoded anew (PNG, or JPEG for a JPEG), scaled down to 1,024 pixels (screenshots:
    to 2,560); an SVG is sanitized and drawn once, to see that it can be. All of that happens in
    child processes with little memory and time, and takes 0.1 s for an ordinary file.

    A favicon need not be square yet: `check_favicon` says so once it is known whether the person
    chose to crop or to pad it.
    """
    limits = LIMITS[purpose]
    if not content:
        raise EmptyFile
    if len(content) > limits.most_bytes:
        raise TooLarge(size=size_text(len(content)), limit=size_text(limits.most_bytes))
    request = Request(Job.TAKE_IN, formats=limits.formats, longest_side=limits.longest_side)
    answer = ask_child(request, content)
    picture = _picture(answer)
    _check_shape(answer, picture, limits)
    if picture.is_svg and pixels_of(picture).getchannel("A").getextrema() == (0, 0):
        raise Blank
    return picture


def check_favicon(picture: Picture, fit: Fit | None) -> None:
    """Raise NotSquare where a favicon is not square and nobody chose how to make it so."""
    if fit is None and not picture.square:
        raise NotSquare(width=picture.width, height=picture.height)


def size_text(size: int) -> str:
    """A number of bytes as people read it: 900 bytes, 12 KiB, 1.2 MiB; never rounded down."""
    if size < KIB:
        return f"{size} B"
    if size < MIB:
        return f"{-(-size // KIB)} KiB"
    tenths = -(-size * 10 // MIB)
    return f"{tenths // 10} MiB" if tenths % 10 == 0 else f"{tenths / 10:.1f} MiB"


def _picture(answer: Answer) -> Picture:
    try:
        removed = tuple(Removal[name].value for name in answer.removed)
    except KeyError as unknown:
        raise UnusablePicture from unknown
    return Picture(answer.content, answer.content_type, answer.width, answer.height, removed)


def _check_shape(answer: Answer, picture: Picture, limits: Limits) -> None:
    width, height = answer.original_width, answer.original_height
    sides = {"width": round(width), "height": round(height)}
    if limits.most_times_wide is not None and not 1 <= round(width / height, 2) <= (
        limits.most_times_wide
    ):
        raise WrongShape(**sides, most=limits.most_times_wide)
    if limits.square and not is_square(width, height):
        raise IconNotSquare(**sides)
    if picture.is_svg:
        return
    if limits.least_width > 1 and (width < limits.least_width or height < limits.least_height):
        raise TooSmall(**sides, least=limits.least_width)
    if height < limits.least_height:
        raise TooLow(height=round(height), least=limits.least_height)
