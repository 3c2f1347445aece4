"""How long to wait, and when to give up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portico.webhooks.rules import patience
from portico.webhooks.rules.patience import is_dead, rest_after, seconds_asked, wait_after
from tests.make import AT

DAY = 86_400.0


def test_an_event_is_tried_for_three_days_with_ever_longer_waits() -> None:
    waits = [wait_after(refusals, dice=0) for refusals in range(1, 10)]

    assert waits[0] == 5
    assert waits == sorted(waits, key=float)  # type: ignore[arg-type]
    assert 3 * DAY < sum(filter(None, waits)) < 3.5 * DAY
    assert wait_after(10, dice=0) is None


def test_chance_makes_a_wait_longer_never_shorter() -> None:
    assert wait_after(2, dice=0) == 300
    assert wait_after(2, dice=1) == pytest.approx(360)


def test_a_receiver_may_ask_for_more_time_but_not_for_less_nor_for_ever() -> None:
    assert wait_after(1, dice=0, asked=90) == 90
    assert wait_after(2, dice=0, asked=1) == 300
    assert wait_after(1, dice=0, asked=10**9) == patience.LONGEST_ASKED
    assert wait_after(10, dice=0, asked=90) is None


def test_an_endpoint_that_does_not_answer_rests_ever_longer_up_to_minutes() -> None:
    rests = [rest_after(failures, dice=0) for failures in (1, 2, 5, 9, 100)]

    assert rests == [1, 2, 16, 256, 300]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sun, 22 Nov 2026 08:01:00 GMT", 60.0),
        ("Sun, 22 Nov 2026 07:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("99999999999999999999", None),
        ("²", None),
        ("Sun, 99 Nov 2026 08:01:00 GMT", None),
        (f"Sun, 22 Nov {'9' * 20} 08:01:00 GMT", None),
        (f"Sun, 22 Nov 2026 {'9' * 20}:01:00 GMT", None),
        (f"Sun, 22 Nov 2026 08:01:00 +{'9' * 20}", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(text: str, seconds: float | None) -> None:
    assert seconds_asked(text, at=AT) == seconds


def test_an_endpoint_is_dead_after_three_days_of_nothing_but_failures() -> None:
    since = datetime(2026, 11, 19, 8, tzinfo=UTC)

    assert is_dead(failing_since=since, failures=8, at=since + timedelta(days=3))
    assert not is_dead(failing_since=since, failures=7, at=since + timedelta(days=3))
    assert not is_dead(failing_since=since, failures=99, at=since + timedelta(days=2, hours=23))


def test_one_event_that_is_never_taken_is_enough_to_find_out() -> None:
    at, failures = AT, 1  # the first attempt fails at once
    while (wait := wait_after(failures, dice=0)) is not None:
        at += timedelta(seconds=wait)
        failures += 1

    assert is_dead(failing_since=AT, failures=failures, at=at)
