"""What a hostile PDF is, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO

from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream

from portico.legal.isolated.removals import Removal
from tests.pdfs import make_pdf

WORDS = "Plain words that stay."
EVIL = "evil.example"
"""Stands in everything that has to go."""


@dataclass(frozen=True)
class Case:
    """Either `code`, that of the refusal, or what was removed."""

    name: str
    make: Callable[[], bytes]
    code: str = ""
    removed: Mapping[Removal, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def refused(name: str, make: Callable[[], bytes], code: str) -> Case:
    return Case(name, make, code=code)


def cleaned(name: str, change: Callable[[Pdf], object], **removed: int) -> Case:
    """A plain PDF with this change; `removed` counts by the names of `Removal`."""
    return Case(
        name,
        lambda: changed(change),
        removed={Removal(kind): count for kind, count in removed.items()},
    )


def changed(change: Callable[[Pdf], object], *, pages: int = 1) -> bytes:
    """A plain PDF with something done to it."""
    with Pdf.open(BytesIO(make_pdf(WORDS, pages=pages))) as pdf:
        change(pdf)
        return saved(pdf)


def saved(pdf: Pdf) -> bytes:
    sink = BytesIO()
    pdf.save(sink, deterministic_id=True, fix_metadata_version=False)
    return sink.getvalue()


def script(text: str = f"app.launchURL('http://{EVIL}')") -> Dictionary:
    return Dictionary(Type=Name.Action, S=Name.JavaScript, JS=text)


def annotate(pdf: Pdf, annotation: Dictionary) -> Page:
    """Put an annotation on the first page."""
    annotation.Type, annotation.Rect = Name.Annot, [10, 10, 90, 90]
    page = pdf.pages[0]
    if "/Annots" not in page.obj:
        page.obj.Annots = pdf.make_indirect(Array())
    page.obj.Annots.append(pdf.make_indirect(annotation))
    return page


def link(pdf: Pdf, action: Dictionary) -> None:
    """A link on the first page that does this."""
    annotate(pdf, Dictionary(Subtype=Name.Link, A=action))


def file_specification(pdf: Pdf) -> Object:
    content = Stream(pdf, f"MZ {EVIL}".encode(), Type=Name.EmbeddedFile)
    return pdf.make_indirect(
        Dictionary(Type=Name.Filespec, F="evil.exe", UF="evil.exe", EF=Dictionary(F=content))
    )


def name_tree(pdf: Pdf, name: str, *entries: tuple[str, Object | Dictionary]) -> None:
    """A tree under the catalog's `/Names`."""
    flat = [part for key, value in entries for part in (key, value)]
    if "/Names" not in pdf.Root:
        pdf.Root.Names = Dictionary()
    pdf.Root.Names[name] = pdf.make_indirect(Dictionary(Names=flat))
