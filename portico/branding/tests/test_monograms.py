from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portico.branding.rules import NEAR_BLACK, WHITE, contrast, monogram
from portico.branding.rules.colors import hex_of
from portico.branding.rules.monograms import SIDE, color_for, letter_for
from portico.branding.rules.picture import pixels_of
from portico.branding.rules.shapes import content_box, edge_color

channels = st.integers(0, 255)


@pytest.mark.parametrize(
    ("name", "slug", "letter"),
    [
        ("Acme Pay", "acme", "A"),
        ("  «zenith»", "z", "Z"),
        ("7 Seas", "seas", "7"),
        ("支付宝", "alipay", "A"),
        ("Élan", "elan", "E"),
        ("ßeta", "beta", "S"),
        ("", "acme", "A"),
        ("支", "", ""),
    ],
)
def test_the_letter_is_the_first_one_that_can_be_drawn(name: str, slug: str, letter: str) -> None:
    assert letter_for(name, slug) == letter


def test_a_monogram_is_the_same_each_time() -> None:
    first = monogram("Acme Pay", "acme")
    monogram.cache_clear()

    assert monogram("Acme Pay", "acme") == first


def test_names_choose_different_colors() -> None:
    chosen = {color_for(name) for name in ("Acme", "Zenith", "Alpha", "Beta", "Gamma")}

    assert len(chosen) == 5


def test_a_letter_stands_in_the_middle() -> None:
    left, top, right, bottom = content_box(pixels_of(monogram("H", "h")))

    assert abs(left - (SIDE - right)) <= 2
    assert abs(top - (SIDE - bottom)) <= 2
    assert 220 <= bottom - top <= 290


@given(st.text(max_size=20))
def test_the_color_of_every_name_carries_white_letters(name: str) -> None:
    assert contrast(color_for(name), WHITE) >= 4.5


@settings(max_examples=25, deadline=None)
@given(st.tuples(channels, channels, channels).map(hex_of))
def test_every_color_carries_its_letter(color: str) -> None:
    image = pixels_of(monogram("I", "i", color)).convert("RGB")

    ground = edge_color(image.convert("RGBA"))
    assert ground is not None
    assert hex_of(ground) == color
    ink = image.getpixel((SIDE // 2, SIDE // 2))
    assert isinstance(ink, tuple)
    assert contrast(color, hex_of((int(ink[0]), int(ink[1]), int(ink[2])))) >= 4.5


def test_a_name_of_signs_only_is_a_plain_square() -> None:
    image = pixels_of(monogram("支", "", NEAR_BLACK))

    assert len(image.getcolors() or []) == 1
