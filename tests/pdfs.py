"""PDFs for tests: real ones, made by code, the same bytes each time."""

from __future__ import annotations

from portico.legal.writing import BREAK, pdf_of


def make_pdf(title: str = "Terms of Service", *, pages: int = 1, text: str = "") -> bytes:
    """A PDF that says its title and `text`; further pages say which they are."""
    paragraphs = [text] if text else []
    for number in range(2, pages + 1):
        paragraphs += [BREAK, f"Page {number} of {title}."]
    return pdf_of(title, paragraphs)
