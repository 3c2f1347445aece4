"""Taking what is live off a target over HTTP: by a request that others approve, or by force."""

from __future__ import annotations

from django.http import HttpResponse
from pydantic_core import to_json

from portico.approvals.queries import approvals_of, request_for
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.miniprograms.access import program_for
from portico.miniprograms.queries import target_at
from portico.releases import services
from portico.releases.acting import by_request
from portico.releases.api_answers import answer
from portico.releases.api_schemas import (
    ReasonGiven,
    WholeReleaseAnswer,
)
from portico.releases.deciding.api_answers import answer_of
from portico.releases.deciding.api_schemas import RequestAnswer
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest
from portico.workspaces.idempotency import idempotent

router = ApiRouter(tags=["Releases"])
TARGET = "/{app_id}/targets/{app}/{environment}"


@router.post(
    f"{TARGET}/offline-requests",
    response={201: RequestAnswer},
    operation_id="request_offline",
    summary="Ask to take a mini program offline",
)
@requires(Permission.RELEASES_ACT)
@idempotent
def request_offline(
    request: TokenRequest, app_id: str, app: str, environment: str, given: ReasonGiven
) -> HttpResponse:
    """Ask that what is live on a target be taken from its users. It is reviewed in Production
    always, in the Sandbox where its releases are; else it happens at once. Data is kept."""
    program = program_for(request.member, app_id)
    target = target_at(request.workspace, app, environment)
    by = by_request(request)
    made = services.request_offline(program, target, reason=given.reason, by=by, at=now())
    asked = request_for(request.member, made.id)
    body = answer_of(asked, len(approvals_of(asked))).model_dump(mode="json")
    response = HttpResponse(to_json(body), status=201)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Location"] = f"/api/v1/approval-requests/{made.id}"
    return response


@router.post(
    f"{TARGET}/removal",
    response=WholeReleaseAnswer,
    operation_id="remove_mini_program",
    summary="Remove a live mini program by force",
)
@requires(Permission.RELEASES_REMOVE)
@idempotent
def remove_mini_program(
    request: TokenRequest, app_id: str, app: str, environment: str, given: ReasonGiven
) -> HttpResponse:
    """Take what is live on a target from its users at once, without asking anybody. A version that
    was removed needs a new review under a higher code."""
    program = program_for(request.member, app_id)
    target = target_at(request.workspace, app, environment)
    by, at = by_request(request), now()
    removed = services.force_remove(program, target, reason=given.reason, by=by, at=at)
    return answer(request, removed.id, at=at)
