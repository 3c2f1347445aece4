"""From the bytes of a stranger to a PDF that is safe to keep, with what it says."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from io import BytesIO

import pikepdf
from pikepdf import ObjectStreamMode, Pdf, StreamDecodeLevel

from portico.legal.isolated.cleaning import clean
from portico.legal.isolated.drawing import look_at
from portico.legal.isolated.protocol import Cleaned
from portico.legal.isolated.proving import leftovers
from portico.legal.isolated.reading import ENDING, Opened, open_pdf
from portico.legal.isolated.refusals import (
    DamagedPdf,
    NotCleanable,
    SignedAndUnclean,
    TooDemandingPdf,
)
from portico.legal.isolated.removals import Removal

# Old states of a file stay in it when it is changed by appending, as signing does. Readers that
# repair files find them.
TELLING = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|RichMedia|SubmitForm|ImportData|GoToE)\b")
ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")
PACKED = re.compile(rb"stream(\r\n|\n|\r)(?=[\x08-\x78])")
MOST_UNPACKED = 64 * 1024 * 1024
MOST_IN_TITLE = 200


def take_in(content: bytes) -> Cleaned:
    """Clean a PDF, prove that it is clean, and read what is on its pages.

    The same bytes give the same bytes. A signed one that is clean stays as it is.
    """
    opened = open_pdf(content)
    title = _title_of(opened.pdf)
    try:
        removed = clean(opened.pdf)
        after = _behind_end(content)
        if after:
            removed[Removal.TRAILING] += 1
        written = _signed(content, opened, removed) if opened.signed else _written(opened.pdf)
    except pikepdf.PdfError:
        raise DamagedPdf from None
    pages, texts = look_at(written, expected=len(opened.pdf.pages))
    counts = {kind.value: removed[kind] for kind in Removal if removed[kind]}
    return Cleaned(written, title, pages, texts, counts, opened.repaired, opened.signed)


def _signed(content: bytes, opened: Opened, removed: Counter[Removal]) -> bytes:
    """The very bytes that were signed, if there is nothing in them that has to go.

    Anybody can write what looks like a signature, so this must not be a way past the cleaning.
    """
    if removed or opened.repaired or leftovers(opened.pdf) or _tells(content):
        raise SignedAndUnclean
    if any(_tells(part) for part in _unpacked(content)):
        raise SignedAndUnclean
    return content


def _tells(content: bytes) -> bool:
    return TELLING.search(ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), content)) is not None


def _unpacked(content: bytes) -> Iterator[bytes]:
    """All that is packed in the bytes, part of the newest state of the file or not."""
    for match in PACKED.finditer(content):
        unpacker = zlib.decompressobj()
        rest = memoryview(content)[match.end() :]
        try:
            unpacked = unpacker.decompress(rest, MOST_UNPACKED)
        except zlib.error:
            continue
        if unpacker.unconsumed_tail and not unpacker.eof:
            raise TooDemandingPdf
        yield unpacked


def _written(pdf: Pdf) -> bytes:
    """The document as it is reached from its catalog, and nothing else; then looked at again."""
    sink = BytesIO()
    pdf.save(
        sink,
        deterministic_id=True,
        object_stream_mode=ObjectStreamMode.disable,
        # Streams stay packed as they are: unpacking them is for those who draw a page.
        stream_decode_level=StreamDecodeLevel.none,
        recompress_flate=False,
        fix_metadata_version=False,
    )
    content = sink.getvalue()
    with Pdf.open(BytesIO(content), attempt_recovery=False, suppress_warnings=True) as again:
        if leftovers(again):
            raise NotCleanable
    return content


def _behind_end(content: bytes) -> bytes:
    """What stands behind the last end of the document, such as another file."""
    return content[content.rfind(ENDING) + len(ENDING) :].strip() if ENDING in content else b""


def _title_of(pdf: Pdf) -> str:
    try:
        given = str(pdf.docinfo.get("/Title", ""))
    except (ValueError, TypeError, AttributeError, pikepdf.PdfError):
        return ""
    line = "".join(letter if letter.isprintable() else " " for letter in given)
    return " ".join(line.split())[:MOST_IN_TITLE]
