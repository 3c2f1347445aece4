"""How a domain gets from one state into another, and when it is looked at again.

Decisions are data: `TRANSITIONS` says what follows from what in which state, `PACES` how soon one
looks again. A name is *held* from its first proof on: while one workspace holds it, no other gets
it. A hold ends where nothing in the DNS speaks for it any more (`RELEASED_AFTER`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where the domain of a workspace stands."""

    PENDING = "pending"  # claimed, and not proven
    VERIFIED = "verified"  # proven; the workspace is served there
    ACTIVE = "active"  # leads here and works: links use it
    DEGRADED = "degraded"  # was active, and does not work as it should
    SUSPENDED = "suspended"  # was not mended in time: not served any more
    REMOVED = "removed"  # no longer wanted; a tombstone as long as it is held


class Outcome(StrEnum):
    """What follows from a check, or what somebody did."""

    UNPROVEN = "unproven"  # the record that proves ownership was not there
    PROVEN = "proven"  # it was there, but the name does not lead here
    LEADS_HERE = "leads_here"  # that, too, but HTTPS does not work there
    WORKS = "works"  # everything as it should be
    FAILING = "failing"  # not so for the third time in a row
    FAILED = "failed"  # nor mended within a week
    LAPSED = "lapsed"  # for so long that nothing in the DNS speaks for the hold
    CLAIMED = "claimed"
    REMOVED = "removed"


SERVED = frozenset({State.VERIFIED, State.ACTIVE, State.DEGRADED})
"""The workspace is shown at the name, and a certificate is made for it."""

LINKED = frozenset({State.ACTIVE, State.DEGRADED})
"""Links and mails use the name."""

MISSES = 3
SUSPENDED_AFTER = timedelta(days=7)  # degraded
EXPIRES_AFTER = timedelta(days=14)  # pending, since somebody asked
RELEASED_AFTER: Mapping[State, timedelta] = MappingProxyType(
    {
        State.PENDING: timedelta(days=1),
        State.REMOVED: timedelta(days=1),
        State.SUSPENDED: timedelta(days=30),
    }
)

_S, _O = State, Outcome
TRANSITIONS: Mapping[tuple[State, Outcome], State] = MappingProxyType(
    {
        (_S.PENDING, _O.UNPROVEN): _S.PENDING,
        (_S.PENDING, _O.PROVEN): _S.VERIFIED,
        (_S.PENDING, _O.LEADS_HERE): _S.VERIFIED,
        (_S.PENDING, _O.WORKS): _S.ACTIVE,
        (_S.PENDING, _O.REMOVED): _S.REMOVED,
        (_S.VERIFIED, _O.UNPROVEN): _S.VERIFIED,
        (_S.VERIFIED, _O.PROVEN): _S.VERIFIED,
        (_S.VERIFIED, _O.LEADS_HERE): _S.VERIFIED,
        (_S.VERIFIED, _O.WORKS): _S.ACTIVE,
        (_S.VERIFIED, _O.FAILING): _S.SUSPENDED,  # its proof is gone, and it never worked
        (_S.VERIFIED, _O.REMOVED): _S.REMOVED,
        (_S.ACTIVE, _O.UNPROVEN): _S.ACTIVE,
        (_S.ACTIVE, _O.PROVEN): _S.ACTIVE,
        (_S.ACTIVE, _O.LEADS_HERE): _S.ACTIVE,
        (_S.ACTIVE, _O.WORKS): _S.ACTIVE,
        (_S.ACTIVE, _O.FAILING): _S.DEGRADED,
        (_S.ACTIVE, _O.REMOVED): _S.REMOVED,
        (_S.DEGRADED, _O.UNPROVEN): _S.DEGRADED,
        (_S.DEGRADED, _O.PROVEN): _S.DEGRADED,
        (_S.DEGRADED, _O.LEADS_HERE): _S.DEGRADED,
        (_S.DEGRADED, _O.WORKS): _S.ACTIVE,
        (_S.DEGRADED, _O.FAILED): _S.SUSPENDED,
        (_S.DEGRADED, _O.REMOVED): _S.REMOVED,
        (_S.SUSPENDED, _O.UNPROVEN): _S.SUSPENDED,
        (_S.SUSPENDED, _O.PROVEN): _S.SUSPENDED,
        # Nothing is served there, so no check can see it work: it is served first.
        (_S.SUSPENDED, _O.LEADS_HERE): _S.VERIFIED,
        (_S.SUSPENDED, _O.WORKS): _S.ACTIVE,
        (_S.SUSPENDED, _O.LAPSED): _S.PENDING,
        (_S.SUSPENDED, _O.REMOVED): _S.REMOVED,
        (_S.REMOVED, _O.UNPROVEN): _S.REMOVED,
        (_S.REMOVED, _O.PROVEN): _S.REMOVED,
        (_S.REMOVED, _O.LEADS_HERE): _S.REMOVED,
        (_S.REMOVED, _O.WORKS): _S.REMOVED,
        (_S.REMOVED, _O.CLAIMED): _S.PENDING,
    }
)


