"""How long things wait, in figures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portico.service_email.pipeline.rules import (
    MOST_REFUSALS,
    Allowance,
    KeptTooShortOrLong,
    check_keep_days,
    is_alarming,
    pause_after,
    wait_after,
)
from tests.make import AT

MINUTE, HOUR = 60.0, 3600.0
NEVER_MIND = 0.5  # dice that change nothing


def test_a_refused_mail_waits_twice_as_long_each_time_up_to_a_day() -> None:
    waits = [wait_after(refusals, dice=NEVER_MIND) for refusals in range(1, MOST_REFUSALS)]

    assert waits[:5] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 16 * MINUTE]
    assert waits[-2:] == [24 * HOUR, 24 * HOUR]


def test_a_mail_is_given_up_after_three_to_four_days() -> None:
    waits = [wait_after(refusals, dice=NEVER_MIND) or 0 for refusals in range(1, MOST_REFUSALS)]

    assert 3 * 24 * HOUR < sum(waits) < 4 * 24 * HOUR
    assert wait_after(MOST_REFUSALS, dice=NEVER_MIND) is None


@pytest.mark.parametrize(("dice", "wait"), [(0.0, 48.0), (0.5, 60.0), (1.0, 72.0)])
def test_waits_are_spread_by_a_fifth(dice: float, wait: float) -> None:
    assert wait_after(1, dice=dice) == pytest.approx(wait)


def test_a_queue_rests_from_a_minute_to_an_hour() -> None:
    pauses = [
        pause_after(failures, sign_in_refused=False, dice=NEVER_MIND) for failures in (1, 2, 6, 99)
    ]

    assert pauses == [MINUTE, 2 * MINUTE, 32 * MINUTE, HOUR]


def test_a_refused_sign_in_rests_an_hour_at_once_so_that_no_account_is_locked() -> None:
    assert pause_after(1, sign_in_refused=True, dice=NEVER_MIND) == HOUR


@pytest.mark.parametrize(
    ("failures", "refused", "alarming"),
    [(1, False, False), (2, False, False), (3, False, True), (1, True, True)],
)
def test_admins_are_woken_after_three_failures_or_a_refused_sign_in(
    failures: int, refused: bool, alarming: bool
) -> None:
    assert is_alarming(failures, sign_in_refused=refused) is alarming


def test_an_allowance_begins_full_and_grows_with_time_to_a_quarter_of_a_minutes_worth() -> None:
    full = Allowance(0, None).grown(rate=600, at=AT)
    spent = full.less(150)

    assert full.mails == 150
    assert spent.grown(rate=600, at=AT).mails == 0
    assert spent.grown(rate=600, at=AT + timedelta(seconds=10)).mails == pytest.approx(100)
    assert spent.grown(rate=600, at=AT + timedelta(hours=1)).mails == 150


@pytest.mark.parametrize(("rate", "most"), [(1, 2), (6, 7), (600, 750)])
def test_in_no_minute_go_out_many_more_mails_than_the_rate_says(rate: int, most: int) -> None:
    allowance, gone = Allowance(0, None), 0
    for second in range(61):
        allowance = allowance.grown(rate=rate, at=AT + timedelta(seconds=second))
        gone += int(allowance.mails)
        allowance = allowance.less(int(allowance.mails))

    assert rate <= gone <= most


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    allowance = Allowance(5, AT).grown(rate=600, at=AT - timedelta(hours=1))

    assert allowance.mails == 5


@pytest.mark.parametrize("days", [7, 90, 730])
def test_the_log_is_kept_for_a_week_to_two_years(days: int) -> None:
    assert check_keep_days(days) == days


@pytest.mark.parametrize("days", [-1, 0, 6, 731])
def test_other_times_are_refused_with_what_would_be_accepted(days: int) -> None:
    with pytest.raises(KeptTooShortOrLong, match="7 to 730 days"):
        check_keep_days(days)
