"""The list of mini programs: searched, narrowed, in an order, one page at a time.

Each question is one query that an index answers, however many programs a workspace has: an order's
own index where much fits, and where little does, the one of words and facets, which two functions
of the database make (`migrations/0002_found_by_words_and_facets.py`). Pages go on from a program,
forwards and backwards, so nothing is counted or skipped.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import F, Func, Q, QuerySet, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower

from portico.kernel.errors import Invalid, gettext_noop
from portico.miniprograms.access import SEES_ALL, programs_for
from portico.miniprograms.models import MiniProgram
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role

MOST_WORDS: Final = 8
BETWEEN_WORDS: Final = re.compile(r"[\W_]+")
ACTIVE, ARCHIVED = "active", "archived"

# Written as the index has them; it is used only where the same is asked for.
WORDS = Func("name", "app_id", function="miniprograms_words", output_field=SearchVectorField())
FACETS = Func(
    "workspace_id",
    "kind",
    "category",
    "archived_at",
    "live_on",
    function="miniprograms_facets",
    output_field=ArrayField(TextField()),
)
# What each order goes by, before the id.
KEYS: Final[Mapping[str, Combinable | None]] = {
    "name": Lower("name"),
    "made": None,  # ids sort by the time they were made
    "changed": F("changed_at"),
}
ORDERS: Final = ("name", "-name", "-made", "made", "-changed", "changed")


class UnknownPage(Invalid):
    code = "unknown_page"
    sentence = gettext_noop(
        "This is no page of this list. Ask without it for the first one, then follow “next”."
    )


@dataclass(frozen=True)
class Filters:
    """Which programs somebody looks for; an empty value asks for nothing.

    `words` are parts of the name or the app_id, all of which must be there. `state` is ACTIVE or
    ARCHIVED. `assigned`: that the member works on. `live_on` and `not_live_on` are ids of targets.
    """

    words: str = ""
    kind: str = ""
    category: str = ""
    state: str = ""
    assigned: bool = False
    live_on: UUID | None = None
    not_live_on: UUID | None = None


@dataclass(frozen=True)
class ProgramPage:
    """Some programs, and the places to go on from; empty where there is nothing more."""

    programs: list[MiniProgram]
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Place:
    """A place in the list: the program there, and what the order goes by."""

    id: UUID
    key: str = ""

    def __str__(self) -> str:
        text = json.dumps([self.key, str(self.id)], ensure_ascii=False).encode()
        return base64.urlsafe_b64encode(text).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Place:
        """The place that an address names; raises `UnknownPage`."""
        try:
            padded = text + "=" * (-len(text) % 4)
            key, program_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            if not isinstance(key, str) or "\x00" in key:
                raise UnknownPage
            key.encode()  # no half of a surrogate pair
            return cls(UUID(program_id), key)
        except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
            raise UnknownPage from None


def programs_found(member: Membership, filters: Filters) -> QuerySet[MiniProgram]:
    """The programs that the member may see and that fit. No other workspace's, ever."""
    found = programs_for(member)
    if filters.assigned:
        found = found.filter(id__in=member.programs.values("program_id"))
    facets = [filters.kind, f"category:{filters.category}" if filters.category else ""]
    facets += [filters.state, str(filters.live_on or "")]
    facets = [facet for facet in facets if facet]
    if any("\x00" in text for text in (filters.words, *facets)):
        return found.none()  # no stored text holds it, and PostgreSQL would not hear of it
    works_on = filters.assigned or Role(member.role) not in SEES_ALL
    if works_on and facets == [ACTIVE]:  # of a few, almost all: looking at them is less work
        found = found.filter(archived_at=None)
    elif facets:
        wanted = [str(member.workspace_id), *facets]
        found = found.alias(facets=FACETS).filter(Q(facets__contains=wanted))
    if filters.not_live_on:
        found = found.exclude(live_on__contains=[filters.not_live_on])
    return _with_words(found, filters.words) if filters.words.strip() else found


def page_of(
    programs: QuerySet[MiniProgram],
    *,
    order: str,
    size: int,
    after: str = "",
    before: str = "",
) -> ProgramPage:
    """The first page in one of the `ORDERS` (an unknown one means by name); or the one after or
    before a place. One query. Raises `UnknownPage`."""
    order = order if order in ORDERS else ORDERS[0]
    name, rises = order.removeprefix("-"), not order.startswith("-")
    back = bool(before)
    rises_here = rises is not back
    key = KEYS[name]
    if key is not None:
        programs = programs.annotate(key=key)
    place = Place.read(before or after) if before or after else None
    if place is not None:
        programs = programs.filter(_beyond(place, name, rises=rises_here))
    sign = "" if rises_here else "-"
    by = [f"{sign}id"] if key is None else [f"{sign}key", f"{sign}id"]
    found = list(programs.order_by(*by)[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    if not found:
        return ProgramPage([])
    return ProgramPage(
        found,
        before=_place_of(found[0], name) if (more if back else place) else "",
        after=_place_of(found[-1], name) if (place if back else more) else "",
    )


def _beyond(place: Place, name: str, *, rises: bool) -> Q:
    than, to = ("gt", "gte") if rises else ("lt", "lte")
    if KEYS[name] is None:
        return Q(**{f"id__{than}": place.id})
    key: str | datetime = place.key
    if name == "changed":
        try:
            key = datetime.fromisoformat(place.key)
        except ValueError:
            raise UnknownPage from None
        if key.tzinfo is None:
            raise UnknownPage
    # The first condition is what the index is entered by.
    tie = Q(**{f"key__{than}": key}) | Q(**{f"id__{than}": place.id})
    return Q(**{f"key__{to}": key}) & tie


def _place_of(program: MiniProgram, name: str) -> str:
    if name == "changed":
        return str(Place(program.id, program.changed_at.isoformat()))
    return str(Place(program.id, str(getattr(program, "key", ""))))


def _with_words(programs: QuerySet[MiniProgram], text: str) -> QuerySet[MiniProgram]:
    words = [
        word for word in BETWEEN_WORDS.split(unicodedata.normalize("NFC", text).lower()) if word
    ]
    if not words:
        return programs.none()
    query = " & ".join(f"'{word}':*" for word in words[:MOST_WORDS])
    return programs.alias(words=WORDS).filter(words=_AsItIs(query))


class _AsItIs(SearchQuery):
    """Words that are not taken apart once more: they were, as the stored ones are."""

    template = "%(expressions)s::tsquery"
