"""Documents of another workspace, as this one would publish them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portico.basic_settings.payloads import parse
from portico.legal.models import LegalKind
from portico.legal.payload import LegalDocuments, LegalEntry
from portico.legal.services.read import coming_versions, versions_in_force
from portico.legal.services.settling import entries_of
from portico.workspaces.models import Workspace


def values_from_elsewhere(
    workspace: Workspace, values: dict[str, Any], *, at: datetime
) -> dict[str, Any]:
    """The values of the settings, with the other workspace's documents as versions to be published.

    What was in force there comes into force here now, unless it is what is in force here; what was
    to come keeps its time. What this workspace has stays: it cannot be left out. Raises
    `InvalidFields` for values that are none.
    """
    given = parse(LegalDocuments, values).documents
    in_force = versions_in_force(workspace, at=at)
    entries: list[LegalEntry] = []
    for kind in LegalKind:
        own = list(entries_of(in_force[kind])) if kind in in_force else []
        for theirs in _versions([one for one in given if one.kind == kind], at=at):
            if _files(theirs) == _files(own):
                continue
            entries += [_as_new(one, at=at, is_first=not own) for one in theirs]
        entries += own
    for version in coming_versions(workspace, at=at):
        own = list(entries_of(version))
        entries = [one for one in entries if not _is_in(one, own)] + own
    return LegalDocuments(documents=tuple(entries)).model_dump()


def _versions(given: list[LegalEntry], *, at: datetime) -> list[list[LegalEntry]]:
    """The version in force and those to come, each with its languages."""
    together: dict[tuple[int, datetime], list[LegalEntry]] = {}
    for entry in given:
        key = (entry.version or 0, entry.effective_at or at)
        together.setdefault(key, []).append(entry)
    begun = [key for key in together if key[1] <= at]
    latest = max(begun, key=lambda key: (key[1], key[0]), default=None)
    return [found for key, found in sorted(together.items()) if key[1] > at or key == latest]


def _as_new(entry: LegalEntry, *, at: datetime, is_first: bool) -> LegalEntry:
    to_come = entry.effective_at is not None and entry.effective_at > at
    return entry.model_copy(
        update={
            "version": None,
            "effective_at": entry.effective_at if to_come else None,
            "material": entry.material or is_first,
        }
    )


def _files(entries: Iterable[LegalEntry]) -> set[tuple[str, str]]:
    return {(one.language, one.file) for one in entries}


def _is_in(entry: LegalEntry, own: Iterable[LegalEntry]) -> bool:
    return any(
        (one.language, one.file, one.effective_at)
        == (entry.language, entry.file, entry.effective_at)
        for one in own
    )