@dataclass(frozen=True)
class Pace:
    """For so long after one begins to look, one looks again so soon."""

    until: timedelta
    every: timedelta


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVER = timedelta.max
# While somebody waits, often; then ever more rarely.
SETTING_UP = (
    Pace(until=15 * MINUTE, every=MINUTE),
    Pace(until=HOUR, every=5 * MINUTE),
    Pace(until=6 * HOUR, every=15 * MINUTE),
    Pace(until=2 * DAY, every=HOUR),
)
PACES: Mapping[State, tuple[Pace, ...]] = MappingProxyType(
    {
        State.PENDING: (*SETTING_UP, Pace(until=EXPIRES_AFTER, every=DAY)),  # then no more
        State.VERIFIED: (*SETTING_UP, Pace(until=EVER, every=DAY)),
        State.ACTIVE: (Pace(until=EVER, every=DAY),),
        State.DEGRADED: (Pace(until=EVER, every=HOUR),),
        State.SUSPENDED: (Pace(until=EVER, every=DAY),),
        State.REMOVED: (Pace(until=EVER, every=DAY),),
    }
)
AFTER_A_MISS = HOUR


@dataclass(frozen=True)
class Sighting:
    """What a check saw.

    `clear`: it was certain that nothing in the DNS speaks for the claim, neither the record that
    proves it nor where the name leads. Where name servers gave no answer, nothing is certain.
    """

    owned: bool
    leads_here: bool
    served: bool
    clear: bool

    @property
    def outcome(self) -> Outcome:
        """What it amounts to, looked at alone."""
        if not self.owned:
            return Outcome.UNPROVEN
        if not self.leads_here:
            return Outcome.PROVEN
        return Outcome.WORKS if self.served else Outcome.LEADS_HERE


@dataclass(frozen=True)
class Standing:
    """Where a domain stands: since when, how often in a row it was not as it should be, since when
    nothing in the DNS speaks for it, and when somebody last began to wait for it."""

    state: State
    since: datetime
    asked_at: datetime
    held: bool = False
    misses: int = 0
    clear_since: datetime | None = None


@dataclass(frozen=True)
class Step:
    """What a check leads to."""

    standing: Standing
    outcome: Outcome
    freed: bool  # the name was held before, and is not any more


def after_check(
    standing: Standing, sighting: Sighting, *, at: datetime, counts: bool = True
) -> Step:
    """What a check of a domain leads to: one good one mends everything, bad ones are counted.

    Not `counts`: a bad one is not.
    """
    misses = standing.misses + counts if _is_miss(standing.state, sighting) else 0
    clear_since = (standing.clear_since or at) if sighting.clear else None
    counted = replace(standing, misses=misses, clear_since=clear_since)
    outcome = _outcome(counted, sighting, at)
    state = TRANSITIONS[standing.state, outcome]
    held = state in SERVED or (standing.held and not _is_released(counted, at))
    if outcome is Outcome.LAPSED:
        held = False
    moved = moved_to(counted, state, at=at)
    return Step(
        standing=replace(moved, held=held, clear_since=clear_since if held else None),
        outcome=outcome,
        freed=standing.held and not held,
    )


def moved_to(standing: Standing, state: State, *, at: datetime) -> Standing:
    """The standing in that state; a new one begins to count anew."""
    if state is standing.state:
        return standing
    return replace(standing, state=state, since=at, misses=0, asked_at=at)


def next_check(standing: Standing, *, key: str, at: datetime) -> datetime | None:
    """When to look again; None: not by itself.

    `key` differs from domain to domain, and spreads what would come all at once.
    """
    if standing.state is State.REMOVED and not standing.held:
        return None
    begun = standing.asked_at
    pace = next((one for one in PACES[standing.state] if at - begun < one.until), None)
    if pace is None and not standing.held:
        return None
    every = pace.every if pace else DAY  # a hold must be able to end
    if standing.misses and standing.state is State.ACTIVE:
        every = min(every, AFTER_A_MISS)
    return at + every * _spread(f"{key} {at.isoformat()}")


def is_expired(standing: Standing, *, at: datetime) -> bool:
    """Whether a claim was not proven for so long that one has stopped to look."""
    return standing.state is State.PENDING and at - standing.asked_at >= EXPIRES_AFTER


def _is_miss(state: State, sighting: Sighting) -> bool:
    if state is State.VERIFIED:
        return not sighting.owned
    return state in LINKED and sighting.outcome is not Outcome.WORKS


def _outcome(counted: Standing, sighting: Sighting, at: datetime) -> Outcome:
    """What a sighting amounts to, after those before it."""
    state = counted.state
    if state is State.DEGRADED and counted.misses and at - counted.since >= SUSPENDED_AFTER:
        return Outcome.FAILED
    if state in {State.VERIFIED, State.ACTIVE} and counted.misses >= MISSES:
        return Outcome.FAILING
    if state is State.SUSPENDED and _is_released(counted, at):
        return Outcome.LAPSED
    return sighting.outcome


def _is_released(counted: Standing, at: datetime) -> bool:
    after = RELEASED_AFTER.get(counted.state)
    return (
        after is not None and counted.clear_since is not None and at - counted.clear_since >= after
    )


def _spread(key: str) -> float:
    """A factor from 0.8 to 1, always the same for the same key: what is daily is no later."""
    digest = hashlib.sha256(key.encode()).digest()
    return 0.8 + int.from_bytes(digest[:4], "big") / 2**32 / 5
