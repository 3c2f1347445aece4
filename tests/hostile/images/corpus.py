"""Every hostile file, and what must come of it. Used by the tests of the rules, pages and API."""

from __future__ import annotations

from PIL import Image

from tests.hostile.images import rasters, svgs
from tests.hostile.images.cases import PAYLOADS, Case, harmless, refused
from tests.hostile.images.rasters import cut, encoded, ico, picture
from tests.hostile.images.svgs import SHAPE, svg, with_shape

__all__ = ["CASES", "PAYLOADS", "Case"]

IMAGE = '<image href="https://evil.example/x.png" width="9" height="9"/>'
FONT = "<style>@font-face{font-family:f;src:url(https://evil.example/f.woff)}</style>"

SVGS = (
    harmless("svg script", "a.svg", lambda: with_shape("<script>alert(1)</script>"), "A script"),
    harmless(
        "svg script in CDATA",
        "a.svg",
        lambda: with_shape("<script><![CDATA[alert('<script>')]]></script>"),
        "A script",
    ),
    harmless("svg script in UTF-16", "a.svg", svgs.utf16_script, "A script"),
    harmless("svg script under a prefix", "a.svg", svgs.prefixed_script, "A script"),
    harmless(
        "svg script of a web page",
        "a.svg",
        lambda: with_shape('<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>'),
        "A script",
    ),
    harmless("svg onload", "a.svg", lambda: svg(root='onload="alert(1)"'), "such as onload"),
    harmless(
        "svg ONCLICK", "a.svg", lambda: with_shape('<g ONCLICK="onload()"/>'), "such as onload"
    ),
    harmless("svg foreign object", "a.svg", svgs.foreign_object, "not drawing"),
    harmless("svg external image", "a.svg", lambda: with_shape(IMAGE), "outside the file"),
    harmless(
        "svg external use",
        "a.svg",
        lambda: with_shape('<use xlink:href="//evil.example/a.svg#x"/>'),
        "outside the file",
    ),
    harmless(
        "svg external picture in a filter",
        "a.svg",
        lambda: with_shape('<filter id="f"><feImage href="https://evil.example/x"/></filter>'),
        "outside the file",
    ),
    harmless(
        "svg @import",
        "a.svg",
        lambda: with_shape('<style>@import "https://evil.example/x.css";</style>'),
        "outside the file",
    ),
    harmless(
        "svg style with an address",
        "a.svg",
        lambda: with_shape("<g style=\"fill:url( 'https://evil.example/x#y' )\"/>"),
        "outside the file",
    ),
    harmless(
        "svg style with escapes",
        "a.svg",
        lambda: with_shape(r"<style>g{fill:\75rl(https://evil.example/x)}</style>"),
        "Style rules",
    ),
    harmless(
        "svg style with an unknown function",
        "a.svg",
        lambda: with_shape('<style>g{background:image-set("https://evil.example/x" 1x)}</style>'),
        "Style rules",
    ),
    harmless("svg font", "a.svg", lambda: with_shape(FONT), "Embedded fonts"),
    harmless(
        "svg link with javascript:",
        "a.svg",
        lambda: svg(f'<a xlink:href="java&#10;script:alert(1)">{SHAPE}</a>'),
        "A link",
    ),
    harmless(
        "svg style sheet named before it",
        "a.svg",
        lambda: svg(before='<?xml-stylesheet href="https://evil.example/x.css"?>'),
    ),
    harmless(
        "svg with an old DOCTYPE",
        "a.svg",
        lambda: svg(
            before='<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "https://evil.example/svg.dtd">'
        ),
    ),
    harmless("svg in svg", "a.svg", svgs.svg_in_svg, "An embedded picture"),
    harmless("png with PHP in svg", "a.svg", svgs.png_in_svg),
    harmless(
        "svg of 100,000 x 100,000",
        "a.svg",
        lambda: svg(size='width="100000" height="100000" viewBox="0 0 128 128"'),
    ),
    harmless("svg wide blur", "a.svg", svgs.wide_blur),
    harmless(
        "svg without its namespace",
        "a.svg",
        lambda: b'<svg width="99" height="64"><rect width="99" height="64"/></svg>',
    ),
    refused("svg entity bomb", "a.svg", svgs.entity_bomb, "defines words of its own"),
    refused("svg external entity", "a.svg", svgs.external_entity, "defines words of its own"),
    refused("svg default attribute", "a.svg", svgs.default_attribute, "defines words of its own"),
    refused("svg deep groups", "a.svg", svgs.deep_groups, "groups within each other"),
    refused("svg use bomb", "a.svg", svgs.use_bomb, "more than 20000 parts"),
    refused("svg circular use", "a.svg", svgs.circular_use, "more than 20000 parts"),
    refused("svg many parts", "a.svg", svgs.many_parts, "more than 20000 parts"),
    refused("svg endless filter", "a.svg", svgs.endless_filter, "more memory or time"),
    refused(
        "svg animation", "a.svg", lambda: with_shape('<animate attributeName="x"/>'), "animated"
    ),
    refused(
        "svg that sets a link",
        "a.svg",
        lambda: with_shape('<set attributeName="href" to="javascript:alert(1)"/>'),
        "animated",
    ),
    refused(
        "svg keyframes",
        "a.svg",
        lambda: with_shape("<style>@-webkit-keyframes x{from{opacity:0}}</style>"),
        "animated",
    ),
    refused("svg in gzip", "a.svgz", svgs.compressed, "is SVGZ."),
    refused("svg bomb in gzip", "a.svg", svgs.compressed_bomb, "is SVGZ."),
    refused("svg empty viewBox", "a.svg", lambda: svg(size='viewBox="0 0 0 0"'), "how large it is"),
    refused("svg without size", "a.svg", lambda: svg(size=""), "how large it is"),
    refused(
        "svg of infinite size",
        "a.svg",
        lambda: svg(size='width="1e999" height="1e999"'),
        "how large it is",
    ),
    refused("svg with nothing in it", "a.svg", lambda: svg(""), "Nothing of this picture"),
    refused(
        "svg with nothing but a script",
        "a.svg",
        lambda: svg("<script>alert(1)</script>"),
        "Nothing of this picture",
    ),
    refused("svg cut off", "a.svg", lambda: cut(svg()), "damaged on line 1"),
    refused("svg much too wide", "a.svg", lambda: svg(size='viewBox="0 0 900 100"'), "at most 8"),
    refused("web page", "a.svg", lambda: b"<html><body>hello</body></html>", "not a picture"),
)

