"""Who must have a second factor, and until when they may go on without: plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portico.kernel.errors import Invalid, gettext_noop

MOST_GRACE = 30
USUAL_GRACE = 7
# What is left after a reset, however short the policy's own grace is.
FRESH_GRACE = timedelta(days=3)


class Required(StrEnum):
    """Of whom a workspace requires a second factor."""

    OFF = "off"
    ADMINS = "admins"
    ALL = "all"


class State(StrEnum):
    """How a member stands. Not asked: they have none, and the policy does not require one."""

    HAS = "has"
    GRACE = "grace"
    OVERDUE = "overdue"
    NOT_ASKED = "not_asked"


class UnknownRequirement(Invalid):
    code = "unknown_requirement"
    sentence = gettext_noop("“%(required)s” is not one of: off, admins, all.")


class GraceOutOfRange(Invalid):
    code = "grace_out_of_range"
    sentence = gettext_noop("The grace period lasts from 0 to 30 days, in whole days.")


@dataclass(frozen=True)
class Policy:
    """A workspace's policy. `admins_since` and `others_since`: from when on it has required a
    second factor of admins, and of all other members, without a break; None where it does not."""

    required: Required = Required.OFF
    grace_days: int = USUAL_GRACE
    admins_since: datetime | None = None
    others_since: datetime | None = None

    @property
    def grace(self) -> timedelta:
        """How long a member may go on without a second factor."""
        return timedelta(days=self.grace_days)


@dataclass(frozen=True)
class Belonging:
    """What the policy asks of a membership: whether it is an admin's, since when there is one,
    since when it has its role, and when a reset last removed the account's second factors."""

    is_admin: bool
    joined: datetime
    role_since: datetime
    removed_at: datetime | None = None


def check_required(required: str) -> Required:
    """The word as a requirement; raises `UnknownRequirement`."""
    try:
        return Required(required)
    except ValueError:
        raise UnknownRequirement(required=required[:40]) from None


def check_grace(days: int) -> int:
    """The days of grace; raises `GraceOutOfRange`."""
    if not 0 <= days <= MOST_GRACE:
        raise GraceOutOfRange
    return days


def revised(before: Policy, required: Required, grace_days: int, *, at: datetime) -> Policy:
    """The policy after it was saved at this moment: whom it required it of already goes on from
    when it did."""
    return Policy(
        required=required,
        grace_days=grace_days,
        admins_since=None if required is Required.OFF else before.admins_since or at,
        others_since=(before.others_since or at) if required is Required.ALL else None,
    )


def is_stricter(before: Policy, after: Policy) -> bool:
    """Whether somebody may be required to have it who was not, or sooner than before."""
    if after.required is Required.OFF:
        return False
    order = list(Required)
    return (
        order.index(after.required) > order.index(before.required)
        or after.grace_days < before.grace_days
    )


def first_applied(policy: Policy, who: Belonging) -> datetime | None:
    """Since when the policy has required a second factor of this member; None: it does not.

    The later of when it was required of their kind and when they became one. For an admin there
    are two such times where it is required of all; the earlier counts. Once it is required of
    admins alone again, an admin counts from when they became one.
    """
    times = []
    if who.is_admin and policy.admins_since is not None:
        times.append(max(policy.admins_since, who.role_since))
    if policy.others_since is not None:
        times.append(max(policy.others_since, who.joined))
    return min(times, default=None)


def due_at(policy: Policy, who: Belonging) -> datetime | None:
    """From when on this member goes no further without a second factor; None: never."""
    first = first_applied(policy, who)
    if first is None:
        return None
    due = first + policy.grace
    if who.removed_at is not None:
        due = max(due, who.removed_at + max(policy.grace, FRESH_GRACE))
    return due


def state_of(policy: Policy, who: Belonging, *, has: bool, at: datetime) -> State:
    """How a member stands; `has`: whether they have a second factor."""
    if has:
        return State.HAS
    due = due_at(policy, who)
    if due is None:
        return State.NOT_ASKED
    return State.OVERDUE if due <= at else State.GRACE
