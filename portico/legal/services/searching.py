"""Finding words in legal documents, whatever language they are in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Greatest, Lower, StrIndex, Substr

from portico.legal.models import PAGE_BREAK, LegalDocument, LegalKind, LegalVersion
from portico.legal.services.read import documents
from portico.workspaces.models import Workspace

AROUND = 90
MOST_HITS = 50
MOST_WORDS = 8
SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Hit:
    """A document in which all the words stand, with what stands around the first of them.

    `page` is where that is, counted from 1.
    """

    number: int
    language: str
    page: int
    before: str
    word: str
    after: str


def versions_of_kind(workspace: Workspace, kind: LegalKind) -> QuerySet[LegalVersion]:
    """All versions of a kind, the newest first, withdrawn ones too, with documents and authors."""
    return (
        LegalVersion.objects.filter(workspace=workspace, kind=kind)
        .select_related("author")
        .order_by("-number")
        .prefetch_related(documents())
    )


def hits_in(workspace: Workspace, kind: LegalKind, query: str) -> Sequence[Hit]:
    """The documents of a kind that hold all of these words, the newest version first.

    Words are looked for as they stand, in upper or lower case: parts of words are found, too,
    and Chinese, which has no spaces.
    """
    words = query.split()[:MOST_WORDS]
    if not words or "\0" in query:  # which stands in no text
        return ()
    found = LegalDocument.objects.filter(
        version__workspace=workspace, version__kind=kind, version__withdrawn_at=None
    )
    for word in words:
        found = found.filter(text__icontains=word)
    first = words[0]
    place = StrIndex(Lower("text"), Lower(Value(first)))
    start = Greatest(place - AROUND, Value(1), output_field=IntegerField())
    rows = (
        found.annotate(
            place=place,
            snippet=Substr("text", start, 2 * AROUND + len(first), output_field=TextField()),
            head=Substr("text", 1, place, output_field=TextField()),
        )
        .order_by("-version__number", "language")
        .values_list("version__number", "language", "place", "snippet", "head")
    )
    return [_hit(*row, word=first) for row in rows[:MOST_HITS]]


def _hit(number: int, language: str, place: int, snippet: str, head: str, *, word: str) -> Hit:
    at = min(place - 1, AROUND)
    return Hit(
        number=number,
        language=language,
        page=head.count(PAGE_BREAK) + 1,
        before=_one_line(snippet[:at]),
        word=snippet[at : at + len(word)],
        after=_one_line(snippet[at + len(word) :]),
    )


def _one_line(text: str) -> str:
    return SPACES.sub(" ", text)
