"""The sieves of the child process, called in this process."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portico.branding.isolated import svg_styles
from portico.branding.isolated.refusals import (
    Animated,
    SvgWithoutSize,
    TooComplexSvg,
    UnusablePicture,
)
from portico.branding.isolated.removals import Removal
from portico.branding.isolated.svg_cleaning import DRAWN, clean
from portico.branding.isolated.svg_intake import take_in
from portico.branding.isolated.svg_reading import SVG, read
from portico.branding.isolated.svg_size import settle_size

FORMATS = ("SVG",)


def svg(body: str, attributes: str = 'viewBox="0 0 40 10"') -> bytes:
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {names} {attributes}>{body}</svg>".encode()


def cleaned(body: str) -> tuple[str, set[Removal]]:
    _, text, removed = clean(read(svg(body), accepted=FORMATS))
    return text.decode(), set(removed)


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('viewBox="0 0 40 10"', (40, 10)),
        ('width="200" height="50"', (200, 50)),
        ('width="100%" height="100%" viewBox="0,0,40,10"', (40, 10)),
        ('width="20" viewBox="0 0 40 10"', (20, 5)),
        ('height="20px" viewBox="0 0 40 10"', (80, 20)),
        ('width="1in" height="72pt"', (96, 96)),
        ('width="25.4mm" height="2.54cm"', (96, 96)),
        ('width="100000" height="50000"', (1024, 512)),
        ('viewBox="0 0 0.4 0.1"', (1024, 256)),
    ],
)
def test_the_size_of_an_svg_is_understood(attributes: str, size: tuple[float, float]) -> None:
    root = read(svg("", attributes), accepted=FORMATS)

    settled = settle_size(root)

    assert settled == pytest.approx(size)
    assert float(root.attrib["width"]) == pytest.approx(size[0])
    assert root.get("viewBox")


@pytest.mark.parametrize(
    "attributes",
    [
        "",
        'width="10"',
        'viewBox="0 0 0 10"',
        'viewBox="0 0 10"',
        'viewBox="0 0 nan 10"',
        'viewBox="a b c d"',
        'width="-5" height="10"',
        'width="0" height="10"',
        'width="1e400" height="10"',
    ],
)
def test_an_svg_without_a_size_is_refused(attributes: str) -> None:
    root = read(svg("", attributes), accepted=FORMATS)

    with pytest.raises(SvgWithoutSize):
        settle_size(root)


def test_an_ordinary_drawing_keeps_everything() -> None:
    body = (
        "<title>Acme</title><defs><linearGradient id='g' gradientUnits='userSpaceOnUse'>"
        "<stop offset='0' stop-color='#123'/></linearGradient><clipPath id='c'><rect/></clipPath>"
        "<style>.a{fill:url(#g)} @media (prefers-color-scheme: dark){.a{fill:#fff}}</style></defs>"
        "<g clip-path='url(#c)' transform='translate(1 2)'><use xlink:href='#p'/>"
        "<path id='p' class='a' d='M0 0h9' style='fill:url(#g);stroke:none' paint-order='stroke'/>"
        "</g>"
    )

    text, removed = cleaned(body)

    assert removed == set()
    for kept in ("prefers-color-scheme", 'href="#p"', "paint-order:stroke", "url(#c)", "#123"):
        assert kept in text


def test_a_link_goes_and_what_it_surrounds_stays() -> None:
    text, removed = cleaned('<a href="https://evil.example/"><path d="M0 0h9"/></a>')

    assert removed == {Removal.LINK}
    assert "M0 0h9" in text
    assert "evil" not in text


def test_a_drawing_that_refers_to_itself_is_refused() -> None:
    with pytest.raises(TooComplexSvg):
        take_in(svg('<g id="a"><use href="#a"/></g>'), accepted=FORMATS)


def test_notes_of_drawing_programs_go_without_a_word() -> None:
    body = (
        '<metadata/><i:view xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:zoom="2"/>'
        '<path d="M0 0" xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:label="x"/>'
    )

    text, removed = cleaned(body)

    assert removed == set()
    assert "inkscape" not in text


@pytest.mark.parametrize(
    ("css", "kept", "removed"),
    [
        (".a{fill:red}", ".a{fill:red}", set()),
        (".a{fill:url( '#g' )}", ".a{fill:url(#g)}", set()),
        (".a{fill:URL(//evil.example/x)}", ".a{fill:none}", {Removal.EXTERNAL}),
        (".a{fill:url(data:image/png;base64,AA)}", ".a{fill:none}", {Removal.EXTERNAL}),
        ("@import url(x.css); .a{fill:red}", " .a{fill:red}", {Removal.EXTERNAL}),
        ("@imp/**/ort 'x.css'; .a{fill:red}", "", {Removal.STYLE}),
        ("@font-face{src:url(x)} .a{fill:red}", " .a{fill:red}", {Removal.FONT}),
        (r".a{fill:\75 rl(x)}", "", {Removal.STYLE}),
        (".a{behavior:expression(alert(1))}", "", {Removal.STYLE}),
        (".a{background:image-set('x' 1x)}", "", {Removal.STYLE}),
        ("@property --x{syntax:'<url>'}", "", {Removal.STYLE}),
        (".a{fill:red} /* @import 'x'; */", ".a{fill:red}  ", set()),
        (".a{fill:url(#g", "", {Removal.STYLE}),
    ],
)
def test_a_style_sheet_keeps_what_colors_and_shapes(
    css: str, kept: str, removed: set[Removal]
) -> None:
    found: set[Removal] = set()

    left = svg_styles.clean(css, found.add)

    assert (left, found) == (kept, removed)


def test_a_style_sheet_that_moves_things_is_refused() -> None:
    with pytest.raises(Animated):
        svg_styles.clean("@KeyFrames x{from{opacity:0}}", set[Removal]().add)


NAMES = [*sorted(DRAWN), "script", "foreignObject", "a", "iframe", "handler", "feImage", "unknown"]
ATTRIBUTES = st.sampled_from(
    [
        'onload="alert(1)"',
        'oNcLiCk="alert(1)"',
        'href="javascript:alert(1)"',
        'xlink:href="data:text/html,evil"',
        'href="//evil.example/x"',
        'href="#a"',
        'id="a"',
        'style="fill:url(//evil.example/x)"',
        'style="fill:red"',
        'fill="url(https://evil.example/#x)"',
        'class="b"',
        'xml:base="https://evil.example/"',
        'd="M0 0h9v9z"',
    ]
)
TEXTS = st.sampled_from(["", "x", "@import 'evil.example';", "]]&gt;", "a{b:url(evil.example)}"])


def element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda name, attributes, inside, text: (
            f"<{name} {' '.join(attributes)}>{text}{''.join(inside)}</{name}>"
        ),
        st.sampled_from(NAMES),
        st.lists(ATTRIBUTES, max_size=3, unique_by=lambda attribute: attribute.split("=")[0]),
        st.lists(children, max_size=3),
        TEXTS,
    )


@settings(max_examples=120, deadline=None)
@given(st.recursive(element(st.just("")), element, max_leaves=12))
def test_whatever_an_svg_holds_only_drawing_is_left(body: str) -> None:
    try:
        answer = take_in(svg(body), accepted=FORMATS)
    except UnusablePicture:
        return

    root = ElementTree.fromstring(answer.content)
    for part in root.iter():
        assert part.tag.removeprefix(SVG) in DRAWN
        for name, value in part.attrib.items():
            assert not name.lower().startswith("on")
            assert "javascript:" not in value
            assert "evil" not in value
        if part.tag.removeprefix(SVG) not in ("text", "tspan", "textPath", "title", "desc"):
            assert "evil" not in (part.text or "")
    assert take_in(answer.content, accepted=FORMATS).content == answer.content
