"""Draw pages and read what they say, with PDFium: what people will see is what is looked at."""

from __future__ import annotations

import math
import unicodedata
from io import BytesIO

import pypdfium2
from pypdfium2 import PdfDocument, PdfiumError, PdfPage

from portico.legal.isolated.protocol import LONGEST_SIDE, MOST_TEXT, SCALE, Drawn
from portico.legal.isolated.refusals import DamagedPdf, NoSuchPage, TooMuchText


def draw(content: bytes, *, page: int) -> Drawn:
    """One page's image, on white."""
    document = _document(content)
    if not 1 <= page <= len(document):
        raise NoSuchPage(page=page)
    try:
        drawn = document[page - 1]
        bitmap = drawn.render(scale=_scale(drawn), may_draw_forms=False, no_smoothtext=False)
        image = bitmap.to_pil().convert("RGB")
    except (PdfiumError, ValueError, OverflowError):
        raise DamagedPdf from None
    sink = BytesIO()
    image.save(sink, "PNG")
    return Drawn(sink.getvalue())


def look_at(
    content: bytes, *, expected: int
) -> tuple[tuple[tuple[int, int], ...], tuple[str, ...]]:
    """The sizes of the pages' images, and what each page says.

    Raises DamagedPdf where PDFium sees another document than the one that was cleaned.
    """
    document = _document(content)
    if len(document) != expected:
        raise DamagedPdf
    sizes: list[tuple[int, int]] = []
    texts: list[str] = []
    length = 0
    for number in range(expected):
        try:
            page = document[number]
            sizes.append(_size(page))
            text = page.get_textpage()
            length += text.count_chars()
            texts.append(readable(text.get_text_range()) if length <= MOST_TEXT else "")
        except (PdfiumError, ValueError, OverflowError):
            raise DamagedPdf from None
        text.close()
        page.close()
    if length > MOST_TEXT:
        raise TooMuchText(most=f"{MOST_TEXT:,}")
    draw(content, page=1)  # a document that cannot be drawn is refused now, not before its readers
    return tuple(sizes), tuple(texts)


def readable(text: str) -> str:
    """Text that can be stored and compared: lines, no control characters, composed letters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "")
    kept = (
        letter
        for letter in unicodedata.normalize("NFC", text)
        if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cs", "Cn", "Co"}
    )
    return "".join(kept).strip()


def _document(content: bytes) -> PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except PdfiumError:
        raise DamagedPdf from None


def _scale(page: PdfPage) -> float:
    width, height = page.get_size()
    longest = max(width, height)
    if not math.isfinite(longest) or min(width, height) <= 0:
        raise DamagedPdf
    return float(min(SCALE, LONGEST_SIDE / longest))


def _size(page: PdfPage) -> tuple[int, int]:
    scale, (width, height) = _scale(page), page.get_size()
    return math.ceil(width * scale), math.ceil(height * scale)
