"""Scripts and attachments, in all the places where a PDF can have them."""

from __future__ import annotations

from pikepdf import Array, Dictionary, Name, Pdf, Stream

from tests.hostile.pdf.cases import (
    EVIL,
    annotate,
    cleaned,
    file_specification,
    link,
    name_tree,
    script,
)


def _form(pdf: Pdf, field: Dictionary) -> None:
    """A form with this field, which has a widget on the first page."""
    field.T, field.FT, field.Subtype = "field", Name.Tx, Name.Widget
    page = annotate(pdf, field)
    pdf.Root.AcroForm = Dictionary(Fields=[page.obj.Annots[-1]])


def _hidden_field(pdf: Pdf) -> None:
    """A field that stands on no page and has a child."""
    child = pdf.make_indirect(Dictionary(T="child", AA=Dictionary(C=script())))
    parent = pdf.make_indirect(Dictionary(T="parent", FT=Name.Tx, Kids=[child]))
    pdf.Root.AcroForm = Dictionary(Fields=[parent])


def _outline(pdf: Pdf) -> None:
    item = pdf.make_indirect(Dictionary(Title="Read me", A=script()))
    pdf.Root.Outlines = Dictionary(Type=Name.Outlines, First=item, Last=item, Count=1)


def _chain(pdf: Pdf) -> None:
    """A harmless action, followed by one that is not, followed by another."""
    third = Dictionary(S=Name.Launch, F=EVIL)
    second = Dictionary(S=Name.JavaScript, JS=EVIL, Next=third)
    link(pdf, Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]), Next=second))


def _in_array(pdf: Pdf) -> None:
    actions = Array([script(), Dictionary(S=Name.GoTo, D="there"), script()])
    link(pdf, Dictionary(S=Name.GoTo, D="here", Next=actions))


def _deep_in_private_data(pdf: Pdf) -> None:
    """An action where no reader looks for one."""
    pdf.Root.Custom = Dictionary(Deep=[[[Dictionary(Deeper=[script()])]]])


def _in_stream(pdf: Pdf) -> None:
    text = pdf.make_indirect(Stream(pdf, f"app.alert('{EVIL}')".encode()))
    pdf.Root.OpenAction = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS=text))


def _tree_with_kids(pdf: Pdf) -> None:
    leaves = [
        pdf.make_indirect(Dictionary(Names=["a", script()], Limits=["a", "a"])),
        pdf.make_indirect(Dictionary(Names=["b", script()], Limits=["b", "b"])),
    ]
    pdf.Root.Names = Dictionary(JavaScript=pdf.make_indirect(Dictionary(Kids=leaves)))


def _cyclic_tree(pdf: Pdf) -> None:
    node = pdf.make_indirect(Dictionary())
    node.Kids = [node, node]
    pdf.Root.Names = Dictionary(JavaScript=node)


def _cyclic_actions(pdf: Pdf) -> None:
    first = pdf.make_indirect(script())
    first.Next = first
    link(pdf, first)


def _presentation(pdf: Pdf) -> None:
    pdf.pages[0].obj.PresSteps = Dictionary(Type=Name.NavNode, NA=script(), PA=script())


def _associated(pdf: Pdf) -> None:
    """As invoices have them: on the catalog, and in the tree."""
    specification = file_specification(pdf)
    name_tree(pdf, "/EmbeddedFiles", ("evil.exe", specification))
    pdf.pages[0].obj.AF = Array([specification])


def _portfolio(pdf: Pdf) -> None:
    name_tree(pdf, "/EmbeddedFiles", ("evil.exe", file_specification(pdf)))
    pdf.Root.Collection = Dictionary(Type=Name.Collection, D="evil.exe")


def _in_properties(pdf: Pdf) -> None:
    """A file specification where none is expected."""
    pdf.pages[0].obj.Resources.Properties = Dictionary(P=file_specification(pdf))


CASES = (
    cleaned(
        "script in the names of the catalog",
        lambda pdf: name_tree(pdf, "/JavaScript", ("one", script()), ("two", script())),
        script=2,
    ),
    cleaned("scripts in a tree of names", _tree_with_kids, script=2),
    cleaned("a tree of names that is its own child", _cyclic_tree, script=1),
    cleaned(
        "script that opens with the document",
        lambda pdf: setattr(pdf.Root, "OpenAction", script()),
        script=1,
    ),
    cleaned("script in a stream", _in_stream, script=1),
    cleaned(
        "script when the document is closed",
        lambda pdf: setattr(pdf.Root, "AA", Dictionary(WC=script(), WP=script())),
        script=2,
    ),
    cleaned(
        "script when a page is opened",
        lambda pdf: setattr(pdf.pages[0].obj, "AA", Dictionary(O=script())),
        script=1,
    ),
    cleaned("script behind a link", lambda pdf: link(pdf, script()), script=1),
    cleaned(
        "script when a note is touched",
        lambda pdf: annotate(pdf, Dictionary(Subtype=Name.Text, AA=Dictionary(E=script()))),
        script=1,
    ),
    cleaned(
        "script that calculates a field",
        lambda pdf: _form(pdf, Dictionary(AA=Dictionary(K=script(), F=script()))),
        script=2,
    ),
    cleaned("script of a field on no page", _hidden_field, script=1),
    cleaned("script in the outline", _outline, script=1),
    cleaned("chain of actions", _chain, script=1, launch=1),
    cleaned("list of actions", _in_array, script=2),
    cleaned("script that is its own successor", _cyclic_actions, script=50),
    cleaned("script deep in data of nobody", _deep_in_private_data, script=1),
    cleaned("script in a presentation", _presentation, private=1),
    cleaned(
        "attachment in the names of the catalog",
        lambda pdf: name_tree(pdf, "/EmbeddedFiles", ("evil.exe", file_specification(pdf))),
        attachment=1,
    ),
    cleaned("attachment of a page and in the names", _associated, attachment=2),
    cleaned(
        "attachment as a note",
        lambda pdf: annotate(
            pdf, Dictionary(Subtype=Name.FileAttachment, FS=file_specification(pdf))
        ),
        attachment=1,
    ),
    cleaned("attachment hidden in resources", _in_properties, attachment=1),
    cleaned(
        "portfolio",
        _portfolio,
        attachment=1,
        private=1,
    ),
)
