"""Take out of a PDF what a document that is only read does not need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from portico.legal.isolated.removals import Removal
from portico.legal.isolated.vocabulary import (
    BY_ANNOTATION,
    EVENTS,
    FROM_CATALOG,
    NAMES_COUNTED,
    NAMES_KEPT,
    banned_action,
    banned_entry,
    banned_in_list,
    declares,
    name_in,
)

MOST_IN_CHAIN = 50
MOST_IN_TREE = 10_000
MOST_METADATA = 1024 * 1024


def clean(pdf: Pdf) -> Counter[Removal]:
    """Remove scripts, attachments and actions from everything that the document reaches.

    Returns how many there were of each kind. What is not reached is not written, either.
    """
    removed: Counter[Removal] = Counter()
    _clean_catalog(pdf.Root, removed)
    for holder in reached(pdf):
        if isinstance(holder, Array):
            _clean_array(holder, removed)
        else:
            _clean_table(holder, removed)
    return removed


def reached(pdf: Pdf) -> Iterator[Object]:
    """Each dictionary, stream and array that the trailer leads to, before what is in it.

    Whoever iterates may take things out of what they are given: what is gone is not gone into.
    """
    seen: set[tuple[int, int]] = set()
    waiting: list[object] = [pdf.trailer]
    while waiting:
        holder = waiting.pop()
        if not isinstance(holder, Dictionary | Stream | Array):
            continue
        if holder.is_indirect:
            if holder.objgen in seen:
                continue
            seen.add(holder.objgen)
        yield holder
        waiting.extend(holder if isinstance(holder, Array) else holder.values())


def _clean_catalog(root: Object, removed: Counter[Removal]) -> None:
    for key, kind in FROM_CATALOG.items():
        if key in root:
            del root[key]
            removed[kind] += 1
    names = root.get("/Names")
    if isinstance(names, Dictionary):
        for key in sorted(names.keys() - NAMES_KEPT):
            if key in NAMES_COUNTED:
                removed[NAMES_COUNTED[key]] += _entries_of(names[key])
            del names[key]
    elif names is not None:
        del root["/Names"]
        removed[Removal.PRIVATE] += 1
    metadata = root.get("/Metadata")
    if metadata is not None and _is_odd(metadata):
        del root["/Metadata"]
        removed[Removal.PRIVATE] += 1


def _clean_table(table: Object, removed: Counter[Removal]) -> None:
    kind = BY_ANNOTATION.get(name_in(table, "/Subtype"))
    if kind is not None and "/Rect" in table:
        _make_inert(table)
        removed[kind] += 1
        return
    for key, value in list(table.items()):
        for index, one in reversed(banned_in_list(key, value).items()):
            del value[index]
            removed[one] += 1
        banned = banned_entry(table, key, value)
        if banned is None:
            continue
        del table[key]
        for one in _all_of(key, value, banned):
            removed[one] += 1


def _clean_array(array: Object, removed: Counter[Removal]) -> None:
    for index in reversed(range(len(array))):
        banned = banned_action(array[index])
        if banned is not None:
            del array[index]
            removed[banned] += 1


def _make_inert(annotation: Object) -> None:
    """Leave an empty rectangle: other parts of the document may refer to it."""
    for key in list(annotation.keys()):
        if key not in {"/Rect", "/P", "/StructParent"}:
            del annotation[key]
    annotation["/Type"] = Name.Annot
    annotation["/Subtype"] = Name.Link
    annotation["/Border"] = Array([0, 0, 0])


def _all_of(key: str, value: object, banned: Removal) -> Iterator[Removal]:
    """What a removed entry was: each event of `/AA`, and each action of a chain."""
    if key == "/AA" and isinstance(value, Dictionary):
        actions = [value[event] for event in EVENTS & value.keys()]
        for action in actions:
            yield banned_action(action) or Removal.ACTION
        return
    for _ in range(MOST_IN_CHAIN):
        yield banned
        value = value.get("/Next") if isinstance(value, Dictionary | Stream) else None
        following = banned_action(value)
        if following is None:
            return
        banned = following


def _entries_of(tree: object) -> int:
    """How many entries a name tree has; at least 1, and at most about `MOST_IN_TREE`."""
    found, looked, waiting = 0, 0, [tree]
    while waiting and looked < MOST_IN_TREE:
        node = waiting.pop()
        looked += 1
        if not isinstance(node, Dictionary | Stream):
            continue
        names, kids = node.get("/Names"), node.get("/Kids")
        if isinstance(names, Array):
            found += len(names) // 2
        if isinstance(kids, Array):
            waiting.extend(kids)
    return max(1, min(found, MOST_IN_TREE))


def _is_odd(metadata: object) -> bool:
    """Whether XMP is more than plain XML: declarations of its own have been used for attacks."""
    if not isinstance(metadata, Stream):
        return True
    if "/Filter" in metadata:  # plain by the book, so that searches can read it
        return True
    content = metadata.read_raw_bytes()
    return len(content) > MOST_METADATA or declares(content)
