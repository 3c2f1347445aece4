"""Reading who belongs to a workspace, and who is invited to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from portico.accounts.second_factor.services import has_second_factor, second_factors
from portico.kernel.errors import NotFound
from portico.members.models import Invitation, InvitationState
from portico.workspaces.models import Membership, Workspace


class MemberState(StrEnum):
    """How a member stands. Closed: the account itself, in all workspaces."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    CLOSED = "closed"


@dataclass(frozen=True)
class MemberFilters:
    """Which members somebody looks for; an empty value asks for nothing.

    `words` are parts of the name or the address, all of which must be there.
    """

    words: str = ""
    role: str = ""
    state: str = ""
    verified: bool | None = None
    two_factor: bool | None = None


@dataclass(frozen=True)
class InvitationFilters:
    """Which invitations somebody looks for; an empty value asks for nothing."""

    words: str = ""
    role: str = ""
    state: str = ""


ORDERS = {
    "name": ("called", "person__email"),
    "-name": ("-called", "-person__email"),
    "role": ("role", "called", "person__email"),
    "-role": ("-role", "called", "person__email"),
    "joined": ("created_at", "id"),
    "-joined": ("-created_at", "-id"),
}

_IN_STATE = {
    MemberState.ACTIVE: Q(blocked_at=None, person__is_active=True),
    MemberState.BLOCKED: Q(blocked_at__isnull=False),
    MemberState.CLOSED: Q(blocked_at=None, person__is_active=False),
}


def state_of(member: Membership) -> MemberState:
    """How a member stands."""
    if member.blocked_at:
        return MemberState.BLOCKED
    return MemberState.ACTIVE if member.person.is_active else MemberState.CLOSED


def members_of(workspace: Workspace, filters: MemberFilters | None = None) -> QuerySet[Membership]:
    """A workspace's members, each with the person, and `two_factor`: whether they have a second
    factor. No other workspace's, ever."""
    found = Membership.objects.filter(workspace=workspace).select_related("person")
    found = found.annotate(two_factor=second_factors("person_id"))
    if filters is None:
        return found
    for word in _words(filters.words):
        found = found.filter(Q(person__name__icontains=word) | Q(person__email__icontains=word))
    if filters.role:
        found = found.filter(role=filters.role)
    if filters.state:
        found = found.filter(_IN_STATE[MemberState(filters.state)])
    if filters.verified is not None:
        found = found.filter(person__verified_at__isnull=not filters.verified)
    if filters.two_factor is not None:
        found = found.filter(Q(("two_factor", filters.two_factor)))
    return found


def has_two_factor(member: Membership) -> bool:
    """Whether a member has a second factor: as it was read along, else read now."""
    known: bool | None = getattr(member, "two_factor", None)
    return has_second_factor(member.person) if known is None else known


def in_order(members: QuerySet[Membership], order: str) -> QuerySet[Membership]:
    """The members in one of the `ORDERS`; an unknown one means by name."""
    called = Lower(
        Coalesce(NullIf("person__name", Value("")), "person__email", output_field=CharField())
    )
    return members.annotate(called=called).order_by(*ORDERS.get(order, ORDERS["name"]))


def member_of(workspace: Workspace, member_id: UUID) -> Membership:
    """One member; raises `NotFound` for another workspace's."""
    member = members_of(workspace).filter(id=member_id).first()
    if member is None:
        raise NotFound
    member.workspace = workspace
    return member


def other_active_admins(member: Membership) -> QuerySet[Membership]:
    """The workspace's active admins besides this member."""
    active = Membership.objects.active().filter(workspace_id=member.workspace_id, role="admin")
    return active.exclude(id=member.id)


def is_last_admin(member: Membership) -> bool:
    """Whether the workspace would be without an active admin if this one were not."""
    is_one = member.role == "admin" and state_of(member) is MemberState.ACTIVE
    return is_one and not other_active_admins(member).exists()


def invitations_of(
    workspace: Workspace, filters: InvitationFilters | None = None, *, at: datetime
) -> QuerySet[Invitation]:
    """A workspace's invitations, newest first, each with who invited. No other workspace's."""
    found = Invitation.objects.filter(workspace=workspace).select_related("invited_by")
    if filters is None:
        return found
    for word in _words(filters.words):
        found = found.filter(email__icontains=word)
    if filters.role:
        found = found.filter(role=filters.role)
    if filters.state:
        found = found.in_state(InvitationState(filters.state), at=at)
    return found


def invitation_of(workspace: Workspace, invitation_id: UUID, *, at: datetime) -> Invitation:
    """One invitation; raises `NotFound` for another workspace's."""
    invitation = invitations_of(workspace, at=at).filter(id=invitation_id).first()
    if invitation is None:
        raise NotFound
    invitation.workspace = workspace
    return invitation


def _words(text: str) -> list[str]:
    # No stored text holds NUL, and PostgreSQL would not hear of it.
    return text.replace("\x00", "\ufffd").split()[:8]
