from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from portico.branding.rules import Fit, Kit, Picture, Variant, email_images, make_kit, monogram
from portico.branding.rules.kit import ICO_SIDES
from portico.branding.rules.picture import pixels_of
from portico.branding.rules.shapes import content_box
from portico.branding.tests.pictures import disc, drawn_svg, opened, plain, stored, wordmark

MONOGRAM = monogram("Acme Pay", "acme")
SIZES = {
    Variant.FAVICON_ICO: (48, 48),
    Variant.ICON_32: (32, 32),
    Variant.APPLE_TOUCH: (180, 180),
    Variant.ICON_192: (192, 192),
    Variant.ICON_512: (512, 512),
    Variant.MASKABLE_512: (512, 512),
    Variant.HEADER_1X: (32, 32),
    Variant.HEADER_2X: (64, 64),
    Variant.EMAIL_1X: (48, 48),
    Variant.EMAIL_2X: (96, 96),
}


def image_of(kit: Kit, variant: Variant) -> Image.Image:
    return opened(kit[variant].content).convert("RGBA")


def pixel(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    color = image.convert("RGBA").getpixel((x, y))
    assert isinstance(color, tuple)
    return color


def test_a_kit_without_uploads_is_made_of_the_monogram() -> None:
    kit = make_kit(monogram=MONOGRAM)

    assert {image.variant: (image.width, image.height) for image in kit} == SIZES
    for image in kit:
        assert opened(image.content).size == (image.width, image.height)


def test_the_same_uploads_make_the_same_bytes() -> None:
    assert make_kit(monogram=MONOGRAM) == make_kit(monogram=MONOGRAM)


def test_the_icon_file_holds_three_sizes_that_can_be_decoded() -> None:
    kit = make_kit(monogram=MONOGRAM, favicon=disc("#1a7f37"))

    for side in ICO_SIDES:
        with Image.open(BytesIO(kit[Variant.FAVICON_ICO].content), formats=["ICO"]) as icon:
            assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
            icon.size = (side, side)  # type: ignore[misc] # ICO's own way to choose
            icon.load()
            assert icon.size == (side, side)
            assert pixel(icon, side // 2, side // 2) == (26, 127, 55, 255)


def test_icons_come_from_the_favicon_and_the_header_from_the_logo() -> None:
    kit = make_kit(monogram=MONOGRAM, logo=plain("#0000ff", 200, 100), favicon=disc("#1a7f37"))

    assert pixel(image_of(kit, Variant.ICON_192), 96, 96) == (26, 127, 55, 255)
    assert pixel(image_of(kit, Variant.HEADER_2X), 64, 32) == (0, 0, 255, 255)


def test_icons_come_from_the_logo_where_there_is_no_favicon() -> None:
    kit = make_kit(monogram=MONOGRAM, logo=plain("#0000ff", 200, 100))

    icon = image_of(kit, Variant.ICON_512)
    assert pixel(icon, 256, 256) == (0, 0, 255, 255)
    assert kit[Variant.HEADER_1X].width == 64


def test_a_picture_with_a_background_is_padded_with_it() -> None:
    wide = Image.new("RGBA", (300, 100), "#ffffff")
    wide.paste("#1a7f37", (100, 30, 200, 70))

    icon = image_of(make_kit(monogram=MONOGRAM, logo=stored(wide)), Variant.ICON_192)

    assert pixel(icon, 5, 5) == (255, 255, 255, 255)


def test_a_picture_without_a_background_is_padded_with_nothing() -> None:
    kit = make_kit(monogram=MONOGRAM, logo=wordmark("#1a7f37"))

    assert pixel(image_of(kit, Variant.ICON_192), 5, 5)[3] == 0


def test_a_wide_favicon_can_be_cropped_to_its_middle() -> None:
    wide = Image.new("RGBA", (200, 100), "#ff0000")
    wide.paste("#1a7f37", (50, 0, 150, 100))

    cropped = make_kit(monogram=MONOGRAM, favicon=stored(wide), fit=Fit.CROP)
    padded = make_kit(monogram=MONOGRAM, favicon=stored(wide), fit=Fit.PAD)

    assert pixel(image_of(cropped, Variant.ICON_32), 1, 16) == (26, 127, 55, 255)
    assert pixel(image_of(padded, Variant.ICON_32), 1, 16) == (255, 0, 0, 255)


def test_scaling_down_mixes_no_hidden_color_into_edges() -> None:
    hidden = Image.new("RGBA", (256, 256), (255, 0, 0, 0))
    hidden.paste((0, 0, 255, 255), (0, 0, 129, 256))

    icon = image_of(make_kit(monogram=MONOGRAM, favicon=stored(hidden)), Variant.ICON_32)

    reds = [pixel(icon, x, 16)[0] for x in range(32) if pixel(icon, x, 16)[3] > 8]
    assert max(reds) <= 8


def test_an_icon_for_start_screens_is_opaque_and_white_behind_a_dark_sign() -> None:
    kit = make_kit(monogram=MONOGRAM, favicon=disc("#1a7f37"))

    touch = opened(kit[Variant.APPLE_TOUCH].content)
    assert touch.mode == "RGB"
    assert touch.getpixel((1, 1)) == (255, 255, 255)
    assert touch.getpixel((90, 90)) == (26, 127, 55)


def test_a_white_sign_gets_the_brand_color_behind_it() -> None:
    kit = make_kit(monogram=MONOGRAM, favicon=disc("#ffffff"), color="#1a7f37")

    for variant in (Variant.APPLE_TOUCH, Variant.MASKABLE_512):
        assert opened(kit[variant].content).getpixel((1, 1)) == (26, 127, 55)


def test_every_mask_leaves_the_whole_sign_visible() -> None:
    square = plain("#1a7f37", 300, 300)
    icon = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    icon.paste(pixels_of(square), (50, 50))

    maskable = image_of(make_kit(monogram=MONOGRAM, favicon=stored(icon)), Variant.MASKABLE_512)

    left, top, right, bottom = content_box(maskable)
    corners = [(x - 256, y - 256) for x in (left, right) for y in (top, bottom)]
    assert all((x * x + y * y) ** 0.5 <= 0.4 * 512 + 2 for x, y in corners)
    assert right - left > 270


def test_a_round_sign_fills_the_circle_that_masks_leave() -> None:
    kit = make_kit(monogram=MONOGRAM, favicon=disc("#1a7f37"))

    left, _top, right, _bottom = content_box(image_of(kit, Variant.MASKABLE_512))
    assert 0.76 * 512 <= right - left <= 0.8 * 512


def test_the_letter_of_a_monogram_fills_the_maskable_icon_to_its_edges() -> None:
    maskable = image_of(make_kit(monogram=MONOGRAM), Variant.MASKABLE_512)

    assert pixel(maskable, 1, 1) == pixel(pixels_of(MONOGRAM), 1, 1)
    left, _top, right, _bottom = content_box(maskable)
    assert right - left > 150


def test_an_svg_is_worn_as_it_is_beside_its_drawings() -> None:
    logo = drawn_svg('<path d="M0 0h256v64H0z" fill="#1a7f37"/>')
    favicon = drawn_svg('<circle cx="32" cy="32" r="30" fill="#0000ff"/>', width=64)

    kit = make_kit(monogram=MONOGRAM, logo=logo, dark_logo=logo, favicon=favicon)

    assert kit[Variant.HEADER_SVG].content == logo.content
    assert kit[Variant.HEADER_DARK_SVG].content == logo.content
    assert kit[Variant.FAVICON_SVG].content == favicon.content
    assert kit[Variant.HEADER_2X].width == 256
    assert pixel(image_of(kit, Variant.ICON_32), 16, 16) == (0, 0, 255, 255)


def test_an_svg_with_texts_is_worn_as_a_drawing_only() -> None:
    logo = drawn_svg('<text x="4" y="50" font-size="50">Acme</text>')

    kit = make_kit(monogram=MONOGRAM, logo=logo)

    assert kit.get(Variant.HEADER_SVG) is None
    assert image_of(kit, Variant.HEADER_2X).getchannel("A").getextrema() == (0, 255)


def test_an_svg_favicon_that_is_not_square_is_worn_as_a_drawing_only() -> None:
    favicon = drawn_svg('<path d="M0 0h256v64H0z"/>')

    kit = make_kit(monogram=MONOGRAM, favicon=favicon, fit=Fit.PAD)

    with pytest.raises(KeyError):
        kit[Variant.FAVICON_SVG]


@pytest.mark.parametrize(
    ("logo", "once", "twice"),
    [
        (plain("#1a7f37", 100, 100), (48, 48), (96, 96)),
        (plain("#1a7f37", 800, 100), (200, 25), (400, 50)),
        (plain("#1a7f37", 400, 100), (192, 48), (384, 96)),
    ],
)
def test_the_logo_in_mails_fits_into_its_box(
    logo: Picture, once: tuple[int, int], twice: tuple[int, int]
) -> None:
    images = email_images(logo)

    assert [(image.width, image.height) for image in images] == [once, twice]


def test_the_logo_in_mails_brings_a_ground_on_which_it_is_seen() -> None:
    dark = opened(email_images(wordmark("#000000"))[1].content)
    light = opened(email_images(wordmark("#ffffff"))[1].content)

    assert (dark.mode, dark.getpixel((1, 1))) == ("RGB", (255, 255, 255))
    assert light.getpixel((1, 1)) == (0x16, 0x18, 0x1D)
