"""SVG files that do more than draw."""

from __future__ import annotations

import base64
import gzip

from tests.hostile.images.rasters import png_with_php

SIZE = 'width="128" height="64" viewBox="0 0 128 64"'
SHAPE = '<rect width="128" height="64" fill="#1a7f37"/>'
NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(body: str = SHAPE, *, size: str = SIZE, before: str = "", root: str = "") -> bytes:
    """An SVG of 128 x 64 pixels with this in it."""
    return f"{before}<svg {NAMESPACES} {size} {root}>{body}</svg>".encode()


def with_shape(body: str) -> bytes:
    """An SVG that draws something and contains this, too."""
    return svg(SHAPE + body)


def entity_bomb() -> bytes:
    """Ten levels of entities, each ten times the one before: a thousand million words."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return svg("<text>&e9;</text>", before=f'<!DOCTYPE svg [<!ENTITY e0 "laughter">{levels}]>')


def external_entity() -> bytes:
    """Asks the reader to put a file of the server into the picture."""
    return svg(
        '<text y="20">&file;</text>',
        before='<!DOCTYPE svg [<!ENTITY file SYSTEM "file:///etc/passwd">]>',
    )


def default_attribute() -> bytes:
    """The DOCTYPE gives every rectangle an event handler."""
    return svg(before='<!DOCTYPE svg [<!ATTLIST rect onload CDATA "alert(1)">]>')


def use_bomb() -> bytes:
    """Nine groups that each use the one before ten times."""
    groups = "".join(
        f'<g id="g{n}">{f"""<use href="#g{n - 1}"/>""" * 10}</g>' for n in range(1, 10)
    )
    return svg(f'<defs><g id="g0">{SHAPE}</g>{groups}</defs><use href="#g9"/>')


def circular_use() -> bytes:
    """Two groups that use each other."""
    return with_shape('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>')


def deep_groups(depth: int = 100_000) -> bytes:
    """Groups within groups."""
    return svg("<g>" * depth + SHAPE + "</g>" * depth)


def many_parts(count: int = 25_000) -> bytes:
    """More parts than any logo has."""
    return svg('<path d="M0 0h1v1z"/>' * count)


def endless_filter() -> bytes:
    """Filters that keep a processor busy for minutes."""
    noise = '<feTurbulence numOctaves="9999999" baseFrequency="0.9"/>' * 50
    return svg(f'<filter id="f">{noise}</filter><rect width="128" height="64" filter="url(#f)"/>')


def wide_blur() -> bytes:
    """A blur of a million pixels."""
    return svg(
        '<filter id="f" x="-9999" y="-9999" width="99999" height="99999">'
        f'<feGaussianBlur stdDeviation="1000000"/></filter><g filter="url(#f)">{SHAPE}</g>{SHAPE}'
    )


def svg_in_svg() -> bytes:
    """An SVG with a script as a data URL in an SVG."""
    inner = base64.b64encode(with_shape("<script>alert(1)</script>")).decode()
    return with_shape(
        f'<image href="data:image/svg+xml;base64,{inner}" width="64" height="64"/>'
        f'<use href="data:image/svg+xml;base64,{inner}#x"/>'
    )


def png_in_svg() -> bytes:
    """A PNG with PHP in its texts as a data URL in an SVG."""
    inner = base64.b64encode(png_with_php()).decode()
    return with_shape(f'<image href="data:image/png;base64,{inner}" width="64" height="64"/>')


def utf16_script() -> bytes:
    """A script that a search for `<script` in the bytes does not find."""
    text = with_shape("<script>alert(1)</script>").decode()
    return ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16")


def prefixed_script() -> bytes:
    """All names under a prefix."""
    return (
        f'<s:svg xmlns:s="http://www.w3.org/2000/svg" {SIZE}>'
        '<s:rect width="128" height="64" s:fill="red" fill="#1a7f37"/>'
        "<s:script>alert(1)</s:script></s:svg>"
    ).encode()


def foreign_object() -> bytes:
    """A piece of a web page with a frame and a form."""
    return with_shape(
        '<foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml">'
        '<iframe src="https://evil.example/"></iframe><form action="https://evil.example/">'
        "</form></body></foreignObject>"
    )


def compressed() -> bytes:
    """An SVG in gzip."""
    return gzip.compress(svg(), mtime=0)


def compressed_bomb() -> bytes:
    """50 MB of blanks and an SVG in gzip."""
    return gzip.compress(b" " * 50_000_000 + svg(), mtime=0)
