"""Reading groups of testers. Whatever is asked, the workspace comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.db.models import F, IntegerField, Q, QuerySet
from django.db.models.functions import Cast

from portico.kernel.errors import NotFound
from portico.releases.models import TestGroup
from portico.releases.test_groups.access import Keeper


@dataclass(frozen=True)
class GroupRow:
    """A group as a list shows it: without its testers, but how many they are."""

    group: TestGroup
    testers: int


@dataclass(frozen=True)
class PageOfGroups:
    """Some groups by name, and the names to go on from; empty where there is nothing more."""

    rows: list[GroupRow]
    before: str = ""
    after: str = ""


def groups_of(keeper: Keeper, *, search: str = "") -> QuerySet[TestGroup]:
    """The groups of a workspace (its own), or of one mini program, by name.

    `search` is a part of the name or of the note, or a whole user id that is in the group.
    """
    found = TestGroup.objects.filter(workspace=keeper.workspace, program=keeper.program)
    words = search.replace("\x00", "�").strip()
    if words:
        found = found.filter(
            Q(name__icontains=words) | Q(note__icontains=words) | Q(user_ids__contains=[words])
        )
    return found.order_by("name")


def group_of(keeper: Keeper, group_id: UUID) -> TestGroup:
    """One group, with its testers; raises `NotFound` for those of others."""
    group = groups_of(keeper).filter(id=group_id).first()
    if group is None:
        raise NotFound
    return group


def rows_of(groups: QuerySet[TestGroup]) -> list[GroupRow]:
    """Groups with the number of their testers, which are not loaded. One query."""
    counted = groups.defer("user_ids").annotate(testers=Cast(F("user_ids__len"), IntegerField()))
    return [GroupRow(group, cast(int, group.testers)) for group in counted]


def page_of_groups(
    groups: QuerySet[TestGroup], *, size: int, after: str = "", before: str = ""
) -> PageOfGroups:
    """The first groups; or those that come after or before a name. One query."""
    after, before = after.replace("\x00", ""), before.replace("\x00", "")
    if before:
        groups = groups.filter(name__lt=before).order_by("-name")
    elif after:
        groups = groups.filter(name__gt=after)
    rows = rows_of(groups[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if not rows:
        return PageOfGroups([])
    if before:
        rows.reverse()
    first, last = rows[0].group.name, rows[-1].group.name
    return PageOfGroups(
        rows,
        before=first if (more if before else after) else "",
        after=last if (before or more) else "",
    )
