"""From state to state: the table, whatever checks find in whatever order, and the pace."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.domains.rules import (
    EXPIRES_AFTER,
    LINKED,
    MISSES,
    RELEASED_AFTER,
    SERVED,
    SUSPENDED_AFTER,
    TRANSITIONS,
    Outcome,
    Sighting,
    Standing,
    State,
    after_check,
    is_expired,
    moved_to,
    next_check,
)
from tests.make import AT

WORKS = Sighting(owned=True, leads_here=True, served=True, clear=False)
LEADS_HERE = replace(WORKS, served=False)
PROVEN = replace(LEADS_HERE, leads_here=False)
UNSURE = replace(PROVEN, owned=False)
CLEAR = replace(UNSURE, clear=True)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

sightings = st.sampled_from([WORKS, LEADS_HERE, PROVEN, UNSURE, CLEAR])
pauses = st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=9))
checks = st.lists(st.tuples(sightings, pauses, st.booleans()), max_size=40)


def claimed(state: State = State.PENDING, *, at: datetime = AT) -> Standing:
    held = state not in {State.PENDING, State.REMOVED}
    return Standing(state=state, since=at, asked_at=at, held=held)


def after(standing: Standing, *seen: Sighting, every: timedelta = HOUR) -> Standing:
    """After these checks, one each hour from the time the standing began."""
    at = standing.since
    for sighting in seen:
        at += every
        standing = after_check(standing, sighting, at=at).standing
    return standing


def test_every_state_is_reached_and_left() -> None:
    into = {to for (before, _outcome), to in TRANSITIONS.items() if to is not before}
    out_of = {before for (before, _outcome), to in TRANSITIONS.items() if to is not before}

    assert into | {State.PENDING} == set(State)
    assert out_of == set(State)


@pytest.mark.parametrize("state", [state for state in State if state is not State.REMOVED])
def test_whoever_has_a_domain_can_let_go_of_it(state: State) -> None:
    assert TRANSITIONS[state, Outcome.REMOVED] is State.REMOVED


def test_a_tombstone_is_left_by_its_workspace_alone() -> None:
    leaving = {
        outcome
        for (before, outcome), to in TRANSITIONS.items()
        if before is State.REMOVED and to is not State.REMOVED
    }

    assert leaving == {Outcome.CLAIMED}


@pytest.mark.parametrize(
    ("before", "seen", "state"),
    [
        (State.PENDING, UNSURE, State.PENDING),
        (State.PENDING, PROVEN, State.VERIFIED),
        (State.PENDING, LEADS_HERE, State.VERIFIED),
        (State.VERIFIED, PROVEN, State.VERIFIED),
        (State.VERIFIED, LEADS_HERE, State.VERIFIED),
        (State.VERIFIED, WORKS, State.ACTIVE),
        (State.VERIFIED, UNSURE, State.VERIFIED),
        (State.ACTIVE, UNSURE, State.ACTIVE),
        (State.DEGRADED, WORKS, State.ACTIVE),
        (State.DEGRADED, LEADS_HERE, State.DEGRADED),
        (State.SUSPENDED, PROVEN, State.SUSPENDED),
        (State.SUSPENDED, LEADS_HERE, State.VERIFIED),
        (State.SUSPENDED, WORKS, State.ACTIVE),
        (State.REMOVED, WORKS, State.REMOVED),
    ],
)
def test_one_check_leads_to(before: State, seen: Sighting, state: State) -> None:
    assert after(claimed(before), seen).state is state


@pytest.mark.parametrize("miss", [LEADS_HERE, PROVEN, UNSURE, CLEAR])
def test_the_third_miss_in_a_row_degrades(miss: Sighting) -> None:
    active = claimed(State.ACTIVE)

    assert after(active, miss, miss).state is State.ACTIVE
    assert after(active, miss, miss, miss).state is State.DEGRADED
    assert after(active, miss, miss, WORKS, miss, miss).state is State.ACTIVE


def test_bad_news_that_does_not_count_degrades_nothing() -> None:
    standing = claimed(State.ACTIVE)

    for _ in range(10):
        standing = after_check(standing, UNSURE, at=AT + HOUR, counts=False).standing

    assert (standing.state, standing.misses) == (State.ACTIVE, 0)
    assert after_check(standing, WORKS, at=AT + HOUR, counts=False).standing == standing


def test_seven_days_degraded_suspend_and_one_good_check_before_mends() -> None:
    degraded = claimed(State.DEGRADED)

    shortly_before = after_check(degraded, UNSURE, at=AT + SUSPENDED_AFTER - HOUR).standing
    late = after_check(shortly_before, UNSURE, at=AT + SUSPENDED_AFTER)
    mended = after_check(shortly_before, WORKS, at=AT + SUSPENDED_AFTER + DAY)

    assert shortly_before.state is State.DEGRADED
    assert (late.standing.state, late.outcome) == (State.SUSPENDED, Outcome.FAILED)
    assert mended.standing.state is State.ACTIVE


def test_what_never_worked_and_lost_its_proof_is_suspended() -> None:
    verified = claimed(State.VERIFIED)

    assert after(verified, *[UNSURE] * MISSES).state is State.SUSPENDED
    assert after(verified, *[PROVEN] * 20).state is State.VERIFIED


def test_a_tombstone_holds_the_name_until_the_dns_is_clear_for_a_day() -> None:
    tombstone = replace(claimed(State.REMOVED), held=True)

    once = after(tombstone, CLEAR)
    back = after_check(once, LEADS_HERE, at=AT + 20 * HOUR).standing
    unsure = after_check(once, UNSURE, at=AT + 20 * HOUR).standing
    freed = after_check(once, CLEAR, at=AT + 26 * HOUR)

    assert once.held
    assert after_check(back, CLEAR, at=AT + 40 * HOUR).standing.held
    assert after_check(unsure, CLEAR, at=AT + 40 * HOUR).standing.held
    assert freed.freed
    assert (freed.standing.state, freed.standing.held) == (State.REMOVED, False)


def test_a_tombstone_that_is_taken_back_and_removed_again_gains_no_time() -> None:
    tombstone = after(replace(claimed(State.REMOVED), held=True), CLEAR)

    taken_back = moved_to(tombstone, State.PENDING, at=AT + 2 * HOUR)
    removed_again = moved_to(taken_back, State.REMOVED, at=AT + 3 * HOUR)

    assert not after_check(taken_back, CLEAR, at=AT + 26 * HOUR).standing.held
    assert not after_check(removed_again, CLEAR, at=AT + 26 * HOUR).standing.held


def test_a_suspended_name_is_let_go_of_after_thirty_days_of_nothing() -> None:
    suspended = after(claimed(State.SUSPENDED), CLEAR)

    step = after_check(suspended, CLEAR, at=AT + HOUR + RELEASED_AFTER[State.SUSPENDED])

    assert (step.outcome, step.freed) == (Outcome.LAPSED, True)
    assert (step.standing.state, step.standing.held) == (State.PENDING, False)


@given(st.sampled_from([State.PENDING, State.REMOVED]), checks)
def test_whatever_is_found_the_rules_hold(
    begun: State, found: list[tuple[Sighting, timedelta, bool]]
) -> None:
    standing, at = claimed(begun), AT
    for sighting, pause, counts in found:
        at += pause
        step = after_check(standing, sighting, at=at, counts=counts)
        new = step.standing

        assert TRANSITIONS[standing.state, step.outcome] is new.state
        if new.state in SERVED or new.state is State.SUSPENDED:
            assert new.held  # the database demands it, too
        if new.held and not standing.held:
            assert sighting.owned  # nobody holds what they did not prove
        if new.state in LINKED and standing.state not in LINKED:
            assert sighting is WORKS
        if sighting is WORKS and standing.state in LINKED:
            assert (new.state, new.misses) == (State.ACTIVE, 0)
        if step.freed:
            assert sighting.clear
        assert new.misses <= standing.misses + 1
        assert (new.since == at) == (new.state is not standing.state) or pause == timedelta(0)
        standing = new


@given(checks)
def test_a_tombstone_stays_one_and_once_freed_stays_free(
    found: list[tuple[Sighting, timedelta, bool]],
) -> None:
    standing, at = replace(claimed(State.REMOVED), held=True), AT
    held = [True]
    for sighting, pause, counts in found:
        at += pause
        standing = after_check(standing, sighting, at=at, counts=counts).standing
        held.append(standing.held)

    assert standing.state is State.REMOVED
    assert all(before or not now for before, now in pairwise(held))


def test_a_claim_is_looked_at_ever_more_rarely_and_then_no_more() -> None:
    standing, at = claimed(), AT
    pauses_between = []
    while (due := next_check(standing, key="pay.example.com", at=at)) is not None:
        pauses_between.append(due - at)
        at = due
        assert len(pauses_between) < 200

    assert pauses_between[0] < timedelta(minutes=1.2)
    assert timedelta(minutes=50) < max(pauses_between[:80]) < timedelta(minutes=70)
    assert pauses_between[-1] > timedelta(hours=21)
    assert EXPIRES_AFTER <= at - AT < EXPIRES_AFTER + timedelta(days=2)
    assert is_expired(standing, at=at)
    assert not is_expired(standing, at=AT + EXPIRES_AFTER - HOUR)


@pytest.mark.parametrize(
    ("state", "misses", "about"),
    [
        (State.ACTIVE, 0, DAY),
        (State.ACTIVE, 1, HOUR),
        (State.DEGRADED, 0, HOUR),
        (State.SUSPENDED, 0, DAY),
        (State.VERIFIED, 0, DAY),
    ],
)
def test_how_soon_one_looks_again(state: State, misses: int, about: timedelta) -> None:
    standing = replace(claimed(state), misses=misses)
    later = AT + timedelta(days=20)

    due = next_check(standing, key="one", at=later)

    assert due is not None
    assert 0.8 * about <= due - later <= about


def test_a_tombstone_is_looked_at_as_long_as_it_holds_the_name() -> None:
    free = claimed(State.REMOVED)

    assert next_check(replace(free, held=True), key="one", at=AT) is not None
    assert next_check(free, key="one", at=AT) is None


def test_a_claim_that_holds_the_name_is_looked_at_even_when_nobody_waits_for_it() -> None:
    taken_back = replace(claimed(), held=True)

    assert next_check(taken_back, key="one", at=AT + 2 * EXPIRES_AFTER) is not None


def test_domains_that_are_due_together_are_spread() -> None:
    dues = {next_check(claimed(State.ACTIVE), key=str(n), at=AT) for n in range(1000)}

    assert len(dues) > 990
    known = [due for due in dues if due is not None]
    assert max(known) - min(known) > timedelta(hours=4)
