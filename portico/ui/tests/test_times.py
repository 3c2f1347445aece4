"""Times as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from portico.ui.times import exactly, relatively

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=10), "just now"),
        (timedelta(seconds=50), "1 minute ago"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(hours=24), "yesterday"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=40), "Oct. 13, 2026"),
        (timedelta(seconds=-10), "in a moment"),
        (timedelta(minutes=-5), "in 5 minutes"),
        (timedelta(hours=-2), "in 2 hours"),
        (timedelta(days=-1), "tomorrow"),
        (timedelta(days=-3), "in 3 days"),
    ],
)
def test_a_time_is_said_relatively(before: timedelta, said: str) -> None:
    value = AT - before

    with translation.override("en"):
        text = relatively(value, at=AT)

    assert text == said


def test_days_are_counted_by_the_reader_s_calendar() -> None:
    value, at = AT - timedelta(hours=32), AT  # midnight two days before, in UTC

    with translation.override("en"), timezone.override("Pacific/Auckland"):
        text = relatively(value, at=at)

    assert text == "yesterday"


def test_the_exact_time_is_in_the_current_time_zone_and_names_it() -> None:
    value = AT

    with translation.override("en"), timezone.override("Asia/Shanghai"):
        text = exactly(value)

    assert text == "Nov. 22, 2026, 4 p.m. CST"


def test_a_page_shows_the_relative_time_and_the_exact_one_on_hover() -> None:
    values = Context({"value": datetime(2020, 1, 2, 3, 4, tzinfo=UTC)})

    with translation.override("en"), timezone.override("UTC"):
        html = Template("{% ago value %}").render(values)

    assert html == (
        '<time datetime="2020-01-02T03:04:00+00:00" title="Jan. 2, 2020, 3:04 a.m. UTC">'
        "Jan. 2, 2020</time>"
    )


def test_no_time_is_said_as_the_page_wants() -> None:
    values = Context({"value": None})

    html = Template("{% ago value empty='never' %}").render(values)

    assert html == "never"
