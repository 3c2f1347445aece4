"""How long to wait, when to give up, and when an endpoint is taken for dead. Plain arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MINUTE, HOUR = 60.0, 3600.0

# Seconds after the first, second, … failed attempt; with the first one they span 3.15 days.
WAITS = (5.0, 5 * MINUTE, 30 * MINUTE, *(hours * HOUR for hours in (2, 5, 10, 14, 20, 24)))
JITTER = 0.2  # of each wait, never less than it, so that the whole is never under three days

LONGEST_ASKED = 24 * HOUR  # that a receiver may ask to be left alone with one delivery
LONGEST_REST = 15 * MINUTE  # that a receiver may ask to be left alone altogether
FIRST_REST = 1.0
LONGEST_OWN_REST = 5 * MINUTE

DISABLE_AFTER = timedelta(days=3)
FEWEST_FAILURES = 8

DAYS_KEPT = 30


def wait_after(refusals: int, *, dice: float, asked: float | None = None) -> float | None:
    """Seconds until the next attempt after so many failed ones (1 or more); None: give up.

    `dice` is a random number from 0 to 1; `asked` the seconds of a Retry-After, which may make it
    longer, never shorter: a receiver that always says "in a second" would be given up in ten.
    """
    if refusals > len(WAITS):
        return None
    wait = WAITS[refusals - 1] * (1 + JITTER * dice)
    return max(wait, min(asked, LONGEST_ASKED)) if asked is not None else wait


def rest_after(failures: int, *, dice: float) -> float:
    """Seconds for which an endpoint that did not answer is left alone, after so many failures in a
    row (1 or more). It keeps what waits for it from holding up the workers, a time-out each."""
    rest: float = min(FIRST_REST * 2 ** min(failures - 1, 20), LONGEST_OWN_REST)
    return rest * (1 + JITTER * dice)


def is_dead(*, failing_since: datetime, failures: int, at: datetime) -> bool:
    """Whether an endpoint whose attempts all failed since then is not to be called any more."""
    return at - failing_since >= DISABLE_AFTER and failures >= FEWEST_FAILURES


def seconds_asked(retry_after: str, *, at: datetime) -> float | None:
    """The seconds that a Retry-After asks for: a number or a date; None: it says nothing usable."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the latter for numbers beyond those of the machine
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - at).total_seconds())
