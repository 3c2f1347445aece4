"""Picking who is in a pilot: groups of testers, and user ids beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from portico.kernel.errors import Invalid, InvalidFields
from portico.miniprograms.models import MiniProgram
from portico.miniprograms.queries import who_tests
from portico.miniprograms.rules.testers import NoTesters
from portico.releases.models import TestGroup
from portico.releases.test_groups.access import Keeper
from portico.releases.test_groups.queries import rows_of
from portico.releases.test_groups.rules import TooManyPicked, UnknownGroup, check_ids
from portico.targets.models import ReleaseTarget
from portico.workspaces.models import Workspace

OWN_TESTERS: Final = "testers"
"""Stands for the list of testers that a mini program has on the release's target."""


@dataclass(frozen=True)
class Testers:
    """Who is in a pilot, each once, and the names of the groups that were picked."""

    __test__ = False  # not a test, whatever pytest takes its name for

    user_ids: tuple[str, ...]
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Offered:
    """A group that can be picked. `value` names it in `chosen`; `of_program`: it is kept for the
    mini program, else for the workspace."""

    value: str
    name: str
    testers: int
    of_program: bool


def chosen(
    workspace: Workspace,
    program: MiniProgram,
    groups: Sequence[str],
    typed: Sequence[str],
    *,
    most: int,
    target: ReleaseTarget | None = None,
) -> Testers:
    """Everybody in these groups and these user ids, as they are now.

    `groups` are ids of groups of the workspace or of the program, or `OWN_TESTERS` where a target
    is given. Raises `InvalidFields`: at `groups.<number>` for a group that is not there or is
    another's, at `user_ids.<number>` for a user id that cannot be one, at `user_ids` where they are
    none or more than `most`. Numbers count from 1.
    """
    picked, bad_groups = _picked(workspace, program, groups, target)
    wanted, bad_ids = check_ids(typed)
    errors: dict[str, Invalid] = {f"groups.{number}": one for number, one in bad_groups.items()}
    errors |= {f"user_ids.{number}": one for number, one in bad_ids.items()}
    if errors:
        raise InvalidFields(errors)
    of_groups = (user_id for _name, members in picked for user_id in members)
    user_ids = tuple(dict.fromkeys((*of_groups, *wanted)))
    if not user_ids:
        raise InvalidFields({"user_ids": NoTesters()})
    if len(user_ids) > most:
        raise InvalidFields({"user_ids": TooManyPicked(count=len(user_ids), most=most)})
    return Testers(user_ids, tuple(name for name, _members in picked))


def offered(
    workspace: Workspace, program: MiniProgram, target: ReleaseTarget | None = None
) -> list[Offered]:
    """The groups that can be picked for a release of a program: the program's testers on the
    target, its own groups, the workspace's. Three queries at most."""
    found = []
    if target is not None and (count := who_tests(program, target).count()):
        found.append(Offered(OWN_TESTERS, name_of_own(target), count, of_program=True))
    for keeper in (Keeper(workspace, program), Keeper(workspace)):
        of_program = keeper.program is not None
        groups = TestGroup.objects.filter(workspace=workspace, program=keeper.program)
        found += [
            Offered(str(row.group.id), row.group.name, row.testers, of_program)
            for row in rows_of(groups.order_by("name"))
        ]
    return found


def name_of_own(target: ReleaseTarget) -> str:
    """What a release remembers the testers of its mini program on its target by."""
    return f"Testers on {target}"[:100]


def _picked(
    workspace: Workspace,
    program: MiniProgram,
    groups: Sequence[str],
    target: ReleaseTarget | None,
) -> tuple[list[tuple[str, Sequence[str]]], dict[int, UnknownGroup]]:
    """Names of groups with who is in them, in the order given; what is unknown, by number."""
    known = {str(group.id): group for group in _known(workspace, program, groups)}
    picked: dict[str, tuple[str, Sequence[str]]] = {}
    bad = {}
    for number, value in enumerate(groups, start=1):
        if value == OWN_TESTERS and target is not None:
            ids = list(who_tests(program, target).values_list("user_id", flat=True))
            picked[value] = (name_of_own(target), ids)
        elif (key := _canonical(value)) in known:
            picked[key] = (known[key].name, known[key].user_ids)
        else:
            bad[number] = UnknownGroup(group=value[:80])
    return list(picked.values()), bad


def _known(
    workspace: Workspace, program: MiniProgram, groups: Sequence[str]
) -> QuerySet[TestGroup]:
    """Of these groups, those that may be picked for this program."""
    ids = [key for value in groups if (key := _canonical(value))]
    found = TestGroup.objects.filter(Q(program=None) | Q(program=program), id__in=ids)
    return found.filter(workspace=workspace)


def _canonical(value: str) -> str:
    """A group's id as we write it; empty for what is no id."""
    try:
        return str(UUID(value))
    except ValueError:
        return ""
