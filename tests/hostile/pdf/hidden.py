"""What somebody hides who knows how a cleaner looks: odd shapes, odd places, odd company."""

from __future__ import annotations

from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from tests.hostile.pdf.cases import (
    EVIL,
    annotate,
    cleaned,
    file_specification,
    link,
    name_tree,
    script,
)

PRINT = Dictionary(S=Name.Named, N=Name.Print)
UNKNOWN = Dictionary(S=Name.Evil, F=EVIL)


def _among_events(pdf: Pdf) -> None:
    """Events with an entry that is none, so that they do not look like events."""
    pdf.Root.AA = Dictionary(WC=PRINT, Zz=1)
    pdf.pages[0].obj.AA = Dictionary(O=UNKNOWN, Zz=1)


def _events_in_stream(pdf: Pdf) -> None:
    events = Stream(pdf, b"")
    events.O = UNKNOWN
    pdf.pages[0].obj.AA = pdf.make_indirect(events)


def _followed_by(*actions: Dictionary) -> Dictionary:
    return Dictionary(S=Name.GoTo, D="there", Next=Array(list(actions)))


def _list_behind_link(pdf: Pdf) -> None:
    annotate(pdf, Dictionary(Subtype=Name.Link, A=Array([PRINT, script()])))


def _names_in_stream(pdf: Pdf) -> None:
    name_tree(pdf, "/EmbeddedFiles", ("evil.exe", file_specification(pdf)))
    names = Stream(pdf, b"")
    names.EmbeddedFiles = pdf.Root.Names.EmbeddedFiles
    pdf.Root.Names = pdf.make_indirect(names)


def _attachment_in_company(pdf: Pdf) -> None:
    attached = Dictionary(F=Stream(pdf, EVIL.encode()), Zz=1)
    pdf.Root.Custom = Dictionary(Type=Name.Filespec, EF=attached)


def _old_form(pdf: Pdf) -> None:
    """What a dynamic form left behind, away from where readers look for one."""
    pdf.Root.Custom = Dictionary(XFA=Stream(pdf, f"<xdp:xdp>{EVIL}</xdp:xdp>".encode()))


def _matrix(pdf: Pdf) -> None:
    """A reader made of JavaScript has built a program out of these numbers."""
    evil = String(f"1);alert('{EVIL}'")
    pdf.pages[0].obj.Resources.Font.L.FontMatrix = Array([1, 0, 0, 1, 0, evil])


def _page_metadata(pdf: Pdf) -> None:
    xmp = f'<!DOCTYPE x [<!ENTITY e SYSTEM "http://{EVIL}/">]><x:xmpmeta>&e;</x:xmpmeta>'
    pdf.pages[0].obj.Metadata = Stream(pdf, xmp.encode(), Type=Name.Metadata, Subtype=Name.XML)


def _print_proxy(pdf: Pdf) -> None:
    drawing = Stream(pdf, b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 1, 1])
    drawing.OPI = Dictionary({"/2.0": Dictionary(Type=Name.OPI, F=EVIL)})
    pdf.pages[0].obj.Resources.XObject = Dictionary(X=drawing)


def _model(pdf: Pdf) -> None:
    model = Stream(pdf, b"PRC", Type=Name("/3D"), Subtype=Name.U3D)
    model.OnInstantiate = Stream(pdf, f"run('{EVIL}')".encode())
    pdf.Root.Custom = pdf.make_indirect(model)


def _thumbnail(pdf: Pdf) -> None:
    picture = Stream(pdf, b"\0", Width=1, Height=1, ColorSpace=Name.DeviceGray, BitsPerComponent=8)
    picture.AA = Dictionary(O=script())
    pdf.pages[0].obj.Thumb = picture


def _indirect_names(pdf: Pdf) -> None:
    kind, text = pdf.make_indirect(Name.JavaScript), pdf.make_indirect(String(EVIL))
    link(pdf, Dictionary(S=kind, JS=text))


def _crypt_filter(pdf: Pdf) -> None:
    text = Stream(pdf, f"app.alert('{EVIL}')".encode())
    text.Filter = Name.Crypt
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=pdf.make_indirect(text))


def _own_parent(pdf: Pdf) -> None:
    """One dictionary that is everything, and holds itself."""
    loop = pdf.make_indirect(Dictionary())
    for key in ("A", "Next", "AA", "Parent", "Prev", "First", "Last", "Dest"):
        loop[f"/{key}"] = loop
    loop.Kids = [loop, loop]
    for key in ("Outlines", "Dests", "StructTreeRoot", "OpenAction"):
        pdf.Root[f"/{key}"] = loop
    pdf.Root.AcroForm = Dictionary(Fields=[loop])
    loop.JS = EVIL


CASES = (
    cleaned("events among other things", _among_events, action=2),
    cleaned("events in a stream", _events_in_stream, action=1),
    cleaned(
        "commands that follow a page",
        lambda pdf: setattr(pdf.Root, "OpenAction", _followed_by(PRINT, UNKNOWN)),
        action=2,
    ),
    cleaned(
        "layers that are switched",
        lambda pdf: link(pdf, _followed_by(Dictionary(S=Name.SetOCGState, State=[]))),
        action=1,
    ),
    cleaned("list of commands behind a link", _list_behind_link, action=1, script=1),
    cleaned("names of the catalog in a stream", _names_in_stream, private=1),
    cleaned("attachment among other things", _attachment_in_company, attachment=1),
    cleaned("remnant of a dynamic form", _old_form, form=1),
    cleaned("script in a font's matrix", _matrix, script=1),
    cleaned("metadata of a page that fetch a file", _page_metadata, private=1),
    cleaned("drawing to be replaced in print", _print_proxy, launch=1),
    cleaned("script of a 3D model on no page", _model, script=1),
    cleaned("script in a thumbnail", _thumbnail, script=1),
    cleaned("names that stand elsewhere", _indirect_names, script=1),
    cleaned("script behind a filter for encryption", _crypt_filter, script=1),
    cleaned("all things in one that holds itself", _own_parent, script=1),
)
