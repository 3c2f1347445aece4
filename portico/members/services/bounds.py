"""How many invitations may be mailed: by a workspace, and to one address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import Count

from portico.members.models import InvitationDay
from portico.members.services.errors import InvitedTooOften, TooManyInvitations
from portico.service_email.models import Mail
from portico.workspaces.models import Workspace

MOST_A_DAY = 500
MOST_TO_ONE = 10
DAY = timedelta(days=1)


def keep_within_bounds(workspace: Workspace, addresses: Sequence[str], *, at: datetime) -> None:
    """Count what is about to be mailed to each of these. The workspace must be held.

    Raises `TooManyInvitations`, or `InvitedTooOften` for an address that somebody invites,
    withdraws and invites again: its owner did not ask for any of it.
    """
    if not addresses:
        return
    mailed = Mail.objects.filter(
        workspace=workspace,
        template="invitation",
        recipient__in=addresses,
        created_at__gt=at - DAY,
    )
    often = mailed.values("recipient").annotate(times=Count("id")).filter(times__gte=MOST_TO_ONE)
    for one in often[:1]:
        raise InvitedTooOften(email=one["recipient"], most=MOST_TO_ONE)
    day, _made = InvitationDay.objects.get_or_create(
        workspace=workspace, day=at.astimezone(UTC).date()
    )
    if day.sent + len(addresses) > MOST_A_DAY:
        raise TooManyInvitations(most=MOST_A_DAY, left=MOST_A_DAY - day.sent)
    day.sent += len(addresses)
    day.save(update_fields=["sent"])
