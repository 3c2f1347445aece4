"""Release windows and freezes, on the clock of the workspace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.release_process.calendar import HORIZON, Why, closed_because, next_opening
from portico.release_process.policy import Freeze, Policy, Window
from tests.make import make_policy

WEEKDAYS = frozenset(range(5))
OFFICE = Window(WEEKDAYS, 9 * 60, 17 * 60)
BERLIN = ZoneInfo("Europe/Berlin")
SHANGHAI = "Asia/Shanghai"
# On 2026-03-29 the clocks of Berlin go from 02:00 to 03:00, on 2026-10-25 from 03:00 to 02:00.


def in_berlin(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


def berlin(*windows: Window, freezes: tuple[Freeze, ...] = ()) -> Policy:
    return make_policy(windows=windows, freezes=freezes, time_zone="Europe/Berlin")


def test_without_windows_and_freezes_it_is_always_open() -> None:
    at = in_berlin("2026-12-25T03:00")

    assert closed_because(berlin(), at) is None
    assert next_opening(berlin(), at) == at


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-20T08:59", False),
        ("2026-11-20T09:00", True),
        ("2026-11-20T16:59", True),
        ("2026-11-20T17:00", False),
        ("2026-11-21T12:00", False),
    ],
)
def test_a_window_opens_and_closes_on_the_clock_of_the_workspace(at: str, is_open: bool) -> None:
    assert (closed_because(berlin(OFFICE), in_berlin(at)) is None) is is_open


def test_the_time_zone_is_that_of_the_policy_alone() -> None:
    at = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai

    assert closed_because(make_policy(windows=(OFFICE,), time_zone=SHANGHAI), at) is None
    assert closed_because(make_policy(windows=(OFFICE,), time_zone="UTC"), at) is not None


def test_after_friday_evening_it_opens_on_monday_morning() -> None:
    closed = closed_because(berlin(OFFICE), in_berlin("2026-11-20T18:00"))

    assert closed is not None
    assert closed.why is Why.WINDOW
    assert closed.opens_at == in_berlin("2026-11-23T09:00")


def test_an_end_that_is_not_after_the_start_is_on_the_next_day() -> None:
    night = berlin(Window(frozenset({6}), 22 * 60, 4 * 60))

    assert closed_because(night, in_berlin("2026-11-22T23:00")) is None
    assert closed_because(night, in_berlin("2026-11-23T03:59")) is None
    assert closed_because(night, in_berlin("2026-11-23T04:00")) is not None
    assert closed_because(night, in_berlin("2026-11-23T22:00")) is not None


def test_a_window_from_an_hour_to_the_same_lasts_a_day() -> None:
    sunday = berlin(Window(frozenset({6}), 12 * 60, 12 * 60))

    assert closed_because(sunday, in_berlin("2026-11-23T11:59")) is None
    assert closed_because(sunday, in_berlin("2026-11-23T12:00")) is not None


def test_a_freeze_closes_what_a_window_opens_and_says_what_for() -> None:
    freeze = Freeze("2026-12-20T18:00", "2027-01-04T09:00", "Holidays")
    closed = closed_because(berlin(OFFICE, freezes=(freeze,)), in_berlin("2026-12-22T10:00"))

    assert closed is not None
    assert closed.why is Why.FREEZE
    assert closed.sentence.facts == {"note": "Holidays"}
    assert closed.opens_at == in_berlin("2027-01-04T09:00")


def test_it_opens_with_the_first_window_after_freezes_that_follow_each_other() -> None:
    freezes = (
        Freeze("2026-12-20T18:00", "2026-12-24T12:00"),
        Freeze("2026-12-24T09:00", "2026-12-27T00:00"),
    )

    opens = next_opening(berlin(OFFICE, freezes=freezes), in_berlin("2026-12-21T10:00"))

    assert opens == in_berlin("2026-12-28T09:00")


def test_a_freeze_beyond_the_horizon_has_no_opening_after_it() -> None:
    long = berlin(freezes=(Freeze("2026-01-01T00:00", "2199-12-31T23:59"),))
    closed = closed_because(long, in_berlin("2026-06-01T12:00"))

    assert closed is not None
    assert closed.opens_at is None


def test_a_window_that_starts_in_the_skipped_hour_opens_when_the_clock_is_changed() -> None:
    early = berlin(Window(frozenset({6}), 2 * 60 + 30, 6 * 60))

    assert next_opening(early, in_berlin("2026-03-29T01:00")) == in_berlin("2026-03-29T03:00")


def test_a_window_within_the_skipped_hour_opens_a_week_later() -> None:
    early = berlin(Window(frozenset({6}), 2 * 60 + 10, 2 * 60 + 50))

    assert next_opening(early, in_berlin("2026-03-29T00:00")) == in_berlin("2026-04-05T02:10")


def test_a_window_goes_by_the_first_of_two_equal_times() -> None:
    early = berlin(Window(frozenset({6}), 60, 2 * 60 + 30))

    assert closed_because(early, in_berlin("2026-10-25T02:29", fold=0)) is None
    assert closed_because(early, in_berlin("2026-10-25T02:30", fold=0)) is not None
    assert closed_because(early, in_berlin("2026-10-25T02:15", fold=1)) is not None


def test_a_freeze_lasts_through_both_of_two_equal_times() -> None:
    freeze = berlin(freezes=(Freeze("2026-10-25T02:30", "2026-10-25T02:45"),))

    assert closed_because(freeze, in_berlin("2026-10-25T02:29", fold=0)) is None
    assert closed_because(freeze, in_berlin("2026-10-25T02:00", fold=1)) is not None
    assert closed_because(freeze, in_berlin("2026-10-25T02:45", fold=1)) is None


ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Africa/Cairo", SHANGHAI]
)
MINUTES = st.integers(0, 24 * 60 - 1)
WINDOWS = st.builds(Window, st.frozensets(st.integers(0, 6), min_size=1), MINUTES, MINUTES)
LOCAL = st.datetimes(
    datetime.fromisoformat("2026-01-01T00:00"), datetime.fromisoformat("2027-12-31T00:00")
)
FREEZES = st.builds(
    lambda start, lasts: Freeze(
        start.strftime("%Y-%m-%dT%H:%M"), (start + lasts).strftime("%Y-%m-%dT%H:%M")
    ),
    LOCAL,
    st.timedeltas(timedelta(minutes=1), timedelta(days=90)),
)
POLICIES = st.builds(
    lambda windows, freezes, zone: make_policy(
        windows=tuple(windows), freezes=tuple(freezes), time_zone=zone
    ),
    st.lists(WINDOWS, max_size=4),
    st.lists(FREEZES, max_size=4),
    ZONES,
)


@given(POLICIES, LOCAL, st.lists(st.integers(1, 60 * 24 * 30), max_size=8))
def test_the_next_opening_is_open_and_nothing_before_it_is(
    policy: Policy, moment: datetime, minutes_later: list[int]
) -> None:
    at = moment.replace(tzinfo=UTC)

    opens = next_opening(policy, at)

    closed = closed_because(policy, at)
    assert (closed is None) == (opens == at)
    if closed is not None:
        assert closed.opens_at == opens
    if opens is None:
        horizon = at + HORIZON
    else:
        assert at <= opens
        assert closed_because(policy, opens) is None
        horizon = opens
    between = [at + timedelta(minutes=count) for count in minutes_later]
    just_before = [horizon - timedelta(seconds=1)]
    for one in [*between, *just_before]:
        if at <= one < horizon:
            assert closed_because(policy, one) is not None
