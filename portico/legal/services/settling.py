"""From what somebody asks for to the versions there will be: what is there stays as it is, what is
new gets its number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from portico.kernel.errors import Invalid, InvalidFields
from portico.legal.errors import (
    NeverChanges,
    NoSuchDocument,
    NoSuchVersion,
    StaysInForce,
    StaysToCome,
    UnknownLanguage,
    WasWithdrawn,
)
from portico.legal.models import LegalKind, LegalVersion
from portico.legal.payload import LegalDocuments, LegalEntry
from portico.legal.services.intake import checked_pdfs
from portico.legal.services.new_versions import Asked, numbered
from portico.legal.services.read import coming_versions, documents
from portico.workspaces.models import Workspace

Numbered = dict[int, LegalEntry]
"""Entries by their place in the list, so that an error can be said beside the right one."""


def settle(workspace: Workspace, payload: LegalDocuments, *, at: datetime) -> LegalDocuments:
    """The versions that are in force or will be, once this is published, with nothing left open.

    Raises `InvalidFields`. The section must be locked: numbers are given here.
    """
    given = dict(enumerate(payload.documents))
    _check_documents(workspace, given)
    settled: list[LegalEntry] = []
    for kind in LegalKind:
        there = list(versions_of(workspace, kind))
        mine = {place: entry for place, entry in given.items() if entry.kind == kind}
        kept = _kept(there, mine)
        _refuse_loss(kind, there, kept, at=at)
        new = numbered(workspace, there, kept, _asked(mine), at=at)
        settled += _standing([*(entry for one in kept for entry in entries_of(one)), *new], at=at)
    return LegalDocuments(documents=tuple(settled))


def refuse_withdrawal(workspace: Workspace, payload: LegalDocuments, *, at: datetime) -> None:
    """Raise `InvalidFields` unless all versions that are to come are listed."""
    listed = {(entry.kind, entry.version) for entry in payload.documents}
    for version in coming_versions(workspace, at=at):
        kind = LegalKind(version.kind)
        if (kind, version.number) not in listed:
            lost = StaysToCome(number=version.number, title=kind.label)
            raise InvalidFields({"documents": lost})


def versions_of(workspace: Workspace, kind: LegalKind) -> QuerySet[LegalVersion]:
    """All versions of a kind with their documents, withdrawn ones too, the first one first."""
    found = LegalVersion.objects.filter(workspace=workspace, kind=kind).order_by("number")
    return found.prefetch_related(documents())


def entries_of(version: LegalVersion) -> tuple[LegalEntry, ...]:
    """A published version as the settings list it, the governing language first."""
    entries = [
        LegalEntry(
            kind=LegalKind(version.kind),
            language=document.language,
            version=version.number,
            file=document.sha256,
            effective_at=version.effective_at,
            material=version.material,
            governing=document.language == version.governing_language,
        )
        for document in version.documents.all()
    ]
    return tuple(sorted(entries, key=lambda entry: (not entry.governing, entry.language)))


def _check_documents(workspace: Workspace, given: Numbered) -> None:
    """What can be wrong with one entry by itself."""
    languages = dict(settings.LANGUAGES)
    fresh = {place: entry for place, entry in given.items() if entry.version is None}
    pdfs = checked_pdfs(workspace, {entry.file for entry in fresh.values()})
    errors: dict[str, Invalid] = {}
    for place, entry in fresh.items():
        if entry.language not in languages:
            errors[_field(place, "language")] = UnknownLanguage(known=", ".join(languages))
        if entry.file not in pdfs:
            errors[_field(place, "file")] = NoSuchDocument()
    if errors:
        raise InvalidFields(errors)


def _kept(there: Iterable[LegalVersion], mine: Numbered) -> list[LegalVersion]:
    """The published versions that are listed; raises unless they are listed as they are."""
    by_number = {version.number: version for version in there}
    listed: dict[int, Numbered] = {}
    for place, entry in mine.items():
        if entry.version is not None:
            listed.setdefault(entry.version, {})[place] = entry
    for number, entries in sorted(listed.items()):
        version, place = by_number.get(number), min(entries)
        if version is None:
            raise InvalidFields({_field(place, "version"): NoSuchVersion(number=number)})
        if version.withdrawn_at is not None:
            raise InvalidFields({_field(place, "version"): WasWithdrawn(number=number)})
        if not _is_same(version, entries.values()):
            raise InvalidFields({_field(place, "version"): NeverChanges(number=number)})
    return [by_number[number] for number in sorted(listed)]


def _is_same(version: LegalVersion, entries: Iterable[LegalEntry]) -> bool:
    """Whether entries say what is published; what they leave open they do not contradict."""
    published = {entry.language: entry for entry in entries_of(version)}
    given = list(entries)
    if len(given) != len(published) or {one.language for one in given} != published.keys():
        return False
    return all(_agrees(entry, published[entry.language]) for entry in given)


def _agrees(given: LegalEntry, published: LegalEntry) -> bool:
    return (
        given.file == published.file
        and given.material == published.material
        and given.effective_at in {None, published.effective_at}
        and given.governing in {None, published.governing}
    )


def _refuse_loss(
    kind: LegalKind, there: Iterable[LegalVersion], kept: Sequence[LegalVersion], *, at: datetime
) -> None:
    """Raise where the version in force is not among those that are kept."""
    begun = [one for one in there if one.withdrawn_at is None and one.effective_at <= at]
    if not begun:
        return
    in_force = max(begun, key=lambda one: (one.effective_at, one.number))
    if in_force not in kept:
        lost = StaysInForce(number=in_force.number, title=kind.label)
        raise InvalidFields({"documents": lost})


def _asked(mine: Numbered) -> list[Asked]:
    """The new versions that are asked for: what comes into force together belongs together."""
    together: dict[datetime | None, Numbered] = {}
    for place, entry in mine.items():
        if entry.version is None:
            together.setdefault(entry.effective_at, {})[place] = entry
    return [
        Asked(_field(min(entries), ""), tuple(entries.values())) for entries in together.values()
    ]


def _standing(entries: Sequence[LegalEntry], *, at: datetime) -> list[LegalEntry]:
    """Without the versions that another one has superseded."""
    begun = [one.version or 0 for one in entries if one.effective_at and one.effective_at <= at]
    newest = max(begun, default=0)
    return [one for one in entries if (one.version or 0) >= newest]


def _field(place: int, name: str) -> str:
    return f"documents.{place}.{name}".rstrip(".")
