"""How tests come in by an invitation."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from portico.accounts.models import Person
from portico.kernel.clock import now
from portico.members.links import link_of
from portico.members.models import Invitation
from portico.workspaces.models import Workspace
from tests.make import PASSWORD, make_invitation

NEW = "nia@example.com"
SIGN_UP = {"name": "Nia New", "password": "a very good password"}


def invited(workspace: Workspace, email: str = NEW, **more: Any) -> tuple[Invitation, str]:
    """An invitation of just now, and the path of its link."""
    invitation = make_invitation(workspace, email, at=now(), **more)
    return invitation, urlsplit(link_of(invitation)).path


def signed_in(workspace: Workspace, person: Person) -> Client:
    """A browser in which the person signed in on this workspace's host, member or not."""
    person.set_password(PASSWORD)
    person.save()
    client = Client(headers={"host": f"{workspace.slug}.localhost:8000"})
    answer = client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client
