"""Reading the audit log: newest first, narrowed by filters, one page at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from portico.audit.models import AuditEntry, AuditPerson

MOST_WORDS = 8
MOST_PEOPLE = 200

# Subjects of a workspace's entries that the log keeps the id of alone, with their names: those
# that one of the words, in lower case, begins. People are known here.
Naming = Callable[[UUID, Sequence[str]], Mapping[str, str]]


@dataclass(frozen=True)
class Filters:
    """What somebody looks for; an empty value asks for nothing.

    `words`: beginnings of words, at most 200 characters, all of which an entry must have in its
    action, subject, reason, or the name or address of who did it or whom it is about; those after
    the eighth are not looked at. `since` is inclusive, `until` is not.
    """

    words: str = ""
    action: str = ""
    person_id: UUID | None = None
    via: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class EntryPage:
    """Some entries, newest first, and whether there are newer and older ones."""

    entries: list[AuditEntry]
    has_newer: bool
    has_older: bool

    @property
    def newest(self) -> UUID | None:
        """Pass it as `after` to get the page of newer entries."""
        return self.entries[0].id if self.has_newer else None

    @property
    def oldest(self) -> UUID | None:
        """Pass it as `before` to get the page of older entries."""
        return self.entries[-1].id if self.has_older else None


def entries_of(
    workspace_id: UUID, filters: Filters | None = None, naming: Naming | None = None
) -> QuerySet[AuditEntry]:
    """A workspace's entries, newest first, each with who did it. No other workspace's, ever.

    Looking for words takes one query at once, for the people whom they may mean, and what `naming`
    takes for other subjects.
    """
    found = AuditEntry.objects.filter(workspace_id=workspace_id).select_related("actor")
    if filters is None:
        return found
    if "\x00" in filters.words + filters.action + filters.via:
        return found.none()  # no stored text holds it, and PostgreSQL would not hear of it
    if filters.action:
        found = found.filter(action=filters.action)
    if filters.person_id:
        found = found.filter(actor_id=filters.person_id)
    if filters.via:
        found = found.filter(via=filters.via)
    if filters.since:
        found = found.filter(at__gte=filters.since)
    if filters.until:
        found = found.filter(at__lt=filters.until)
    if filters.words.strip():
        found = found.filter(_matching(workspace_id, filters.words, naming))
    return found


def page_of(
    entries: QuerySet[AuditEntry],
    *,
    size: int,
    before: UUID | None = None,
    after: UUID | None = None,
) -> EntryPage:
    """The newest entries; or those that come before or after an entry, by its id.

    One query, whatever the page and however long the log: nothing is counted or skipped.
    """
    if after is not None:
        found = list(entries.filter(id__gt=after).order_by("id")[: size + 1])
        return EntryPage(
            entries=found[:size][::-1], has_newer=len(found) > size, has_older=bool(found)
        )
    if before is not None:
        entries = entries.filter(id__lt=before)
    found = list(entries.order_by("-id")[: size + 1])
    return EntryPage(
        entries=found[:size],
        has_newer=before is not None and bool(found),
        has_older=len(found) > size,
    )


def people_of(workspace_id: UUID) -> list[AuditPerson]:
    """Who has done something in a workspace and is not erased, by name; at most 200."""
    return list(
        _people(workspace_id).filter(erased_at=None).order_by("name", "email")[:MOST_PEOPLE]
    )


def _people(workspace_id: UUID) -> QuerySet[AuditPerson]:
    return AuditPerson.objects.filter(_acted_in(workspace_id))


def _acted_in(workspace_id: UUID) -> Exists:
    return Exists(AuditEntry.objects.filter(workspace_id=workspace_id, actor_id=OuterRef("id")))


def words_in(text: str) -> list[str]:
    """The words that somebody looks for, at most eight, in lower case."""
    return [word.lower() for word in text.split() if re.search(r"\w", word)][:MOST_WORDS]


def beginning(field: str, word: str) -> Q:
    """Rows whose search vector `field` (of the configuration "simple") has a word that begins so:
    as it stands, or taken apart as stored texts are."""
    return Q(**{field: _Beginning(word)}) | Q(**{field: _parsed(word)})


def _matching(workspace_id: UUID, text: str, naming: Naming | None) -> Q:
    words = words_in(text)
    if not words:
        return Q(pk__in=[])
    people = _people_called(workspace_id, words)
    others = naming(workspace_id, words) if naming else {}
    condition = Q()
    for word in words:
        # Ids rather than a subquery: only so can all parts of the OR use their indexes.
        ids = [person.id for person in people if _is_called(person, word)]
        named = [key for key, name in others.items() if name.lower().startswith(word)]
        about = Q(subject_label="", subject_id__in=[*map(str, ids), *named])
        condition &= beginning("words", word) | Q(actor_id__in=ids) | about
    return condition


def _people_called(workspace_id: UUID, words: Iterable[str]) -> list[AuditPerson]:
    condition = Q()
    for word in words:
        condition |= Q(name__icontains=word) | Q(email__istartswith=word)
    about_here = AuditEntry.objects.filter(
        workspace_id=workspace_id,
        subject_label="",
        subject_id=Cast(OuterRef("id"), CharField()),
    )
    people = AuditPerson.objects.filter(_acted_in(workspace_id) | Exists(about_here))
    return list(people.filter(condition, erased_at=None)[:MOST_PEOPLE])


def _is_called(person: AuditPerson, word: str) -> bool:
    names = [person.email, *person.name.split()]
    return any(name.lower().startswith(word) for name in names)


def _parsed(word: str) -> SearchQuery:
    """The word taken apart as stored texts are ("Ada's" is "ada" and "s"), each a beginning."""
    return SearchQuery(f"{_quoted(word)}:*", config="simple", search_type="raw")


class _Beginning(SearchQuery):
    """The word as it is: "settings.dra" begins "settings.draft_saved", which is stored whole."""

    template = "%(expressions)s::tsquery"

    def __init__(self, word: str) -> None:
        super().__init__(f"{_quoted(word)}:*")


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
