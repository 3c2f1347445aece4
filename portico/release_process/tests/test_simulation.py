"""A Release Process held against requests of the past."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portico.release_process.policy import AutomatedReview, Freeze, Window
from portico.release_process.simulation import (
    Automated,
    Enrollment,
    Kind,
    PastRequest,
    simulate,
)
from tests.make import make_policy

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)  # a Friday
PRODUCTION, SANDBOX = make_policy(), make_policy(production=False)
APPROVING, BLOCKING = AutomatedReview.APPROVING, AutomatedReview.BLOCKING

# What the default asks for, done by the book.
BY_THE_BOOK = PastRequest(
    title="Coffee 1.2 to Acme Pay",
    url="/console/releases/1/",
    production=True,
    status="Full Release",
    requested_at=AT - timedelta(days=1),
    policy_revision=0,
    reviewed=True,
    approved=True,
    approvals=1,
    approved_by_requester=False,
    automated=Automated.UNKNOWN,
    piloted=True,
    went_on=True,
    testers=2,
    baseline=True,
    enrollments=(
        Enrollment(AT, 1_000),
        Enrollment(AT + timedelta(minutes=30), 20_000),
        Enrollment(AT + timedelta(minutes=90), 100_000),
    ),
)
IN_SANDBOX = replace(
    BY_THE_BOOK,
    production=False,
    reviewed=False,
    approvals=0,
    piloted=False,
    testers=0,
    enrollments=(),
)


def found(request: PastRequest, **policy: Any) -> dict[Kind, tuple[bool, dict[str, Any]]]:
    """What would have been different in Production: whether stricter, and the facts."""
    (outcome,) = simulate({True: make_policy(**policy), False: SANDBOX}, [request])
    return {one.kind: (one.stricter, dict(one.sentence.facts)) for one in outcome.differences}


def test_what_did_all_that_is_asked_goes_the_same() -> None:
    assert simulate({True: PRODUCTION, False: SANDBOX}, [BY_THE_BOOK, IN_SANDBOX]) == [
        *simulate({True: PRODUCTION, False: SANDBOX}, [BY_THE_BOOK]),
        *simulate({True: PRODUCTION, False: SANDBOX}, [IN_SANDBOX]),
    ]
    assert found(BY_THE_BOOK) == {}


@pytest.mark.parametrize(
    ("request_changes", "policy", "expected"),
    [
        ({}, {"approvals": 2}, (True, {"had": 1, "needed": 2})),
        ({"approvals": 3}, {"approvals": 2}, (False, {"had": 3, "needed": 2})),
        (
            {"approvals": 0, "approved_by_requester": True},
            {},
            (True, {"had": 0, "needed": 1}),
        ),
        (
            {"automated": Automated.FINDINGS},
            {"approvals": 2, "automated_review": APPROVING},
            (True, {"had": 1, "needed": 2}),
        ),
        (
            {"approvals": 0},
            {"approvals": 0, "automated_review": APPROVING},
            (True, {"had": 0, "needed": 1}),
        ),
    ],
)
def test_approvals_that_were_there_are_held_against_those_needed(
    request_changes: dict[str, Any], policy: dict[str, Any], expected: tuple[bool, dict[str, int]]
) -> None:
    request = replace(BY_THE_BOOK, **request_changes)

    assert found(request, **policy)[Kind.APPROVALS] == expected


@pytest.mark.parametrize(
    ("request_changes", "policy"),
    [
        ({"approvals": 0, "approved_by_requester": True}, {"requester_may_approve": True}),
        ({"automated": Automated.CLEAN}, {"approvals": 2, "automated_review": APPROVING}),
        ({"approvals": 0, "automated": Automated.CLEAN}, {"automated_review": APPROVING}),
        ({"approved": False, "approvals": 0}, {"approvals": 5}),
    ],
)
def test_approvals_that_would_have_been_enough_make_no_difference(
    request_changes: dict[str, Any], policy: dict[str, Any]
) -> None:
    assert Kind.APPROVALS not in found(replace(BY_THE_BOOK, **request_changes), **policy)


def test_clean_checks_that_alone_approve_would_have_asked_nobody() -> None:
    clean = replace(BY_THE_BOOK, automated=Automated.CLEAN)

    assert found(clean, automated_review=APPROVING)[Kind.APPROVALS][0] is False


@pytest.mark.parametrize(
    ("automated", "differs"),
    [(Automated.CLEAN, False), (Automated.FINDINGS, True), (Automated.UNKNOWN, True)],
)
def test_blocking_checks_hold_up_what_was_not_clean(automated: Automated, differs: bool) -> None:
    request = replace(BY_THE_BOOK, automated=automated)

    assert (Kind.AUTOMATED_REVIEW in found(request, automated_review=BLOCKING)) is differs


def test_switching_a_step_of_the_sandbox_on_and_off_is_seen_both_ways() -> None:
    strict = replace(SANDBOX, review=True, pilot_testing=True)
    thorough = replace(IN_SANDBOX, reviewed=True, approvals=1, piloted=True, testers=2)

    (held_up,) = simulate({True: PRODUCTION, False: strict}, [IN_SANDBOX])
    (let_through,) = simulate({True: PRODUCTION, False: SANDBOX}, [thorough])

    assert [one.kind for one in held_up.differences] == [Kind.REVIEW, Kind.PILOT_TESTING]
    assert held_up.held_up
    assert [one.kind for one in let_through.differences] == [Kind.REVIEW, Kind.PILOT_TESTING]
    assert not let_through.held_up


def test_testers_beyond_what_a_pilot_may_have_are_counted() -> None:
    assert found(BY_THE_BOOK, most_testers=1)[Kind.TESTERS] == (True, {"had": 2, "most": 1})


def test_a_first_share_and_a_soak_are_held_against_the_limits() -> None:
    differences = found(BY_THE_BOOK, largest_first_share=500, shortest_soak=timedelta(minutes=120))

    assert differences[Kind.FIRST_SHARE] == (True, {"had": "1", "most": "0.5"})
    assert differences[Kind.SOAK] == (True, {"had": 90, "least": 120})


def test_neither_limit_holds_where_nobody_had_anything_before() -> None:
    first = replace(BY_THE_BOOK, baseline=False)

    assert found(first, largest_first_share=500, shortest_soak=timedelta(days=1)) == {}


def test_a_release_that_never_reached_everybody_is_not_held_to_the_soak() -> None:
    canceled = replace(BY_THE_BOOK, enrollments=BY_THE_BOOK.enrollments[:2])

    assert found(canceled, shortest_soak=timedelta(days=1)) == {}


def test_moments_outside_windows_and_within_freezes_are_counted() -> None:
    windows = (Window(frozenset(range(5)), 9 * 60, 10 * 60 + 15),)
    freezes = (Freeze("2026-11-20T11:00", "2026-11-23T00:00"),)

    differences = found(BY_THE_BOOK, windows=windows, freezes=freezes)

    assert differences[Kind.WINDOW] == (True, {"count": 1, "all": 3})
    assert differences[Kind.FREEZE] == (True, {"count": 1, "all": 3})
