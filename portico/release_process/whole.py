"""What has to hold between the values of the Release Process: rules over rows and environments.

Each takes plain values and raises `InvalidFields`, whose fields are named from where it is asked:
`2.percentage` is the percentage of the third row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from portico.kernel.errors import Invalid, InvalidFields, gettext_noop
from portico.release_process.policy import AutomatedReview

LONGEST_FREEZE: Final = timedelta(days=366)
_DAY: Final = 24 * 60
_WEEK: Final = 7 * _DAY


class ApprovalNeeded(Invalid):
    code = "approval_needed"
    sentence = gettext_noop(
        "0 approvals are accepted only where the automated review is approving. Give at least 1, "
        "or choose the approving automated review."
    )


class RampNotRising(Invalid):
    code = "ramp_not_rising"
    sentence = gettext_noop(
        "%(given)s %% is not more than the step before it, %(before)s %%. Each step has to be "
        "larger than the one before."
    )


class RampEndsEarly(Invalid):
    code = "ramp_ends_early"
    sentence = gettext_noop("The ramp ends at %(given)s %%. Its last step has to be 100 %%.")


class NoRamp(Invalid):
    code = "no_ramp"
    sentence = gettext_noop("The ramp needs at least one step; the last one is 100 %%.")


class RampStartsTooLarge(Invalid):
    code = "ramp_starts_too_large"
    sentence = gettext_noop(
        "The ramp starts with %(given)s %%, and the largest first share is %(most)s %%. Start with "
        "less, or allow a larger first share."
    )


class WindowsOverlap(Invalid):
    code = "windows_overlap"
    sentence = gettext_noop(
        "This window overlaps with window %(other)s. Make one of them shorter, or one of both."
    )


class EndsBeforeItStarts(Invalid):
    code = "ends_before_it_starts"
    sentence = gettext_noop("The freeze has to end after it starts, which is %(start)s.")


class FreezeTooLong(Invalid):
    code = "freeze_too_long"
    sentence = gettext_noop(
        "This freeze would last %(days)s days; at most %(most)s are accepted. To hold releases for "
        "longer, pause them one by one."
    )


class SameFreeze(Invalid):
    code = "same_freeze"
    sentence = gettext_noop("Freeze %(other)s has the same start and end. Remove one of them.")


def check_approvals(approvals: int, review: AutomatedReview) -> None:
    """Nobody at all has to approve only where the automated checks do."""
    if approvals == 0 and review is not AutomatedReview.APPROVING:
        raise InvalidFields({"approvals": ApprovalNeeded()})


def check_ramp(shares: Sequence[float]) -> None:
    """Percentages rise strictly, up to 100."""
    if not shares:
        raise NoRamp
    wrong: dict[str, Invalid] = {
        f"{place}.percentage": RampNotRising(given=f"{share:g}", before=f"{shares[place - 1]:g}")
        for place, share in enumerate(shares)
        if place and share <= shares[place - 1]
    }
    last = len(shares) - 1
    if shares[last] != 100:
        wrong.setdefault(f"{last}.percentage", RampEndsEarly(given=f"{shares[last]:g}"))
    _refuse(wrong)


def check_first_share(shares: Sequence[float], largest: float) -> None:
    """The ramp starts with no more than people may."""
    if shares and shares[0] > largest:
        refusal = RampStartsTooLarge(given=f"{shares[0]:g}", most=f"{largest:g}")
        raise InvalidFields({"ramp.0.percentage": refusal})


def check_windows(windows: Sequence[tuple[Sequence[int], int, int]]) -> None:
    """No moment of the week belongs to two windows; each is days (0: Monday), start and end, in
    minutes."""
    taken: list[tuple[int, int, int]] = []
    wrong: dict[str, Invalid] = {}
    for place, (days, start, end) in enumerate(windows):
        spans = [span for day in days for span in _in_week(day, start, end)]
        others = {other for a, b, other in taken for c, d in spans if a < d and c < b}
        if others:
            wrong[f"{place}.start"] = WindowsOverlap(other=min(others) + 1)
        taken += [(a, b, place) for a, b in spans]
    _refuse(wrong)


def check_freezes(freezes: Sequence[tuple[str, str]]) -> None:
    """Each ends after it starts and within a year, and none is there twice."""
    wrong: dict[str, Invalid] = {}
    for place, (start, end) in enumerate(freezes):
        lasts = datetime.fromisoformat(end) - datetime.fromisoformat(start)
        if lasts <= timedelta(0):
            wrong[f"{place}.end"] = EndsBeforeItStarts(start=start.replace("T", " "))
        elif lasts > LONGEST_FREEZE:
            most = LONGEST_FREEZE.days
            wrong[f"{place}.end"] = FreezeTooLong(days=lasts.days, most=most)
        elif (start, end) in freezes[:place]:
            wrong[f"{place}.start"] = SameFreeze(other=list(freezes).index((start, end)) + 1)
    _refuse(wrong)


def _in_week(day: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A window in minutes of the week; one past Sunday's midnight goes on on Monday."""
    opens = day * _DAY + start
    closes = day * _DAY + end + (_DAY if end <= start else 0)
    yield opens, min(closes, _WEEK)
    if closes > _WEEK:
        yield 0, closes - _WEEK


def _refuse(wrong: dict[str, Invalid]) -> None:
    if wrong:
        raise InvalidFields(wrong)
