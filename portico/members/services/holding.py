"""One change at a time to who belongs to a workspace."""

from __future__ import annotations

from uuid import UUID

from portico.kernel.errors import NotFound
from portico.members.models import Invitation
from portico.workspaces.models import Membership, Workspace


def hold(workspace: Workspace) -> Workspace:
    """Wait until nobody else changes who belongs to the workspace, and keep them waiting.

    Call it first in the transaction. Two admins who demote each other at the same moment are so
    put one after the other, and the second finds who is left. Work that only names the workspace
    (saving settings, queueing mail) is not held up.
    """
    return Workspace.objects.select_for_update(no_key=True).get(id=workspace.id)


def held_member(workspace: Workspace, member_id: UUID) -> Membership:
    """The member as they are now that the workspace is held; raises `NotFound`."""
    member = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(workspace=workspace, id=member_id)
        .first()
    )
    if member is None:
        raise NotFound
    member.workspace = workspace
    return member


def held_invitation(workspace: Workspace, invitation_id: UUID) -> Invitation:
    """The invitation as it is now that the workspace is held; raises `NotFound`."""
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .filter(workspace=workspace, id=invitation_id)
        .first()
    )
    if invitation is None:
        raise NotFound
    invitation.workspace = workspace
    return invitation
