"""Mini programs in words, in the current language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from portico.miniprograms.models import (
    Kind,
    MiniProgram,
    ProgramMember,
    ProgramOnTarget,
    ProgramRole,
    Version,
)
from portico.miniprograms.queries import Live, OnTarget, live_on, newest_versions
from portico.miniprograms.rules.particulars import CATEGORIES
from portico.miniprograms.rules.variables import in_log
from portico.miniprograms.services import Particulars
from portico.targets.icons import icons_of
from portico.targets.models import ReleaseTarget
from portico.ui.values import AppIcon, Change, Fact, State
from portico.workspaces.models import Workspace
from portico.workspaces.permissions import Role

MOST_CHIPS = 4  # what is live of one program, in the list


@dataclass(frozen=True)
class ProgramRow:
    """A program in the list. `more_live`: on how many targets it is live beside those named."""

    program: MiniProgram
    url: str
    icon: AppIcon
    kind: str
    newest: Version | None
    live: tuple[State, ...]
    more_live: int


@dataclass(frozen=True)
class TargetRow:
    """A program on one target."""

    on: OnTarget
    live: State
    domains: tuple[str, ...]
    variables: tuple[str, ...]


@dataclass(frozen=True)
class MemberRow:
    """Somebody who works on a program. `does`: what that lets them do."""

    member: ProgramMember
    role: str
    workspace_role: str
    does: str
    other_role: str  # what they can be given instead; empty: nothing


def program_rows(
    workspace: Workspace, programs: Sequence[MiniProgram], targets: Sequence[ReleaseTarget]
) -> list[ProgramRow]:
    """Programs in words, with what is live on these targets; three queries for any number."""
    icons = icons_of(workspace, programs)
    newest, live = newest_versions(programs), live_on(programs, targets)
    rows, kinds = [], {kind.value: str(kind.label) for kind in Kind}
    names = {target.id: str(target) for target in targets}
    above = reverse("programs")  # an app_id stands in an address as it is
    for program, icon in zip(programs, icons, strict=True):
        here = live.get(program.id, [])
        rows.append(
            ProgramRow(
                program=program,
                url=f"{above}{program.app_id}/",
                icon=icon,
                kind=kinds[program.kind],
                newest=newest.get(program.id),
                live=tuple(live_chip(one, names[one.target.id]) for one in here[:MOST_CHIPS]),
                more_live=max(0, len(here) - MOST_CHIPS),
            )
        )
    return rows


def live_chip(live: Live, target: str) -> State:
    """What is live on a target, and where: Production stands out."""
    text = _("%(target)s: %(version)s") % {"target": target, "version": live.version.name}
    return State(text, "good" if live.target.is_production else "info")


def target_rows(on: Sequence[OnTarget]) -> list[TargetRow]:
    """A program on its targets, in words."""
    return [
        TargetRow(
            on=one,
            live=_live_state(one.set_up),
            domains=tuple(one.set_up.server_domains),
            variables=tuple(sorted(one.set_up.variables)),
        )
        for one in on
    ]


def program_facts(program: MiniProgram) -> list[Fact]:
    """What is known of a program, for its first page."""
    facts = [
        Fact(_("App ID"), program.app_id),
        Fact(_("Kind"), str(Kind(program.kind).label)),
        Fact(_("Category"), category_title(program.category)),
        Fact(_("Description"), program.description),
        Fact(_("Made at"), program.created_at),
        Fact(_("Last changed"), program.changed_at),
    ]
    if program.archived_at:
        facts.insert(0, Fact(_("Archived since"), program.archived_at))
    return facts


def member_rows(members: Sequence[ProgramMember]) -> list[MemberRow]:
    """Who works on a program, in words."""
    return [_member_row(member) for member in members]


def category_title(category: str) -> str:
    """What people call a category; empty for none."""
    return _(CATEGORIES[category]) if category in CATEGORIES else category


def differences(program: MiniProgram, wanted: Particulars) -> list[Change]:
    """What would change if these particulars were saved on top of what there is now."""
    present = Particulars(program.name, program.description, program.category, program.icon)
    icon = {"": _("None")}
    pairs = (
        (_("Name"), present.name, wanted.name),
        (_("Description"), present.description, wanted.description),
        (_("Category"), category_title(present.category), category_title(wanted.category)),
        (
            _("Icon"),
            icon.get(present.icon, _("The present one")),
            icon.get(wanted.icon, _("Yours")),
        ),
    )
    same_icon = present.icon == wanted.icon
    return [
        Change(field, before, after)
        for field, before, after in pairs
        if before != after and not (field == _("Icon") and same_icon)
    ]


def set_up_differences(
    present: ProgramOnTarget, domains: Sequence[str], variables: Sequence[tuple[str, str]]
) -> list[Change]:
    """What would change if this set-up were saved on top of what there is now."""
    typed = tuple(line.strip() for line in domains if line.strip())
    changes = []
    if typed != tuple(present.server_domains):
        changes.append(Change(_("Server domains"), tuple(present.server_domains), typed))
    wanted = {name.strip(): in_log(value) for name, value in variables if name.strip()}
    there = {name: in_log(value) for name, value in present.variables.items()}
    for name in sorted({*there, *wanted}):
        before, after = there.get(name, ""), wanted.get(name, "")
        if before != after:
            changes.append(Change(name, before, after))
    return changes


def environment_note(target: ReleaseTarget) -> str:
    """What a change here reaches, in one sentence."""
    if target.is_production:
        return _("What the next release to Production takes along.")
    return _("What the next release to the Sandbox takes along. Production is not touched.")


def _live_state(set_up: ProgramOnTarget) -> State:
    if set_up.live_version is None:
        return State(_("Nothing is live"))
    return State(set_up.live_version.name, "good" if set_up.target.is_production else "info")


def _member_row(member: ProgramMember) -> MemberRow:
    workspace_role = Role(member.membership.role)
    role = ProgramRole(member.role)
    does = {
        Role.ADMIN: _("Does everything, as in all mini programs."),
        Role.DEVELOPER: _("Changes it, and uploads and previews versions.")
        if role is ProgramRole.ADMIN
        else _("Uploads and previews versions."),
        Role.OPERATOR: _("Sees it."),
    }.get(workspace_role, _("Sees it, as all mini programs."))
    other = ProgramRole.DEVELOPER if role is ProgramRole.ADMIN else ProgramRole.ADMIN
    can_be_admin = workspace_role is not Role.OPERATOR or other is ProgramRole.DEVELOPER
    return MemberRow(
        member=member,
        role=_("Assigned") if workspace_role is Role.OPERATOR else str(role.label),
        workspace_role=str(workspace_role.label),
        does=does,
        other_role=other.value if can_be_admin else "",
    )
