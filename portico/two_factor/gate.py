"""The gate: after the grace, who has no second factor goes no further, on pages and in the API."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from portico.kernel.clock import now
from portico.kernel.errors import gettext_noop
from portico.two_factor.rules import State
from portico.two_factor.standing import READS, standing_of
from portico.workspaces.gates import Closed, Gate, GateClosed
from portico.workspaces.hosts import address_of
from portico.workspaces.models import Membership

SET_UP = "two_factor"
"""The page of the Account tab where a second factor is set up."""


class TwoFactorRequired(GateClosed):
    code = "two_factor_required"
    sentence = gettext_noop(
        "%(workspace)s requires two-factor authentication, and the account of %(who)s has none. "
        "Set it up in a browser at %(address)s; no token can do it for them."
    )


def closed(request: HttpRequest, member: Membership) -> Closed | None:  # noqa: ARG001 - a gate
    """Closed to a member whose grace is over and who has no second factor."""
    standing = standing_of(member)
    if standing.state(at=now()) is not State.OVERDUE:
        return None
    path = reverse(SET_UP)
    address = address_of(member.workspace, path)
    due = standing.due
    refusal = TwoFactorRequired(
        {"set_up_at": address, "due_at": due.isoformat() if due else None},
        workspace=member.workspace.name,
        who=member.person.email,
        address=address,
    )
    return Closed(path=path, refusal=refusal)


GATE = Gate(closed=closed, reads=READS)
"""To be registered by `portico.config`."""
