"""Changing the policy."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from portico.accounts.second_factor.services import has_second_factor
from portico.audit.services import Actor, Change, named, record
from portico.kernel.errors import Conflict, Invalid, InvalidFields, Stale, gettext_noop
from portico.two_factor.models import TwoFactorPolicy
from portico.two_factor.rules import Policy, check_grace, check_required, due_at, revised
from portico.two_factor.standing import standing_of
from portico.two_factor.telling import tell_admins_of_policy
from portico.workspaces.models import Membership, Workspace


class StalePolicy(Stale):
    code = "stale_two_factor_policy"
    sentence = gettext_noop(
        "%(who)s changed this policy while you were editing it: it says “%(required)s” with "
        "%(days)s days of grace now (revision %(revision)s). Nothing was saved."
    )


class LocksYouOut(Conflict):
    code = "locks_you_out"
    sentence = gettext_noop(
        "This would lock you out at once: you have no second factor yourself. Set one up first, "
        "or choose a grace period that leaves you time."
    )


def wanted_policy(before: Policy, *, required: str, grace_days: int, at: datetime) -> Policy:
    """The policy that saving these values would make; raises `InvalidFields`."""
    errors: dict[str, Invalid] = {}
    try:
        word = check_required(required)
    except Invalid as error:
        errors["required"] = error
    try:
        check_grace(grace_days)
    except Invalid as error:
        errors["grace_days"] = error
    if errors:
        raise InvalidFields(errors)
    return revised(before, word, grace_days, at=at)


@transaction.atomic
def change_policy(
    workspace: Workspace,
    *,
    required: str,
    grace_days: int,
    based_on: int,
    by: Actor,
    at: datetime,
) -> TwoFactorPolicy:
    """Say of whom a second factor is required, and how long a member may go on without.

    `based_on` is the revision that the writer saw; 0 where nothing was saved yet. All admins are
    told by mail. Raises `InvalidFields`, `StalePolicy`, or `LocksYouOut` for a member who would go
    no further from this moment on.
    """
    row = _held(workspace)
    if row.revision != based_on:
        raise StalePolicy(
            who=row.changed_by or "Portico",
            required=row.required,
            days=row.grace_days,
            revision=row.revision,
        )
    before = row.policy
    after = wanted_policy(before, required=required, grace_days=grace_days, at=at)
    changes = _changes(before, after)
    if not changes:
        return row
    _refuse_own_lock(workspace, after, by=by, at=at)
    row.required, row.grace_days = after.required, after.grace_days
    row.admins_since, row.others_since = after.admins_since, after.others_since
    row.revision += 1
    row.changed_at = at
    row.changed_by = named(by)
    row.save()
    record(
        "two_factor.policy_changed",
        by=by,
        at=at,
        workspace_id=workspace.id,
        subject_kind="two_factor_policy",
        subject_id=workspace.id,
        subject_label="",
        changes=changes,
    )
    tell_admins_of_policy(row, changes, at=at)
    return row


def _held(workspace: Workspace) -> TwoFactorPolicy:
    """The row, made if this is the first write, held until the transaction ends."""
    TwoFactorPolicy.objects.get_or_create(workspace=workspace)
    row = (
        TwoFactorPolicy.objects.select_for_update(of=("self",))
        .select_related("changed_by")
        .get(workspace=workspace)
    )
    row.workspace = workspace
    return row


def _changes(before: Policy, after: Policy) -> list[Change]:
    pairs = (
        ("two_factor_required", before.required.value, after.required.value),
        ("grace_days", str(before.grace_days), str(after.grace_days)),
    )
    return [Change(field=field, before=old, after=new) for field, old, new in pairs if old != new]


def _refuse_own_lock(workspace: Workspace, after: Policy, *, by: Actor, at: datetime) -> None:
    if by.person_id is None:
        return
    members = Membership.objects.filter(workspace=workspace, person_id=by.person_id)
    member = members.select_related("person").first()
    if member is None or has_second_factor(member.person):
        return
    due = due_at(after, standing_of(member).who)
    if due is not None and due <= at:
        raise LocksYouOut
