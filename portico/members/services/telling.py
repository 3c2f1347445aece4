"""The mails about invitations and memberships, queued with the change that they speak of."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from portico.members.models import Invitation
from portico.service_email.services import send
from portico.workspaces.models import Membership

What = Literal["role_changed", "blocked", "unblocked"]


def mail_invitation(invitation: Invitation, *, at: datetime) -> None:
    """Send an invitation. The link is not part of this: the template makes it."""
    workspace, inviter = invitation.workspace, invitation.invited_by
    send(
        "invitation",
        invitation.email,
        {
            "invitation": str(invitation.id),
            "workspace": workspace.name,
            "role": invitation.role,
            "who": (inviter.name or inviter.email) if inviter else "",
            "message": invitation.message,
            "expires_at": invitation.expires_at.isoformat(),
            "time_zone": workspace.time_zone,
        },
        workspace,
        language=invitation.language,
        at=at,
    )


def tell_of_change(member: Membership, what: What, *, at: datetime) -> None:
    """Tell a member that their own membership changed."""
    context = {"what": what, "workspace": member.workspace.name, "role": str(member.role)}
    send("membership_changed", member.person.email, context, member.workspace, at=at)


def tell_of_removal(member: Membership, *, at: datetime) -> None:
    """Tell somebody that they are no member any more."""
    context = {"workspace": member.workspace.name}
    send("membership_removed", member.person.email, context, member.workspace, at=at)
