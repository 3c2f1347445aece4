"""Firing an event: the one way in which a release changes.

Everything is locked (`scene.on_target`) before anything is looked at. Then, in this order: may they
see it and do it, did it change since they looked, can it happen in this status, does it have what
it needs. What follows from it (another release is canceled or archived) is fired the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from portico.approvals import services as approvals
from portico.approvals.models import ApprovalRequest, RequestKind, RequestStatus
from portico.audit.services import on_behalf_of
from portico.miniprograms.services import ProgramArchived, held_in_use, put_live
from portico.release_process.policy import EVERYBODY
from portico.releases.access import check_capacity, who_fires
from portico.releases.acting import By, by_platform
from portico.releases.errors import StaleRelease
from portico.releases.models import Release, ReleaseEvent
from portico.releases.rules.pipeline import (
    Event,
    Status,
    Who,
    destination,
    step_for,
)
from portico.releases.services.case import SUPERSEDED, Case, Detail, Given, Seen, policy_of
from portico.releases.services.effects import EFFECTS
from portico.releases.services.needs import NEEDS, check_text, not_in_this_status
from portico.releases.services.noting import announce, note, write_down
from portico.releases.services.scene import Scene
from portico.releases.words import DONE, status_name
from portico.targets.services.errors import AppArchived
from portico.workspaces.permissions import Role

# They end or hold back what there is, so an archived app is no reason against them.
ENDS: Final = frozenset(
    {
        Event.WITHDRAW,
        Event.REJECT,
        Event.STOP_RAMP,
        Event.PAUSE,
        Event.CANCEL,
        Event.REPLACE,
        Event.TAKE_OFFLINE,
        Event.FORCE_REMOVE,
    }
)
# With these something begins, so nobody may archive the program meanwhile.
BEGINS: Final = frozenset({Event.CREATE, Event.CONFIGURE, Event.APPLY, Event.ROLL_BACK})
BEFORE_NEXT: Final = frozenset({Status.CREATED, Status.UNDER_REVIEW})


def fire(
    scene: Scene,
    release: Release,
    event: Event,
    given: Given,
    *,
    by: By,
    at: datetime,
    revision: int | None = None,
    request: ApprovalRequest | None = None,
    details: Mapping[str, Detail] | None = None,
) -> Case:
    """Fire an event at a release of a scene that is locked.

    `revision` is the release's when the caller looked; None: they did not. Raises what
    `portico.releases.errors` has, and what the effects raise about what was given.
    """
    case = Case(scene, release, event, by, at, given, request=request, details=dict(details or {}))
    check(case, revision=revision)
    share_before = release.share
    EFFECTS[event](case)
    _lead_on(case)
    keep(case, share_before=share_before)
    return case


def check(case: Case, *, revision: int | None = None) -> None:
    """Whether an event can be fired by whoever fires it; raises why not."""
    release = case.release
    case.who = check_capacity(
        case.by, who_fires(case.event), release.program, release.target, release.request
    )
    case.reason = check_text(case.wanted.reason)
    if revision is not None and revision != release.revision:
        raise _stale(release, since=revision)
    check_possible(case)


def check_seen(seen: Seen | None) -> None:
    """Whether the release that the caller looked at is as they saw it; None: they did not look.
    Call it under the lock of its target. Raises `StaleRelease`."""
    if seen is None:
        return
    found = Release.objects.select_related("version", "target__app").defer("version__manifest")
    now = found.get(id=seen.release.id)
    if now.revision != seen.revision:
        raise _stale(now, since=seen.revision)


def check_possible(case: Case) -> None:
    """Whether an event can be fired now, by somebody who may; raises why not. Used for real, and
    to show what can be done."""
    release, member = case.release, case.by.member
    case.before = None if release._state.adding else Status(release.status)
    case.is_admin = member is not None and member.role == Role.ADMIN
    step = step_for(case.before, case.event)
    if step is None:
        raise not_in_this_status(case)
    _check_in_use(case)
    for need in step.needs:
        NEEDS[need](case)


def _check_in_use(case: Case) -> None:
    app = case.release.target.app
    if app.archived_at is not None and case.event not in ENDS:
        raise AppArchived(app=app.name)
    if case.event in BEGINS:
        if case.scene.plan is not None:  # for real
            held_in_use(case.release.program)
        elif case.release.program.is_archived:
            raise ProgramArchived(program=case.release.program.name)


def _stale(release: Release, *, since: int) -> StaleRelease:
    events = ReleaseEvent.objects.filter(release=release).order_by("number")
    named = [Event(one.event) for one in events if one.number > since] or [
        Event(events[len(events) - 1].event)
    ]
    return StaleRelease(
        version=release.version.name,
        target=str(release.target),
        status=status_name(release.status),
        happened=", ".join(str(DONE[one]) for one in dict.fromkeys(named)),
    )


def _lead_on(case: Case) -> None:
    """Have the release go where the step leads, with all that goes with getting there."""
    step = step_for(case.before, case.event)
    if step is None or case.stays:
        return
    before = case.before or Status.CREATED
    policy = policy_of(case.release) if case.release.policy is not None else None
    if policy is None:
        after = Status.CREATED  # all that can happen before the first application
    else:
        after = destination(step, before, policy, share=case.wanted.share)
    if after is not before:
        arrive(case, after)


def arrive(case: Case, after: Status) -> None:
    """Have a release be in another status: what it does to itself, and to others before it."""
    release, at = case.release, case.at
    if case.before in BEFORE_NEXT and after not in BEFORE_NEXT:
        _supersede(case)
    if after is not Status.GRAYSCALE:
        release.paused_at, release.ramp_on, release.next_step_at = None, False, None
    if after is Status.CREATED:
        release.supersedes = None
        release.testers, release.groups, release.pilot_started_at = [], [], None
    if after in {Status.CANCELED, Status.ARCHIVED}:
        release.ended_at = at
    if after in {Status.GRAYSCALE, Status.FULL}:
        release.went_live_at = release.went_live_at or at
    if after is Status.FULL:
        _take_over(case)
    if case.before is Status.FULL:
        _close_offline_requests(case)
    release.status = after.value
    _put_live(case, after)


def _take_over(case: Case) -> None:
    """Be what everybody gets, in the place of what was."""
    release, old = case.release, case.scene.full
    release.share = EVERYBODY
    release.first_share_at = release.first_share_at or case.at
    release.released_at = case.at
    if old is not None:
        details = {"by": str(release.id)}
        by = by_platform()
        fire(case.scene, old, Event.REPLACE, Given(), by=by, at=case.at, details=details)


def _put_live(case: Case, after: Status) -> None:
    release = case.release
    if after is Status.FULL:
        put_live(release.program, release.target, release.version, at=case.at)
    elif case.before is Status.FULL and case.event is not Event.REPLACE:
        case.scene.withdrawn.add(release.version.code)
        put_live(release.program, release.target, None, at=case.at)


def _supersede(case: Case) -> None:
    """Cancel the release that this one supersedes, if it still is on its way."""
    release, older = case.release, case.scene.candidate
    if older is None or older.id != release.supersedes_id:
        return
    chose = release.request.requested_by if release.request else None
    # Whoever chose to supersede it cancels it, not whoever happened to approve.
    by = By(on_behalf_of(chose), who=Who.RELEASE_ACTOR) if chose else case.by
    reason = _(SUPERSEDED) % {"version": release.version.name}
    fire(case.scene, older, Event.CANCEL, Given(reason=reason), by=by, at=case.at)


def _close_offline_requests(case: Case) -> None:
    """What is live no more needs no request to take it offline."""
    release = case.release
    waiting = ApprovalRequest.objects.select_for_update(of=("self",), no_key=True).filter(
        program=release.program,
        target=release.target,
        kind=RequestKind.OFFLINE,
        status=RequestStatus.IN_REVIEW,
    )
    for request in waiting:
        approvals.close(
            request,
            RequestStatus.WITHDRAWN,
            by=case.by.actor,
            at=case.at,
            reason=case.reason,
        )
        write_down("release.offline_withdrawn", release, by=case.by.actor, at=case.at)
        announce(
            release,
            "offline_withdrawn",
            "withdraw_offline",
            before=str(release.status),
            who=case.who,
            reason="",
            at=case.at,
            request_id=request.id,
        )


def keep(case: Case, *, share_before: int) -> None:
    """Save what an event has made of a release, and write down that it happened."""
    release = case.release
    release.revision = 1 if release._state.adding else release.revision + 1
    release.changed_at = case.at
    release.save()
    if release not in case.scene.releases:
        case.scene.releases.append(release)
    note(case, share_before=share_before)
