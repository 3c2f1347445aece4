"""The decoder of the child process, called in this process."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portico.branding.isolated import rasters
from portico.branding.isolated.refusals import UnusablePicture
from portico.branding.tests.pictures import opened
from tests.hostile.images.rasters import (
    GREEN,
    encoded,
    gray_16_bits,
    jpeg_on_its_side,
    jpeg_with_place,
    palette_with_transparency,
    picture,
    png_in_swapped_colors,
    rgb_16_bits,
)


def test_a_photograph_is_set_upright() -> None:
    answer = rasters.take_in(jpeg_on_its_side(), kind="JPEG")

    upright = opened(answer.content).convert("L")
    assert upright.size == (256, 128)
    assert (answer.original_width, answer.original_height) == (256, 128)
    assert upright.getpixel((70, 64)) < 120  # type: ignore[operator]
    assert upright.getpixel((220, 64)) > 240  # type: ignore[operator]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_of_exif_is_understood(orientation: int) -> None:
    answer = rasters.take_in(jpeg_on_its_side(orientation), kind="JPEG")

    assert (answer.width, answer.height) == ((256, 128) if orientation > 4 else (128, 256))


def test_nothing_but_pixels_survives() -> None:
    answer = rasters.take_in(jpeg_with_place(), kind="JPEG")

    kept = opened(answer.content)
    assert not kept.getexif()
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}


def test_colors_are_those_that_the_profile_means() -> None:
    answer = rasters.take_in(png_in_swapped_colors(), kind="PNG")

    kept = opened(answer.content)
    red, green, blue = GREEN
    assert kept.getpixel((70, 64)) == (green, red, blue)
    assert "icc_profile" not in kept.info


def test_sixteen_bits_become_eight_without_losing_the_light_tones() -> None:
    answer = rasters.take_in(gray_16_bits(), kind="PNG")

    kept = opened(answer.content)
    assert [kept.getpixel((x, 5)) for x in (0, 100, 255)] == [(x, x, x) for x in (0, 100, 255)]


def test_sixteen_bits_a_channel_become_eight() -> None:
    kept = opened(rasters.take_in(rgb_16_bits(), kind="PNG").content)

    assert kept.getpixel((5, 5)) == GREEN


def test_transparency_of_a_palette_becomes_alpha() -> None:
    kept = opened(rasters.take_in(palette_with_transparency(), kind="PNG").content)

    assert kept.mode == "RGBA"
    assert kept.getchannel("A").getextrema() == (0, 255)


def test_the_colors_of_print_become_those_of_screens() -> None:
    kept = opened(rasters.take_in(encoded(picture("CMYK"), "JPEG"), kind="JPEG").content)

    assert kept.mode == "RGB"
    shown = kept.getpixel((70, 64))
    assert isinstance(shown, tuple)
    assert all(abs(a - b) < 12 for a, b in zip(shown, GREEN, strict=True))


@cache
def good_file(kind: str) -> bytes:
    return encoded(picture("RGBA", (64, 64)).convert("RGB" if kind == "JPEG" else "RGBA"), kind)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(["PNG", "JPEG", "WEBP", "ICO"]))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(data: st.DataObject, kind: str) -> None:
    content = bytearray(good_file(kind))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(1, len(content)))

    try:
        answer = rasters.take_in(bytes(content[:end]), kind=kind)
    except UnusablePicture:
        return

    assert opened(answer.content).size == (answer.width, answer.height)
