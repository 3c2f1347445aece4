"""Open a PDF of a stranger, or say why not."""

from __future__ import annotations

import re
from io import BytesIO
from typing import NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Object, Pdf, Stream

from portico.legal.isolated.cleaning import reached
from portico.legal.isolated.protocol import MOST_OBJECTS, MOST_PAGES
from portico.legal.isolated.refusals import (
    DamagedPdf,
    DynamicForm,
    EncryptedPdf,
    NotAPdf,
    OtherFormat,
    PdfInDisguise,
    PdfWithoutPages,
    TooDemandingPdf,
    TooManyPages,
)

BEGINNING = re.compile(rb"%PDF-[12]\.\d[\s\x80-\xff%]")
ENDING = b"%%EOF"
TAIL = 2048

KINDS: tuple[tuple[bytes, str], ...] = (
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"<?xml", "XML"),
    (b"<svg", "SVG"),
    (b"{\\rtf", "RTF"),
    (b"PK\x03\x04", "ZIP (DOCX, ODT, ...)"),
    (b"\xd0\xcf\x11\xe0", "DOC"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"%!PS", "PostScript"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
)


class Opened(NamedTuple):
    """`repaired`: the table of its objects was damaged, and made anew by looking for them."""

    pdf: Pdf
    repaired: bool
    signed: bool


def check_beginning(content: bytes) -> None:
    """Raise what fits unless the file begins as a PDF, at its first byte.

    The standard wants it so; readers look further, which lets one file be two things at once.
    """
    if BEGINNING.match(content):
        return
    # What is before the header makes another program see something else in the file.
    hidden = BEGINNING.search(content[:65536])
    start = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    kind = next((kind for magic, kind in KINDS if start.startswith(magic.lower())), None)
    if hidden:
        raise PdfInDisguise
    if kind:
        raise OtherFormat(kind=kind)
    raise NotAPdf


def open_pdf(content: bytes) -> Opened:
    """Open a PDF that can be read, is not encrypted and has a bearable number of pages."""
    check_beginning(content)
    try:
        pdf = Pdf.open(BytesIO(content), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise EncryptedPdf from None
    except pikepdf.PdfError:
        raise DamagedPdf from None
    if pdf.is_encrypted:
        raise EncryptedPdf
    repaired = any("damaged" in warning or "xref" in warning for warning in _warnings(pdf))
    if repaired and ENDING not in content[-TAIL:]:
        raise DamagedPdf
    if len(pdf.objects) > MOST_OBJECTS:
        raise TooDemandingPdf
    _check_pages(pdf, repaired=repaired)
    _refuse_dynamic_form(pdf)
    return Opened(pdf, repaired, _is_signed(pdf))


def _warnings(pdf: Pdf) -> list[str]:
    return [str(warning) for warning in pdf.get_warnings()]


def _check_pages(pdf: Pdf, *, repaired: bool) -> None:
    try:
        count = len(pdf.pages)
        pages = list(pdf.pages) if count <= MOST_PAGES else []
    except (pikepdf.PdfError, ValueError, TypeError, IndexError):
        raise DamagedPdf from None
    if count > MOST_PAGES:
        raise TooManyPages(pages=count, most=MOST_PAGES)
    if not pages:
        raise PdfWithoutPages
    # A page whose content was lost with the end of the file would silently be shown empty.
    if repaired and any("/Contents" not in page.obj for page in pages):
        raise DamagedPdf


def _refuse_dynamic_form(pdf: Pdf) -> None:
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, Dictionary | Stream) and "/XFA" in form:
        raise DynamicForm


def _is_signed(pdf: Pdf) -> bool:
    return "/Perms" in pdf.Root or any(_is_signature(holder) for holder in reached(pdf))


def _is_signature(holder: Object) -> bool:
    if isinstance(holder, Array):
        return False
    return "/ByteRange" in holder and "/Contents" in holder
