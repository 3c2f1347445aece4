"""Changing what a member is, and whether they are one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from portico.accounts.sessions import end_sessions_in
from portico.audit.services import Actor, Change, record, remember
from portico.kernel.errors import Conflict, gettext_noop
from portico.members.queries import is_last_admin
from portico.members.services.holding import held_member, hold
from portico.members.services.invitations import withdraw_all_to
from portico.members.services.telling import tell_of_change, tell_of_removal
from portico.outbox.services import publish
from portico.workspaces import handoffs
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import Role


class LastAdmin(Conflict):
    code = "last_admin"
    sentence = gettext_noop(
        "%(who)s is the only active admin of %(workspace)s. Make somebody else an admin first."
    )


class HasThatRole(Conflict):
    code = "has_that_role"
    sentence = gettext_noop("%(who)s has that role already.")


class BlockedAlready(Conflict):
    code = "blocked_already"
    sentence = gettext_noop("%(who)s is blocked already.")


class NotBlocked(Conflict):
    code = "not_blocked"
    sentence = gettext_noop("%(who)s is not blocked.")


def change_role(
    workspace: Workspace, member_id: UUID, role: Role, *, by: Actor, at: datetime
) -> Membership:
    """Give a member another role; it counts from the next request, for their tokens too.

    Who is blocked is not told: there is nothing that they may do with it. Raises `NotFound`,
    `HasThatRole` or `LastAdmin`.
    """
    with transaction.atomic():
        member = held_member(hold(workspace), member_id)
        if member.role == role:
            raise HasThatRole(who=member.person.display_name)
        _keep_an_admin(member)
        before, member.role, member.role_since = member.role, role.value, at
        member.save(update_fields=["role", "role_since"])
        _record(
            "member.role_changed",
            member,
            by=by,
            at=at,
            changes=[Change(field="role", before=before, after=role.value)],
        )
        _announce("member.role_changed", member, at=at)
        if not member.blocked_at:
            tell_of_change(member, "role_changed", at=at)
    return member


def block(workspace: Workspace, member_id: UUID, *, by: Actor, at: datetime) -> Membership:
    """Keep a member out, from the next request on.

    Their sessions and tokens of this workspace end, and unblocking brings none of them back.
    Raises `NotFound`, `BlockedAlready` or `LastAdmin`.
    """
    with transaction.atomic():
        member = held_member(hold(workspace), member_id)
        if member.blocked_at:
            raise BlockedAlready(who=member.person.display_name)
        _keep_an_admin(member)
        member.blocked_at = at
        member.save(update_fields=["blocked_at"])
        member.tokens.filter(revoked_at=None).update(revoked_at=at)
        _shut_out(member)
        _record("member.blocked", member, by=by, at=at)
        _announce("member.blocked", member, at=at)
        tell_of_change(member, "blocked", at=at)
    return member


def unblock(workspace: Workspace, member_id: UUID, *, by: Actor, at: datetime) -> Membership:
    """Let a blocked member in again, once they sign in. Raises `NotFound` or `NotBlocked`."""
    with transaction.atomic():
        member = held_member(hold(workspace), member_id)
        if not member.blocked_at:
            raise NotBlocked(who=member.person.display_name)
        member.blocked_at = None
        member.save(update_fields=["blocked_at"])
        _record("member.unblocked", member, by=by, at=at)
        _announce("member.unblocked", member, at=at)
        tell_of_change(member, "unblocked", at=at)
    return member


def remove(workspace: Workspace, member_id: UUID, *, by: Actor, at: datetime) -> None:
    """End a membership, with its tokens and sessions; the account stays.

    An invitation that is still open (who has an account can be added without answering it) is
    withdrawn: its link would let them in again. Raises `NotFound` or `LastAdmin`.
    """
    with transaction.atomic():
        member = held_member(hold(workspace), member_id)
        _keep_an_admin(member)
        _shut_out(member)
        _record(
            "member.removed",
            member,
            by=by,
            at=at,
            changes=[Change(field="role", before=member.role, after="")],
        )
        _announce("member.removed", member, at=at)
        withdraw_all_to(member.person.email, member.workspace, by=by, at=at)
        tell_of_removal(member, at=at)
        Membership.objects.filter(id=member.id).delete()


def _keep_an_admin(member: Membership) -> None:
    if is_last_admin(member):
        raise LastAdmin(who=member.person.display_name, workspace=member.workspace.name)


def _shut_out(member: Membership) -> None:
    end_sessions_in(member.person, member.workspace_id)
    handoffs.revoke_of_member(member)


def _record(
    action: str, member: Membership, *, by: Actor, at: datetime, changes: Sequence[Change] = ()
) -> None:
    # No label: the log keeps the person's id, which can be erased, and pages look up the name.
    person = member.person
    remember(person.id, email=person.email, name=person.name)
    record(
        action,
        by=by,
        at=at,
        workspace_id=member.workspace_id,
        subject_kind="person",
        subject_id=person.id,
        changes=changes,
    )


def _announce(event: str, member: Membership, *, at: datetime) -> None:
    publish(
        event,
        workspace_id=member.workspace_id,
        payload={
            "membership": str(member.id),
            "person": str(member.person_id),
            "role": str(member.role),
        },
        at=at,
    )
