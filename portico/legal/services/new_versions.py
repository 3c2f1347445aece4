"""Giving new versions their numbers, and saying what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from portico.kernel.errors import Invalid, InvalidFields
from portico.legal.errors import (
    FarAway,
    FirstIsMaterial,
    InThePast,
    LanguageTwice,
    MaterialInPart,
    NoGoverningLanguage,
    NothingNew,
    OutOfOrder,
    SeveralGoverningLanguages,
)
from portico.legal.models import LegalVersion
from portico.legal.payload import LegalEntry
from portico.workspaces.models import Workspace

# Forms know minutes, and clocks differ a little: so far back still means now.
SLACK = timedelta(minutes=2)
MOST_YEARS = 5


class Asked(NamedTuple):
    """A new version somebody asks for. `field` is where it stands in what they gave."""

    field: str
    entries: tuple[LegalEntry, ...]


def numbered(
    workspace: Workspace,
    there: Sequence[LegalVersion],
    kept: Sequence[LegalVersion],
    asked: Sequence[Asked],
    *,
    at: datetime,
) -> list[LegalEntry]:
    """The entries of new versions, whole: numbered on from `there`, in the order of their times.

    `kept` are the published versions that stay. Raises `InvalidFields`.
    """
    number = max((one.number for one in there), default=0)
    before = [(one.number, one.effective_at) for one in kept]
    same_as = _newest_files(kept)
    made: list[LegalEntry] = []
    for version in sorted(asked, key=lambda one: one.entries[0].effective_at or at):
        number += 1
        try:
            effective_at = _effective_at(version.entries[0].effective_at, at=at)
            _check_order(workspace, effective_at, before, at=at)
            _check(version.entries, is_first=not before, same_as=same_as)
            governing = _governing(workspace, version.entries)
        except Invalid as error:
            raise InvalidFields({_at_fault(version.field, error): error}) from None
        before.append((number, effective_at))
        same_as = (number, {(one.language, one.file) for one in version.entries})
        update = {"version": number, "effective_at": effective_at}
        whole = [
            one.model_copy(update={**update, "governing": one.language == governing})
            for one in version.entries
        ]
        made += sorted(whole, key=lambda one: (not one.governing, one.language))
    return made


def _effective_at(wanted: datetime | None, *, at: datetime) -> datetime:
    if wanted is None or at - SLACK <= wanted <= at:
        return at
    if wanted < at:
        raise InThePast
    if wanted > at + timedelta(days=366 * MOST_YEARS):
        raise FarAway(years=MOST_YEARS)
    return wanted


def _check_order(
    workspace: Workspace,
    effective_at: datetime,
    before: Sequence[tuple[int, datetime]],
    *,
    at: datetime,
) -> None:
    """Numbers and times go together: whoever reads version 3 need not fear that 2 comes later."""
    for number, time in before:
        if time > at and time >= effective_at:
            local = time.astimezone(ZoneInfo(workspace.time_zone))
            raise OutOfOrder(number=number, at=date_format(local, "DATETIME_FORMAT"))


def _check(
    entries: Sequence[LegalEntry],
    *,
    is_first: bool,
    same_as: tuple[int, set[tuple[str, str]]] | None,
) -> None:
    languages = [entry.language for entry in entries]
    if len(set(languages)) < len(languages):
        raise LanguageTwice
    if len({entry.material for entry in entries}) > 1:
        raise MaterialInPart
    if is_first and not entries[0].material:
        raise FirstIsMaterial
    if same_as and same_as[1] == {(entry.language, entry.file) for entry in entries}:
        raise NothingNew(number=same_as[0])


def _governing(workspace: Workspace, entries: Sequence[LegalEntry]) -> str:
    """The language that counts where texts differ."""
    chosen = [entry.language for entry in entries if entry.governing]
    if len(chosen) > 1:
        raise SeveralGoverningLanguages
    if chosen:
        return chosen[0]
    open_ones = [entry.language for entry in entries if entry.governing is None]
    if len(entries) == 1 and open_ones:
        return open_ones[0]
    if workspace.default_language in open_ones:
        return workspace.default_language
    raise NoGoverningLanguage


def _newest_files(kept: Sequence[LegalVersion]) -> tuple[int, set[tuple[str, str]]] | None:
    if not kept:
        return None
    newest = max(kept, key=lambda one: one.number)
    return newest.number, {(one.language, one.sha256) for one in newest.documents.all()}


def _at_fault(field: str, error: Invalid) -> str:
    if isinstance(error, InThePast | FarAway | OutOfOrder):
        return f"{field}.effective_at"
    if isinstance(error, MaterialInPart | FirstIsMaterial):
        return f"{field}.material"
    if isinstance(error, NoGoverningLanguage | SeveralGoverningLanguages):
        return f"{field}.governing"
    return f"{field}.language" if isinstance(error, LanguageTwice) else f"{field}.file"
