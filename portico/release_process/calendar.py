"""When more users may be given a release: windows and freezes, on the clock of the workspace.

What is given are moments (aware datetimes); what the policy says are local times in its own time
zone. Where a change of the clock skips a local time, the moment of the change stands for it. Where
the change repeats one, windows go by the first, and a freeze lasts through both: it never lets
anything pass that the clock says it holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from portico.kernel.errors import gettext_noop
from portico.kernel.sentences import Sentence
from portico.release_process.policy import Freeze, Policy, Window

# How far ahead an opening is looked for.
HORIZON: Final = timedelta(days=800)
# A weekly window may fall into the hour that a change of the clock skips, but not twice in a row.
_LOOK_AHEAD: Final = 15
_SECOND: Final = timedelta(seconds=1)
_NO_WINDOW: Final = gettext_noop(
    "It is outside the release windows. Nobody more is given a release until the next one opens."
)
_FROZEN: Final = gettext_noop(
    "There is a release freeze. Nobody more is given a release until it ends."
)
_FROZEN_FOR: Final = gettext_noop(
    "There is a release freeze, “%(note)s”. Nobody more is given a release until it ends."
)


class Why(StrEnum):
    """What keeps more users from being given a release."""

    WINDOW = "window"
    FREEZE = "freeze"


@dataclass(frozen=True)
class Closed:
    """That it is closed, why, and when it opens next; None: not within the horizon."""

    why: Why
    sentence: Sentence
    opens_at: datetime | None


def closed_because(policy: Policy, at: datetime) -> Closed | None:
    """What keeps more users from being given a release at this moment; None: nothing does."""
    zone = ZoneInfo(policy.time_zone)
    frozen = _freeze_at(policy, at, zone)
    if frozen is not None:
        sentence = (
            Sentence(_FROZEN_FOR, {"note": frozen.note}) if frozen.note else Sentence(_FROZEN)
        )
        return Closed(Why.FREEZE, sentence, next_opening(policy, at))
    if _window_from(policy, at, zone) != at:
        return Closed(Why.WINDOW, Sentence(_NO_WINDOW), next_opening(policy, at))
    return None


def next_opening(policy: Policy, at: datetime) -> datetime | None:
    """The first moment from `at` on, `at` itself included, at which more users may be given a
    release; None where there is none within the horizon."""
    zone = ZoneInfo(policy.time_zone)
    moment = at
    while moment - at <= HORIZON:
        frozen = _freeze_at(policy, moment, zone)
        if frozen is not None:
            moment = _span_of(frozen, zone)[1]
            continue
        opening = _window_from(policy, moment, zone)
        if opening is None or opening == moment:
            return opening
        moment = opening
    return None


def moments_of(local: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first and the last moment at which a clock there gets to this local time; twice the
    moment of the change where it skips it."""
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    last = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first <= last:
        return first, last
    change = _change_between(last, first, zone)
    return change, change


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment between these two at which the clock is changed."""
    was = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == was:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _freeze_at(policy: Policy, at: datetime, zone: ZoneInfo) -> Freeze | None:
    """The freeze that it falls into; of several, that which ends last."""
    found = [
        (span[1], freeze)
        for freeze in policy.freezes
        for span in [_span_of(freeze, zone)]
        if span[0] <= at < span[1]
    ]
    return max(found, key=lambda one: one[0])[1] if found else None


def _span_of(freeze: Freeze, zone: ZoneInfo) -> tuple[datetime, datetime]:
    start = moments_of(datetime.fromisoformat(freeze.start), zone)[0]
    return start, moments_of(datetime.fromisoformat(freeze.end), zone)[1]


def _window_from(policy: Policy, at: datetime, zone: ZoneInfo) -> datetime | None:
    """`at` where a window is open then, else when the next one opens; None where none does."""
    if not policy.windows:
        return at
    today = at.astimezone(zone).date()
    # One that began yesterday may last until today.
    for ahead in range(-1, _LOOK_AHEAD):
        spans = list(_spans_on(policy, today + timedelta(days=ahead), zone))
        if any(opens <= at < closes for opens, closes in spans):
            return at
        later = [opens for opens, closes in spans if at < opens < closes]
        if later:
            return min(later)
    return None


def _spans_on(policy: Policy, day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """When the windows that begin on this day open and close."""
    midnight = datetime.combine(day, time())
    for window in policy.windows:
        if day.weekday() in window.days:
            yield _span_on(window, midnight, zone)


def _span_on(window: Window, midnight: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    lasts_past_midnight = window.end <= window.start
    end = midnight + timedelta(days=int(lasts_past_midnight), minutes=window.end)
    start = midnight + timedelta(minutes=window.start)
    return moments_of(start, zone)[0], moments_of(end, zone)[0]
