"""An admin resets a member's two-factor: for this workspace, never for another one."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from portico.accounts.models import Person
from portico.accounts.second_factor.services import has_second_factor, remove_second_factors
from portico.accounts.sessions import end_sessions_in
from portico.audit.services import Actor, Change, named, record, remember
from portico.kernel.errors import Conflict, NotFound, gettext_noop
from portico.two_factor.models import TwoFactorReset
from portico.two_factor.telling import tell_person_of_reset
from portico.workspaces import handoffs
from portico.workspaces.models import Membership, Workspace

LASTS = timedelta(days=7)


class Way(StrEnum):
    """What a reset comes to. Removed: the second factors are gone. Mailed code: at this workspace
    alone, a code from the mailbox stands in for them."""

    REMOVED = "removed"
    MAILED_CODE = "mailed_code"


class OwnReset(Conflict):
    code = "own_reset"
    sentence = gettext_noop(
        "Nobody resets their own two-factor. Another admin of this workspace can, or whoever "
        "operates the platform, with “portico recover-admin”."
    )


class NothingToReset(Conflict):
    code = "nothing_to_reset"
    sentence = gettext_noop("%(who)s has no second factor; there is nothing to reset.")


class NotActive(Conflict):
    code = "member_not_active"
    sentence = gettext_noop("%(who)s is blocked, or the account is closed. Unblock them first.")


def reset(
    workspace: Workspace, member_id: UUID, *, by: Actor, at: datetime
) -> tuple[TwoFactorReset, Way]:
    """Hold a member no more to the second factor that they have lost.

    Where every workspace in which their account is active has an open reset, the second factors
    are removed altogether. Else they may sign in here, and here alone, with a code from their
    mailbox, for seven days. Their sessions end: here, or, after a removal, everywhere. They are
    told by mail. Raises `NotFound`, `OwnReset`, `NotActive` or `NothingToReset`.
    """
    with transaction.atomic():
        member = _held(workspace, member_id)
        person = member.person
        if person.id == by.person_id:
            raise OwnReset
        if member.blocked_at or not person.is_active:
            raise NotActive(who=person.display_name)
        if not has_second_factor(person):
            raise NothingToReset(who=person.display_name)
        open_ones = TwoFactorReset.objects.filter(ended_at=None, removed_at=None)
        open_ones.filter(membership=member).update(ended_at=at)
        made = TwoFactorReset.objects.create(
            membership=member,
            at=at,
            until=at + LASTS,
            by=named(by),
        )
        way = way_of(person, at=at)
        _record(member, way, by=by, at=at)
        if way is Way.REMOVED:
            _remove(person, workspace, by=by, at=at)
            made.refresh_from_db()
        else:
            end_sessions_in(person, workspace.id)
            handoffs.revoke_of_member(member)
        tell_person_of_reset(made)
    return made, way


def way_of(person: Person, *, at: datetime, but: Membership | None = None) -> Way:
    """What the resets that are open for a person come to. `but` is passed over: what would a
    reset there come to?"""
    asked = Membership.objects.active().filter(person=person)
    if but is not None:
        asked = asked.exclude(id=but.id)
    agreed = TwoFactorReset.objects.open(at=at).filter(membership__person=person)
    left = asked.exclude(id__in=agreed.values("membership_id"))
    return Way.MAILED_CODE if left.exists() else Way.REMOVED


def note_removal(person: Person, *, at: datetime) -> None:
    """Write down that the second factors are gone, so that a fresh grace begins everywhere.

    Where nobody reset anything (the operator removed them), a reset that is over is written.
    """
    open_ones = TwoFactorReset.objects.filter(
        membership__person=person, ended_at=None, removed_at=None
    )
    noted = set(open_ones.values_list("membership_id", flat=True))
    open_ones.update(removed_at=at)
    others = Membership.objects.filter(person=person).exclude(id__in=noted)
    TwoFactorReset.objects.bulk_create(
        TwoFactorReset(membership=member, at=at, until=at + LASTS, removed_at=at)
        for member in others
    )


def _remove(person: Person, workspace: Workspace, *, by: Actor, at: datetime) -> None:
    note_removal(person, at=at)
    handoffs.revoke_of_person(person)
    remove_second_factors(
        person, by=by, at=at, workspace_id=workspace.id, brand_name=workspace.name
    )


def _held(workspace: Workspace, member_id: UUID) -> Membership:
    """The member, held; and the person, so that two workspaces' resets, and joining another
    workspace, come one after the other."""
    member = (
        Membership.objects.select_for_update().filter(workspace=workspace, id=member_id).first()
    )
    if member is None:
        raise NotFound
    member.workspace = workspace
    member.person = Person.objects.select_for_update().get(id=member.person_id)
    return member


def _record(member: Membership, way: Way, *, by: Actor, at: datetime) -> None:
    person = member.person
    remember(person.id, email=person.email, name=person.name)
    record(
        "two_factor.reset",
        by=by,
        at=at,
        workspace_id=member.workspace_id,
        subject_kind="person",
        subject_id=person.id,
        changes=[Change(field="two_factor_reset", before="", after=way.value)],
    )
