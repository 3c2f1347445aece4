"""Writing down what happened to a release: for its history, the audit log, and whoever listens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from portico.audit.services import Actor, Change, record
from portico.outbox.services import publish
from portico.release_process.policy import EVERYBODY
from portico.release_process.rules import percentage
from portico.releases.models import Release, ReleaseEvent
from portico.releases.rules.pipeline import Event, Status, Who
from portico.releases.services.case import Case, Detail
from portico.releases.services.needs import shown

PUBLISHED: Final[Mapping[Event, str]] = {
    Event.CREATE: "created",
    Event.CONFIGURE: "configured",
    Event.APPLY: "applied",
    Event.WITHDRAW: "withdrawn",
    Event.REJECT: "rejected",
    Event.APPROVE: "approved",
    Event.START_PILOT: "pilot_started",
    Event.UPDATE_PILOT: "pilot_updated",
    Event.COMPLETE_PILOT: "pilot_completed",
    Event.BYPASS_PILOT: "pilot_bypassed",
    Event.SET_RULES: "rules_set",
    Event.GO_LIVE: "went_live",
    Event.SCALE: "scaled",
    Event.START_RAMP: "ramp_started",
    Event.STOP_RAMP: "ramp_stopped",
    Event.PAUSE: "paused",
    Event.RESUME: "resumed",
    Event.CANCEL: "canceled",
    Event.REPLACE: "archived",
    Event.TAKE_OFFLINE: "taken_offline",
    Event.FORCE_REMOVE: "removed",
    Event.ROLL_BACK: "rolled_back",
}
"""What each event is published as, after `release.`."""

FULLY: Final = "fully_released"
# A release that is brought back is not told twice.
TELLS_ITSELF: Final = frozenset({Event.ROLL_BACK})


def note(case: Case, *, share_before: int) -> None:
    """Write down an event that has been fired: the release is saved, its revision has risen."""
    release = case.release
    before = case.before.value if case.before else ""
    ReleaseEvent.objects.create(
        release=release,
        number=release.revision,
        event=case.event,
        before=before,
        after=release.status,
        who=case.who,
        person_id=case.by.actor.person_id,
        reason=case.reason,
        details={**case.details, **_overridden(case)},
        at=case.at,
    )
    write_down(
        f"release.{case.event.value}",
        release,
        by=case.by.actor,
        at=case.at,
        reason=case.reason,
        changes=_changes(before, share_before, release),
    )
    if case.stays:  # one of several approvals: nobody has to hear of it
        return
    names = [PUBLISHED[case.event]]
    arrives = release.status == Status.FULL and case.before is not Status.FULL
    if arrives and case.event not in TELLS_ITSELF:
        names.append(FULLY)
    for name in names:
        announce(
            release,
            name,
            case.event.value,
            before=before,
            who=case.who,
            reason=case.reason,
            at=case.at,
            request_id=case.request.id if case.request else None,
        )


def write_down(
    action: str,
    release: Release,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    changes: Sequence[Change] = (),
) -> None:
    """One entry of the audit log about a release."""
    version = release.version
    record(
        action,
        by=by,
        at=at,
        workspace_id=release.workspace_id,
        subject_kind="release",
        subject_id=release.id,
        subject_label=f"{release.program.name} {version.name} ({release.target})",
        reason=reason,
        changes=changes,
    )


def announce(
    release: Release,
    name: str,
    event: str,
    *,
    before: str,
    who: Who,
    reason: str,
    at: datetime,
    request_id: UUID | None = None,
) -> None:
    """Have those hear of it who listen to `release.<name>`."""
    request = request_id or release.request_id
    publish(
        f"release.{name}",
        workspace_id=release.workspace_id,
        payload={
            "release": str(release.id),
            "event": event,
            "number": release.revision,
            "app_id": release.program.app_id,
            "app": release.target.app.code,
            "environment": release.target.environment,
            "version": {"code": release.version.code, "name": release.version.name},
            "from": before,
            "to": str(release.status),
            "percentage": percentage(reached(release)),
            "reason": reason,
            "who": who.value,
            "request": str(request) if request else None,
        },
        at=at,
    )


def reached(release: Release) -> int:
    """The share of the users that can get a release now, in thousandths of a percent."""
    if release.status == Status.FULL:
        return EVERYBODY
    return release.share if release.status == Status.GRAYSCALE else 0


def _overridden(case: Case) -> dict[str, Detail]:
    return {"overridden": [one.code for one in case.overridden]} if case.overridden else {}


def _changes(before: str, share_before: int, release: Release) -> list[Change]:
    pairs = [
        ("release_status", before, str(release.status)),
        ("share", _percent(share_before), _percent(release.share)),
    ]
    return [Change(field=name, before=old, after=new) for name, old, new in pairs if old != new]


def _percent(share: int) -> str:
    return f"{shown(share)} %"
