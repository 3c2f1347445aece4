"""Reading one mini program: where it is live, how it is set up, who tries it and who works on it.

Which programs somebody may read is `portico.miniprograms.access`; the list is
`portico.miniprograms.listing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from portico.kernel.errors import NotFound
from portico.miniprograms.models import (
    MiniProgram,
    ProgramMember,
    ProgramOnTarget,
    ProgramRole,
    Tester,
    Version,
)
from portico.targets.models import ReleaseTarget
from portico.targets.queries import targets_of
from portico.workspaces.models import Workspace

# All of a version but its manifest, which may be long.
OF_A_VERSION: Final = ("id", "program_id", "code", "name", "created_at")


@dataclass(frozen=True)
class Live:
    """That a version is what everybody on a target gets."""

    target: ReleaseTarget
    version: Version
    since: datetime


@dataclass(frozen=True)
class OnTarget:
    """A program on one target: its set-up (one that was never saved has the revision 0), what is
    live, and how many testers there are."""

    target: ReleaseTarget
    set_up: ProgramOnTarget
    testers: int = 0


@dataclass(frozen=True)
class PageOfTesters:
    """Some testers, by their ids, and the ids to go on from; empty where there is nothing more."""

    testers: list[Tester]
    before: str = ""
    after: str = ""


def target_at(workspace: Workspace, code: str, environment: str) -> ReleaseTarget:
    """The target that an app's code and an environment name; raises `NotFound`.

    An archived app's is not found either.
    """
    target = (
        ReleaseTarget.objects.filter(
            workspace=workspace,
            app__code=code.replace("\x00", ""),
            environment=environment.replace("\x00", ""),
            app__archived_at=None,
        )
        .select_related("app")
        .first()
    )
    if target is None:
        raise NotFound
    return target


def set_up_of(program: MiniProgram, target: ReleaseTarget) -> ProgramOnTarget:
    """How a program is set up on one target; where nothing was saved, empty and at revision 0."""
    found = (
        ProgramOnTarget.objects.filter(
            program=program, target=target, target__workspace_id=program.workspace_id
        )
        .select_related("live_version")
        .defer("live_version__manifest")
        .first()
    )
    found = found or ProgramOnTarget(program=program, target=target)
    found.program, found.target = program, target
    return found


def on_targets(workspace: Workspace, program: MiniProgram) -> list[OnTarget]:
    """A program on each target that something can be released to; three queries."""
    targets = targets_of(workspace)
    setups = {one.target_id: one for one in _setups([program], targets)}
    testers = Tester.objects.filter(program=program).order_by().values_list("target_id")
    counts: dict[UUID, int] = dict(testers.annotate(count=Count("id")))
    found = []
    for target in targets:
        set_up = setups.get(target.id) or ProgramOnTarget(program=program, target=target)
        set_up.target = target
        found.append(OnTarget(target, set_up, counts.get(target.id, 0)))
    return found


def live_on(
    programs: Sequence[MiniProgram], targets: Sequence[ReleaseTarget]
) -> Mapping[UUID, list[Live]]:
    """What is live of these programs on these targets of their workspace, by program: Production
    first, then as the targets come. One query, none where nothing is live."""
    wanted = [program.id for program in programs if program.live_on]
    if not wanted:
        return {}
    in_order = sorted(targets, key=lambda target: target.environment)
    places = {target.id: place for place, target in enumerate(in_order)}
    found = (
        ProgramOnTarget.objects.filter(program__in=wanted, live_version__isnull=False)
        .select_related("live_version")
        .only("program_id", "target_id", "live_since", "live_version__code", "live_version__name")
    )
    by_program: dict[UUID, list[Live]] = {}
    known = [one for one in found if one.target_id in places]
    for one in sorted(known, key=lambda one: places[one.target_id]):
        if one.live_version is not None and one.live_since is not None:
            live = Live(in_order[places[one.target_id]], one.live_version, one.live_since)
            by_program.setdefault(one.program_id, []).append(live)
    return by_program


def newest_versions(programs: Sequence[MiniProgram]) -> Mapping[UUID, Version]:
    """The version with the highest code of each of these programs that has any; one query."""
    wanted = [program.id for program in programs if program.highest_code]
    if not wanted:
        return {}
    found = Version.objects.filter(program__in=wanted, code=F("program__highest_code"))
    return {version.program_id: version for version in found.only(*OF_A_VERSION)}


def who_tests(program: MiniProgram, target: ReleaseTarget, *, search: str = "") -> QuerySet[Tester]:
    """Who tries a program on one target, by user id: of no other target, ever.

    `search` is a part of the user id or of the note.
    """
    found = Tester.objects.filter(
        program=program, target=target, target__workspace_id=program.workspace_id
    ).order_by("user_id")
    words = search.replace("\x00", "�").strip()
    if words:
        found = found.filter(Q(user_id__icontains=words) | Q(note__icontains=words))
    return found


def page_of_testers(
    testers: QuerySet[Tester], *, size: int, after: str = "", before: str = ""
) -> PageOfTesters:
    """The first testers; or those that come after or before a user id. One query."""
    after, before = after.replace("\x00", ""), before.replace("\x00", "")
    if before:
        testers = testers.filter(user_id__lt=before).order_by("-user_id")
    elif after:
        testers = testers.filter(user_id__gt=after)
    found = list(testers[: size + 1])
    more, found = len(found) > size, found[:size]
    if not found:
        return PageOfTesters([])
    if before:
        found.reverse()
        return PageOfTesters(
            found, before=found[0].user_id if more else "", after=found[-1].user_id
        )
    return PageOfTesters(
        found,
        before=found[0].user_id if after else "",
        after=found[-1].user_id if more else "",
    )


def members_of(program: MiniProgram) -> list[ProgramMember]:
    """Who works on a program: Admins first, then by name. One query."""
    rank = Case(
        When(role=ProgramRole.ADMIN, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    found = ProgramMember.objects.filter(
        program=program, membership__workspace_id=program.workspace_id
    )
    return list(
        found.select_related("membership__person").order_by(
            rank, "membership__person__name", "membership__person__email"
        )
    )


def _setups(
    programs: Iterable[MiniProgram], targets: Iterable[ReleaseTarget]
) -> QuerySet[ProgramOnTarget]:
    return (
        ProgramOnTarget.objects.filter(program__in=programs, target__in=targets)
        .select_related("live_version")
        .defer("live_version__manifest")
    )
