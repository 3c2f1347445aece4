"""What may be written into the Release Process."""

from __future__ import annotations

from typing import Any

import pytest

from portico.basic_settings.payloads import parse, read_stored
from portico.kernel.errors import InvalidFields
from portico.release_process.payload import ReleaseProcess

OFFICE = {"days": ["monday", "tuesday"], "start": "09:00", "end": "17:00"}


def ramp(*shares: float) -> dict[str, Any]:
    return {"production": {"ramp": [{"percentage": share} for share in shares]}}


def production(**values: Any) -> dict[str, Any]:
    return {"production": values}


def codes(values: dict[str, Any]) -> dict[str, str]:
    """What is refused, by field."""
    with pytest.raises(InvalidFields) as refusal:
        parse(ReleaseProcess, values)
    return {field: error.code for field, error in refusal.value.errors.items()}


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        (production(review=False), "production.review", "review_is_mandatory"),
        (
            production(grayscale_release=False),
            "production.grayscale_release",
            "grayscale_release_is_mandatory",
        ),
        (production(approvals=0), "production.approvals", "approval_needed"),
        (production(approvals=6), "production.approvals", "out_of_range"),
        ({"sandbox": {"approvals": 0}}, "sandbox.approvals", "approval_needed"),
        ({"sandbox": {"most_testers": 0}}, "sandbox.most_testers", "out_of_range"),
        (production(largest_first_share=0), "production.largest_first_share", "not_a_share"),
        (
            production(shortest_soak_minutes=-1),
            "production.shortest_soak_minutes",
            "out_of_range",
        ),
        (production(ramp=[]), "production.ramp", "no_ramp"),
        (ramp(*[100] * 21), "production.ramp", "too_many_rows"),
        (ramp(5, 5, 100), "production.ramp.1.percentage", "ramp_not_rising"),
        (ramp(1, 50), "production.ramp.1.percentage", "ramp_ends_early"),
        (ramp(1, 0.0001, 100), "production.ramp.1.percentage", "not_a_share"),
        (ramp(20, 100), "production.ramp.0.percentage", "ramp_starts_too_large"),
        (
            production(windows=[{**OFFICE, "days": []}]),
            "production.windows.0.days",
            "no_days",
        ),
        (
            production(windows=[{**OFFICE, "start": "24:00"}]),
            "production.windows.0.start",
            "not_a_clock_time",
        ),
        (
            production(windows=[OFFICE, {**OFFICE, "days": ["tuesday"], "start": "16:59"}]),
            "production.windows.1.start",
            "windows_overlap",
        ),
        (
            production(
                windows=[
                    {"days": ["monday"], "start": "03:00", "end": "05:00"},
                    {"days": ["sunday"], "start": "22:00", "end": "04:00"},
                ]
            ),
            "production.windows.1.start",
            "windows_overlap",
        ),
        (
            production(freezes=[{"start": "2026-12-20T18:00", "end": "2026-12-20T18:00"}]),
            "production.freezes.0.end",
            "ends_before_it_starts",
        ),
        (
            production(freezes=[{"start": "2026-02-30T18:00", "end": "2026-12-20T18:00"}]),
            "production.freezes.0.start",
            "not_a_local_time",
        ),
        (
            production(freezes=[{"start": "2026-01-01T00:00", "end": "2027-01-03T00:00"}]),
            "production.freezes.0.end",
            "freeze_too_long",
        ),
        (
            production(freezes=[{"start": "2026-01-01T00:00", "end": "2026-01-03T00:00"}] * 2),
            "production.freezes.1.start",
            "same_freeze",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    values: dict[str, Any], field: str, code: str
) -> None:
    assert codes(values)[field] == code


@pytest.mark.parametrize(
    "values",
    [
        production(approvals=0, automated_review="approving"),
        production(windows=[OFFICE, {**OFFICE, "start": "17:00", "end": "09:00"}]),
        production(windows=[{"days": ["monday"], "start": "00:00", "end": "00:00"}]),
        ramp(10, 100),
        {**ramp(100), "production": {"largest_first_share": 100, "ramp": [{"percentage": 100}]}},
    ],
)
def test_what_makes_sense_is_accepted(values: dict[str, Any]) -> None:
    assert parse(ReleaseProcess, values) == read_stored(ReleaseProcess, values)


def test_each_wrong_value_is_said_at_once() -> None:
    assert codes(
        {"production": {"approvals": 9, "review": False}, "sandbox": {"approvals": 9}}
    ) == {
        "production.approvals": "out_of_range",
        "production.review": "review_is_mandatory",
        "sandbox.approvals": "out_of_range",
    }


def test_what_was_stored_under_other_rules_can_still_be_read() -> None:
    stored = {"production": {"approvals": 0, "ramp": [{"percentage": 70.0}]}}

    process = read_stored(ReleaseProcess, stored)

    assert process.production.approvals == 0


def test_days_are_kept_once_each_and_in_their_order() -> None:
    values = production(windows=[{**OFFICE, "days": ["friday", "monday", "friday"]}])

    (window,) = parse(ReleaseProcess, values).production.windows

    assert window.days == ("monday", "friday")
