"""Builders: a test says what matters to it, and these fill in the rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from portico.accounts.models import Person
from portico.accounts.services import make_person as make_person_service
from portico.audit.services import PLATFORM, Actor, Via
from portico.kernel.permissions import Permission
from portico.workspaces.models import ApiToken, Membership, Workspace
from portico.workspaces.permissions import Role
from portico.workspaces.services import add_member
from portico.workspaces.services import make_workspace as make_workspace_service
from portico.workspaces.tokens import make_token as make_token_service

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"

_numbers = count(1)


def make_workspace(slug: str = "", name: str = "", *, at: datetime = AT) -> Workspace:
    """A workspace of its own."""
    slug = slug or f"workspace-{next(_numbers)}"
    return make_workspace_service(slug, name or slug.title(), by=PLATFORM, at=at)


def make_person(email: str = "", *, name: str = "", password: str | None = None) -> Person:
    """Somebody; without a password they can be signed in by `force_login` alone."""
    return make_person_service(
        email or f"person-{next(_numbers)}@example.com", name=name, password=password
    )


def make_member(
    workspace: Workspace,
    role: Role = Role.ADMIN,
    *,
    person: Person | None = None,
    at: datetime = AT,
) -> Membership:
    """A member of a workspace."""
    return add_member(workspace, person or make_person(), role, by=PLATFORM, at=at)


def make_token(
    member: Membership, *permissions: Permission, at: datetime = AT
) -> tuple[ApiToken, str]:
    """A token and its secret; by default it may do all that its holder may."""
    return make_token_service(
        member,
        name="Test",
        permissions=permissions or member.permissions,
        lasts=timedelta(days=300),
        by=PLATFORM,
        at=at,
    )


def actor(member: Membership, via: Via = Via.PAGE) -> Actor:
    """A member as the audit log names them."""
    person = member.person
    return Actor(person_id=person.id, email=person.email, name=person.name, via=via)
