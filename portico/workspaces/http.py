"""What a request knows once it has come through the door."""

from __future__ import annotations

from django.http import HttpRequest

from portico.accounts.models import Person
from portico.kernel.permissions import Permission
from portico.workspaces.models import ApiToken, Membership, Workspace


class WorkspaceRequest(HttpRequest):
    """A request to a workspace's host: anyone's."""

    workspace: Workspace
    member: Membership | None


class MemberRequest(WorkspaceRequest):
    """A request by a member whose role has the permission that the view asks for."""

    user: Person
    member: Membership


def opened_on(request: HttpRequest) -> int:
    """The revision that a form was opened on which is sent now; -1 for nonsense, which is none."""
    text = request.POST.get("based_on", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


class TokenRequest(HttpRequest):
    """A request to the API by a member's token."""

    workspace: Workspace
    member: Membership
    token: ApiToken
    token_permissions: frozenset[Permission]
