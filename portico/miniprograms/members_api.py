"""Who works on a mini program, over HTTP: the same verbs as the page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from ninja import Schema, Status
from pydantic import Field

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.miniprograms import services
from portico.miniprograms.access import Act, program_for
from portico.miniprograms.models import ProgramMember, ProgramRole
from portico.miniprograms.queries import members_of
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest
from portico.workspaces.idempotency import idempotent
from portico.workspaces.permissions import Role


class ProgramMemberGiven(Schema):
    """A member of the workspace who is to work on a mini program."""

    email: str = Field(max_length=1000)
    role: ProgramRole


class ProgramRoleGiven(Schema):
    """A role in a mini program."""

    role: ProgramRole


class ProgramMemberAnswer(Schema):
    """Somebody who works on a mini program. An Operator of the workspace sees it, and no more."""

    id: UUID
    email: str
    name: str
    role: ProgramRole
    workspace_role: Role
    blocked: bool
    added_at: datetime


router = ApiRouter(tags=["Members of mini programs"])


@router.get(
    "/{app_id}/members",
    response=list[ProgramMemberAnswer],
    operation_id="list_mini_program_members",
    summary="List who works on a mini program",
)
@requires(Permission.PROGRAMS_READ)
def list_mini_program_members(request: TokenRequest, app_id: str) -> list[ProgramMemberAnswer]:
    """Admins first, then by name."""
    program = program_for(request.member, app_id)
    return [_answer(member) for member in members_of(program)]


@router.post(
    "/{app_id}/members",
    response={201: ProgramMemberAnswer},
    operation_id="add_mini_program_member",
    summary="Have somebody work on a mini program",
)
@requires(Permission.PROGRAMS_CHANGE)
@idempotent
def add_mini_program_member(
    request: TokenRequest, app_id: str, given: ProgramMemberGiven
) -> Status[ProgramMemberAnswer]:
    """A developer of the workspace as its Admin or Developer, or an operator, who then sees it."""
    program = program_for(request.member, app_id, Act.CHANGE)
    made = services.add_member(program, given.email, given.role, by=actor_of(request), at=now())
    return Status(201, _answer(made))


@router.patch(
    "/{app_id}/members/{member_id}",
    response=ProgramMemberAnswer,
    operation_id="change_mini_program_member",
    summary="Give somebody another role in a mini program",
)
@requires(Permission.PROGRAMS_CHANGE)
def change_mini_program_member(
    request: TokenRequest, app_id: str, member_id: UUID, given: ProgramRoleGiven
) -> ProgramMemberAnswer:
    """409 for its last Admin, unless an admin of the workspace asks."""
    program = program_for(request.member, app_id, Act.CHANGE)
    return _answer(
        services.change_member(program, member_id, given.role, by=actor_of(request), at=now())
    )


@router.delete(
    "/{app_id}/members/{member_id}",
    response={204: None},
    operation_id="remove_mini_program_member",
    summary="Have somebody work on a mini program no longer",
)
@requires(Permission.PROGRAMS_CHANGE)
def remove_mini_program_member(request: TokenRequest, app_id: str, member_id: UUID) -> HttpResponse:
    """Their membership of the workspace stays. 409 for the last Admin, as above."""
    program = program_for(request.member, app_id, Act.CHANGE)
    services.remove_member(program, member_id, by=actor_of(request), at=now())
    return HttpResponse(status=204)


def _answer(member: ProgramMember) -> ProgramMemberAnswer:
    """Somebody who works on a program."""
    membership = member.membership
    return ProgramMemberAnswer(
        id=member.id,
        email=membership.person.email,
        name=membership.person.name,
        role=ProgramRole(member.role),
        workspace_role=Role(membership.role),
        blocked=membership.blocked_at is not None,
        added_at=member.created_at,
    )
