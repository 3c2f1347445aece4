"""Releases as the API shows them, and what it takes to make one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, JsonValue

from portico.audit.models import AuditPerson
from portico.miniprograms.api_schemas import TARGET, VersionNamed
from portico.miniprograms.uploading.api_schemas import LARGEST_CODE
from portico.release_process.rules import percentage
from portico.releases.event_schemas import Text
from portico.releases.listing import GROUPS
from portico.releases.models import (
    ArchivedBecause,
    Release,
    ReleaseEvent,
    ReleaseStatus,
)
from portico.releases.possible import Possible
from portico.releases.rules.pipeline import Event
from portico.targets.models import Environment
from portico.ui.texts import tell

Share = Annotated[float, Field(description="Percent of the users.")]


class ReleaseGiven(Schema):
    """A release to be made: a version of a mini program, and the target it goes to."""

    app_id: Text
    version: int = Field(ge=1, le=LARGEST_CODE, description="The version's code.")
    app: Text = Field(description="The app's code.")
    environment: Environment
    release: bool = Field(False, description="Apply for it in the same step.")
    supersede: bool = Field(False, description="With `release`: as in the event `apply`.")
    message: Text = Field("", description="With `release`: to those who approve.")


class ReleasesAsked(Schema):
    """What to look for; what is left out asks for nothing."""

    q: str = Field("", max_length=200, description="Parts of a name or `app_id`, or a version.")
    app_id: str = Field("", max_length=200)
    target: str = Field("", pattern=rf"^$|{TARGET}", description="As in `pay-ios/production`.")
    environment: Environment | None = None
    status: ReleaseStatus | Literal["under_way", "live"] | None = Field(
        None, description=f"A status; or one of those that are {' or '.join(GROUPS)}."
    )
    sort: Literal["-made", "made", "-changed", "changed"] = "-made"
    cursor: str = Field("", max_length=2000)
    before: str = Field("", max_length=2000)
    limit: int = Field(50, ge=1, le=200)


class ReleaseAnswer(Schema):
    """A release. `revision` rises with each event. `approved_at` to `ended_at` say when it got
    there; `null`: it has not, or not since it was last applied for."""

    id: UUID
    app_id: str
    app: str = Field(description="The app's code.")
    environment: Environment
    version: VersionNamed
    status: ReleaseStatus
    revision: int
    percentage: Share
    paused_at: datetime | None
    next_step_at: datetime | None = Field(description="When the ramp goes on; `null`: it is off.")
    request: UUID | None = Field(description="Its newest approval request.")
    supersedes: UUID | None = Field(description="What it cancels as it reaches its next step.")
    rolled_back_to: UUID | None = Field(description="Of a rollback: the release it brought back.")
    archived_because: ArchivedBecause | None
    created_by: str | None = Field(description="The name; `null`: nobody, or an erased person.")
    created_at: datetime
    changed_at: datetime
    approved_at: datetime | None
    pilot_started_at: datetime | None
    went_live_at: datetime | None
    released_at: datetime | None
    ended_at: datetime | None


class ReleasesAnswer(Schema):
    """A page of releases. Pass `next` as `cursor` to get the one after it; `null`: the last;
    `previous` as `before` for the one before it."""

    items: list[ReleaseAnswer]
    next: str | None
    previous: str | None


class PossibleAnswer(Schema):
    """An event of the release's status; where it is not allowed now, the reason.

    `override`: what an admin of the workspace can go past by giving the event an `override`.
    `take_offline` and `force_remove` are asked for at the mini program's target.
    """

    event: str
    allowed: bool
    why_not: str | None
    override: str | None


class RampStepAnswer(Schema):
    """A step of a ramp."""

    percentage: Share
    minutes: int


class WholeReleaseAnswer(ReleaseAnswer):
    """A release with all that belongs to it, and what the holder of the token can do now.

    `policy` is what it has to go through, copied when it was applied for, shares in thousandths of
    a percent; `policy_revision` the revision of the release process that it is of (0: the
    default).
    """

    server_domains: list[str]
    variables: dict[str, str]
    rules: dict[str, JsonValue]
    testers: list[str] = Field(description="User ids, frozen when they were picked.")
    groups: list[str] = Field(description="The groups that they were picked from.")
    ramp: list[RampStepAnswer]
    policy: dict[str, JsonValue] | None
    policy_revision: int | None
    possible: list[PossibleAnswer]


class ReleaseEventAnswer(Schema):
    """Something that happened to a release. `number` is the release's revision from then on.

    `who` is in which capacity it was done, `by` the name; `null`: the platform, or an erased
    person. `details` are facts of this event, such as shares in thousandths of a percent.
    """

    number: int
    event: str
    before: ReleaseStatus | None
    after: ReleaseStatus
    who: str
    by: str | None
    reason: str
    percentage: float | None = Field(description="Of `scale`: the share that it led to.")
    details: dict[str, JsonValue]
    at: datetime


class ReleaseEventsAnswer(Schema):
    """What happened to a release, the first at first, and where it is now. Pass `next` as `after`
    for what comes after; `null`: this is all so far."""

    items: list[ReleaseEventAnswer]
    next: int | None
    status: ReleaseStatus
    revision: int


class ReleaseEventsAsked(Schema):
    """From where on."""

    after: int = Field(0, ge=0, le=2**31 - 1, description="Events with a higher number alone.")
    limit: int = Field(50, ge=1, le=200)


class ReasonGiven(Schema):
    """Why."""

    reason: Text = Field(description="At most 2,000 characters.")


def release_answer(release: Release) -> ReleaseAnswer:
    """A release as a list shows it; its program, version, target and creator are read with it."""
    return ReleaseAnswer(**_values(release))


def whole_release_answer(release: Release, possible: Sequence[Possible]) -> WholeReleaseAnswer:
    """A release with everything."""
    configuration = release.configuration
    return WholeReleaseAnswer(
        **_values(release),
        server_domains=list(configuration.get("server_domains", [])),
        variables=dict(configuration.get("variables", {})),
        rules=release.rules,
        testers=release.testers,
        groups=release.groups,
        ramp=[
            RampStepAnswer(percentage=percentage(share), minutes=minutes)
            for share, minutes in release.ramp
        ],
        policy=release.policy,
        policy_revision=release.policy_revision,
        possible=[
            PossibleAnswer(
                event=one.event.value,
                allowed=one.allowed,
                why_not=tell(one.why_not) if one.why_not else None,
                override=tell(one.override) if one.override else None,
            )
            for one in possible
        ],
    )


def event_answer(event: ReleaseEvent) -> ReleaseEventAnswer:
    """An event; its person is read with it."""
    share = event.details.get("to") if event.event == Event.SCALE else None
    return ReleaseEventAnswer(
        number=event.number,
        event=event.event,
        before=ReleaseStatus(event.before) if event.before else None,
        after=ReleaseStatus(event.after),
        who=event.who,
        by=_named(event.person),
        reason=event.reason,
        percentage=percentage(share) if isinstance(share, int) else None,
        details=event.details,
        at=event.at,
    )


def _values(release: Release) -> dict[str, Any]:
    target, version = release.target, release.version
    return {
        "id": release.id,
        "app_id": release.program.app_id,
        "app": target.app.code,
        "environment": Environment(target.environment),
        "version": VersionNamed(code=version.code, name=version.name),
        "status": ReleaseStatus(release.status),
        "revision": release.revision,
        "percentage": percentage(release.share),
        "paused_at": release.paused_at,
        "next_step_at": release.next_step_at,
        "request": release.request_id,
        "supersedes": release.supersedes_id,
        "rolled_back_to": release.rolled_back_to_id,
        "archived_because": ArchivedBecause(release.archived_because)
        if release.archived_because
        else None,
        "created_by": _named(release.created_by),
        **{
            name: getattr(release, name)
            for name in (
                "created_at",
                "changed_at",
                "approved_at",
                "pilot_started_at",
                "went_live_at",
                "released_at",
                "ended_at",
            )
        },
    }


def _named(person: AuditPerson | None) -> str | None:
    return (person.name or person.email or None) if person else None
