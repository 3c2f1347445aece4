"""A Release Process tried on the last requests, over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from portico.basic_settings.services import live
from portico.kernel.access import requires
from portico.kernel.permissions import Permission
from portico.release_process.payload import ReleaseProcess
from portico.release_process.section import section
from portico.release_process.simulation import Difference, Kind, Outcome
from portico.release_process.trying import try_on_past
from portico.ui.texts import tell
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest

router = ApiRouter(tags=["Settings"])


class SimulateRequest(Schema):
    """Which Release Process to try."""

    values: ReleaseProcess | None = Field(
        None, description="As they would be saved; nothing is. Left out: the live ones."
    )


class SimulatedDifference(Schema):
    """Something that would have been different."""

    kind: Kind
    sentence: str
    stricter: bool = Field(
        description="True: something would have been demanded that was not there. False: something "
        "would not have been needed."
    )


class SimulatedRequest(Schema):
    """A request of the past, and what would have been different; nothing: it went the same."""

    title: str
    environment: Literal["production", "sandbox"]
    status: str
    requested_at: datetime
    policy_revision: int = Field(description="What it was made under; 0: the default.")
    differences: list[SimulatedDifference]


class SimulateAnswer(Schema):
    """The last requests, at most 50, newest first."""

    different: int = Field(description="How many would have gone differently.")
    requests: list[SimulatedRequest]


@router.post(
    "/release-process/simulate",
    response=SimulateAnswer,
    operation_id="simulate_release_process",
    summary="Try a Release Process on the last 50 requests",
)
@requires(Permission.SETTINGS_READ)
def simulate_release_process(request: TokenRequest, body: SimulateRequest) -> SimulateAnswer:
    """Says which of them would have gone differently, and why. Saves and changes nothing."""
    process = body.values or live(request.workspace, section).payload
    trial = try_on_past(request.workspace, process, of="")
    return SimulateAnswer(
        different=len(trial.different), requests=[_request(one) for one in trial.outcomes]
    )


def _request(outcome: Outcome) -> SimulatedRequest:
    past = outcome.request
    return SimulatedRequest(
        title=past.title,
        environment="production" if past.production else "sandbox",
        status=past.status,
        requested_at=past.requested_at,
        policy_revision=past.policy_revision,
        differences=[_difference(one) for one in outcome.differences],
    )


def _difference(difference: Difference) -> SimulatedDifference:
    return SimulatedDifference(
        kind=difference.kind,
        sentence=tell(difference.sentence),
        stricter=difference.stricter,
    )
