"""The events that can be fired by the API, and what each of them takes.

`event` says which one it is, and so what else is taken (a discriminated union). Shares are
percentages here and thousandths of a percent inside.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, RootModel

from portico.basic_settings.rules import check_text
from portico.kernel.errors import InvalidFields
from portico.kernel.permissions import Permission
from portico.release_process.rules import check_share


def _storable(text: str) -> str:
    try:
        check_text({"text": text})
    except InvalidFields as error:
        raise error.errors["text"] from None
    return text


Text = Annotated[str, Field(max_length=20_000), AfterValidator(_storable)]
Reason = Annotated[Text, Field(description="At most 2,000 characters.")]
Percentage = Annotated[
    float,
    Field(strict=True, description="Of the users: above 0, at most 100, with up to 3 decimals."),
    AfterValidator(check_share),
]
Revision = Annotated[
    int | None,
    Field(
        ge=1,
        le=2**31 - 1,
        description="The release's revision that you saw. If anything has happened to it since, "
        "the event is refused (412) with what it was, in `meanwhile`.",
    ),
]
Override = Annotated[
    Text,
    Field(
        description="Admins of the workspace: the reason for which this goes past the largest "
        "first share, the shortest soak, a closed window or a freeze. It is audited."
    ),
]


class EventGiven(Schema):
    """An event to be fired, and the permission that this needs."""

    model_config = ConfigDict(extra="forbid")
    needs: ClassVar[Permission] = Permission.RELEASES_ACT


class OnReleaseGiven(EventGiven):
    """An event on what somebody saw of a release."""

    revision: Revision = None


class ConfigureGiven(OnReleaseGiven):
    """Give the release another configuration. After its approval, that voids the approval."""

    event: Literal["configure"]
    server_domains: list[Text] = Field(max_length=200)
    variables: dict[Text, Text] = Field(max_length=200)


class ApplyGiven(OnReleaseGiven):
    """Apply for the release: for its review, or where there is none, on to its next step."""

    event: Literal["apply"]
    supersede: bool = Field(
        False,
        description="Another release is on its way to the users of the target: cancel it as soon "
        "as this one reaches its next step.",
    )
    message: Annotated[Text, Field(description="To those who approve.")] = ""


class WithdrawGiven(OnReleaseGiven):
    """Take the request back."""

    event: Literal["withdraw"]
    reason: Reason = ""


class DecisionEventGiven(EventGiven):
    """A decision on the release's request."""

    needs: ClassVar[Permission] = Permission.REQUESTS_DECIDE
    findings: list[Text] = Field(
        default=[], max_length=200, description="Keys of the findings that the reason is about."
    )
    screenshots: list[Text] = Field(
        default=[], max_length=50, description="Hashes of screenshots, as their upload answered."
    )


class ApproveGiven(DecisionEventGiven):
    """Approve the release's request."""

    event: Literal["approve"]
    reason: Reason = ""


class RejectGiven(DecisionEventGiven):
    """Reject the release's request."""

    event: Literal["reject"]
    reason: Reason


class TestersPickedGiven(OnReleaseGiven):
    """Who tests: frozen on the release as they are now, each once."""

    groups: list[Text] = Field(
        default=[],
        max_length=200,
        description="Ids of groups of testers (`/test-groups`), or `testers`: the list of testers "
        "that the mini program has on the target.",
    )
    user_ids: list[Text] = Field(
        default=[], max_length=10_000, description="Ids of users of the super app."
    )


class StartPilotGiven(TestersPickedGiven):
    """Give the release to its first testers."""

    event: Literal["start_pilot"]


class UpdatePilotGiven(TestersPickedGiven):
    """Give it to these testers in the place of those before."""

    event: Literal["update_pilot"]


class CompletePilotGiven(OnReleaseGiven):
    """The pilot is over: on to the next step."""

    event: Literal["complete_pilot"]


class BypassPilotGiven(OnReleaseGiven):
    """Go on without a pilot, or before its end."""

    event: Literal["bypass_pilot"]
    reason: Reason


class AppVersionsGiven(Schema):
    """A range of versions of the super app, both ends within it; an empty end is open."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    first: Text = Field("", alias="from")
    last: Text = Field("", alias="to")


class RulesGiven(Schema):
    """For whom the release is at all, beside the percentage. An empty rule matches everybody."""

    model_config = ConfigDict(extra="forbid")
    regions: list[Text] = Field(default=[], max_length=1000)
    systems: list[Text] = Field(default=[], max_length=1000)
    app_version: AppVersionsGiven = Field(
        default_factory=lambda: AppVersionsGiven.model_validate({})
    )


class SetRulesGiven(OnReleaseGiven):
    """Replace the targeting rules. Once somebody is enrolled, they can only be widened."""

    event: Literal["set_rules"]
    rules: RulesGiven


class GoLiveGiven(OnReleaseGiven):
    """Begin the grayscale release: at 0 %, or at a first share at once."""

    event: Literal["go_live"]
    percentage: Percentage | None = None
    override: Override = ""


class ScaleGiven(OnReleaseGiven):
    """Give the release to a larger share of the users; 100: the full release."""

    event: Literal["scale"]
    percentage: Percentage
    override: Override = ""


class RampStepGiven(Schema):
    """A step of a ramp: a share, and for how many minutes the release stays there."""

    model_config = ConfigDict(extra="forbid")
    percentage: Percentage
    minutes: int = Field(ge=0, le=1_000_000, strict=True)


class StartRampGiven(OnReleaseGiven):
    """Have the release go on by itself."""

    event: Literal["start_ramp"]
    ramp: list[RampStepGiven] | None = Field(
        None, max_length=100, description="Left out: the ramp of the release process."
    )


class StopRampGiven(OnReleaseGiven):
    """Have it stay at its share."""

    event: Literal["stop_ramp"]


class PauseGiven(OnReleaseGiven):
    """Freeze the share: nobody more gets it, whoever has it keeps it."""

    event: Literal["pause"]
    reason: Reason = ""


class ResumeGiven(OnReleaseGiven):
    """Go on after a pause."""

    event: Literal["resume"]


class CancelGiven(OnReleaseGiven):
    """End the release: everybody gets what they had before."""

    event: Literal["cancel"]
    reason: Reason


class RollBackGiven(EventGiven):
    """Bring this archived release's version back, as a new release that is live at once."""

    event: Literal["roll_back"]
    reason: Reason


class AnyEventGiven(
    RootModel[
        Annotated[
            ConfigureGiven
            | ApplyGiven
            | WithdrawGiven
            | ApproveGiven
            | RejectGiven
            | StartPilotGiven
            | UpdatePilotGiven
            | CompletePilotGiven
            | BypassPilotGiven
            | SetRulesGiven
            | GoLiveGiven
            | ScaleGiven
            | StartRampGiven
            | StopRampGiven
            | PauseGiven
            | ResumeGiven
            | CancelGiven
            | RollBackGiven,
            Field(discriminator="event"),
        ]
    ]
):
    """One of the events of the pipeline."""
