"""Pictures that are too much for a phone, and icons that are not what they say."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from portico.automated_checks.tests.looking import found_in, rules_in, subject_with


def picture(width: int, height: int, kind: str = "PNG", *, padding: int = 0) -> bytes:
    """A picture, with so many bytes behind it that mean nothing."""
    sink = BytesIO()
    Image.new("RGB", (width, height), "#336699").save(sink, kind)
    return sink.getvalue() + b"\x00" * padding


def claiming(width: int, height: int) -> bytes:
    """A PNG that claims to have so many pixels, and has none."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + chunks + struct.pack(">I", 9) + b"IDAT" + bytes(13)


FOUND = {
    "a heavy one": ("a.png", picture(900, 900, padding=600_000), "picture-heavy"),
    "a wasteful one": ("a.png", picture(100, 100, padding=70_000), "picture-wasteful"),
    "a large one": ("a.png", picture(2049, 10), "picture-large"),
    "a bomb": ("a.png", claiming(40_000, 40_000), "picture-far-too-large"),
    "none": ("a.png", b"<html>", "picture-unreadable"),
    "an empty one": ("a.jpg", b"", "picture-unreadable"),
    "another format": ("a.png", picture(10, 10, "JPEG"), "picture-other-format"),
}


@pytest.mark.parametrize(("name", "content", "rule"), FOUND.values(), ids=FOUND.keys())
def test_a_picture(name: str, content: bytes, rule: str) -> None:
    found = found_in(subject_with({name: content}), "pictures")

    assert [(one.rule, one.file) for one in found] == [(rule, name)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", picture(2048, 2048)),
        ("a.webp", picture(64, 64, "WEBP")),
        ("a.JPEG", picture(64, 64, "JPEG")),
        ("a.gif", picture(64, 64, "GIF")),
        ("a.txt", b"no picture"),
    ],
)
def test_a_picture_that_is_fine(name: str, content: bytes) -> None:
    assert rules_in(subject_with({name: content}), "pictures") == []


ICONS = {
    "as large as it says": (picture(192, 192), "192x192", []),
    "one of several sizes": (picture(192, 192), "48x48 192x192", []),
    "any size": (picture(192, 192), "any", []),
    "another size": (picture(192, 192), "512x512", ["icon-other-size"]),
    "not square": (picture(192, 100), "192x100", ["icon-not-square"]),
    "small": (picture(48, 48), "48x48", ["icon-small"]),
    "no picture": (b"<html>", "192x192", ["icon-unreadable"]),
}


@pytest.mark.parametrize(("content", "sizes", "rules"), ICONS.values(), ids=ICONS.keys())
def test_an_icon(content: bytes, sizes: str, rules: list[str]) -> None:
    icons = [{"src": "common/icon.png", "sizes": sizes}]

    subject = subject_with({"common/icon.png": content}, icons=icons)

    assert rules_in(subject, "pictures") == rules


def test_an_icon_that_is_no_svg() -> None:
    subject = subject_with({"common/icon.svg": "<html></html>"})

    assert rules_in(subject, "pictures") == ["icon-unreadable"]


def test_an_svg_beside_a_small_icon_is_enough() -> None:
    icons = [{"src": "a.png", "sizes": "48x48"}, {"src": "common/icon.svg", "sizes": "any"}]

    subject = subject_with({"a.png": picture(48, 48)}, icons=icons)

    assert rules_in(subject, "pictures") == []
