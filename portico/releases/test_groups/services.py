"""Keeping groups of testers: one function per verb.

Whoever calls has asked `portico.releases.test_groups.access.changeable_by` for the keeper. A pilot
keeps the list that it was started with: nothing here reaches one that runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from portico.audit.services import Actor, Change, record
from portico.kernel.errors import Invalid, InvalidFields, NotFound, Stale, gettext_noop
from portico.miniprograms.services import held_in_use
from portico.releases.models import TestGroup
from portico.releases.test_groups.access import Keeper
from portico.releases.test_groups.queries import groups_of
from portico.releases.test_groups.rules import (
    MOST_GROUPS,
    GroupNameTaken,
    TooManyGroups,
    check_members,
    check_name,
    check_note,
)
from portico.workspaces.models import Workspace

MOST_NAMED = 20  # user ids, in one entry of the audit log


class GroupChanged(Stale):
    code = "test_group_changed"
    sentence = gettext_noop(
        "The group “%(group)s” was changed since you opened it. Nothing of yours was saved yet."
    )


@dataclass(frozen=True)
class Wanted:
    """What somebody wants of a group, unchecked. Who is named twice is in it once."""

    name: str
    note: str = ""
    user_ids: Sequence[str] = ()


def make_group(keeper: Keeper, wanted: Wanted, *, by: Actor, at: datetime) -> TestGroup:
    """A new group. Raises `InvalidFields` at `name`, `note`, `user_ids` or `user_ids.<number>`
    (from 1); `TooManyGroups`, and `ProgramArchived` for one of a mini program."""
    with transaction.atomic():
        held = _held(keeper)
        wanted = _checked(held, wanted)
        if groups_of(held).count() >= MOST_GROUPS:
            raise TooManyGroups(most=MOST_GROUPS)
        group = TestGroup.objects.create(
            workspace=held.workspace,
            program=held.program,
            name=wanted.name,
            note=wanted.note,
            user_ids=list(wanted.user_ids),
            created_at=at,
            changed_at=at,
        )
        changes = _changes(Wanted(""), wanted)
        _record("test_group.made", held, group, by=by, at=at, changes=changes)
    return group


def change_group(
    keeper: Keeper, group_id: UUID, wanted: Wanted, *, based_on: int, by: Actor, at: datetime
) -> TestGroup:
    """Give a group this name, note and these testers; a pilot that runs keeps its own list.

    Raises `NotFound`, `InvalidFields` as `make_group`, `ProgramArchived`, or `GroupChanged` unless
    `based_on` is its revision.
    """
    with transaction.atomic():
        held = _held(keeper)
        group = _group(held, group_id)
        if group.revision != based_on:
            raise GroupChanged(group=group.name)
        wanted = _checked(held, wanted, group)
        changes = _changes(Wanted(group.name, group.note, group.user_ids), wanted)
        if not changes:
            return group
        group.name, group.note, group.user_ids = wanted.name, wanted.note, list(wanted.user_ids)
        group.revision += 1
        group.changed_at = at
        group.save()
        _record("test_group.changed", held, group, by=by, at=at, changes=changes)
    return group


def remove_group(keeper: Keeper, group_id: UUID, *, by: Actor, at: datetime) -> TestGroup:
    """Remove a group; returns what it was. Pilots that picked it keep their testers.

    Raises `NotFound` and `ProgramArchived`.
    """
    with transaction.atomic():
        held = _held(keeper)
        group = _group(held, group_id)
        TestGroup.objects.filter(id=group.id).delete()
        changes = _changes(Wanted(group.name, group.note, group.user_ids), Wanted(""))
        _record("test_group.removed", held, group, by=by, at=at, changes=changes)
    return group


def _held(keeper: Keeper) -> Keeper:
    """The same, locked until the transaction ends, so that its groups are changed one by one."""
    if keeper.program is not None:
        return Keeper(keeper.workspace, held_in_use(keeper.program))
    locked = Workspace.objects.select_for_update(no_key=True)
    return Keeper(locked.get(id=keeper.workspace.id))


def _group(keeper: Keeper, group_id: UUID) -> TestGroup:
    group = groups_of(keeper).select_for_update(of=("self",)).filter(id=group_id).first()
    if group is None:
        raise NotFound
    return group


def _checked(keeper: Keeper, wanted: Wanted, group: TestGroup | None = None) -> Wanted:
    errors: dict[str, Invalid] = {}
    name, note = wanted.name, wanted.note
    try:
        name = check_name(wanted.name)
        others = groups_of(keeper).filter(name=name)
        if (others.exclude(id=group.id) if group else others).exists():
            raise GroupNameTaken(name=name)
    except Invalid as error:
        errors["name"] = error
    try:
        note = check_note(wanted.note)
    except Invalid as error:
        errors["note"] = error
    user_ids, bad = check_members(wanted.user_ids)
    errors |= {f"user_ids.{number}" if number else "user_ids": one for number, one in bad.items()}
    if errors:
        raise InvalidFields(errors)
    return Wanted(name, note, user_ids)


def _changes(before: Wanted, after: Wanted) -> list[Change]:
    changes = [
        Change(field=field, before=old, after=new)
        for field, old, new in (
            ("name", before.name, after.name),
            ("note", before.note, after.note),
        )
        if old != new
    ]
    gone, new_ones = set(before.user_ids), set(after.user_ids)
    left = _listed(one for one in before.user_ids if one not in new_ones)
    came = _listed(one for one in after.user_ids if one not in gone)
    if left or came:
        changes.append(Change(field="testers", before=left, after=came))
    elif list(before.user_ids) != list(after.user_ids):
        changes.append(Change(field="order", before="", after=_listed(after.user_ids)))
    return changes


def _listed(user_ids: Iterable[str]) -> str:
    ids = list(user_ids)
    listed = ", ".join(ids[:MOST_NAMED])
    return listed if len(ids) <= MOST_NAMED else f"{listed}, … ({len(ids)})"


def _record(
    action: str,
    keeper: Keeper,
    group: TestGroup,
    *,
    by: Actor,
    at: datetime,
    changes: Sequence[Change],
) -> None:
    record(
        action,
        by=by,
        at=at,
        workspace_id=keeper.workspace.id,
        subject_kind="test_group",
        subject_id=group.id,
        subject_label=f"{group.name} ({keeper})" if keeper.program else group.name,
        changes=changes,
    )
