"""What the frame of every page tells a member about their second factor."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from portico.accounts.second_factor.stages import exemption_of
from portico.kernel.clock import now
from portico.two_factor.gate import SET_UP
from portico.two_factor.rules import State
from portico.two_factor.standing import standing_of
from portico.two_factor.words import day_and_time
from portico.ui.frame import Link, Notice
from portico.workspaces.http import WorkspaceRequest

BACK_KEY = "portico-two-factor-back"


def notices_of(request: WorkspaceRequest) -> tuple[Notice, ...]:
    """That a second factor is required, and from when on; or what this session is kept from."""
    member = request.member
    if not member:
        return ()
    if exemption_of(request):
        text = _(
            "You signed in with a code from your mailbox. With this session you work in this "
            "workspace alone, and your account is closed to it."
        )
        return (Notice(text, Link(_("Why?"), reverse("limited_session")), tone="warning"),)
    standing = standing_of(member)
    state = standing.state(at=now())
    if state is State.HAS:
        return _way_back(request)
    if standing.due is None:
        return ()
    if request.path.startswith(reverse(SET_UP)):
        _keep_way_back(request)
    return _asking(request, state, standing.due)


def _asking(request: WorkspaceRequest, state: State, due: datetime) -> tuple[Notice, ...]:
    """That the workspace requires a second factor, and where to set it up."""
    path = reverse(SET_UP)
    facts = {"workspace": request.workspace.name, "when": day_and_time(due)}
    if state is State.GRACE:
        text = _(
            "%(workspace)s requires two-factor authentication. Until %(when)s you can go on "
            "without it."
        )
    else:
        text = _("%(workspace)s requires two-factor authentication. Set it up to go on.")
    if request.path.startswith(path):
        # They are there. Who does not want to may leave.
        link = Link(_("Sign out"), reverse("account_logout"))
    else:
        address = f"{path}?{urlencode({'next': request.get_full_path()})}"
        link = Link(_("Set it up"), address)
    return (Notice(text % facts, link, tone="warning"),)


def _keep_way_back(request: WorkspaceRequest) -> None:
    """Remember where somebody was sent from to set up a second factor: several pages lie between
    here and there."""
    back = request.GET.get("next", "")
    if back and back != request.session.get(BACK_KEY):
        request.session[BACK_KEY] = back


def _way_back(request: WorkspaceRequest) -> tuple[Notice, ...]:
    """The way back, once the second factor is there."""
    if not request.session.get(BACK_KEY) or not request.path.startswith(reverse(SET_UP)):
        return ()
    text = _("Your second factor is set up.")
    return (Notice(text, Link(_("Go on"), reverse("after_two_factor")), tone="good"),)
