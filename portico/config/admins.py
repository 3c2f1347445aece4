"""The first admin of a workspace, who cannot be invited by anybody."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from portico.accounts.models import Person
from portico.accounts.password_links import password_path
from portico.accounts.services import make_person
from portico.audit.services import Actor
from portico.kernel.errors import Invalid, NotFound, gettext_noop
from portico.workspaces.hosts import own_address_of
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import Role
from portico.workspaces.services import add_member
from portico.workspaces.tokens import revoke_tokens_of


class NoSuchWorkspace(NotFound):
    code = "no_such_workspace"
    sentence = gettext_noop("There is no workspace “%(slug)s”. Make it with createworkspace.")


class NotAnAddress(Invalid):
    code = "not_an_address"
    sentence = gettext_noop("“%(email)s” is not an e-mail address.")


class NoSuchMember(NotFound):
    code = "no_such_member"
    sentence = gettext_noop("%(email)s is no active member of the workspace “%(slug)s”.")


def workspace_named(slug: str) -> Workspace:
    """The workspace with this slug; raises `NoSuchWorkspace`."""
    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace is None:
        raise NoSuchWorkspace(slug=slug)
    return workspace


def member_at(email: str, slug: str) -> Membership:
    """The active membership of a person; raises `NoSuchWorkspace` or `NoSuchMember`."""
    member = (
        Membership.objects.active()
        .filter(workspace=workspace_named(slug), person__email=email.strip().lower())
        .select_related("person", "workspace")
        .first()
    )
    if member is None:
        raise NoSuchMember(email=email, slug=slug)
    return member


def check_address(email: str) -> str:
    """The address in lower case; raises `NotAnAddress`."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise NotAnAddress(email=email) from None
    return email


def make_admin(email: str, slug: str, *, name: str, by: Actor, at: datetime) -> tuple[Person, str]:
    """Make a person an admin of a workspace; returns them and a one-time link to set a password.

    The link is empty for somebody who has a password already: nobody but they may replace it.
    An admin who has none yet gets another link: the first may have been lost. A password of an
    account whose address nobody verified counts for nothing, and is taken away with its API tokens:
    whoever read another workspace's invitation may have chosen it.
    """
    email = check_address(email)
    with transaction.atomic():
        workspace = workspace_named(slug)
        person = Person.objects.filter(email=email).first() or make_person(email, name=name)
        if not _waits_for_a_password(workspace, person):
            add_member(workspace, person, Role.ADMIN, by=by, at=at)
            if person.verified_at is None:
                person.set_unusable_password()
                person.save(update_fields=["password"])
                revoke_tokens_of(person, by=by, at=at)
    if person.has_usable_password():
        return person, ""
    return person, own_address_of(workspace, password_path(person))


def _waits_for_a_password(workspace: Workspace, person: Person) -> bool:
    admins = Membership.objects.admins_of(workspace)
    return not person.has_usable_password() and admins.filter(person=person).exists()
