"""Waiting for a release to get as far as somebody wants it.

It is asked what has happened since, at first each second and then ever less often, until something
has. A server that is away for a while, because it restarts, is asked on until the time is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import JsonValue

from portico.miniprograms.uploading.client.sending import NotReached, Reply, Said
from portico.releases.client.asking import Releases
from portico.releases.rules.pipeline import ENDED, Event, Status

APPROVED: Final = "approved"
GOALS: Final = (APPROVED, *(status.value for status in Status))
SOONEST, LATEST, SLOWER = 1.0, 10.0, 1.5  # seconds between two questions, and how they grow
# How far a status is. Pilot Testing and Release Preparation are as far as each other: a release
# goes through one of them.
FAR: Final[Mapping[str, int]] = {
    Status.CREATED: 0,
    Status.UNDER_REVIEW: 1,
    APPROVED: 2,
    Status.PILOT: 3,
    Status.PREPARATION: 3,
    Status.GRAYSCALE: 4,
    Status.FULL: 5,
    Status.ARCHIVED: 6,  # it was replaced or taken away after a full release
}


class Outcome(StrEnum):
    """How the waiting ended."""

    REACHED = "reached"
    SENT_BACK = "sent_back"  # rejected, withdrawn, or edited after its approval
    ENDED = "ended"  # canceled
    TIMED_OUT = "timed_out"
    AWAY = "away"  # timed out, and the server could not be reached at the end


@dataclass(frozen=True)
class Waited:
    """How the waiting ended, and where the release is then. `why` is the last event's reason."""

    outcome: Outcome
    status: str
    why: str = ""


@dataclass
class Known:
    """What is known of a release so far: the number of its last event, where it is, and whether
    it was sent back since it was last applied for."""

    number: int = 0
    status: str = ""
    sent_back: bool = False
    why: str = ""
    is_new: bool = field(default=False, repr=False)

    def hear(self, event: Said) -> None:
        """One more event."""
        before, after = str(event.get("before") or ""), str(event.get("after", ""))
        number = event.get("number")
        self.number = number if isinstance(number, int) else self.number
        self.status, self.why = after, str(event.get("reason") or "")
        if event.get("event") == Event.APPLY:
            self.sent_back = False
        elif after == Status.CREATED and before not in {"", Status.CREATED}:
            self.sent_back = True

    def outcome(self, goal: str) -> Outcome | None:
        """Whether there is nothing more to wait for."""
        if is_reached(self.status, goal):
            return Outcome.REACHED
        if self.status in ENDED:
            return Outcome.ENDED
        return Outcome.SENT_BACK if self.sent_back else None


def is_reached(status: str, goal: str) -> bool:
    """Whether a release in a status has got as far as the goal, or further."""
    if status == goal:
        return True
    return status in FAR and goal in FAR and FAR[status] > FAR[goal]


def wait_for(
    releases: Releases,
    release: UUID,
    goal: str,
    *,
    seconds: float,
    told: Callable[[Said], None],
    clock: Callable[[], float] = time.monotonic,
) -> Waited | Reply:
    """Wait until a release has got as far as one of the `GOALS`, or cannot any more, or the time is
    over. `told` hears each event once, from the first. A `Reply` where it was refused."""
    ends, pause, known = clock() + seconds, SOONEST, Known()
    while True:
        away = ""
        try:
            reply = _news(releases, release, known, told)
            if reply is not None:
                return reply
        except NotReached as error:
            away = str(error)
        outcome = known.outcome(goal) if not away else None
        if outcome is not None:
            return Waited(outcome, known.status, known.why)
        left = ends - clock()
        if left <= 0:
            return Waited(Outcome.AWAY if away else Outcome.TIMED_OUT, known.status, away)
        if away:
            releases.portico.told(f"{away} Still waiting.")
        pause = SOONEST if known.is_new else min(pause * SLOWER, LATEST)
        known.is_new = False
        releases.portico.pause(min(pause, left))


def _news(
    releases: Releases, release: UUID, known: Known, told: Callable[[Said], None]
) -> Reply | None:
    """Hear all that has happened since, page by page; the reply where it was refused."""
    while True:
        reply = releases.events_since(release, known.number)
        if reply.is_refusal:
            return reply
        events = _events(reply.said.get("items"))
        for event in events:
            known.hear(event)
            known.is_new = True
            told(event)
        if not events or reply.said.get("next") is None:
            return None


def _events(items: JsonValue) -> list[Said]:
    return [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
