"""What a release has to go through, as it stood when the release was applied for.

A `Policy` is one environment's part of the Release Process together with the workspace's time
zone. It is copied onto each release and request and read from there alone: what is saved later
does not reach them. Shares are in thousandths of a percent, so 10 % is 10,000 and all is
`EVERYBODY`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

JsonValue = str | int | bool | list[Any]

EVERYBODY: Final = 100_000


class AutomatedReview(StrEnum):
    """What the automated checks have to say in a review.

    Off: nothing. Advisory: they are shown. Blocking: nobody approves while they are not clean.
    Approving: blocking for nobody, and a clean result counts as one approval; where no human
    approval is needed, it alone approves.
    """

    OFF = "off"
    ADVISORY = "advisory"
    BLOCKING = "blocking"
    APPROVING = "approving"


@dataclass(frozen=True)
class RampStep:
    """A share, and how long a release stays there before it goes on by itself."""

    share: int
    soak: timedelta


@dataclass(frozen=True)
class Window:
    """When more users may be given a release: on these days (0: Monday), from `start` until `end`,
    in minutes since midnight of the workspace's time zone. An `end` that is not after `start` is
    on the next day."""

    days: frozenset[int]
    start: int
    end: int


@dataclass(frozen=True)
class Freeze:
    """When no more users may be given a release, whatever the windows say: from `start` until
    `end`, each a local time of the workspace such as `2026-12-20T18:00`."""

    start: str
    end: str
    note: str = ""


@dataclass(frozen=True)
class Policy:
    """The steps and limits for releases to one environment."""

    production: bool
    review: bool
    pilot_testing: bool
    grayscale_release: bool
    approvals: int
    requester_may_approve: bool
    automated_review: AutomatedReview
    most_testers: int
    largest_first_share: int
    shortest_soak: timedelta
    ramp: tuple[RampStep, ...]
    windows: tuple[Window, ...]
    freezes: tuple[Freeze, ...]
    time_zone: str


def stored(policy: Policy) -> dict[str, JsonValue]:
    """A policy as JSON, to be copied onto a release or request."""
    return {
        **{name: value for name, value in vars(policy).items() if name not in _SPELLED},
        "shortest_soak": policy.shortest_soak // _MINUTE,
        "ramp": [[step.share, step.soak // _MINUTE] for step in policy.ramp],
        "windows": [[sorted(one.days), one.start, one.end] for one in policy.windows],
        "freezes": [[one.start, one.end, one.note] for one in policy.freezes],
    }


def read(copy: Mapping[str, Any]) -> Policy:
    """A policy from its copy."""
    plain = {name: value for name, value in copy.items() if name not in _SPELLED}
    return Policy(
        **plain | {"automated_review": AutomatedReview(copy["automated_review"])},
        shortest_soak=copy["shortest_soak"] * _MINUTE,
        ramp=tuple(RampStep(share, minutes * _MINUTE) for share, minutes in copy["ramp"]),
        windows=tuple(Window(frozenset(days), a, b) for days, a, b in copy["windows"]),
        freezes=tuple(Freeze(*one) for one in copy["freezes"]),
    )


_MINUTE: Final = timedelta(minutes=1)
_SPELLED: Final = frozenset({"shortest_soak", "ramp", "windows", "freezes"})
