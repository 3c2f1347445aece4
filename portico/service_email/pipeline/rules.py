"""How long to wait, how many, and when to give up. Plain arithmetic; times are seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from portico.kernel.errors import Invalid, gettext_noop

FIRST_WAIT = 60.0
LONGEST_WAIT = 24 * 3600.0
# 13 waits from 1 min to 24 h are 3.4 days: long enough for a weekend, as RFC 5321 has it.
MOST_REFUSALS = 14

FIRST_PAUSE = 60.0
LONGEST_PAUSE = 3600.0
ALARM_AFTER = 3  # failures in a row
ALARMS_APART = timedelta(hours=6)

SHARE_HELD = 0.25  # of a minute's worth of mails, which may go out at once

JITTER = 0.2  # of each wait, up or down, so that what failed together does not come back together

FEWEST_DAYS, MOST_DAYS = 7, 730


class KeptTooShortOrLong(Invalid):
    code = "kept_too_short_or_long"
    sentence = gettext_noop(
        "The mail log can be kept for %(fewest)s to %(most)s days; %(days)s is not within that."
    )


def check_keep_days(days: int) -> int:
    """The days, if the mail log may be kept for so long; raises `KeptTooShortOrLong`."""
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise KeptTooShortOrLong(days=days, fewest=FEWEST_DAYS, most=MOST_DAYS)
    return days


def wait_after(refusals: int, *, dice: float) -> float | None:
    """How long a mail waits after so many refusals for now (1 or more); None: give it up.

    `dice` is a random number from 0 to 1.
    """
    if refusals >= MOST_REFUSALS:
        return None
    return _jittered(min(FIRST_WAIT * 2 ** (refusals - 1), LONGEST_WAIT), dice)


def pause_after(failures: int, *, sign_in_refused: bool, dice: float) -> float:
    """How long a queue rests after so many failures of its server in a row (1 or more).

    Repeated wrong passwords lock accounts, so a refused sign-in rests longest at once.
    """
    if sign_in_refused:
        return _jittered(LONGEST_PAUSE, dice)
    return _jittered(min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE), dice)


def is_alarming(failures: int, *, sign_in_refused: bool) -> bool:
    """Whether to wake the admins."""
    return sign_in_refused or failures >= ALARM_AFTER


@dataclass(frozen=True)
class Allowance:
    """How many mails may go out now: a token bucket.

    It holds a quarter of a minute's worth: enough for the sweep to come by in time, and little
    enough that after a quiet time no minute has many more than the rate says.
    """

    mails: float
    at: datetime | None

    def grown(self, *, rate: int, at: datetime) -> Allowance:
        """With what has come since, at so many a minute. A new one is full."""
        most = max(1.0, rate * SHARE_HELD)
        if self.at is None:
            return Allowance(most, at)
        seconds = max(0.0, (at - self.at).total_seconds())
        return Allowance(min(most, self.mails + seconds * rate / 60), at)

    def less(self, mails: int) -> Allowance:
        """After so many went out (or with a negative number, came back)."""
        return Allowance(self.mails - mails, self.at)


def _jittered(seconds: float, dice: float) -> float:
    return seconds * (1 - JITTER + 2 * JITTER * dice)
