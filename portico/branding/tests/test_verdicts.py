from __future__ import annotations

import pytest

from portico.branding.rules import Fit, Grade, Picture, Surface, Verdict, judge, monogram
from portico.branding.rules.legibility import visible_share
from portico.branding.rules.picture import pixels_of
from portico.branding.tests.pictures import (
    disc,
    drawn_svg,
    plain,
    stored,
    thin_lines,
    wordmark,
)

GOOD, WEAK, POOR = Grade.GOOD, Grade.WEAK, Grade.POOR


def verdicts(
    logo: Picture | None, dark_logo: Picture | None = None, favicon: Picture | None = None
) -> dict[Surface, Verdict]:
    return {verdict.surface: verdict for verdict in judge(logo, dark_logo, favicon)}


def grades(
    logo: Picture | None, dark_logo: Picture | None = None, favicon: Picture | None = None
) -> list[Grade]:
    """On the light header, the dark header, in a white mail, in a tab."""
    return [verdict.grade for verdict in judge(logo, dark_logo, favicon)]


@pytest.mark.parametrize(
    ("logo", "expected"),
    [
        (wordmark("#ffffff"), [POOR, GOOD, POOR, POOR]),
        (wordmark("#000000"), [GOOD, POOR, GOOD, POOR]),
        (wordmark("#808080"), [GOOD, GOOD, GOOD, POOR]),
        (wordmark("#c8c8c8"), [POOR, GOOD, POOR, POOR]),
        (disc("#dd1111"), [GOOD, GOOD, GOOD, GOOD]),
        (disc("#000000"), [GOOD, POOR, GOOD, WEAK]),
        (disc("#ffffff"), [POOR, GOOD, POOR, WEAK]),
        (thin_lines("#000000"), [POOR, POOR, POOR, POOR]),
        (monogram("Acme", "acme"), [GOOD, GOOD, GOOD, GOOD]),
    ],
    ids=[
        "white words",
        "black words",
        "gray words",
        "light gray words",
        "red disc",
        "black disc",
        "white disc",
        "thin lines",
        "letter on a color",
    ],
)
def test_a_logo_is_judged_on_each_surface(logo: Picture, expected: list[Grade]) -> None:
    assert grades(logo) == expected


def test_a_white_logo_is_told_what_would_help() -> None:
    verdict = verdicts(wordmark("#ffffff"))[Surface.LIGHT_HEADER]

    assert "can hardly be seen" in verdict.sentence
    assert "use this one as the dark logo" in verdict.fix


def test_a_white_logo_is_told_what_mails_do_about_it() -> None:
    verdict = verdicts(wordmark("#ffffff"))[Surface.WHITE_MAIL]

    assert verdict.grade is POOR
    assert "mails put a colored or dark ground behind it" in verdict.sentence


def test_a_dark_logo_is_what_dark_pages_show() -> None:
    black, white = wordmark("#000000"), wordmark("#ffffff")

    assert grades(black, white)[:3] == [GOOD, GOOD, GOOD]
    assert "it is dark itself" in verdicts(black, black)[Surface.DARK_HEADER].sentence


def test_a_logo_with_a_white_background_shows_as_a_box_on_dark_pages() -> None:
    found = verdicts(wordmark("#000000", on="#ffffff"))

    assert found[Surface.LIGHT_HEADER].grade is GOOD
    assert found[Surface.DARK_HEADER].grade is WEAK
    assert "shows as a box" in found[Surface.DARK_HEADER].sentence


def test_a_colorful_logo_is_judged_by_the_part_that_stands_out() -> None:
    image = pixels_of(plain("#000000", 400, 100))
    image.paste("#ffe600", (0, 0, 200, 100))

    verdict = verdicts(stored(image))[Surface.LIGHT_HEADER]

    assert verdict.grade is WEAK
    assert verdict.share == pytest.approx(0.5, abs=0.02)


def test_a_long_logo_is_a_stroke_in_a_tab() -> None:
    verdict = verdicts(wordmark("#1a7f37"))[Surface.TAB]

    assert verdict.grade is POOR
    assert "thin stroke" in verdict.sentence
    assert "square favicon" in verdict.fix


def test_fine_lines_blur_in_a_tab() -> None:
    verdict = verdicts(None, None, thin_lines("#dd1111"))[Surface.TAB]

    assert verdict.grade is POOR
    assert "blur" in verdict.sentence


def test_a_black_favicon_is_lost_in_dark_tabs_and_a_white_one_in_light_tabs() -> None:
    black = verdicts(None, None, disc("#000000"))[Surface.TAB]
    white = verdicts(None, None, disc("#ffffff"))[Surface.TAB]

    assert "lost in dark tabs" in black.sentence
    assert "lost in light tabs" in white.sentence


def test_the_favicon_is_judged_in_the_tab_in_place_of_the_logo() -> None:
    found = verdicts(wordmark("#1a7f37"), favicon=disc("#dd1111"))

    assert found[Surface.TAB].grade is GOOD
    assert found[Surface.TAB].fix == ""


def test_a_cropped_favicon_is_judged_as_it_is_worn() -> None:
    wide = pixels_of(plain("#dd1111", 400, 100))
    wide.paste((0, 0, 0, 0), (0, 0, 100, 100))

    padded = judge(None, None, stored(wide), Fit.PAD)[0]
    cropped = judge(None, None, stored(wide), Fit.CROP)[0]

    assert (padded.grade, cropped.grade) == (WEAK, GOOD)


def test_an_svg_is_judged_by_its_drawing() -> None:
    logo = drawn_svg('<path d="M8 8h240v48H8z" fill="#ffffff"/>')

    assert grades(logo)[:3] == [POOR, GOOD, POOR]


def test_without_pictures_there_is_nothing_to_judge() -> None:
    assert judge(None, None, None) == ()
    assert [verdict.surface for verdict in judge(None, disc("#ffffff"), None)] == [
        Surface.DARK_HEADER
    ]


def test_transparent_pixels_count_as_much_as_they_are_opaque() -> None:
    image = pixels_of(plain("#000000", 100, 100))
    image.paste((0, 0, 0, 64), (0, 0, 50, 100))

    share = visible_share(image, "#ffffff")

    assert share == pytest.approx(255 / (255 + 64), abs=0.01)
