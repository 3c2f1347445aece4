"""Members over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Schema
from pydantic import Field

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.members import services
from portico.members.queries import (
    MemberFilters,
    MemberState,
    has_two_factor,
    member_of,
    members_of,
    state_of,
)
from portico.two_factor.services import Way
from portico.two_factor.services import reset as reset_two_factor
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role


class MemberAnswer(Schema):
    """A member. `address_verified`: a link of the platform proved that the mailbox is theirs.
    `two_factor`: they have a second factor."""

    id: UUID
    email: str
    name: str
    role: Role
    state: MemberState
    address_verified: bool
    two_factor: bool
    member_since: datetime
    blocked_at: datetime | None


class MembersAnswer(Schema):
    """Some members, in the order in which they joined. `next`: the `cursor` of those after."""

    items: list[MemberAnswer]
    next: UUID | None


class MembersAsked(Schema):
    """Whom to look for; what is left out asks for nothing."""

    q: str = Field("", max_length=200, description="Parts of the name or the address.")
    role: Role | None = None
    state: MemberState | None = None
    address_verified: bool | None = None
    two_factor: bool | None = None
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


class RoleGiven(Schema):
    """A member's new role."""

    role: Role


class ResetAnswer(Schema):
    """What a reset came to. `until`: how long a code from the mailbox stands in."""

    way: Way
    until: datetime | None


router = ApiRouter(tags=["Members"])


@router.get("", response=MembersAnswer, operation_id="list_members", summary="List members")
@requires(Permission.MEMBERS_READ)
def list_members(request: TokenRequest, asked: Query[MembersAsked]) -> MembersAnswer:
    """Who belongs to this workspace."""
    filters = MemberFilters(
        words=asked.q,
        role=asked.role or "",
        state=asked.state or "",
        verified=asked.address_verified,
        two_factor=asked.two_factor,
    )
    found = members_of(request.workspace, filters).order_by("id")
    if asked.cursor:
        found = found.filter(id__gt=asked.cursor)
    rows = list(found[: asked.limit + 1])
    page = rows[: asked.limit]
    return MembersAnswer(
        items=[_member(one) for one in page],
        next=page[-1].id if len(rows) > asked.limit else None,
    )


@router.get(
    "/{member_id}", response=MemberAnswer, operation_id="get_member", summary="Read a member"
)
@requires(Permission.MEMBERS_READ)
def get_member(request: TokenRequest, member_id: UUID) -> MemberAnswer:
    """One member of this workspace."""
    return _member(member_of(request.workspace, member_id))


@router.patch(
    "/{member_id}",
    response=MemberAnswer,
    operation_id="change_member_role",
    summary="Change a role",
)
@requires(Permission.MEMBERS_CHANGE)
def change_member_role(request: TokenRequest, member_id: UUID, given: RoleGiven) -> MemberAnswer:
    """Give a member another role; 409 for the only active admin."""
    return _member(
        services.change_role(
            request.workspace, member_id, given.role, by=actor_of(request), at=now()
        )
    )


@router.post(
    "/{member_id}/block", response=MemberAnswer, operation_id="block_member", summary="Block"
)
@requires(Permission.MEMBERS_CHANGE)
def block_member(request: TokenRequest, member_id: UUID) -> MemberAnswer:
    """Keep a member out: their sessions and tokens of this workspace end, for good."""
    return _member(services.block(request.workspace, member_id, by=actor_of(request), at=now()))


@router.post(
    "/{member_id}/unblock", response=MemberAnswer, operation_id="unblock_member", summary="Unblock"
)
@requires(Permission.MEMBERS_CHANGE)
def unblock_member(request: TokenRequest, member_id: UUID) -> MemberAnswer:
    """Let a blocked member in again, once they sign in."""
    return _member(services.unblock(request.workspace, member_id, by=actor_of(request), at=now()))


@router.delete(
    "/{member_id}", response={204: None}, operation_id="remove_member", summary="Remove a member"
)
@requires(Permission.MEMBERS_CHANGE)
def remove_member(request: TokenRequest, member_id: UUID) -> HttpResponse:
    """End a membership, with its tokens; 409 for the only active admin."""
    services.remove(request.workspace, member_id, by=actor_of(request), at=now())
    return HttpResponse(status=204)


@router.post(
    "/{member_id}/reset-two-factor",
    response=ResetAnswer,
    operation_id="reset_member_two_factor",
    summary="Reset two-factor",
)
@requires(Permission.MEMBERS_CHANGE)
def reset_member_two_factor(request: TokenRequest, member_id: UUID) -> ResetAnswer:
    """Hold a member no more to a second factor that they have lost. Where all workspaces of their
    account have reset it within seven days, it is removed; else a code from their mailbox stands
    in for it here, until `until`. 409 for one's own, and where there is none."""
    made, way = reset_two_factor(request.workspace, member_id, by=actor_of(request), at=now())
    return ResetAnswer(way=way, until=None if way is Way.REMOVED else made.until)


def _member(member: Membership) -> MemberAnswer:
    person = member.person
    return MemberAnswer(
        id=member.id,
        email=person.email,
        name=person.name,
        role=Role(member.role),
        state=state_of(member),
        address_verified=person.verified_at is not None,
        two_factor=has_two_factor(member),
        member_since=member.created_at,
        blocked_at=member.blocked_at,
    )
