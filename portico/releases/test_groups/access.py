"""Whose groups of testers somebody looks at, and who may change them.

A workspace's own groups are changed by its Admins. Those of a mini program are changed by whoever
may change the program: as they serve its releases to Production as well, a Developer who acts in
the Sandbox alone picks from them and types other user ids, and does not change them.
"""

from __future__ import annotations

from dataclasses import dataclass

from portico.kernel.errors import Forbidden
from portico.miniprograms.access import Act, may, program_for, role_in
from portico.miniprograms.models import MiniProgram
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import Role


@dataclass(frozen=True)
class Keeper:
    """What keeps groups: a workspace, or one mini program of it."""

    workspace: Workspace
    program: MiniProgram | None = None

    def __str__(self) -> str:
        return str(self.program or self.workspace)


def keeper_for(member: Membership, app_id: str = "") -> Keeper:
    """The workspace, or the mini program with this id; raises `NotFound` where the member may not
    see it."""
    program = program_for(member, app_id) if app_id else None
    return Keeper(member.workspace, program)


def changeable_by(member: Membership, app_id: str = "") -> Keeper:
    """The same for changing its groups; raises `Forbidden` as well."""
    keeper = keeper_for(member, app_id)
    if not may_change(member, keeper):
        raise Forbidden
    return keeper


def may_change(member: Membership, keeper: Keeper) -> bool:
    """Whether a member may make, change and remove groups here."""
    role = Role(member.role)
    if keeper.program is None:
        return role is Role.ADMIN
    return may(role, Act.CHANGE, role_in(member, keeper.program))
