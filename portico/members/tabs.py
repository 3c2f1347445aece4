"""The two lists about people, as tabs."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from portico.kernel.clock import now
from portico.members.models import InvitationState
from portico.members.queries import InvitationFilters, invitations_of
from portico.ui.frame import NavItem
from portico.workspaces.http import MemberRequest


def tabs_of(request: MemberRequest) -> list[NavItem]:
    """Members and invitations; beside the latter, how many are open."""
    open_ones = InvitationFilters(state=InvitationState.OPEN.value)
    waiting = invitations_of(request.workspace, open_ones, at=now()).count()
    pages = (
        (_("Members"), reverse("members"), None),
        (_("Invitations"), reverse("invitations"), waiting or None),
    )
    return [
        NavItem(title, url, current=request.path == url, count=count) for title, url, count in pages
    ]
