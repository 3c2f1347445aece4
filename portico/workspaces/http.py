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


class TokenRequest(HttpRequest):
    """A request to the API by a member's token."""

    workspace: Workspace
    member: Membership
    token: ApiToken
    token_permissions: frozenset[Permission]
