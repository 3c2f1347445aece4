from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from portico.basic_settings.payloads import Payload, checked
from portico.kernel.errors import Invalid
from portico.release_process import whole
from portico.release_process.policy import AutomatedReview
from portico.release_process.rules import (
    GrayscaleIsMandatory,
    NoDays,
    ReviewIsMandatory,
    check_clock,
    check_local_time,
    check_note,
    check_share,
    minutes_of,
    number,
    rows,
)

MOST_APPROVALS: Final = 5
MOST_TESTERS: Final = 1_000
MOST_MINUTES: Final = 60 * 24 * 30
MOST_STEPS: Final = 20
MOST_WINDOWS: Final = 20
MOST_FREEZES: Final = 50


class Day(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


DAYS: Final = tuple(Day)


def _in_order(days: tuple[Day, ...]) -> tuple[Day, ...]:
    if not days:
        raise NoDays
    return tuple(day for day in DAYS if day in days)


class RampPart(Payload):
    """A share of the users, and how long a release stays there before it goes on by itself."""

    percentage: Annotated[float, checked(check_share)] = Field(
        description="In percent, above 0, up to 100, with at most three decimals."
    )
    soak_minutes: Annotated[int, checked(number(0, MOST_MINUTES))] = 60

    def __repr__(self) -> str:
        """As the audit log shows it."""
        return f"{self.percentage:g} % for {self.soak_minutes} minutes"


class WindowPart(Payload):
    """When more users may be given a release."""

    days: Annotated[tuple[Day, ...], checked(_in_order)]
    start: Annotated[str, checked(check_clock)] = Field(description="Such as `09:00`.")
    end: Annotated[str, checked(check_clock)] = Field(
        description="Such as `17:30`; not after the start: on the next day."
    )

    def __repr__(self) -> str:
        """As the audit log shows it."""
        return f"{', '.join(self.days)} {self.start} to {self.end}"


class FreezePart(Payload):
    """When nobody more is given a release, whatever the windows say."""

    start: Annotated[str, checked(check_local_time)] = Field(
        description="In the workspace's time zone, such as `2026-12-20T18:00`."
    )
    end: Annotated[str, checked(check_local_time)] = Field(
        description="As the start, after it, by a year at most."
    )
    note: Annotated[str, checked(check_note)] = Field(
        "", description="What it is for, in one line of up to 100 characters."
    )

    def __repr__(self) -> str:
        """As the audit log shows it."""
        return f"{self.start} to {self.end}" + (f" ({self.note})" if self.note else "")


def _rising(ramp: tuple[RampPart, ...]) -> tuple[RampPart, ...]:
    whole.check_ramp([step.percentage for step in ramp])
    return ramp


def _apart(windows: tuple[WindowPart, ...]) -> tuple[WindowPart, ...]:
    whole.check_windows(
        [
            ([DAYS.index(day) for day in one.days], minutes_of(one.start), minutes_of(one.end))
            for one in windows
        ]
    )
    return windows


def _in_time(freezes: tuple[FreezePart, ...]) -> tuple[FreezePart, ...]:
    whole.check_freezes([(one.start, one.end) for one in freezes])
    return freezes


class Process(Payload):
    """What both environments have."""

    pilot_testing: bool = False
    approvals: Annotated[int, checked(number(0, MOST_APPROVALS))] = Field(
        1,
        description="How many must approve, 0 to 5. 0 only where the automated review is "
        "`approving`.",
    )
    requester_may_approve: bool = False
    automated_review: AutomatedReview = AutomatedReview.ADVISORY
    most_testers: Annotated[int, checked(number(1, MOST_TESTERS))] = Field(
        100, description="How many users a pilot may have, 1 to 1,000."
    )


def _is_on(refusal: type[Invalid]) -> AfterValidator:
    def check(given: bool) -> bool:
        if not given:
            raise refusal
        return given

    return checked(check)


class ProductionProcess(Process):
    """What a release to Production goes through. Review and grayscale release always are."""

    review: Annotated[bool, _is_on(ReviewIsMandatory)] = Field(
        True, description="Always true: no release reaches Production without a review."
    )
    pilot_testing: bool = True
    grayscale_release: Annotated[bool, _is_on(GrayscaleIsMandatory)] = Field(
        True, description="Always true: a release to Production reaches its users share by share."
    )
    largest_first_share: Annotated[float, checked(check_share)] = Field(
        10.0, description="In percent: how many users the first share may have at most."
    )
    shortest_soak_minutes: Annotated[int, checked(number(0, MOST_MINUTES))] = Field(
        60, description="From the first share until 100 %."
    )
    ramp: Annotated[tuple[RampPart, ...], checked(rows(MOST_STEPS)), checked(_rising)] = Field(
        (
            RampPart(percentage=1.0),
            RampPart(percentage=5.0),
            RampPart(percentage=20.0),
            RampPart(percentage=50.0),
            RampPart(percentage=100.0, soak_minutes=0),
        ),
        description="Percentages that rise, up to 100; the first within `largest_first_share`.",
    )
    windows: Annotated[tuple[WindowPart, ...], checked(rows(MOST_WINDOWS)), checked(_apart)] = (
        Field((), description="When more users may be given a release; none: at any time.")
    )
    freezes: Annotated[tuple[FreezePart, ...], checked(rows(MOST_FREEZES)), checked(_in_time)] = (
        Field((), description="When nobody more is given one, whatever the windows say.")
    )


class SandboxProcess(Process):
    """What a release to the Sandbox goes through."""

    review: bool = False


def _holds_in_production(process: ProductionProcess) -> ProductionProcess:
    whole.check_approvals(process.approvals, process.automated_review)
    whole.check_first_share([one.percentage for one in process.ramp], process.largest_first_share)
    return process


def _holds_in_sandbox(process: SandboxProcess) -> SandboxProcess:
    whole.check_approvals(process.approvals, process.automated_review)
    return process


class ReleaseProcess(Payload):
    """The steps that a release goes through, by environment."""

    production: Annotated[ProductionProcess, checked(_holds_in_production)] = ProductionProcess()
    sandbox: Annotated[SandboxProcess, checked(_holds_in_sandbox)] = SandboxProcess()
