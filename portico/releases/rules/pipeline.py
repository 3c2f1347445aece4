"""The release pipeline, as one table. It drives services, buttons, documentation and tests.

`PIPELINE[status, event]` says who may fire an event, what it needs, and where it leads. What a
need means is `portico.releases.rules.needs`; where `to` depends on the policy or on what is given,
it is one of `Leads`, which `destination` resolves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portico.release_process.policy import EVERYBODY, Policy


class Status(StrEnum):
    """Where a release is."""

    CREATED = "new_version_created"
    UNDER_REVIEW = "under_review"
    PREPARATION = "release_preparation"
    PILOT = "pilot_testing"
    GRAYSCALE = "grayscale_release"
    FULL = "full_release"
    CANCELED = "canceled"
    ARCHIVED = "archived"


class Event(StrEnum):
    """What can happen to a release, as the API names it."""

    CREATE = "create"
    CONFIGURE = "configure"
    APPLY = "apply"
    WITHDRAW = "withdraw"
    REJECT = "reject"
    APPROVE = "approve"
    START_PILOT = "start_pilot"
    UPDATE_PILOT = "update_pilot"
    COMPLETE_PILOT = "complete_pilot"
    BYPASS_PILOT = "bypass_pilot"
    SET_RULES = "set_rules"
    GO_LIVE = "go_live"
    SCALE = "scale"
    START_RAMP = "start_ramp"
    STOP_RAMP = "stop_ramp"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    REPLACE = "replace"
    TAKE_OFFLINE = "take_offline"
    FORCE_REMOVE = "force_remove"
    ROLL_BACK = "roll_back"


class Who(StrEnum):
    """Who fires an event."""

    RELEASE_ACTOR = "release_actor"
    REQUESTER = "requester"
    REVIEWER = "reviewer"
    INSPECTOR = "inspector"
    AUTOMATED_REVIEW = "automated_review"
    RAMP = "ramp"
    GUARDRAIL = "guardrail"
    PLATFORM = "platform"


class Leads(StrEnum):
    """A destination that is not one status."""

    SAME = "same"
    REVIEW_OR_NEXT = "review_or_next"
    NEXT = "next"
    AFTER_PILOT = "after_pilot"
    FULL_AT_100 = "full_at_100"
    A_NEW_RELEASE = "a_new_release"


class Need(StrEnum):
    """What has to hold for an event, besides who fires it."""

    VERSION_UNUSED = "version_unused"
    NOTHING_UNDER_WAY_OR_SUPERSEDE = "nothing_under_way_or_supersede"
    ENOUGH_APPROVALS = "enough_approvals"
    NOT_OWN_REQUEST = "not_own_request"
    REASON = "reason"
    TESTERS = "testers"
    PILOT_STARTED = "pilot_started"
    PILOT_NOT_STARTED = "pilot_not_started"
    OPEN_WINDOW = "open_window"
    GREATER_SHARE = "greater_share"
    NOT_PAUSED = "not_paused"
    PAUSED = "paused"
    RAMP_ON = "ramp_on"
    RAMP_OFF = "ramp_off"
    NOBODY_ENROLLED_OR_WIDER = "nobody_enrolled_or_wider"
    NOTHING_UNDER_WAY = "nothing_under_way"
    ARCHIVED_BY_REPLACEMENT = "archived_by_replacement"


@dataclass(frozen=True)
class Step:
    """One row of the table."""

    to: Status | Leads
    who: frozenset[Who]
    needs: tuple[Need, ...] = ()


def _by(*who: Who) -> frozenset[Who]:
    return frozenset(who)


ACTOR: Final = _by(Who.RELEASE_ACTOR)

PIPELINE: Final[Mapping[tuple[Status | None, Event], Step]] = {
    (None, Event.CREATE): Step(Status.CREATED, ACTOR, (Need.VERSION_UNUSED,)),
    (Status.CREATED, Event.CONFIGURE): Step(Leads.SAME, ACTOR),
    (Status.CREATED, Event.APPLY): Step(
        Leads.REVIEW_OR_NEXT, ACTOR, (Need.NOTHING_UNDER_WAY_OR_SUPERSEDE,)
    ),
    (Status.UNDER_REVIEW, Event.WITHDRAW): Step(
        Status.CREATED, _by(Who.REQUESTER, Who.RELEASE_ACTOR)
    ),
    (Status.UNDER_REVIEW, Event.REJECT): Step(
        Status.CREATED, _by(Who.REVIEWER), (Need.NOT_OWN_REQUEST, Need.REASON)
    ),
    (Status.UNDER_REVIEW, Event.APPROVE): Step(
        Leads.NEXT,
        _by(Who.REVIEWER, Who.AUTOMATED_REVIEW),
        (Need.NOT_OWN_REQUEST, Need.ENOUGH_APPROVALS),
    ),
    (Status.PREPARATION, Event.CONFIGURE): Step(Status.CREATED, ACTOR),
    (Status.PREPARATION, Event.SET_RULES): Step(Leads.SAME, ACTOR),
    (Status.PREPARATION, Event.GO_LIVE): Step(Status.GRAYSCALE, ACTOR, (Need.OPEN_WINDOW,)),
    (Status.PREPARATION, Event.CANCEL): Step(
        Status.CANCELED, _by(Who.RELEASE_ACTOR, Who.GUARDRAIL), (Need.REASON,)
    ),
    (Status.PILOT, Event.CONFIGURE): Step(Status.CREATED, ACTOR),
    (Status.PILOT, Event.SET_RULES): Step(Leads.SAME, ACTOR),
    (Status.PILOT, Event.START_PILOT): Step(
        Leads.SAME, ACTOR, (Need.PILOT_NOT_STARTED, Need.TESTERS)
    ),
    (Status.PILOT, Event.UPDATE_PILOT): Step(Leads.SAME, ACTOR, (Need.PILOT_STARTED, Need.TESTERS)),
    (Status.PILOT, Event.COMPLETE_PILOT): Step(Leads.AFTER_PILOT, ACTOR, (Need.PILOT_STARTED,)),
    (Status.PILOT, Event.BYPASS_PILOT): Step(Leads.AFTER_PILOT, ACTOR, (Need.REASON,)),
    (Status.PILOT, Event.CANCEL): Step(
        Status.CANCELED, _by(Who.RELEASE_ACTOR, Who.GUARDRAIL), (Need.REASON,)
    ),
    (Status.GRAYSCALE, Event.SET_RULES): Step(Leads.SAME, ACTOR, (Need.NOBODY_ENROLLED_OR_WIDER,)),
    (Status.GRAYSCALE, Event.SCALE): Step(
        Leads.FULL_AT_100,
        _by(Who.RELEASE_ACTOR, Who.RAMP),
        (Need.NOT_PAUSED, Need.GREATER_SHARE, Need.OPEN_WINDOW),
    ),
    (Status.GRAYSCALE, Event.START_RAMP): Step(Leads.SAME, ACTOR, (Need.RAMP_OFF,)),
    (Status.GRAYSCALE, Event.STOP_RAMP): Step(Leads.SAME, ACTOR, (Need.RAMP_ON,)),
    (Status.GRAYSCALE, Event.PAUSE): Step(
        Leads.SAME, _by(Who.RELEASE_ACTOR, Who.GUARDRAIL), (Need.NOT_PAUSED,)
    ),
    (Status.GRAYSCALE, Event.RESUME): Step(Leads.SAME, ACTOR, (Need.PAUSED,)),
    (Status.GRAYSCALE, Event.CANCEL): Step(
        Status.CANCELED, _by(Who.RELEASE_ACTOR, Who.GUARDRAIL), (Need.REASON,)
    ),
    (Status.FULL, Event.REPLACE): Step(Status.ARCHIVED, _by(Who.PLATFORM)),
    (Status.FULL, Event.TAKE_OFFLINE): Step(
        Status.ARCHIVED, _by(Who.REVIEWER, Who.PLATFORM), (Need.NOTHING_UNDER_WAY,)
    ),
    (Status.FULL, Event.FORCE_REMOVE): Step(
        Status.ARCHIVED, _by(Who.INSPECTOR), (Need.REASON, Need.NOTHING_UNDER_WAY)
    ),
    (Status.ARCHIVED, Event.ROLL_BACK): Step(
        Leads.A_NEW_RELEASE, ACTOR, (Need.REASON, Need.ARCHIVED_BY_REPLACEMENT)
    ),
}

CANDIDATE: Final = frozenset({Status.PREPARATION, Status.PILOT, Status.GRAYSCALE})
"""On its way to users: at most one of a mini program on a target."""

ENDED: Final = frozenset({Status.CANCELED, Status.ARCHIVED})


def step_for(status: Status | None, event: Event) -> Step | None:
    """The row for an event in a status; None: it cannot happen there."""
    return PIPELINE.get((status, event))


def events_in(status: Status) -> tuple[Event, ...]:
    """What can happen to a release in a status, in the order of the table."""
    return tuple(event for at, event in PIPELINE if at is status)


def next_after_review(policy: Policy) -> Status:
    """Where a release goes once its review is over, or where there is none."""
    if policy.pilot_testing:
        return Status.PILOT
    return after_pilot(policy) if not policy.grayscale_release else Status.PREPARATION


def after_pilot(policy: Policy) -> Status:
    """Where a release goes once its pilot is over."""
    return Status.GRAYSCALE if policy.grayscale_release else Status.FULL


def destination(step: Step, status: Status, policy: Policy, *, share: int = 0) -> Status:
    """Where a step leads from a status. `share` is what a release is scaled to."""
    match step.to:
        case Leads.REVIEW_OR_NEXT:
            return Status.UNDER_REVIEW if policy.review else next_after_review(policy)
        case Leads.NEXT:
            return next_after_review(policy)
        case Leads.AFTER_PILOT:
            return after_pilot(policy)
        case Leads.FULL_AT_100:
            return Status.FULL if share == EVERYBODY else status
        case Leads.SAME | Leads.A_NEW_RELEASE:
            return status
        case to:
            return Status(to)
