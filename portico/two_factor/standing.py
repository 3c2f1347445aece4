"""How a member stands towards the policy, read along with what a request reads anyway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import JSONObject

from portico.accounts.second_factor.services import second_factors
from portico.two_factor.models import TwoFactorPolicy, TwoFactorReset
from portico.two_factor.rules import Belonging, Policy, Required, State, due_at, state_of
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role

POLICY, HAS, REMOVED_AT = "two_factor_required", "two_factor_has", "two_factor_removed_at"


@dataclass(frozen=True)
class Standing:
    """A member and the policy: whether they have a second factor, and what is asked of them."""

    policy: Policy
    who: Belonging
    has: bool

    def state(self, *, at: datetime) -> State:
        """How they stand at that moment."""
        return state_of(self.policy, self.who, has=self.has, at=at)

    @property
    def due(self) -> datetime | None:
        """From when on they go no further without a second factor; None: never."""
        return due_at(self.policy, self.who)


def policy_along(to_membership: str) -> Subquery:
    """The policy of the membership's workspace, where it requires anything."""
    found = TwoFactorPolicy.objects.filter(workspace_id=OuterRef(f"{to_membership}workspace_id"))
    row = JSONObject(
        required="required",
        grace_days="grace_days",
        admins_since="admins_since",
        others_since="others_since",
    )
    return Subquery(found.exclude(required=Required.OFF).values_list(row))


def factors_along(to_membership: str) -> Subquery:
    """Whether the membership's person has a second factor."""
    return second_factors(f"{to_membership}person_id")


def removed_along(to_membership: str) -> Subquery:
    """When a reset last removed the second factors of the membership's person; mostly None."""
    resets = TwoFactorReset.objects.filter(
        membership_id=OuterRef(f"{to_membership}id"), removed_at__isnull=False
    )
    latest = resets.order_by().values("membership_id").annotate(last=Max("removed_at"))
    return Subquery(latest.values("last"))


READS = {POLICY: policy_along, HAS: factors_along, REMOVED_AT: removed_along}


def standing_of(member: Membership) -> Standing:
    """How a member stands: as it was read along with the membership, else read now."""
    if not hasattr(member, POLICY):
        found = Membership.objects.filter(id=member.id)
        read = found.annotate(**{name: make("") for name, make in READS.items()}).first()
        member = read or member
    return Standing(
        policy=_policy(getattr(member, POLICY, None)),
        who=belonging_of(member, removed_at=getattr(member, REMOVED_AT, None)),
        has=bool(getattr(member, HAS, False)),
    )


def belonging_of(member: Membership, *, removed_at: datetime | None = None) -> Belonging:
    """A membership as the rules know it."""
    return Belonging(
        is_admin=member.role == Role.ADMIN,
        joined=member.created_at,
        role_since=member.role_since,
        removed_at=removed_at,
    )


def _policy(row: Mapping[str, Any] | None) -> Policy:
    if row is None:
        return Policy()
    return Policy(
        required=Required(row["required"]),
        grace_days=row["grace_days"],
        admins_since=_moment(row["admins_since"]),
        others_since=_moment(row["others_since"]),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
