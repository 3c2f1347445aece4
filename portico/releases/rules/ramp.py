"""The steps by which a release goes on by itself: shares in thousandths of a percent, each with the
minutes that the release stays there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from portico.release_process.policy import EVERYBODY, RampStep
from portico.releases.errors import RampRefused

MOST_STEPS: Final = 20
MOST_MINUTES: Final = 60 * 24 * 30

StoredRamp = list[list[int]]


def check_ramp(steps: Sequence[RampStep]) -> tuple[RampStep, ...]:
    """Steps that rise; raises `RampRefused`."""
    shares = [step.share for step in steps]
    minutes = [step.soak // _MINUTE for step in steps]
    good = (
        1 <= len(steps) <= MOST_STEPS
        and shares == sorted(set(shares))
        and all(0 < share <= EVERYBODY for share in shares)
        and all(0 <= one <= MOST_MINUTES for one in minutes)
    )
    if not good:
        raise RampRefused(most=MOST_STEPS)
    return tuple(steps)


def stored_ramp(steps: Sequence[RampStep]) -> StoredRamp:
    """Steps as a release keeps them."""
    return [[step.share, step.soak // _MINUTE] for step in steps]


def read_ramp(stored: StoredRamp) -> tuple[RampStep, ...]:
    """Steps as a release keeps them, read."""
    return tuple(RampStep(share, minutes * _MINUTE) for share, minutes in stored)


def next_step(steps: Sequence[RampStep], share: int) -> RampStep | None:
    """The step that comes after a share; None: the ramp is over."""
    return next((step for step in steps if step.share > share), None)


def soak_at(steps: Sequence[RampStep], share: int) -> timedelta:
    """How long a release stays at a share, which need not be one of the steps: as long as at the
    step that it has reached; not at all before the first."""
    reached = [step for step in steps if step.share <= share]
    return reached[-1].soak if reached else timedelta(0)


_MINUTE: Final = timedelta(minutes=1)
