"""What may be written into the Release Process."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, TypeVar

from portico.kernel.errors import Invalid, gettext_noop

CLOCK: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
LOCAL_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
# Beyond these, a date is a slip of the keyboard.
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2199

T = TypeVar("T")


class NotAShare(Invalid):
    code = "not_a_share"
    sentence = gettext_noop(
        "%(given)s is no share of the users. Give a percentage above 0 and up to 100, with at most "
        "three decimals."
    )


class NotAClockTime(Invalid):
    code = "not_a_clock_time"
    sentence = gettext_noop("“%(given)s” is no time of day. Write one such as 09:00 or 17:30.")


class NotALocalTime(Invalid):
    code = "not_a_local_time"
    sentence = gettext_noop("“%(given)s” is no date and time. Write one such as 2026-12-20T18:00.")


class OutOfRange(Invalid):
    code = "out_of_range"
    sentence = gettext_noop(
        "%(given)s is not accepted here. Give a whole number from %(least)s to %(most)s."
    )


class TooManyRows(Invalid):
    code = "too_many_rows"
    sentence = gettext_noop("There are %(given)s rows; at most %(most)s are accepted.")


class NoDays(Invalid):
    code = "no_days"
    sentence = gettext_noop("Choose at least one day of the week.")


class NoteTooLong(Invalid):
    code = "note_too_long"
    sentence = gettext_noop("The note has %(length)s characters; at most %(most)s are accepted.")


class StepIsMandatory(Invalid):
    """A step that no setting can switch off; each subclass names it."""

    code = "step_is_mandatory"


class ReviewIsMandatory(StepIsMandatory):
    code = "review_is_mandatory"
    sentence = gettext_noop(
        "Releases to Production are always reviewed; this step cannot be switched off."
    )


class GrayscaleIsMandatory(StepIsMandatory):
    code = "grayscale_release_is_mandatory"
    sentence = gettext_noop(
        "Releases to Production always go through grayscale release; this step cannot be switched "
        "off."
    )


def check_share(percentage: float) -> float:
    """A percentage that can be somebody's share; raises `NotAShare`."""
    if not 0 < percentage <= 100 or not is_exact(percentage):
        raise NotAShare(given=f"{percentage:g}")
    return percentage


def is_exact(percentage: float) -> bool:
    """Whether a percentage is a whole number of thousandths, which is how shares are counted."""
    return abs(percentage * 1000 - round(percentage * 1000)) < 1e-6


def thousandths(percentage: float) -> int:
    """A percentage in thousandths of a percent."""
    return round(percentage * 1000)


def percentage(share: int) -> float:
    """Thousandths of a percent as a percentage."""
    return share / 1000


def check_clock(text: str) -> str:
    """A time of day; raises `NotAClockTime`."""
    if not CLOCK.fullmatch(text):
        raise NotAClockTime(given=text)
    return text


def minutes_of(clock: str) -> int:
    """A time of day in minutes since midnight."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def clock_of(minutes: int) -> str:
    """Minutes since midnight as a time of day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def check_local_time(text: str) -> str:
    """A date and time without a time zone; raises `NotALocalTime`."""
    try:
        is_written_so = LOCAL_TIME.fullmatch(text) is not None
        if is_written_so and FIRST_YEAR <= datetime.fromisoformat(text).year <= LAST_YEAR:
            return text
    except ValueError:
        pass
    raise NotALocalTime(given=text)


def number(least: int, most: int) -> Callable[[int], int]:
    """A rule: a number from `least` to `most`; it raises `OutOfRange`."""

    def check(given: int) -> int:
        if not least <= given <= most:
            raise OutOfRange(given=given, least=least, most=most)
        return given

    return check


def rows(most: int) -> Callable[[Sequence[T]], Sequence[T]]:
    """A rule: at most that many rows; it raises `TooManyRows`."""

    def check(given: Sequence[T]) -> Sequence[T]:
        if len(given) > most:
            raise TooManyRows(given=len(given), most=most)
        return given

    return check


def check_note(text: str) -> str:
    """A note of a freeze, as one line; raises `NoteTooLong`."""
    line = " ".join(text.split())
    if len(line) > MOST_IN_NOTE:
        raise NoteTooLong(length=len(line), most=MOST_IN_NOTE)
    return line


MOST_IN_NOTE: Final = 100