BOMBS = (
    refused("png of 100 megapixels", "a.png", rasters.png_bomb, "more than 25 megapixels"),
    refused("png that lies", "a.png", rasters.png_of_a_lie, "more than 25 megapixels"),
    refused("png text bomb", "a.png", rasters.png_with_text_bomb, "unpack to far more"),
    refused(
        "png international text bomb",
        "a.png",
        rasters.png_with_international_text_bomb,
        "unpack to far more",
    ),
    refused("png profile bomb", "a.png", rasters.png_with_profile_bomb, "unpack to far more"),
    refused(
        "ico with a bomb in it",
        "a.ico",
        lambda: ico((16, 16, encoded(picture(size=(16, 16)), "PNG")), (0, 0, rasters.png_bomb())),
        "more than 25 megapixels",
        "favicon",
    ),
    refused(
        "30,000 x 1 pixels",
        "a.png",
        lambda: encoded(Image.new("RGB", (30_000, 1)), "PNG"),
        "30000 wide and 1 high",
    ),
)

DAMAGED = (
    refused("png cut off", "a.png", lambda: cut(encoded(picture(), "PNG")), "ends too early"),
    refused("jpeg cut off", "a.jpg", lambda: cut(encoded(picture(), "JPEG")), "ends too early"),
    refused("webp cut off", "a.webp", lambda: cut(encoded(picture(), "WEBP")), "ends too early"),
    refused("zero bytes", "a.png", lambda: b"", "is empty"),
    refused("a megabyte of noise", "a.png", lambda: rasters.noise(1 << 20), "not a picture"),
    refused(
        "noise that starts like a png",
        "a.png",
        lambda: rasters.noise(1 << 16, rasters.PNG_START),
        "ends too early",
    ),
    refused(
        "noise that starts like a jpeg",
        "a.jpg",
        lambda: rasters.noise(1 << 16, b"\xff\xd8\xff\xe0"),
        "ends too early",
    ),
    refused(
        "ico directory that points nowhere",
        "a.ico",
        lambda: ico((48, 48, encoded(picture(size=(48, 48)), "PNG")), offset=1 << 30),
        "ends too early",
        "favicon",
    ),
    refused("ico without pictures", "a.ico", ico, "ends too early", "favicon"),
    harmless(
        "ico directory that lies about sizes",
        "a.ico",
        lambda: ico((16, 16, encoded(picture(size=(64, 64)), "PNG"))),
        purpose="favicon",
    ),
    refused(
        "larger than a megabyte",
        "a.png",
        lambda: rasters.noise((1 << 20) + 1, rasters.PNG_START),
        "at most 1 MiB",
    ),
)

