from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from portico.branding.rules import (
    LIMITS,
    EmptyFile,
    Fit,
    NotSquare,
    Picture,
    Purpose,
    Removal,
    TooLarge,
    TooLow,
    TooSmall,
    WrongFormat,
    WrongShape,
    check_favicon,
    size_text,
    take_in,
)
from portico.branding.tests.pictures import opened


def encoded(width: int, height: int, kind: str = "PNG", color: str = "#1a7f37") -> bytes:
    content = BytesIO()
    Image.new("RGB", (width, height), color).save(content, kind)
    return content.getvalue()


SMALL = 'width="200" height="50"'


def svg(body: str, size: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{body}</svg>'.encode()


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/png")],
)
def test_a_logo_of_each_accepted_format_is_encoded_anew(kind: str, content_type: str) -> None:
    picture = take_in(encoded(256, 64, kind), Purpose.LOGO)

    assert (picture.content_type, picture.width, picture.height) == (content_type, 256, 64)
    assert opened(picture.content).size == (256, 64)
    assert picture.removed == ()


def test_the_largest_picture_of_an_icon_file_is_taken() -> None:
    content = BytesIO()
    sizes = [(16, 16), (64, 64), (32, 32)]
    Image.new("RGBA", (64, 64), "#1a7f37").save(content, "ICO", sizes=sizes)

    picture = take_in(content.getvalue(), Purpose.FAVICON)

    assert (picture.content_type, picture.width, picture.height) == ("image/png", 64, 64)


def test_a_large_picture_is_scaled_down_and_its_shape_kept() -> None:
    picture = take_in(encoded(4000, 1000), Purpose.LOGO)

    assert (picture.width, picture.height) == (1024, 256)


def test_what_was_taken_in_can_be_taken_in_again() -> None:
    drawing = svg('<rect width="9" height="9" onclick="x()"/>', 'viewBox="0 0 9 9"')
    first = take_in(drawing, Purpose.LOGO)

    second = take_in(first.content, Purpose.LOGO)

    assert second == Picture(first.content, first.content_type, first.width, first.height)


def test_an_svg_says_what_was_removed_from_it() -> None:
    drawing = svg('<script>x()</script><path d="M0 0h200v50z"/>', SMALL)

    picture = take_in(drawing, Purpose.LOGO)

    assert picture.removed == (Removal.SCRIPT.value,)
    assert (picture.width, picture.height, picture.is_svg) == (200, 50, True)


def test_an_svg_with_texts_says_that_they_look_different() -> None:
    drawing = svg('<text y="40" font-size="40" font-family="Acme Sans">Acme</text>', SMALL)

    picture = take_in(drawing, Purpose.LOGO)

    assert picture.removed == (Removal.TEXT.value,)
    assert picture.has_text


def test_a_logo_one_pixel_too_low_is_refused() -> None:
    assert take_in(encoded(64, 64), Purpose.LOGO).height == 64

    with pytest.raises(TooLow, match=r"only 63 pixels high.*at least 64"):
        take_in(encoded(63, 63), Purpose.LOGO)


@pytest.mark.parametrize(("width", "height"), [(801, 100), (99, 100), (64, 640)])
def test_a_logo_of_another_shape_is_refused(width: int, height: int) -> None:
    with pytest.raises(WrongShape, match=f"{width} wide and {height} high"):
        take_in(encoded(width, height), Purpose.DARK_LOGO)


def test_a_logo_eight_times_as_wide_as_high_is_accepted() -> None:
    assert take_in(encoded(800, 100), Purpose.LOGO).width == 800


def test_an_svg_may_be_small_but_not_of_another_shape() -> None:
    square = svg('<path d="M0 0h1v1z"/>', 'viewBox="0 0 1 1"')
    tower = svg('<path d="M0 0h1v9z"/>', 'viewBox="0 0 1 9"')

    assert take_in(square, Purpose.LOGO).is_svg
    with pytest.raises(WrongShape):
        take_in(tower, Purpose.LOGO)


def test_a_favicon_below_48_pixels_is_refused() -> None:
    with pytest.raises(TooSmall, match="only 47 × 90 pixels"):
        take_in(encoded(47, 90), Purpose.FAVICON)


def test_a_favicon_must_be_of_a_format_that_browsers_take() -> None:
    with pytest.raises(WrongFormat, match=r"is WebP\. Accepted: ICO, PNG, SVG\."):
        take_in(encoded(64, 64, "WEBP"), Purpose.FAVICON)


def test_a_favicon_that_is_not_square_is_asked_about() -> None:
    picture = take_in(encoded(96, 64), Purpose.FAVICON)

    with pytest.raises(NotSquare, match="crop it or to pad it"):
        check_favicon(picture, None)
    check_favicon(picture, Fit.CROP)
    check_favicon(picture, Fit.PAD)


def test_a_square_favicon_is_not_asked_about() -> None:
    picture = take_in(encoded(64, 64), Purpose.FAVICON)

    assert picture.square
    check_favicon(picture, None)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_file_over_the_limit_is_refused_before_it_is_read(purpose: Purpose) -> None:
    limit = LIMITS[purpose].most_bytes

    with pytest.raises(TooLarge, match=f"at most {size_text(limit)} are accepted"):
        take_in(b"\x89PNG" + bytes(limit), purpose)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(EmptyFile):
        take_in(b"", Purpose.LOGO)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (900, "900 B"),
        (2048, "2 KiB"),
        (262_145, "257 KiB"),
        (1 << 20, "1 MiB"),
        ((1 << 20) + 1, "1.1 MiB"),
    ],
)
def test_a_size_is_written_with_its_unit_and_never_rounded_down(size: int, text: str) -> None:
    assert size_text(size) == text
