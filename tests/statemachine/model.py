"""The release pipeline once more, as plainly as it can be said: what the services are held against.

Nothing of `portico` is used here, and no table: PRODUCT 5 is written out as one method for each
event. A method returns the code of the refusal, or nothing; what is refused changes nothing.
Shares are in thousandths of a percent, times in minutes since the story began.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ALL = 100_000
DAY = 24 * 60
STARTS = 8 * 60  # the story begins at eight in the morning
CREATED, REVIEW, PREPARATION, PILOT, GRAYSCALE, FULL, CANCELED, ARCHIVED = (
    "new_version_created",
    "under_review",
    "release_preparation",
    "pilot_testing",
    "grayscale_release",
    "full_release",
    "canceled",
    "archived",
)
ON_ITS_WAY = (PREPARATION, PILOT, GRAYSCALE)
ACTOR, REVIEWER, INSPECTOR, REQUESTER = "release_actor", "reviewer", "inspector", "requester"


class Refused(Exception):
    """Leaves a method of the model; its argument is the code."""


@dataclass(frozen=True)
class Policy:
    """What a release goes through. `office_hours`: more users from nine to five alone."""

    production: bool
    review: bool
    pilot: bool
    approvals: int = 1
    own: bool = False
    automated: str = "off"
    most_testers: int = 3
    first: int = 10_000
    soak: int = 60
    ramp: tuple[tuple[int, int], ...] = ((1_000, 60), (20_000, 30), (ALL, 0))
    office_hours: bool = False

    def after_review(self) -> str:
        if self.pilot:
            return PILOT
        return PREPARATION if self.production else FULL

    def after_pilot(self) -> str:
        return GRAYSCALE if self.production else FULL

    def opens(self, at: int) -> int:
        """The first minute from `at` on at which more users may get a release."""
        clock = (STARTS + at) % DAY
        if not self.office_hours or 9 * 60 <= clock < 17 * 60:
            return at
        return at + (9 * 60 - clock) % DAY


@dataclass
class Request:
    """That somebody asked for something."""

    kind: str
    release: int
    asked_by: str
    policy: Policy
    status: str = "in_review"
    voided: bool = False
    decisions: dict[str, str] = field(default_factory=dict)


@dataclass
class Release:
    """A version on its way. `request` and `supersedes` are places in the world's lists."""

    place: int
    version: int
    production: bool
    status: str = CREATED
    revision: int = 0
    policy: Policy | None = None
    request: int | None = None
    supersedes: int | None = None
    rolled_back_to: int | None = None
    configuration: int = 0
    rules: frozenset[str] = frozenset()
    testers: frozenset[str] = frozenset()
    piloting: bool = False
    share: int = 0
    first_at: int | None = None
    paused: bool = False
    ramp: tuple[tuple[int, int], ...] = ()
    next_at: int | None = None
    approved: bool = False
    because: str = ""

    @property
    def under(self) -> Policy:
        if self.policy is None:
            raise AssertionError("It was never applied for.")
        return self.policy


@dataclass(frozen=True)
class Happened:
    """One line of the history."""

    release: int
    number: int
    event: str
    before: str
    after: str
    who: str


@dataclass(frozen=True)
class Person:
    """Somebody, and as what they act: in Production, in the Sandbox, and at all."""

    name: str
    acts_in: frozenset[bool] = frozenset()
    reviews: bool = False
    inspects: bool = False
    sees: bool = True
    admin: bool = False


@dataclass
class State:
    """All there is."""

    policies: dict[bool, Policy]
    verdicts: dict[int, str] = field(default_factory=dict)
    releases: list[Release] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    # Versions that were taken away; and those that clients drop, which others are besides.
    taken: dict[bool, set[int]] = field(default_factory=lambda: {True: set(), False: set()})
    withdrawn: dict[bool, set[int]] = field(default_factory=lambda: {True: set(), False: set()})
    early: dict[bool, int | None] = field(default_factory=lambda: {True: None, False: None})
    history: list[Happened] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    app_archived: bool = False
    program_archived: bool = False
    at: int = 0


