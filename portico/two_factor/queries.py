"""Members by how they stand towards a policy: the one in force, or one that is being thought of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    Expression,
    ExpressionWrapper,
    F,
    Max,
    Min,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Greatest, Least

from portico.two_factor.models import TwoFactorPolicy
from portico.two_factor.rules import FRESH_GRACE, Policy, State
from portico.two_factor.standing import factors_along, removed_along
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import Role

Moment = Expression | F
# Of `members_by_standing`; as pairs, for the type checker knows no annotation by name.
WITH, WITHOUT = Q(("has", True)), Q(("has", False))


@dataclass(frozen=True)
class Effect:
    """What a policy means for the members who have no second factor: how many it asks for one,
    how many of those go no further at once, and when the first and the last of the others do."""

    without: int
    at_once: int
    first_due: datetime | None
    last_due: datetime | None


def policy_of(workspace: Workspace) -> TwoFactorPolicy:
    """The workspace's policy, with who changed it last; one that was never saved has revision 0."""
    found = TwoFactorPolicy.objects.filter(workspace=workspace).select_related("changed_by")
    return found.first() or TwoFactorPolicy(workspace=workspace)


def members_by_standing(workspace: Workspace, policy: Policy) -> QuerySet[Membership]:
    """The active members with `has` (a second factor) and `due` (see `rules.due_at`)."""
    members = Membership.objects.active().filter(workspace=workspace).select_related("person")
    members = members.annotate(has=factors_along("")).annotate(removed=removed_along(""))
    return members.annotate(first=_first(policy)).annotate(due=_due(policy))


def named(members: QuerySet[Membership], words: str) -> QuerySet[Membership]:
    """Those whose name or address holds all of these words."""
    for word in words.replace("\x00", "\ufffd").split()[:8]:
        holds = Q(person__name__icontains=word) | Q(person__email__icontains=word)
        members = members.filter(holds)
    return members


def in_state(members: QuerySet[Membership], state: State, *, at: datetime) -> QuerySet[Membership]:
    """Those of `members_by_standing` who stand like this."""
    return members.filter(_standing(state, at=at))


def state_in(member: Membership, *, at: datetime) -> State:
    """How one of `members_by_standing` stands."""
    has: bool = getattr(member, "has")  # noqa: B009 - an annotation
    due: datetime | None = getattr(member, "due")  # noqa: B009
    if has:
        return State.HAS
    if due is None:
        return State.NOT_ASKED
    return State.OVERDUE if due <= at else State.GRACE


def counts_of(workspace: Workspace, policy: Policy, *, at: datetime) -> dict[State, int]:
    """How many active members stand how, in one query."""
    found: dict[str, int] = members_by_standing(workspace, policy).aggregate(
        **{f"number_{state.value}": Count("id", filter=_standing(state, at=at)) for state in State}
    )
    return {state: found[f"number_{state.value}"] for state in State}


def effect_of(workspace: Workspace, policy: Policy, *, at: datetime) -> Effect:
    """What a policy would mean for the members, in one query."""
    asked = members_by_standing(workspace, policy).filter(WITHOUT, Q(("due__isnull", False)))
    found: dict[str, Any] = asked.aggregate(
        without=Count("id"),
        at_once=Count("id", filter=Q(due__lte=at)),
        first_due=Min("due", filter=Q(due__gt=at)),
        last_due=Max("due", filter=Q(due__gt=at)),
    )
    return Effect(**found)


def _standing(state: State, *, at: datetime) -> Q:
    if state is State.HAS:
        return WITH
    if state is State.OVERDUE:
        return WITHOUT & Q(("due__lte", at))
    if state is State.GRACE:
        return WITHOUT & Q(("due__gt", at))
    return WITHOUT & Q(("due", None))


def _first(policy: Policy) -> Moment:
    """`rules.first_applied` in SQL. GREATEST and LEAST pass over NULL."""
    others = _later(policy.others_since, "created_at")
    admins = Least(_later(policy.admins_since, "role_since"), others)
    return Case(When(role=Role.ADMIN, then=admins), default=others, output_field=DateTimeField())


def _due(policy: Policy) -> Moment:
    """`rules.due_at` in SQL; a test holds the two together."""
    fresh = _plus(F("removed"), max(policy.grace, FRESH_GRACE))
    due = Greatest(_plus(F("first"), policy.grace), fresh, output_field=DateTimeField())
    # Whom the policy does not ask must stay without a date, a reset or not.
    return Case(When(first__isnull=False, then=due), output_field=DateTimeField())


def _later(since: datetime | None, field: str) -> Moment:
    if since is None:
        return Cast(Value(None), DateTimeField())
    return Greatest(Value(since, output_field=DateTimeField()), F(field))


def _plus(moment: F, span: timedelta) -> Moment:
    whole = moment + Value(span, output_field=DurationField())
    return ExpressionWrapper(whole, output_field=DateTimeField())
