"""The events of PRODUCT 5, one method each, over the model's world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.statemachine.model import (
    ACTOR,
    ALL,
    ARCHIVED,
    CANCELED,
    CREATED,
    FULL,
    GRAYSCALE,
    INSPECTOR,
    ON_ITS_WAY,
    PILOT,
    PREPARATION,
    REQUESTER,
    REVIEW,
    REVIEWER,
    Person,
    Policy,
    Refused,
    Release,
    Request,
    World,
)

Ramp = tuple[tuple[int, int], ...]


@dataclass
class Firing:
    """An event that passed the door: who fires it, and as what."""

    release: Release
    person: Person
    who: str


class Pipeline(World):
    """What people and the platform do."""

    def door(
        self,
        release: Release,
        person: Person,
        accepted: tuple[str, ...],
        statuses: tuple[str, ...],
        seen: int | None,
        *,
        ends: bool = False,
        begins: bool = False,
        editing: bool = False,
    ) -> Firing:
        """Who, then what happened meanwhile, then whether it can be."""
        request = self.request_of(release) if release.request is not None else None
        who = self.capacity(person, accepted, release.production, request)
        if seen is not None and seen != release.revision:
            raise Refused("stale_release")
        if release.status not in statuses:
            if release.status == REVIEW and editing:
                raise Refused("already_under_review")
            over = release.status in {CANCELED, ARCHIVED}
            raise Refused("release_is_over" if over else "not_in_this_status")
        self.in_use(ends=ends, begins=begins)
        return Firing(release, person, who)

    def in_use(self, *, ends: bool = False, begins: bool = False) -> None:
        if self.state.app_archived and not ends:
            raise Refused("app_archived")
        if begins and self.state.program_archived:
            raise Refused("program_archived")

    def held_back(self, firing: Firing, code: str, override: str) -> None:
        if not firing.person.admin:
            raise Refused("override_by_admin" if override else code)
        if not override:
            raise Refused(code)

    def open_window(self, firing: Firing, override: str) -> None:
        policy = firing.release.under
        if policy.opens(self.state.at) != self.state.at:
            self.held_back(firing, "window_closed", override)

    # -- making and applying -----------------------------------------------------------------------

    def create(self, person: Person, version: int, production: bool) -> Release:
        who = self.capacity(person, (ACTOR,), production, None)
        self.in_use(begins=True)
        for one in self.state.releases:
            same = one.version == version and one.production is production
            if same and one.rolled_back_to is None:
                raise Refused("version_used")
        release = Release(len(self.state.releases), version, production)
        self.state.releases.append(release)
        self.note(release, "create", "", who, "created")
        return release

    def configure(self, release: Release, person: Person, value: int, seen: int | None) -> None:
        statuses = (CREATED, PREPARATION, PILOT)
        now = self.door(release, person, (ACTOR,), statuses, seen, begins=True, editing=True)
        if value == release.configuration:
            raise Refused("same_configuration")
        release.configuration, release.approved = value, False
        if release.request is not None and self.request_of(release).status == "approved":
            self.request_of(release).voided = True
        before = release.status
        if before != CREATED:
            self.lead(release, CREATED)
        self.note(release, "configure", before, now.who, "configured")

    def apply(self, release: Release, person: Person, seen: int | None, *, supersede: bool) -> None:
        now = self.door(release, person, (ACTOR,), (CREATED,), seen, begins=True, editing=True)
        if self.find(release.production, REVIEW) is not None:
            raise Refused("other_under_review")
        candidate = self.candidate(release.production)
        if candidate is not None and not supersede:
            raise Refused("other_under_way")
        policy = self.state.policies[release.production]
        release.policy, release.request = policy, None
        release.supersedes = candidate.place if candidate else None
        if policy.review:
            release.request = len(self.state.requests)
            asked = Request("release", release.place, person.name, policy)
            self.state.requests.append(asked)
        self.go_on(release, "apply", REVIEW if policy.review else policy.after_review(), now.who)
        self.checks_approve(release)

    def go_on(self, release: Release, event: str, to: str, who: str) -> None:
        """Lead on, and tell of it: also that everybody has it now, where they do."""
        before = release.status
        self.lead(release, to)
        names = [TOLD[event]]
        if release.status == FULL and before != FULL:
            names.append("fully_released")
        self.note(release, event, before, who, *names)

    # -- deciding ----------------------------------------------------------------------------------

    def withdraw(self, release: Release, person: Person, seen: int | None) -> None:
        accepted = (REQUESTER, ACTOR)
        now = self.door(release, person, accepted, (REVIEW,), seen, ends=True)
        self.request_of(release).status = "withdrawn"
        self.go_on(release, "withdraw", CREATED, now.who)

    def decide(self, place: int, person: Person, *, approve: bool, reason: str) -> None:
        request = self.state.requests[place]
        release = self.state.releases[request.release]
        self.capacity(person, (REVIEWER,), release.production, request)
        if request.status != "in_review":
            raise Refused(f"request_is_{request.status}")
        if request.kind == "offline":
            self.decide_offline(request, release, person, approve=approve, reason=reason)
            return
        now = self.door(release, person, (REVIEWER,), (REVIEW,), None, ends=not approve)
        self.may_decide(request, person)
        verdict = self.state.verdicts.get(release.version, "pending")
        if approve and release.under.automated == "blocking" and verdict != "clean":
            raise Refused("checks_not_clean")
        if not approve and not reason:
            raise Refused("reason_missing")
        if approve:
            self.approval(release, person.name, now.who)
            return
        request.decisions[person.name] = "reject"
        request.status = "rejected"
        self.go_on(release, "reject", CREATED, now.who)

    def may_decide(self, request: Request, person: Person) -> None:
        if request.asked_by == person.name and not request.policy.own:
            raise Refused("own_request")
        if person.name in request.decisions:
            raise Refused("already_decided")

    def approval(self, release: Release, name: str, who: str) -> None:
        request = self.request_of(release)
        request.decisions[name] = "approve"
        if len(request.decisions) < max(1, request.policy.approvals):
            self.note(release, "approve", REVIEW, who)
            return
        request.status, release.approved = "approved", True
        self.go_on(release, "approve", release.under.after_review(), who)

    def checks_approve(self, release: Release) -> None:
        """Where the automated review may approve, and is clean, it does so once."""
        policy = release.policy
        if release.status != REVIEW or policy is None or policy.automated != "approving":
            return
        if self.state.verdicts.get(release.version) != "clean":
            return
        if "" not in self.request_of(release).decisions:
            self.in_use()
            self.approval(release, "", "automated_review")

    def checked(self, version: int, verdict: str) -> None:
        self.state.verdicts[version] = verdict
        if verdict == "pending":
            return
        for release in self.state.releases:
            if release.version == version and not self.state.app_archived:
                self.checks_approve(release)

    # -- pilot -------------------------------------------------------------------------------------

    def pilot(
        self,
        release: Release,
        person: Person,
        testers: frozenset[str],
        seen: int | None,
        *,
        update: bool,
    ) -> None:
        now = self.door(release, person, (ACTOR,), (PILOT,), seen)
        if update is not release.piloting:
            raise Refused("pilot_not_started" if update else "pilot_started")
        if not testers:
            raise Refused("testers_missing")
        if len(testers) > release.under.most_testers:
            raise Refused("too_many_pilot_testers")
        if update and testers == release.testers:
            raise Refused("same_testers")
        release.testers, release.piloting = testers, True
        self.go_on(release, "update_pilot" if update else "start_pilot", PILOT, now.who)

    def complete(self, release: Release, person: Person, seen: int | None) -> None:
        now = self.door(release, person, (ACTOR,), (PILOT,), seen)
        if not release.piloting:
            raise Refused("pilot_not_started")
        self.go_on(release, "complete_pilot", release.under.after_pilot(), now.who)

    def bypass(self, release: Release, person: Person, reason: str, seen: int | None) -> None:
        now = self.door(release, person, (ACTOR,), (PILOT,), seen)
        if not reason:
            raise Refused("reason_missing")
        release.testers, release.piloting = frozenset(), False
        self.go_on(release, "bypass_pilot", release.under.after_pilot(), now.who)

    # -- grayscale ---------------------------------------------------------------------------------

    def set_rules(
        self, release: Release, person: Person, rules: frozenset[str], seen: int | None
    ) -> None:
        now = self.door(release, person, (ACTOR,), ON_ITS_WAY, seen)
        wider = not rules or (release.rules and rules >= release.rules)
        if release.share and not wider:
            raise Refused("rules_narrower")
        if rules == release.rules:
            raise Refused("same_rules")
        release.rules = rules
        self.go_on(release, "set_rules", release.status, now.who)

    def go_live(
        self, release: Release, person: Person, share: int, override: str, seen: int | None
    ) -> None:
        now = self.door(release, person, (ACTOR,), (PREPARATION,), seen)
        self.open_window(now, override)
        self.go_on(release, "go_live", GRAYSCALE, now.who)
        if share:
            self.scale(release, person, share, override, None)

    def scale(
        self, release: Release, person: Person, share: int, override: str, seen: int | None
    ) -> None:
        now = self.door(release, person, (ACTOR,), (GRAYSCALE,), seen)
        if release.paused:
            raise Refused("release_paused")
        if not 0 < share <= ALL:
            raise Refused("not_a_scale")
        if share <= release.share:
            raise Refused("share_not_greater")
        at, policy = self.state.at, release.under
        if self.full(release.production) is not None:
            if release.share == 0 and share > policy.first:
                self.held_back(now, "first_share_too_large", override)
            since = at if release.first_at is None else release.first_at
            if share == ALL and at < since + policy.soak:
                self.held_back(now, "soak_too_short", override)
        self.open_window(now, override)
        self.grow(release, share, now.who)

    def grow(self, release: Release, share: int, who: str) -> None:
        release.share = share
        release.first_at = self.state.at if release.first_at is None else release.first_at
        if release.next_at is not None:
            self.set_next(release)
        self.go_on(release, "scale", FULL if share == ALL else GRAYSCALE, who)

    def set_next(self, release: Release) -> None:
        further = [share for share, _soak in release.ramp if share > release.share]
        reached = [soak for share, soak in release.ramp if share <= release.share]
        release.next_at = self.state.at + (reached[-1] if reached else 0) if further else None

    def start_ramp(
        self,
        release: Release,
        person: Person,
        ramp: Ramp | None,
        seen: int | None,
    ) -> None:
        now = self.door(release, person, (ACTOR,), (GRAYSCALE,), seen)
        if release.next_at is not None:
            raise Refused("ramp_on")
        policy: Policy = release.under
        steps = policy.ramp if ramp is None else ramp
        shares = [share for share, _soak in steps]
        rises = shares == sorted(set(shares)) and all(0 < share <= ALL for share in shares)
        if not steps or not rises:
            raise Refused("ramp_refused")
        further = [share for share in shares if share > release.share]
        if not further:
            raise Refused("ramp_over")
        baseline = self.full(release.production) is not None
        if baseline and release.share == 0 and further[0] > policy.first:
            raise Refused("ramp_too_steep")
        release.ramp = steps
        self.set_next(release)
        self.go_on(release, "start_ramp", GRAYSCALE, now.who)

    def stop_ramp(self, release: Release, person: Person, seen: int | None) -> None:
        now = self.door(release, person, (ACTOR,), (GRAYSCALE,), seen, ends=True)
        if release.next_at is None:
            raise Refused("ramp_off")
        release.next_at = None
        self.go_on(release, "stop_ramp", GRAYSCALE, now.who)

    def ramp_step(self, release: Release) -> bool:
        """What the worker does; whether a step was taken."""
        at = self.state.at
        due = release.status == GRAYSCALE and not release.paused
        if not due or release.next_at is None or release.next_at > at:
            return False
        share = next(share for share, _soak in release.ramp if share > release.share)
        policy = release.under
        since = at if release.first_at is None else release.first_at
        baseline = self.full(release.production) is not None
        if self.state.app_archived:
            release.next_at = at + 60
        elif share == ALL and baseline and at < since + policy.soak:
            release.next_at = since + policy.soak
        elif policy.opens(at) != at:
            release.next_at = policy.opens(at)
        else:
            self.grow(release, share, "ramp")
            return True
        return False

    def pause(self, release: Release, person: Person, seen: int | None) -> None:
        now = self.door(release, person, (ACTOR,), (GRAYSCALE,), seen, ends=True)
        if release.paused:
            raise Refused("release_paused")
        release.paused = True
        self.go_on(release, "pause", GRAYSCALE, now.who)

    def resume(self, release: Release, person: Person, seen: int | None) -> None:
        now = self.door(release, person, (ACTOR,), (GRAYSCALE,), seen)
        if not release.paused:
            raise Refused("release_not_paused")
        release.paused = False
        if release.next_at is not None:
            release.next_at = max(release.next_at, self.state.at)
        self.go_on(release, "resume", GRAYSCALE, now.who)

    def cancel(self, release: Release, person: Person, reason: str, seen: int | None) -> None:
        now = self.door(release, person, (ACTOR,), ON_ITS_WAY, seen, ends=True)
        if not reason:
            raise Refused("reason_missing")
        self.go_on(release, "cancel", CANCELED, now.who)

    # -- taking away and bringing back -------------------------------------------------------------

    def live(self, production: bool) -> Release:
        full = self.full(production)
        if full is None:
            raise Refused("not_live")
        return full

    def nothing_under_way(self, production: bool) -> None:
        if self.candidate(production) is not None:
            raise Refused("still_under_way")

    def request_offline(self, person: Person, production: bool, reason: str) -> None:
        self.capacity(person, (ACTOR,), production, None)
        release = self.live(production)
        if not reason:
            raise Refused("reason_missing")
        self.nothing_under_way(production)
        for one in self.state.requests:
            same = self.state.releases[one.release].production is production
            if same and one.kind == "offline" and one.status == "in_review":
                raise Refused("offline_requested")
        policy = self.state.policies[production]
        request = Request("offline", release.place, person.name, policy)
        self.state.requests.append(request)
        if production or policy.review:
            self.state.told.append("offline_requested")
            return
        request.status = "approved"
        self.take_offline(release, "platform")

    def decide_offline(
        self, request: Request, release: Release, person: Person, *, approve: bool, reason: str
    ) -> None:
        if not approve and not reason:
            raise Refused("reason_missing")
        self.may_decide(request, person)
        request.decisions[person.name] = "approve" if approve else "reject"
        if not approve:
            request.status = "rejected"
            self.state.told.append("offline_rejected")
        elif len(request.decisions) >= max(1, request.policy.approvals):
            request.status = "approved"
            self.nothing_under_way(release.production)
            self.take_offline(release, REVIEWER)

    def take_offline(self, release: Release, who: str) -> None:
        self.take_away(release, "offline")
        self.note(release, "take_offline", FULL, who, "taken_offline")

    def withdraw_offline(self, place: int, person: Person) -> None:
        request = self.state.requests[place]
        production = self.state.releases[request.release].production
        self.capacity(person, (REQUESTER, ACTOR), production, request)
        if request.kind != "offline":
            raise Refused("not_found")
        if request.status != "in_review":
            raise Refused(f"request_is_{request.status}")
        request.status = "withdrawn"
        self.state.told.append("offline_withdrawn")

    def force_remove(self, person: Person, production: bool, reason: str) -> None:
        who = self.capacity(person, (INSPECTOR,), production, None)
        release = self.live(production)
        if not reason:
            raise Refused("reason_missing")
        self.nothing_under_way(production)
        policy = self.state.policies[production]
        self.state.requests.append(
            Request("removal", release.place, person.name, policy, status="approved")
        )
        self.take_away(release, "removed")
        self.note(release, "force_remove", FULL, who, "removed")

    def roll_back(self, to: Release, person: Person, reason: str) -> None:
        now = self.door(to, person, (ACTOR,), (ARCHIVED,), None, begins=True)
        if not reason:
            raise Refused("reason_missing")
        full = self.full(to.production)
        if to.because != "replaced" or to.version in self.state.taken[to.production]:
            raise Refused("not_replaced")
        if full is not None and full.version == to.version:
            raise Refused("live_already")
        candidate = self.candidate(to.production)
        if candidate is not None:
            before = candidate.status
            self.end(candidate, CANCELED)
            self.note(candidate, "cancel", before, now.who, "canceled")
        if full is not None:
            self.state.withdrawn[to.production].add(full.version)
        new = Release(
            len(self.state.releases),
            to.version,
            to.production,
            policy=to.policy,
            configuration=to.configuration,
            rolled_back_to=to.place,
            first_at=to.first_at,
            approved=to.approved,
        )
        self.take_over(new)
        new.status = FULL
        self.state.releases.append(new)
        self.note(new, "roll_back", "", now.who, "rolled_back")


TOLD = {
    "apply": "applied",
    "withdraw": "withdrawn",
    "reject": "rejected",
    "approve": "approved",
    "start_pilot": "pilot_started",
    "update_pilot": "pilot_updated",
    "complete_pilot": "pilot_completed",
    "bypass_pilot": "pilot_bypassed",
    "set_rules": "rules_set",
    "go_live": "went_live",
    "scale": "scaled",
    "start_ramp": "ramp_started",
    "stop_ramp": "ramp_stopped",
    "pause": "paused",
    "resume": "resumed",
    "cancel": "canceled",
}

Change = Callable[[], object]
