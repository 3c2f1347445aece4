"""Becoming a member by an invitation."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction

from portico.accounts.models import Person
from portico.accounts.services import make_person
from portico.accounts.verification import AddressNotVerified
from portico.audit.services import Actor, Change, record
from portico.kernel.errors import InvalidFields
from portico.kernel.texts import UnreadableName, is_name
from portico.members.links import InvitationNotValid, id_in, is_newest
from portico.members.models import Invitation
from portico.members.services.errors import (
    AccountExists,
    ForSomebodyElse,
    InvitationReplaced,
)
from portico.members.services.holding import hold
from portico.members.services.invitations import refuse_over
from portico.outbox.services import publish
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import Role
from portico.workspaces.services import add_member


def look_at(token: str, workspace: Workspace, *, at: datetime) -> Invitation:
    """The open invitation that a token opens in this workspace.

    Raises `InvitationNotValid` (forged, or of another workspace) or the `InvitationOver` that
    says how it ended.
    """
    invitation = (
        Invitation.objects.select_related("invited_by", "accepted_by")
        .filter(workspace=workspace, id=id_in(token))
        .first()
    )
    if invitation is None:
        raise InvitationNotValid
    invitation.workspace = workspace
    newest = is_newest(token, invitation)
    if newest or invitation.accepted_at or invitation.withdrawn_at:
        refuse_over(invitation, at=at)
    if not newest:
        raise InvitationReplaced
    return invitation


def must_verify_first(person: Person, workspace: Workspace) -> bool:
    """Whether this person's address has to be verified before they join this workspace.

    An account that an invitation made is good in the workspace that invited it. Elsewhere it may
    belong to somebody who read another's invitation.
    """
    if person.verified_at:
        return False
    return not Invitation.objects.filter(workspace=workspace, accepted_by=person).exists()


def accept(
    token: str, workspace: Workspace, person: Person, *, by: Actor, at: datetime
) -> Membership:
    """Make somebody with an account, who is signed in to it, a member.

    Raises as `look_at`, and `ForSomebodyElse`, `AddressNotVerified` or `AlreadyMember`.
    """
    with transaction.atomic():
        workspace = hold(workspace)
        invitation = look_at(token, workspace, at=at)
        person = Person.objects.select_for_update().get(id=person.id)
        if person.email != invitation.email or not person.is_active:
            raise ForSomebodyElse(email=invitation.email)
        if must_verify_first(person, workspace):
            raise AddressNotVerified
        return _let_in(invitation, person, by=by, at=at)


def accept_with_new_account(
    token: str, workspace: Workspace, *, name: str, password: str, by: Actor, at: datetime
) -> Membership:
    """Make an account for who was invited and has none, and make them a member.

    The account is not verified. The password must have passed the validators. Raises as `look_at`,
    and `AccountExists` or `InvalidFields`.
    """
    name = " ".join(name.split())
    if not is_name(name) or len(name) > 200:
        raise InvalidFields({"name": UnreadableName()})
    with transaction.atomic():
        workspace = hold(workspace)
        invitation = look_at(token, workspace, at=at)
        person = _new_person(invitation.email, name, password)
        by = replace(by, person_id=person.id, email=person.email, name=person.name)
        return _let_in(invitation, person, by=by, at=at)


def _new_person(email: str, name: str, password: str) -> Person:
    if Person.objects.filter(email=email).exists():
        raise AccountExists
    try:
        with transaction.atomic():
            return make_person(email, name=name, password=password)
    except IntegrityError:  # an invitation of another workspace was quicker
        raise AccountExists from None


def _let_in(invitation: Invitation, person: Person, *, by: Actor, at: datetime) -> Membership:
    workspace = invitation.workspace
    invitation.accepted_at, invitation.accepted_by = at, person
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    record(
        "invitation.accepted",
        by=by,
        at=at,
        workspace_id=workspace.id,
        subject_kind="invitation",
        subject_id=invitation.id,
        changes=[Change(field="role", before="", after=invitation.role)],
    )
    publish(
        "invitation.accepted",
        workspace_id=workspace.id,
        payload={
            "invitation": str(invitation.id),
            "person": str(person.id),
            "role": invitation.role,
        },
        at=at,
    )
    return add_member(workspace, person, Role(invitation.role), by=by, at=at)
