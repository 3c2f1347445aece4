"""What can be done to a member, all called alike."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.test import Client

from portico.audit.services import Actor
from portico.members.services import block, change_role, remove, unblock
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import Role
from tests.make import AT, PASSWORD

Verb = Callable[[Workspace, UUID, Actor], object]


def demote(workspace: Workspace, member_id: UUID, by: Actor) -> object:
    return change_role(workspace, member_id, Role.OPERATOR, by=by, at=AT)


def blocking(workspace: Workspace, member_id: UUID, by: Actor) -> object:
    return block(workspace, member_id, by=by, at=AT)


def unblocking(workspace: Workspace, member_id: UUID, by: Actor) -> object:
    return unblock(workspace, member_id, by=by, at=AT)


def removing(workspace: Workspace, member_id: UUID, by: Actor) -> object:
    remove(workspace, member_id, by=by, at=AT)
    return None


VERBS = [demote, blocking, unblocking, removing]
ENDING = [demote, blocking, removing]


def sign_in(member: Membership, workspace: Workspace) -> Client:
    """A browser in which this member has signed in through the page."""
    member.person.set_password(PASSWORD)
    member.person.save()
    client = Client(headers={"host": f"{workspace.slug}.localhost:8000"})
    answer = client.post("/sign-in/", {"login": member.person.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client
