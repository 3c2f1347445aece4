"""Who may do what with which mini program: the role in the workspace, and that in the program."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.db.models import QuerySet

from portico.kernel.errors import Forbidden, NotFound
from portico.miniprograms.models import MiniProgram, ProgramRole
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role


class Act(StrEnum):
    """What is done with a mini program."""

    SEE = "see"
    CHANGE = "change"  # its particulars, its members, its set-up; archive
    UPLOAD = "upload"
    PREVIEW = "preview"


# Roles of the workspace that reach every mini program of it.
ANY = frozenset({Role.ADMIN})
SEES_ALL = frozenset({Role.ADMIN, Role.REVIEWER, Role.INSPECTOR})
# What those do who are assigned to a program, by their role in the workspace and in the program.
EVERY_ROLE = frozenset(ProgramRole)
ASSIGNED: Mapping[tuple[Role, Act], frozenset[ProgramRole]] = {
    (Role.DEVELOPER, Act.SEE): EVERY_ROLE,
    (Role.DEVELOPER, Act.UPLOAD): EVERY_ROLE,
    (Role.DEVELOPER, Act.PREVIEW): EVERY_ROLE,
    (Role.DEVELOPER, Act.CHANGE): frozenset({ProgramRole.ADMIN}),
    (Role.OPERATOR, Act.SEE): EVERY_ROLE,
}


def may(role: Role, act: Act, assigned: ProgramRole | None) -> bool:
    """Whether a member of this role may do that with a program they are `assigned` to as that."""
    if role in ANY or (act is Act.SEE and role in SEES_ALL):
        return True
    return assigned is not None and assigned in ASSIGNED.get((role, act), frozenset())


def programs_for(member: Membership) -> QuerySet[MiniProgram]:
    """The programs of the member's workspace that they may see."""
    programs = MiniProgram.objects.filter(workspace_id=member.workspace_id)
    if Role(member.role) in SEES_ALL:
        return programs
    return programs.filter(members__membership=member)


def program_for(member: Membership, app_id: str, act: Act = Act.SEE) -> MiniProgram:
    """A program that the member may do that with.

    Raises `NotFound` where there is none that they may see, `Forbidden` where they may see it and
    not do that.
    """
    if "\x00" in app_id:  # PostgreSQL would not hear of it
        raise NotFound
    program = MiniProgram.objects.filter(workspace_id=member.workspace_id, app_id=app_id).first()
    if program is None:
        raise NotFound
    role, assigned = Role(member.role), role_in(member, program)
    if not may(role, Act.SEE, assigned):
        raise NotFound
    if not may(role, act, assigned):
        raise Forbidden
    return program


def role_in(member: Membership, program: MiniProgram) -> ProgramRole | None:
    """What a member is in a program; None: not assigned to it."""
    found = program.members.filter(membership=member).values_list("role", flat=True).first()
    return ProgramRole(found) if found else None
