from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.branding.rules import (
    NEAR_BLACK,
    WHITE,
    NotAColor,
    UnreadableColor,
    check_brand_color,
    contrast,
    dark_variant,
    parse_color,
)
from portico.branding.rules.colors import hex_of, ratio_text, rgb_of
from portico.branding.rules.oklch import from_oklch, to_oklch

channels = st.integers(0, 255)
colors = st.tuples(channels, channels, channels).map(hex_of)


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)


def test_the_contrast_of_a_middle_gray_is_that_of_the_published_examples() -> None:
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@given(colors, colors)
def test_contrast_does_not_ask_which_color_is_in_front(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.0001


@pytest.mark.parametrize(
    ("written", "read"), [("#1A7F37", "#1a7f37"), ("#2a8", "#22aa88"), (" #fff ", "#ffffff")]
)
def test_a_color_is_read_in_its_short_and_its_long_form(written: str, read: str) -> None:
    assert parse_color(written) == read


@pytest.mark.parametrize("written", ["", "red", "#12", "#12345g", "123456", "#1234567", "#%(x)s"])
def test_what_is_no_color_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(NotAColor, match="Write it like #1a7f37"):
        parse_color(written)


def test_yellow_is_refused_as_a_brand_color_saying_its_contrast_and_a_tone_that_works() -> None:
    with pytest.raises(UnreadableColor) as refusal:
        check_brand_color("#FF0")

    assert str(refusal.value).startswith("#ffff00 on white has a contrast of 1.1:1; it needs 4.5:1")
    assert check_brand_color(str(refusal.value.facts["nearest"])).ratio >= 4.5


def test_a_refused_ratio_is_never_written_as_the_one_that_is_needed() -> None:
    assert ratio_text(4.478) == "4.47"
    assert ratio_text(4.4) == "4.4"
    assert ratio_text(1.07) == "1.1"


def test_a_dark_green_is_a_brand_color_with_white_text_on_it() -> None:
    brand = check_brand_color("#1a7f37")

    assert (brand.color, brand.text) == ("#1a7f37", WHITE)
    assert brand.ratio == pytest.approx(5.08, abs=0.01)


@given(colors)
def test_every_color_is_accepted_or_has_a_nearest_tone_that_is(color: str) -> None:
    try:
        accepted = check_brand_color(color).color
    except UnreadableColor as refusal:
        accepted = check_brand_color(str(refusal.facts["nearest"])).color

    assert contrast(accepted, WHITE) >= 4.5


@given(colors)
def test_every_color_has_a_tone_for_dark_pages(color: str) -> None:
    tone = dark_variant(color)

    assert tone.text == NEAR_BLACK
    assert contrast(tone.color, NEAR_BLACK) == tone.ratio >= 4.5


def test_the_tone_for_dark_pages_keeps_the_hue() -> None:
    tone = dark_variant("#123c8c")

    hues = [to_oklch(rgb_of(color))[2] for color in ("#123c8c", tone.color)]
    assert abs(hues[0] - hues[1]) < 6


def test_a_color_that_can_be_read_on_dark_pages_stays_as_it_is() -> None:
    assert dark_variant("#ffcc00").color == "#ffcc00"


def test_a_background_on_which_no_light_tone_can_be_read_is_refused() -> None:
    with pytest.raises(NotAColor):
        dark_variant("#1a7f37", background="#9a9a9a")


@given(channels, channels, channels)
def test_oklch_and_back_is_the_same_color(red: int, green: int, blue: int) -> None:
    there_and_back = from_oklch(*to_oklch((red, green, blue)))

    differences = zip(there_and_back, (red, green, blue), strict=True)
    assert all(abs(a - b) <= 1 for a, b in differences)
