"""How many users had a release when, as a picture: what was set, what is planned, and (once it is
measured) what was seen.

The picture has no size of its own. Places in it are percentages, so that it is as wide as there is
room for and its words stay as large as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, zip_longest
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portico.release_process.policy import EVERYBODY
from portico.releases.models import Release, ReleaseEvent, ReleaseStatus
from portico.releases.rules.pipeline import Event
from portico.releases.showing.history import share_after, who_did
from portico.releases.showing.words import share_text

SHORTEST: Final = timedelta(minutes=10)
GRID: Final = (0, 25_000, 50_000, 75_000, EVERYBODY)
CONFIGURED, PLANNED, OBSERVED = "configured", "planned", "observed"


@dataclass(frozen=True)
class Point:
    """From when on how many had it, in thousandths of a percent."""

    at: datetime
    share: int


@dataclass(frozen=True)
class Line:
    """A straight line in the picture; `kind` is one of CONFIGURED, PLANNED, OBSERVED."""

    kind: str
    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True)
class Area:
    """What lies below the share that was set, with its words."""

    x: str
    y: str
    width: str
    height: str
    title: str


@dataclass(frozen=True)
class Mark:
    """A line of the grid, with its label."""

    y: str
    label: str


@dataclass(frozen=True)
class ChartRow:
    """The same in words: from when on which share, by whom; `planned`: it has not happened yet."""

    at: datetime
    share: str
    who: str
    planned: bool


@dataclass(frozen=True)
class Chart:
    """A drawn chart. `now` is where the present stands; empty: it is over."""

    lines: tuple[Line, ...]
    areas: tuple[Area, ...]
    grid: tuple[Mark, ...]
    now: str
    start: str
    end: str
    description: str
    rows: tuple[ChartRow, ...]
    has_plan: bool
    has_observed: bool


def planned_of(release: Release) -> list[Point]:
    """The steps that the ramp still takes by itself, as far as windows and freezes let it."""
    if not release.ramp_on or release.next_step_at is None or release.paused_at:
        return []
    points, at = [], release.next_step_at
    for share, minutes in release.ramp:
        if share > release.share:
            points.append(Point(at, share))
            at += timedelta(minutes=minutes)
    return points


def chart_of(
    release: Release,
    events: Sequence[ReleaseEvent],
    *,
    at: datetime,
    observed: Sequence[Point] = (),
) -> Chart | None:
    """The chart of a release; None before it went live, and for one that never has shares.

    `events` are all of the release, the first one first, with who did them. `observed` is what
    clients said that they run.
    """
    went = next((one for one in events if one.event == Event.GO_LIVE), None)
    if went is None:
        went = next((one for one in events if one.after == ReleaseStatus.GRAYSCALE), None)
    if went is None:
        return None
    steps = [(one, share) for one in events if (share := share_after(one)) and _raises(one)]
    set_points = [Point(went.at, 0), *(Point(one.at, share) for one, share in steps)]
    ended = _ended(release)
    if ended is not None and release.status == ReleaseStatus.CANCELED:
        set_points.append(Point(ended, 0))
    planned = planned_of(release)
    until = ended or at
    frame = _Frame(went.at, _end_of(went.at, until, planned))
    points = [point for point in set_points if point.at <= until]
    if ended is not None:  # what it came to is seen to last
        until = frame.end
    return Chart(
        lines=(
            *_stairs(frame, points, until, CONFIGURED),
            *_stairs(frame, _plan_line(points, planned, at), frame.end, PLANNED),
            *_between(frame, observed),
        ),
        areas=tuple(_areas(frame, points, until)),
        grid=tuple(Mark(frame.y(share), share_text(share)) for share in GRID),
        now=frame.x(at) if ended is None else "",
        start=_short(frame.start),
        end=_short(frame.end),
        description=_described(points, planned, release),
        rows=tuple(_rows(went, steps, planned)),
        has_plan=bool(planned),
        has_observed=bool(observed),
    )


@dataclass(frozen=True)
class _Frame:
    start: datetime
    end: datetime

    def x(self, at: datetime) -> str:
        part = (at - self.start) / (self.end - self.start)
        return f"{min(max(part, 0), 1) * 100:.2f}%"

    def y(self, share: int) -> str:
        return f"{100 - share * 100 / EVERYBODY:.2f}%"


def _raises(event: ReleaseEvent) -> bool:
    return event.event in {Event.SCALE, Event.GO_LIVE}


def _ended(release: Release) -> datetime | None:
    if release.status == ReleaseStatus.GRAYSCALE:
        return None
    return release.released_at or release.ended_at or release.changed_at


def _end_of(start: datetime, until: datetime, planned: Sequence[Point]) -> datetime:
    last = max([until, *(point.at for point in planned)])
    span = max(last - start, SHORTEST)
    # Some room, so that the last step is seen to be one.
    return start + span * 1.04


def _stairs(frame: _Frame, points: Sequence[Point], until: datetime, kind: str) -> Iterable[Line]:
    for point, after in zip_longest(points, points[1:]):
        begins, level = frame.x(point.at), frame.y(point.share)
        ends = frame.x(after.at if after else until)
        yield Line(kind, begins, level, ends, level)
        if after is not None:
            yield Line(kind, ends, level, ends, frame.y(after.share))


def _plan_line(points: Sequence[Point], planned: Sequence[Point], at: datetime) -> list[Point]:
    return [Point(at, points[-1].share), *planned] if planned else []


def _between(frame: _Frame, points: Sequence[Point]) -> Iterable[Line]:
    for one, other in pairwise(points):
        yield Line(
            OBSERVED, frame.x(one.at), frame.y(one.share), frame.x(other.at), frame.y(other.share)
        )


def _areas(frame: _Frame, points: Sequence[Point], until: datetime) -> Iterable[Area]:
    for point, after in zip_longest(points, points[1:]):
        ends = after.at if after else until
        if not point.share or ends <= point.at:
            continue
        width = (ends - point.at) / (frame.end - frame.start) * 100
        yield Area(
            x=frame.x(point.at),
            y=frame.y(point.share),
            width=f"{width:.2f}%",
            height=f"{point.share * 100 / EVERYBODY:.2f}%",
            title=_("%(share)s from %(when)s")
            % {"share": share_text(point.share), "when": _short(point.at)},
        )


def _rows(
    went: ReleaseEvent, steps: Sequence[tuple[ReleaseEvent, int]], planned: Sequence[Point]
) -> Iterable[ChartRow]:
    yield ChartRow(went.at, share_text(0), who_did(went), planned=False)
    for event, share in steps:
        yield ChartRow(event.at, share_text(share), who_did(event), planned=False)
    for point in planned:
        yield ChartRow(point.at, share_text(point.share), _("The ramp"), planned=True)


def _described(points: Sequence[Point], planned: Sequence[Point], release: Release) -> str:
    said = [
        _("%(share)s from %(when)s") % {"share": share_text(point.share), "when": _short(point.at)}
        for point in points
    ]
    text = _("Share of the users: %(steps)s.") % {"steps": ", ".join(said)}
    if planned:
        ahead = ", ".join(
            _("%(share)s at %(when)s")
            % {"share": share_text(point.share), "when": _short(point.at)}
            for point in planned
        )
        text += " " + _("Planned: %(steps)s.") % {"steps": ahead}
    if release.paused_at:
        text += " " + _("It is paused.")
    return text


def _short(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
