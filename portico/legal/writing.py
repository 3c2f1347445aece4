"""Write plain text as a PDF: pages of paragraphs in a font that every reader has.

For the documents of the demo and of tests. The same text gives the same bytes.
"""

from __future__ import annotations

import textwrap
import zlib
from collections.abc import Iterable, Iterator

WIDTH, HEIGHT = 595, 842  # A4, in points
LEFT, TOP = 72, 760
LEADING = 16
LINES_ON_A_PAGE = 42
LETTERS_IN_A_LINE, SIGNS_IN_A_LINE = 84, 38

BREAK = "\f"
"""A paragraph that begins a new page."""

CATALOG, PAGES, INFO, LATIN, CHINESE = 1, 2, 3, 4, 5
FONTS = (
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    # Adobe's own name for a Song font, which readers replace by what they have.
    (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UTF16-H /Encoding"
        b" /UniGB-UTF16-H /DescendantFonts [6 0 R] >>"
    ),
    (
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
        b" /FontDescriptor 7 0 R"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>"
    ),
    (
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
        b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
    ),
)


def pdf_of(title: str, paragraphs: Iterable[str], *, language: str = "en") -> bytes:
    """A PDF with a heading and paragraphs, on as many pages as they take.

    Latin text is set in Helvetica; Chinese in a font that readers bring along (it is not
    embedded). Other scripts are not drawn.
    """
    pages = list(_pages(title, paragraphs))
    first = LATIN + len(FONTS)
    numbers = range(first, first + 2 * len(pages), 2)
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects = [
        b"<< /Type /Catalog /Pages %d 0 R /Lang %s >>" % (PAGES, _text(language)),
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
        b"<< /Title %s >>" % _text(title),
        *FONTS,
    ]
    for number, lines in zip(numbers, pages, strict=True):
        objects += [_page(number + 1), _content(lines)]
    return _file(objects)


def _page(content: int) -> bytes:
    return (
        b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R"
        b" /Resources << /Font << /L %d 0 R /C %d 0 R >> >> >>"
    ) % (PAGES, WIDTH, HEIGHT, content, LATIN, CHINESE)


def _content(lines: list[tuple[str, int]]) -> bytes:
    packed = zlib.compress(b"\n".join(_drawn(lines)), 9)
    head = b"<< /Length %d /Filter /FlateDecode >>" % len(packed)
    return head + b"\nstream\n" + packed + b"\nendstream"


def _file(objects: list[bytes]) -> bytes:
    """The objects, numbered from 1, and the table by which readers find them."""
    body, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), list[int]()
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"<< /Size %d /Root %d 0 R /Info %d 0 R >>" % (len(objects) + 1, CATALOG, INFO)
    return bytes(body + b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, table))


def _text(text: str) -> bytes:
    return b"<feff" + text.encode("utf-16-be").hex().encode() + b">"


def _pages(title: str, paragraphs: Iterable[str]) -> Iterator[list[tuple[str, int]]]:
    """Lines with their sizes, page by page."""
    page: list[tuple[str, int]] = [(title, 18), ("", 11)]
    for paragraph in paragraphs:
        lines = [] if paragraph == BREAK else [*_lines(paragraph), ""]
        if paragraph == BREAK or len(page) + len(lines) > LINES_ON_A_PAGE:
            yield page
            page = []
        page += [(line, 11) for line in lines]
    yield page


def _lines(paragraph: str) -> list[str]:
    if paragraph.isascii():
        return textwrap.wrap(paragraph, LETTERS_IN_A_LINE)
    step = SIGNS_IN_A_LINE
    return [paragraph[start : start + step] for start in range(0, len(paragraph), step)]


def _drawn(lines: list[tuple[str, int]]) -> Iterator[bytes]:
    yield b"BT"
    yield f"{LEFT} {TOP} Td {LEADING} TL".encode()
    for line, size in lines:
        yield f"/{'L' if _is_latin(line) else 'C'} {size} Tf".encode()
        yield b"<" + _encoded(line).hex().encode() + b"> Tj T*"
    yield b"ET"


def _encoded(line: str) -> bytes:
    return line.encode("cp1252") if _is_latin(line) else line.encode("utf-16-be")


def _is_latin(line: str) -> bool:
    try:
        line.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
