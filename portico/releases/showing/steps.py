"""The pipeline of one release as steps, with the present one marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portico.kernel import clock
from portico.release_process.policy import Policy
from portico.releases.models import ArchivedBecause, Release, ReleaseEvent, ReleaseStatus
from portico.releases.rules.pipeline import Event, Status
from portico.releases.showing.history import who_did
from portico.releases.showing.words import share_text
from portico.ui.times import relatively
from portico.ui.values import Stage, StageState


@dataclass(frozen=True)
class Approvals:
    """How many have approved a request that is in review, and how many must."""

    given: int
    wanted: int


def path_of(policy: Policy) -> tuple[Status, ...]:
    """The statuses that a release goes through by this policy, in their order."""
    path = [Status.CREATED]
    if policy.review:
        path.append(Status.UNDER_REVIEW)
    if policy.pilot_testing:
        path.append(Status.PILOT)
    elif policy.grayscale_release:
        path.append(Status.PREPARATION)
    if policy.grayscale_release:
        path.append(Status.GRAYSCALE)
    return (*path, Status.FULL)


def steps_of(
    release: Release,
    events: Sequence[ReleaseEvent],
    policy: Policy,
    *,
    approvals: Approvals | None = None,
) -> list[Stage]:
    """What the release went through, where it is, and what lies ahead of it by its policy.

    `events` are all of the release, the first one first, with who did them.
    """
    path = (Status.CREATED, Status.FULL) if release.is_rollback else path_of(policy)
    here = _place(release, events, path)
    story = _Story(release, events, approvals)
    steps = [
        Stage(
            title=str(ReleaseStatus(status).label),
            state=_state(release, events, status, number, here),
            detail=story.detail(status) if number <= here else "",
            took=story.reached(status) if number <= here else "",
        )
        for number, status in enumerate(path)
    ]
    if release.status == ReleaseStatus.ARCHIVED:
        replaced = release.archived_because == ArchivedBecause.REPLACED
        steps.append(
            Stage(
                title=str(ReleaseStatus.ARCHIVED.label),
                state=StageState.DONE if replaced else StageState.FAILED,
                detail=str(ArchivedBecause(release.archived_because).label),
                took=story.reached(Status.ARCHIVED),
            )
        )
    return steps


def _place(release: Release, events: Sequence[ReleaseEvent], path: Sequence[Status]) -> int:
    """Where in the path it is; of one that has ended, how far it came."""
    if release.status == ReleaseStatus.ARCHIVED:
        return len(path) - 1
    status = release.status
    if status == ReleaseStatus.CANCELED:
        status = next((one.before for one in reversed(events) if one.event == Event.CANCEL), "")
    return next((number for number, one in enumerate(path) if one == status), 0)


def _state(
    release: Release, events: Sequence[ReleaseEvent], status: Status, number: int, here: int
) -> StageState:
    if number > here:
        return StageState.WAITING
    if number == here and release.status == ReleaseStatus.CANCELED:
        return StageState.FAILED
    if number == here and release.status not in {ReleaseStatus.FULL, ReleaseStatus.ARCHIVED}:
        return StageState.NOW
    if status is Status.PILOT and _was_bypassed(events):
        return StageState.SKIPPED
    return StageState.DONE


def _was_bypassed(events: Sequence[ReleaseEvent]) -> bool:
    ends = {Event.BYPASS_PILOT, Event.COMPLETE_PILOT, Event.APPLY}
    last = next((one for one in reversed(events) if one.event in ends), None)
    return last is not None and last.event == Event.BYPASS_PILOT


@dataclass(frozen=True)
class _Story:
    release: Release
    events: Sequence[ReleaseEvent]
    approvals: Approvals | None

    def reached(self, status: Status) -> str:
        """When it came there last."""
        for event in reversed(self.events):
            if event.after == status and event.before != status:
                return relatively(event.at, at=clock.now())
        return ""

    def detail(self, status: Status) -> str:
        """What is worth knowing of that step."""
        if self.release.status == ReleaseStatus.CANCELED:
            last = next((one for one in reversed(self.events) if one.before == status), None)
            if last is not None and last.event == Event.CANCEL:
                return _("Canceled by %(who)s") % {"who": who_did(last)}
        say = _DETAILS.get(status)
        return say(self) if say else ""

    def last(self, *wanted: Event) -> ReleaseEvent | None:
        """The last of these events."""
        return next((one for one in reversed(self.events) if one.event in wanted), None)


def _created(story: _Story) -> str:
    if story.release.status == ReleaseStatus.CREATED:
        back = story.last(Event.REJECT, Event.WITHDRAW, Event.CONFIGURE, Event.APPLY)
        said = (
            {
                Event.REJECT: _("Rejected by %(who)s"),
                Event.WITHDRAW: _("Withdrawn by %(who)s"),
            }.get(Event(back.event))
            if back
            else None
        )
        if back is not None and said is not None:
            return said % {"who": who_did(back)}
    made = story.last(Event.CREATE, Event.ROLL_BACK)
    return _("by %(who)s") % {"who": who_did(made)} if made else ""


def _reviewed(story: _Story) -> str:
    if story.release.status == ReleaseStatus.UNDER_REVIEW:
        if story.approvals is None:
            return _("Waits for a decision")
        counts = {"given": story.approvals.given, "wanted": story.approvals.wanted}
        return _("%(given)s of %(wanted)s approvals") % counts
    approved = story.last(Event.APPROVE)
    return _("Approved by %(who)s") % {"who": who_did(approved)} if approved else ""


def _piloted(story: _Story) -> str:
    if _was_bypassed(story.events):
        return _("Bypassed")
    count = len(story.release.testers)
    if not count and story.release.status == ReleaseStatus.PILOT:
        return _("No testers picked yet")
    return ngettext("%(count)s tester", "%(count)s testers", count) % {"count": count}


def _prepared(story: _Story) -> str:
    waits = story.release.status == ReleaseStatus.PREPARATION
    return _("Ready to go live") if waits else ""


def _enrolled(story: _Story) -> str:
    if story.release.paused_at:
        return _("%(share)s, paused") % {"share": share_text(story.release.share)}
    return share_text(story.release.share)


_DETAILS: Final[Mapping[Status, Callable[[_Story], str]]] = {
    Status.CREATED: _created,
    Status.UNDER_REVIEW: _reviewed,
    Status.PILOT: _piloted,
    Status.PREPARATION: _prepared,
    Status.GRAYSCALE: _enrolled,
}
