"""Prove that nothing is left: look at each object of a PDF that was written, reached or not.

It goes another way through the file than cleaning does, so that a mistake there is seen here.
"""

from __future__ import annotations

from pikepdf import Array, Dictionary, Object, Pdf, Stream

from portico.legal.isolated.removals import Removal
from portico.legal.isolated.vocabulary import (
    BY_ANNOTATION,
    FROM_CATALOG,
    NAMES_KEPT,
    banned_action,
    banned_entry,
    banned_in_list,
    name_in,
)


def leftovers(pdf: Pdf) -> set[Removal]:
    """Kinds of things that should have been taken out and are still there."""
    found = _in_catalog(pdf.Root)
    for top in [pdf.trailer, *pdf.objects]:
        waiting: list[object] = [top]
        while waiting:
            holder = waiting.pop()
            if isinstance(holder, Array):
                inside = list(holder)
                found |= {kind for one in inside if (kind := banned_action(one))}
            elif isinstance(holder, Dictionary | Stream):
                inside = list(holder.values())
                found |= _in_table(holder)
            else:
                continue
            waiting.extend(one for one in inside if _is_direct(one))
    return found


def _in_catalog(root: Object) -> set[Removal]:
    found = {kind for key, kind in FROM_CATALOG.items() if key in root}
    names = root.get("/Names")
    if names is not None and (not isinstance(names, Dictionary) or names.keys() - NAMES_KEPT):
        found.add(Removal.SCRIPT)
    return found


def _in_table(table: Object) -> set[Removal]:
    found = {kind for key, one in table.items() if (kind := banned_entry(table, key, one))}
    found |= {kind for key, one in table.items() for kind in banned_in_list(key, one).values()}
    if name_in(table, "/S") == "/JavaScript" or name_in(table, "/Type") == "/EmbeddedFile":
        found.add(Removal.SCRIPT)
    kind = BY_ANNOTATION.get(name_in(table, "/Subtype"))
    if kind is not None and "/Rect" in table:
        found.add(kind)
    return found


def _is_direct(value: object) -> bool:
    return isinstance(value, Dictionary | Array) and not value.is_indirect
