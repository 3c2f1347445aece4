"""PDFs that break, mislead or wear out their readers."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from tests.hostile.pdf.bombs import CATALOG, MIB, PAGE, bomb_in_content, bomb_in_objects, raw
from tests.hostile.pdf.cases import WORDS, changed, refused, saved, script
from tests.pdfs import make_pdf


def encrypted(user: str) -> Callable[[], bytes]:
    def make() -> bytes:
        with Pdf.open(BytesIO(make_pdf(WORDS))) as pdf:
            sink = BytesIO()
            pdf.save(sink, encryption=pikepdf.Encryption(owner="owner", user=user))
            return sink.getvalue()

    return make


def signed(*, clean: bool = True) -> bytes:
    """With a dictionary that looks like a signature; nobody checks whether it is right."""

    def sign(pdf: Pdf) -> None:
        signature = Dictionary(
            Type=Name.Sig,
            Filter=Name("/Adobe.PPKLite"),
            ByteRange=Array([0, 1, 2, 3]),
            Contents=pikepdf.String(b"\x30\x00" * 20),
        )
        field = pdf.make_indirect(Dictionary(FT=Name.Sig, T="signature", V=signature))
        pdf.Root.AcroForm = Dictionary(Fields=[field], SigFlags=3)
        if not clean:
            pdf.Root.OpenAction = script()

    return changed(sign)


def signed_over_a_script() -> bytes:
    """The script is in an old state of the file, which the newest one does not reach."""
    dirty = b"\n9999 0 obj\n<< /S /Java#53cript /JS (evil.example) >>\nendobj\n"
    return signed() + dirty + b"%%EOF\n"


def signed_over_packed_objects() -> bytes:
    """The script is packed, in a stream of objects that no table names."""
    content, packed = signed(), zlib.compress(b"77 0 << /S /JavaScript /JS (evil.example) >>")
    stream = b"9998 0 obj\n<< /Type /ObjStm /N 1 /First 5 /Filter /FlateDecode /Length %d >>\n" % (
        len(packed)
    )
    hidden = stream + b"stream\n" + packed + b"\nendstream\nendobj\n"
    table = content.rindex(b"xref\n0")
    end = content.rindex(b"startxref\n")
    moved = b"startxref\n%d\n%%%%EOF\n" % (table + len(hidden))
    return content[:table] + hidden + content[table:end] + moved


def dynamic_form_in_a_stream() -> bytes:
    def change(pdf: Pdf) -> None:
        form = Stream(pdf, b"")
        form.XFA = Stream(pdf, b"<xdp:xdp/>")
        pdf.Root.AcroForm = pdf.make_indirect(form)

    return changed(change)


def dynamic_form() -> bytes:
    def change(pdf: Pdf) -> None:
        pdf.Root.AcroForm = Dictionary(Fields=[], XFA=Stream(pdf, b"<xdp:xdp/>"))

    return changed(change)


def many_pages(count: int) -> bytes:
    def change(pdf: Pdf) -> None:
        for _ in range(count - 1):
            pdf.add_blank_page(page_size=(10, 10))

    return changed(change)


def deep_page_tree(depth: int = 20_000) -> bytes:
    nodes = [b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % (n + 1) for n in range(2, depth)]
    return raw(CATALOG, *nodes, PAGE)


def cyclic_page_tree() -> bytes:
    return raw(CATALOG, b"<< /Type /Pages /Count 1 /Kids [2 0 R 3 0 R] >>", PAGE)


def deep_nesting(depth: int = 100_000) -> bytes:
    nested = b"<< /Type /Catalog /Pages 2 0 R /Deep " + b"[" * depth + b"]" * depth + b" >>"
    return raw(nested, b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>", PAGE)


def nested_object_streams() -> bytes:
    """A stream of objects that is to be found in itself."""
    inner = zlib.compress(b"4 0 << /Type /Page >>")
    stream = b"<< /Type /ObjStm /N 1 /First 4 /Extends 4 0 R /Filter /FlateDecode /Length %d >>" % (
        len(inner)
    )
    return raw(
        CATALOG,
        b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
        PAGE,
        stream + b"\nstream\n" + inner + b"\nendstream",
    )


def million_objects() -> bytes:
    def change(pdf: Pdf) -> None:
        pdf.Root.Many = Array([pdf.make_indirect(Dictionary(N=n)) for n in range(250_000)])

    with Pdf.open(BytesIO(make_pdf(WORDS))) as pdf:
        change(pdf)
        sink = BytesIO()
        pdf.save(sink, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return sink.getvalue()


def recursive_drawing() -> bytes:
    """A drawing that draws itself, eight times."""

    def change(pdf: Pdf) -> None:
        form = Stream(pdf, b"/X Do " * 8, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
        form = pdf.make_indirect(form)
        form.Resources = Dictionary(XObject=Dictionary(X=form))
        pdf.pages[0].obj.Resources.XObject = Dictionary(X=form)
        pdf.pages[0].contents_add(b"/X Do", prepend=True)

    return changed(change)


def exponential_drawing() -> bytes:
    """Each drawing draws the next one ten times: ten to the power of 25 in all."""

    def change(pdf: Pdf) -> None:
        below = pdf.make_indirect(
            Stream(pdf, b"0 0 9 9 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
        )
        for _ in range(25):
            form = Stream(pdf, b"/X Do " * 10, Type=Name.XObject, Subtype=Name.Form)
            form.BBox, form.Resources = [0, 0, 9, 9], Dictionary(XObject=Dictionary(X=below))
            below = pdf.make_indirect(form)
        pdf.pages[0].obj.Resources.XObject = Dictionary(X=below)
        pdf.pages[0].contents_add(b"/X Do")

    return changed(change)


def endless_text() -> bytes:
    """One page with millions of letters."""

    def change(pdf: Pdf) -> None:
        line = b" (" + b"a" * 1000 + b") Tj T*\n"
        pdf.pages[0].obj.Contents = Stream(pdf, b"BT /L 1 Tf 1 TL" + line * 2500 + b"ET")

    return changed(change)


def cyclic_table() -> bytes:
    """A table of objects whose predecessor is itself."""
    good = raw(CATALOG, b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>", PAGE)
    start = good.rindex(b"xref\n0")
    return good.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % start)


def broken_font() -> bytes:
    def change(pdf: Pdf) -> None:
        junk = Stream(pdf, b"\x00\x01\x00\x00" + b"\xff" * 5000, Length1=5004)
        font = Dictionary(Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name.Broken)
        font.FontDescriptor = Dictionary(
            Type=Name.FontDescriptor, FontName=Name.Broken, Flags=4, FontFile2=junk
        )
        pdf.pages[0].obj.Resources.Font.B = font
        pdf.pages[0].contents_add(b"BT /B 12 Tf 72 700 Td (broken) Tj ET")

    return changed(change)


def huge_page() -> bytes:
    def change(pdf: Pdf) -> None:
        pdf.pages[0].obj.MediaBox = Array([0, 0, 10**9, 10**9])

    return changed(change)


def odd_page(box: list[object]) -> Callable[[], bytes]:
    return lambda: changed(lambda pdf: setattr(pdf.pages[0].obj, "MediaBox", Array(box)))


def _large() -> bytes:
    return make_pdf(WORDS) + bytes(50 * MIB)


CASES = (
    refused("nothing", lambda: b"", "empty_pdf"),
    refused("50 MiB", _large, "pdf_too_large"),
    refused("page of the web", lambda: b"<!DOCTYPE html><script>1</script>", "other_format"),
    refused("page of the web after spaces", lambda: b"\n\n <HTML>", "other_format"),
    refused("Word document", lambda: b"PK\x03\x04[Content_Types].xml", "other_format"),
    refused("program", lambda: b"MZ\x90\x00", "other_format"),
    refused("any text", lambda: b"These are our terms.", "not_a_pdf"),
    refused("PDF in an archive", lambda: b"PK\x03\x04" + make_pdf(WORDS), "pdf_in_disguise"),
    refused(
        "PDF behind a page of the web",
        lambda: b"<html><script>1</script>\n" + make_pdf(WORDS),
        "pdf_in_disguise",
    ),
    refused("PDF behind a picture", lambda: b"GIF89a" + make_pdf(WORDS), "pdf_in_disguise"),
    refused("header alone", lambda: b"%PDF-1.7\n", "damaged_pdf"),
    refused("PDF cut in the middle", lambda: make_pdf(WORDS, pages=20)[:2000], "damaged_pdf"),
    refused("PDF without its end", lambda: make_pdf(WORDS, pages=3)[:-40], "damaged_pdf"),
    refused(
        "noise after the header", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 99, "damaged_pdf"
    ),
    refused("encrypted with a password", encrypted("secret"), "encrypted_pdf"),
    refused("encrypted without a password", encrypted(""), "encrypted_pdf"),
    refused("dynamic form", dynamic_form, "dynamic_form"),
    refused("dynamic form in a stream", dynamic_form_in_a_stream, "dynamic_form"),
    refused("signed over packed objects", signed_over_packed_objects, "signed_and_unclean"),
    refused("signed, with a script", lambda: signed(clean=False), "signed_and_unclean"),
    refused("signed over a hidden script", signed_over_a_script, "signed_and_unclean"),
    refused(
        "signed, with an archive behind", lambda: signed() + b"PK\x03\x04", "signed_and_unclean"
    ),
    refused("201 pages", lambda: many_pages(201), "too_many_pages"),
    refused("10,000 pages", lambda: many_pages(10_000), "too_many_pages"),
    refused("no pages", lambda: saved(Pdf.new()), "pdf_without_pages"),
    refused("tree of pages, 20,000 deep", deep_page_tree, "damaged_pdf"),
    refused("tree of pages in itself", cyclic_page_tree, "damaged_pdf"),
    refused("lists in lists, 100,000 deep", deep_nesting, "damaged_pdf"),
    refused("objects in streams in themselves", nested_object_streams, "pdf_without_pages"),
    refused("bomb in a stream of objects", bomb_in_objects, "damaged_pdf"),
    refused("millions of letters", endless_text, "too_much_text"),
    refused("table of objects in itself", cyclic_table, "damaged_pdf"),
    refused("page that is no table", lambda: raw(CATALOG, b"[1 2 3]"), "damaged_pdf"),
    refused("catalog that is a number", lambda: raw(b"42"), "damaged_pdf"),
)

LASTING = (
    refused("bomb in a page's content", bomb_in_content, "too_demanding_pdf"),
    refused("250,000 objects", million_objects, "too_demanding_pdf"),
    refused("drawings that multiply", exponential_drawing, "too_demanding_pdf"),
    refused("drawing that draws itself", recursive_drawing, "too_demanding_pdf"),
)
"""They go to the limits of time."""

DRAWABLE: dict[str, Callable[[], bytes]] = {
    "font that is broken": broken_font,
    "page of 350 km": huge_page,
    "page of one dot": odd_page([0, 0, 0.001, 0.001]),
    "page as thin as a hair": odd_page([0, 0, 100_000, 0.01]),
    "page upside down": odd_page([500, 700, 0, 0]),
    "page with no size": odd_page([0, 0, 0, 0]),
    "page whose size is words": odd_page([Name.Wide, Name.High, 1, 2]),
}
"""What is strange and does no harm: taken in, and drawn small."""
