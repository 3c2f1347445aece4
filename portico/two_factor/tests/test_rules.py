"""Who must have a second factor, and until when they may go on without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.two_factor.rules import (
    FRESH_GRACE,
    Belonging,
    GraceOutOfRange,
    Policy,
    Required,
    State,
    UnknownRequirement,
    check_grace,
    check_required,
    due_at,
    first_applied,
    is_stricter,
    revised,
    state_of,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
# One thing that happens at each hour: the policy is saved, or the member's role changes.
EVENTS = st.lists(st.sampled_from([*Required, "admin", "other"]), max_size=12)


@dataclass
class Told:
    """What a history comes to when it is walked hour by hour."""

    policy: Policy
    who: Belonging
    since: datetime | None


def asks(required: Required, *, is_admin: bool) -> bool:
    return required is Required.ALL or (required is Required.ADMINS and is_admin)


def walked(joined_at: int, starts_as_admin: bool, events: list[Required | str]) -> Told:
    """Walk a history, and note since when the member has been asked without a break."""
    policy, is_admin = Policy(), starts_as_admin
    joined = START + timedelta(hours=joined_at) - timedelta(minutes=30)
    role_since, since = joined, None
    for hour, event in enumerate(events):
        at = START + timedelta(hours=hour)
        if isinstance(event, Required):
            if event is Required.ADMINS and is_admin and since:
                since = max(since, role_since)  # what others were asked for is over
            policy = revised(policy, event, 7, at=at)
        elif at > joined and (event == "admin") != is_admin:
            is_admin, role_since = event == "admin", at
        asked = asks(policy.required, is_admin=is_admin)
        since = (since or max(at, joined)) if asked else None
    who = Belonging(is_admin=is_admin, joined=joined, role_since=role_since)
    return Told(policy, who, since)


@given(joined_at=st.integers(0, 12), admin=st.booleans(), events=EVENTS)
def test_it_counts_from_when_a_member_has_been_asked_without_a_break(
    joined_at: int, admin: bool, events: list[Required | str]
) -> None:
    told = walked(joined_at, admin, events)

    assert first_applied(told.policy, told.who) == told.since


@given(
    required=st.sampled_from(Required),
    days=st.integers(0, 30),
    admin=st.booleans(),
    joined=st.integers(0, 90),
    removed=st.none() | st.integers(0, 90),
    now=st.integers(0, 200),
    has=st.booleans(),
)
def test_nobody_is_overdue_before_their_grace_is_over(
    required: Required,
    days: int,
    admin: bool,
    joined: int,
    removed: int | None,
    now: int,
    has: bool,
) -> None:
    policy = revised(Policy(), required, days, at=START + 30 * DAY)
    gone = None if removed is None else START + removed * DAY
    who = Belonging(admin, START + joined * DAY, START + joined * DAY, gone)
    at = START + now * DAY

    state = state_of(policy, who, has=has, at=at)

    if state is State.OVERDUE:
        assert not has
        assert asks(required, is_admin=admin)
        assert at >= START + max(30, joined) * DAY + days * DAY
        assert gone is None or at >= gone + FRESH_GRACE
    if not has and not asks(required, is_admin=admin):
        assert state is State.NOT_ASKED
        assert due_at(policy, who) is None


def test_an_admin_of_before_is_asked_from_when_the_policy_was_saved() -> None:
    policy = revised(Policy(), Required.ADMINS, 7, at=START)
    who = Belonging(is_admin=True, joined=START - 99 * DAY, role_since=START - 99 * DAY)

    assert due_at(policy, who) == START + 7 * DAY


def test_who_becomes_an_admin_later_has_a_grace_of_their_own() -> None:
    policy = revised(Policy(), Required.ADMINS, 7, at=START)
    who = Belonging(is_admin=True, joined=START - 99 * DAY, role_since=START + 50 * DAY)

    assert due_at(policy, who) == START + 57 * DAY


def test_becoming_an_admin_gives_nobody_a_second_grace_where_all_are_asked() -> None:
    policy = revised(Policy(), Required.ALL, 7, at=START)
    who = Belonging(is_admin=True, joined=START - DAY, role_since=START + 50 * DAY)

    assert due_at(policy, who) == START + 7 * DAY


def test_saving_again_begins_no_new_grace() -> None:
    first = revised(Policy(), Required.ADMINS, 7, at=START)

    wider = revised(first, Required.ALL, 7, at=START + 20 * DAY)

    assert (wider.admins_since, wider.others_since) == (START, START + 20 * DAY)


def test_a_policy_that_was_off_in_between_begins_anew() -> None:
    first = revised(Policy(), Required.ALL, 7, at=START)
    off = revised(first, Required.OFF, 7, at=START + DAY)

    again = revised(off, Required.ALL, 7, at=START + 2 * DAY)

    assert (again.admins_since, again.others_since) == (START + 2 * DAY, START + 2 * DAY)


def test_a_reset_leaves_at_least_three_days() -> None:
    policy = revised(Policy(), Required.ALL, 0, at=START)
    who = Belonging(False, START, START, removed_at=START + 50 * DAY)

    assert due_at(policy, who) == START + 53 * DAY


def test_a_reset_asks_nobody_whom_the_policy_does_not() -> None:
    policy = revised(Policy(), Required.ADMINS, 0, at=START)

    assert due_at(policy, Belonging(False, START, START, removed_at=START)) is None


@pytest.mark.parametrize(
    ("before", "after", "stricter"),
    [
        ((Required.OFF, 7), (Required.ADMINS, 7), True),
        ((Required.ADMINS, 7), (Required.ALL, 30), True),
        ((Required.ALL, 7), (Required.ALL, 6), True),
        ((Required.ALL, 7), (Required.ALL, 8), False),
        ((Required.ALL, 7), (Required.ADMINS, 7), False),
        ((Required.ALL, 7), (Required.OFF, 0), False),
    ],
)
def test_stricter_is_more_people_or_less_time(
    before: tuple[Required, int], after: tuple[Required, int], stricter: bool
) -> None:
    old = revised(Policy(), *before, at=START)

    assert is_stricter(old, revised(old, *after, at=START)) is stricter


@pytest.mark.parametrize("days", [-1, 31, 10**9])
def test_a_grace_is_from_none_to_thirty_days(days: int) -> None:
    with pytest.raises(GraceOutOfRange, match="from 0 to 30 days"):
        check_grace(days)


def test_an_unknown_requirement_is_refused() -> None:
    with pytest.raises(UnknownRequirement, match="“everybody” is not one of"):
        check_required("everybody")