class World:
    """The state, and what can happen to it."""

    def __init__(self, policies: dict[bool, Policy]) -> None:
        self.state = State(policies)

    def attempt(self, change: Callable[[], object]) -> str:
        """Do something whole or not at all; the code of what refused it, or nothing."""
        state = self.state
        things: list[Release | Request] = [*state.releases, *state.requests]
        kept = [(one, dict(vars(one))) for one in things]
        decisions = [dict(one.decisions) for one in state.requests]
        lists: tuple[list[Any], ...] = (
            state.releases,
            state.requests,
            state.history,
            state.told,
        )
        lengths = [len(one) for one in lists]
        taken = {key: set(codes) for key, codes in state.taken.items()}
        withdrawn = {key: set(codes) for key, codes in state.withdrawn.items()}
        try:
            change()
        except Refused as refused:
            for one, values in kept:
                vars(one).update(values)
            for grown, length in zip(lists, lengths, strict=True):
                del grown[length:]
            for request, before in zip(state.requests, decisions, strict=True):
                request.decisions = before
            state.taken, state.withdrawn = taken, withdrawn
            return str(refused)
        for production in (True, False):
            self.drop(production)
        return ""

    # -- finding ---------------------------------------------------------------------------------

    def find_all(self, production: bool, *statuses: str) -> list[Release]:
        there = [one for one in self.state.releases if one.production is production]
        return [one for one in there if one.status in statuses]

    def find(self, production: bool, *statuses: str) -> Release | None:
        found = self.find_all(production, *statuses)
        if len(found) > 1:
            raise AssertionError(f"Two at once in {statuses}.")
        return found[0] if found else None

    def full(self, production: bool) -> Release | None:
        return self.find(production, FULL)

    def candidate(self, production: bool) -> Release | None:
        return self.find(production, *ON_ITS_WAY)

    def request_of(self, release: Release) -> Request:
        if release.request is None:
            raise AssertionError("It has no request.")
        return self.state.requests[release.request]

    # -- who ---------------------------------------------------------------------------------------

    def capacity(
        self, person: Person, accepted: tuple[str, ...], production: bool, request: Request | None
    ) -> str:
        has = []
        if person.sees and request is not None and request.asked_by == person.name:
            has.append(REQUESTER)
        if person.sees and production in person.acts_in:
            has.append(ACTOR)
        if person.sees and person.reviews:
            has.append(REVIEWER)
        if person.sees and person.inspects:
            has.append(INSPECTOR)
        if not has and not person.sees:
            raise Refused("not_found")
        for one in has:
            if one in accepted:
                return one
        raise Refused("not_a_release_actor" if ACTOR in accepted else "forbidden")

    # -- writing down ------------------------------------------------------------------------------

    def note(self, release: Release, event: str, before: str, who: str, *names: str) -> None:
        release.revision += 1
        self.state.history.append(
            Happened(release.place, release.revision, event, before, release.status, who)
        )
        self.state.told += names

    # -- getting somewhere -------------------------------------------------------------------------

    def lead(self, release: Release, to: str, chose: str = ACTOR) -> None:
        """Go to another status, with all that goes with it."""
        before = release.status
        if before in {CREATED, REVIEW} and to in {*ON_ITS_WAY, FULL}:
            older = self.candidate(release.production)
            if older is not None and older.place == release.supersedes:
                self.end(older, CANCELED)
                self.note(older, "cancel", self._was, chose, "canceled")
        if to == CREATED:
            release.supersedes, release.testers, release.piloting = None, frozenset(), False
        if to != GRAYSCALE:
            release.paused, release.next_at = False, None
        if to == FULL:
            self.take_over(release)
        release.status = to

    def take_over(self, release: Release) -> None:
        old = self.full(release.production)
        release.share = ALL
        release.first_at = self.state.at if release.first_at is None else release.first_at
        if old is not None:
            self.close_offline(release.production)
            old.because = "replaced"
            self.end(old, ARCHIVED)
            self.note(old, "replace", FULL, "platform", "archived")

    def end(self, release: Release, to: str) -> None:
        self._was = release.status
        release.status, release.paused, release.next_at = to, False, None

    def take_away(self, release: Release, because: str) -> None:
        self.close_offline(release.production)
        release.because = because
        self.state.taken[release.production].add(release.version)
        self.state.withdrawn[release.production].add(release.version)
        self.end(release, ARCHIVED)

    def drop(self, production: bool) -> None:
        """What some had early and nobody has any more is withdrawn; what somebody has is not."""
        full, candidate = self.full(production), self.candidate(production)
        has_it = candidate is not None and (candidate.testers or candidate.share)
        early = candidate.version if candidate and has_it else None
        withdrawn, before = self.state.withdrawn[production], self.state.early[production]
        withdrawn |= {before} if before is not None else set()
        withdrawn -= {full.version if full else None, early}
        self.state.early[production] = early

    def close_offline(self, production: bool) -> None:
        for request in self.state.requests:
            same = self.state.releases[request.release].production is production
            if same and request.kind == "offline" and request.status == "in_review":
                request.status = "withdrawn"
                self.state.told.append("offline_withdrawn")

    _was: str = ""

    # -- what delivery answers from ----------------------------------------------------------------

    def plan(self, production: bool) -> tuple[object, ...]:
        """Who gets what: stable, candidate, testers, share, rules, the two
        configurations, withdrawn, removed."""
        full, candidate = self.full(production), self.given(production)
        return (
            full.place if full else None,
            candidate.place if candidate else None,
            candidate.testers if candidate else frozenset(),
            candidate.share if candidate else 0,
            candidate.rules if candidate else frozenset(),
            full.configuration if full else 0,
            candidate.configuration if candidate else 0,
            frozenset(self.state.withdrawn[production]),
            full is None and candidate is None and self.was_taken_away(production),
        )

    def given(self, production: bool) -> Release | None:
        """The candidate, if there is one that delivery knows of."""
        candidate = self.candidate(production)
        if candidate is None or candidate.status == GRAYSCALE or candidate.piloting:
            return candidate
        return None

    def was_taken_away(self, production: bool) -> bool:
        return any(
            one.production is production and one.because in {"offline", "removed"}
            for one in self.state.releases
        )