OTHER_FORMATS = (
    refused("animated gif", "a.gif", lambda: rasters.animated("GIF"), "is GIF."),
    refused("gif renamed", "a.png", lambda: encoded(picture("P"), "GIF"), "is GIF."),
    refused("animated webp", "a.webp", lambda: rasters.animated("WEBP"), "animated"),
    refused("animated png", "a.png", lambda: rasters.animated("PNG"), "animated"),
    refused("tiff renamed", "a.png", lambda: encoded(picture(), "TIFF"), "is TIFF."),
    refused("bmp renamed", "a.png", lambda: encoded(picture(), "BMP"), "is BMP."),
    refused("eps renamed", "a.png", lambda: encoded(picture(), "EPS"), "is EPS."),
    refused("psd renamed", "a.png", lambda: b"8BPS\0\1" + bytes(200), "is Photoshop."),
    refused("pdf renamed", "a.png", lambda: b"%PDF-1.7\n" + bytes(200), "is PDF."),
    refused("ico as a logo", "a.png", lambda: encoded(picture(size=(64, 64)), "ICO"), "is ICO."),
    refused(
        "jpeg as a favicon", "a.ico", lambda: encoded(picture(), "JPEG"), "is JPEG.", "favicon"
    ),
    harmless("jpeg renamed", "a.png", lambda: encoded(picture(), "JPEG")),
    harmless("png renamed", "a.svg", lambda: encoded(picture(), "PNG")),
)

TWO_IN_ONE = (
    harmless("png with html behind it", "a.png", rasters.png_with_html),
    harmless("png with php in it", "a.php.png", rasters.png_with_php),
    harmless("jpeg with zip behind it", "a.jpg", rasters.jpeg_with_zip),
    harmless("jpeg with a script in its comment", "a.jpg", rasters.jpeg_with_comment),
    harmless("jpeg with a place", "a.jpg", rasters.jpeg_with_place),
    harmless("png with a broken color profile", "a.png", rasters.png_with_broken_profile),
)

RARE = (
    harmless("cmyk jpeg", "a.jpg", lambda: encoded(picture("CMYK"), "JPEG")),
    harmless("gray jpeg", "a.jpg", lambda: encoded(picture("L"), "JPEG")),
    harmless("jpeg on its side", "a.jpg", rasters.jpeg_on_its_side),
    harmless("gray png of 16 bits", "a.png", rasters.gray_16_bits),
    harmless("png of 16 bits", "a.png", rasters.rgb_16_bits),
    harmless("palette with transparency", "a.png", rasters.palette_with_transparency),
    harmless("png of 1 bit", "a.png", lambda: encoded(picture("1"), "PNG")),
    harmless("gray with alpha", "a.png", lambda: encoded(picture("LA"), "PNG")),
    harmless("24 megapixels", "a.png", lambda: encoded(Image.new("L", (4900, 4900)), "PNG")),
    refused("1 x 1 pixel", "a.png", lambda: encoded(picture(size=(1, 1)), "PNG"), "1 pixels high"),
    refused(
        "small favicon",
        "a.png",
        lambda: encoded(picture(size=(32, 32)), "PNG"),
        "at least 48 × 48",
        "favicon",
    ),
    refused(
        "nothing but transparency",
        "a.png",
        lambda: encoded(Image.new("RGBA", (128, 128)), "PNG"),
        "Nothing of this picture",
    ),
)

CASES: tuple[Case, ...] = (*SVGS, *BOMBS, *DAMAGED, *OTHER_FORMATS, *TWO_IN_ONE, *RARE)
