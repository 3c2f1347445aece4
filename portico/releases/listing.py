"""The list of releases: searched, narrowed, in an order, one page at a time.

Each question is one query that an index answers, however many releases a workspace has. Pages go
on from a release, forwards and backwards, so nothing is counted or skipped.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from portico.kernel.errors import Invalid, gettext_noop
from portico.miniprograms.listing import Filters as ProgramFilters
from portico.miniprograms.listing import programs_found
from portico.miniprograms.models import MiniProgram, Version
from portico.releases.access import releases_for
from portico.releases.models import Release, ReleaseStatus
from portico.workspaces.models import Membership

MOST_WORDS: Final = 8
LARGEST_CODE: Final = 2**63 - 1
# What looks like a version rather than like a word: 12, 1.4, v2.0.0-beta.
VERSION_LIKE: Final = re.compile(r"v?(\d[\d.]*(?:[-+][\w.+-]*)?)", re.IGNORECASE)

UNDER_WAY: Final = "under_way"
"""In review, or on its way to users."""

LIVE: Final = "live"
"""Somebody gets it: fully released, in grayscale release, or with its testers."""

GROUPS: Final = {
    UNDER_WAY: (
        ReleaseStatus.UNDER_REVIEW,
        ReleaseStatus.PREPARATION,
        ReleaseStatus.PILOT,
        ReleaseStatus.GRAYSCALE,
    ),
    LIVE: (ReleaseStatus.FULL, ReleaseStatus.GRAYSCALE, ReleaseStatus.PILOT),
}
ORDERS: Final = ("-made", "made", "-changed", "changed")


class UnknownPlace(Invalid):
    code = "unknown_page"
    sentence = gettext_noop(
        "This is no page of this list. Ask without it for the first one, then follow “next”."
    )


@dataclass(frozen=True)
class Filters:
    """Which releases somebody looks for; an empty value asks for nothing.

    `words` are parts of the mini program's name or app_id, and beginnings of the version's name,
    or its code. `status` is one of the pipeline's or of `GROUPS`. `production`: to one environment.
    `targets` are ids; None: any. `app_id` is the mini program's.
    """

    words: str = ""
    status: str = ""
    production: bool | None = None
    targets: tuple[UUID, ...] | None = None
    app_id: str = ""


@dataclass(frozen=True)
class ReleasePage:
    """Some releases, and the places to go on from; empty where there is nothing more."""

    releases: list[Release]
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Place:
    """A place in the list: the release there, and when it was last changed."""

    id: UUID
    changed_at: str = ""

    def __str__(self) -> str:
        text = json.dumps([self.changed_at, str(self.id)]).encode()
        return base64.urlsafe_b64encode(text).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Place:
        """The place that an address names; raises `UnknownPlace`."""
        try:
            padded = text + "=" * (-len(text) % 4)
            changed_at, release_id = json.loads(
                base64.b64decode(padded, altchars=b"-_", validate=True)
            )
            return cls(UUID(release_id), changed_at if isinstance(changed_at, str) else "")
        except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
            raise UnknownPlace from None

    def when(self) -> datetime:
        """When the release there was last changed; raises `UnknownPlace`."""
        try:
            found = datetime.fromisoformat(self.changed_at)
        except ValueError:
            raise UnknownPlace from None
        if found.tzinfo is None:
            raise UnknownPlace
        return found


def releases_found(member: Membership, filters: Filters) -> QuerySet[Release]:
    """The releases that the member may see and that fit. No other workspace's, ever."""
    found = releases_for(member)
    if "\x00" in filters.words + filters.app_id + filters.status:
        return found.none()  # no stored text holds it, and PostgreSQL would not hear of it
    if filters.status:
        statuses = GROUPS.get(filters.status)
        found = (
            found.filter(status__in=statuses) if statuses else found.filter(status=filters.status)
        )
    if filters.production is not None:
        found = found.filter(production=filters.production)
    if filters.targets is not None:
        found = found.filter(target__in=filters.targets)
    if filters.app_id:
        found = found.filter(
            program__in=MiniProgram.objects.filter(
                workspace_id=member.workspace_id, app_id=filters.app_id
            )
        )
    return _with_words(found, member, filters.words)


def page_of(
    releases: QuerySet[Release], *, order: str, size: int, after: str = "", before: str = ""
) -> ReleasePage:
    """The first page in one of the `ORDERS` (an unknown one means the newest first); or the one
    after or before a place. One query. Raises `UnknownPlace`."""
    order = order if order in ORDERS else ORDERS[0]
    by_change, rises = order.endswith("changed"), not order.startswith("-")
    back = bool(before)
    rises_here = rises is not back
    place = Place.read(before or after) if before or after else None
    if place is not None:
        releases = releases.filter(_beyond(place, by_change=by_change, rises=rises_here))
    sign = "" if rises_here else "-"
    by = [f"{sign}changed_at", f"{sign}id"] if by_change else [f"{sign}id"]
    found = list(releases.order_by(*by)[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    if not found:
        return ReleasePage([])
    return ReleasePage(
        found,
        before=_place_of(found[0], by_change) if (more if back else place) else "",
        after=_place_of(found[-1], by_change) if (place if back else more) else "",
    )


def _beyond(place: Place, *, by_change: bool, rises: bool) -> Q:
    than, to = ("gt", "gte") if rises else ("lt", "lte")
    if not by_change:
        return Q(**{f"id__{than}": place.id})
    when = place.when()
    # The first condition is what the index is entered by.
    tie = Q(**{f"changed_at__{than}": when}) | Q(**{f"id__{than}": place.id})
    return Q(**{f"changed_at__{to}": when}) & tie


def _place_of(release: Release, by_change: bool) -> str:
    return str(Place(release.id, release.changed_at.isoformat() if by_change else ""))


def _with_words(releases: QuerySet[Release], member: Membership, text: str) -> QuerySet[Release]:
    tokens = text.split()[:MOST_WORDS]
    words = [token for token in tokens if not VERSION_LIKE.fullmatch(token)]
    if words:
        releases = releases.filter(program__in=_programs(member, words))
    for token in tokens:
        like = VERSION_LIKE.fullmatch(token)
        if like is None:
            continue
        # It may stand in the name of a mini program, too: “Wallet 2”.
        releases = releases.filter(
            Q(version__in=_versions(member, like[1])) | Q(program__in=_programs(member, [token]))
        )
    return releases


def _programs(member: Membership, words: Sequence[str]) -> QuerySet[MiniProgram, UUID]:
    found = programs_found(member, ProgramFilters(words=" ".join(words)))
    return found.order_by().values_list("id", flat=True)


def _versions(member: Membership, text: str) -> QuerySet[Version, UUID]:
    fits = Q(name__startswith=text)
    if text.isascii() and text.isdigit() and int(text) <= LARGEST_CODE:
        fits |= Q(code=int(text))
    return (
        Version.objects.filter(fits, workspace_id=member.workspace_id)
        .order_by()
        .values_list("id", flat=True)
    )
