"""The events of releases that can be sent: one for each step of the pipeline."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from portico.webhooks.event_types import Data, EventType


class ReleasedVersion(Data):
    """The version that a release is of."""

    code: int = Field(description="`version.code` of its manifest.")
    name: str = Field(description="`version.name` of its manifest.")


class ReleaseChanged(Data):
    """What happened to a release."""

    release: UUID = Field(description="The release's id.")
    event: str = Field(description="What happened, as the pipeline calls it, such as `go_live`.")
    number: int = Field(
        description="The number of what happened, counted from 1 for each release: put them in "
        "order by it."
    )
    app_id: str = Field(description="The mini program.")
    app: str = Field(description="The code of the app that it is released to.")
    environment: str = Field(description="`production` or `sandbox`.")
    version: ReleasedVersion = Field(description="The version.")
    before: str = Field(alias="from", description="The status before; empty where it is new.")
    after: str = Field(alias="to", description="The status now.")
    percentage: float = Field(description="The share of users it may reach now, in percent.")
    reason: str = Field(description="Why, in somebody's words; empty where nobody gave a reason.")
    who: str = Field(
        description="In which capacity it was done: `release_actor`, `requester`, `reviewer`, "
        "`inspector`, `automated_review`, `ramp`, `guardrail` or `platform`."
    )
    request: UUID | None = Field(description="The approval request that it is about, if any.")


def _event(name: str, title: Promise, description: Promise) -> EventType:
    return EventType(
        name=f"release.{name}",
        title=title,
        description=description,
        schema=ReleaseChanged,
        where=lambda data: f"/api/v1/releases/{data['release']}",
    )


RELEASE_EVENTS: Final[tuple[EventType, ...]] = (
    _event("created", _("Release made"), _("A release of a version was made.")),
    _event(
        "configured",
        _("Release configured"),
        _("What a release takes along was edited. An approval that it had counts no more."),
    ),
    _event("applied", _("Release applied for"), _("Somebody wants a version to be released.")),
    _event("withdrawn", _("Request withdrawn"), _("A request to release was taken back.")),
    _event("rejected", _("Release rejected"), _("A reviewer rejected a release.")),
    _event("approved", _("Release approved"), _("A release has all approvals that it needs.")),
    _event("pilot_started", _("Pilot started"), _("Testers get the version from now on.")),
    _event("pilot_updated", _("Pilot updated"), _("Other testers get the version from now on.")),
    _event("pilot_completed", _("Pilot completed"), _("The pilot testing is over.")),
    _event("pilot_bypassed", _("Pilot bypassed"), _("The pilot testing was left out.")),
    _event("rules_set", _("Targeting set"), _("Which users can be enrolled was changed.")),
    _event("went_live", _("Grayscale release begun"), _("The version is in grayscale release.")),
    _event("scaled", _("Release scaled"), _("More users get the version from now on.")),
    _event("ramp_started", _("Ramp started"), _("The release grows by itself from now on.")),
    _event("ramp_stopped", _("Ramp stopped"), _("The release grows by hand alone from now on.")),
    _event("paused", _("Release paused"), _("The share stays as it is until it is resumed.")),
    _event("resumed", _("Release resumed"), _("The share can grow again.")),
    _event("canceled", _("Release canceled"), _("Everybody gets the version before.")),
    _event("fully_released", _("Fully released"), _("Everybody gets the version.")),
    _event("archived", _("Release archived"), _("A newer release took the place of this one.")),
    _event("rolled_back", _("Rolled back"), _("Everybody gets an earlier version again.")),
    _event(
        "offline_requested",
        _("Taking offline asked for"),
        _("Somebody wants what is live to be taken offline."),
    ),
    _event("offline_rejected", _("Taking offline rejected"), _("What is live stays live.")),
    _event(
        "offline_withdrawn",
        _("Taking offline withdrawn"),
        _("A request to take something offline was taken back."),
    ),
    _event("taken_offline", _("Taken offline"), _("Nobody gets the mini program any more.")),
    _event("removed", _("Removed by force"), _("The mini program was removed from the target.")),
)
