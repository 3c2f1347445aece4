"""Mini programs on their targets over HTTP: set-up and testers, the same verbs as the pages."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic_core import to_json

from portico.accounts.http import actor_of
from portico.basic_settings.api_etags import IF_MATCH, etag_of, if_match
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.miniprograms import services
from portico.miniprograms.access import Act, program_for
from portico.miniprograms.api_schemas import (
    AddedAnswer,
    OnTargetAnswer,
    SetUpAnswer,
    SetUpGiven,
    TestersAnswer,
    TestersAsked,
    TestersGiven,
    on_target_answer,
    set_up_answer,
    tester_answer,
)
from portico.miniprograms.models import ProgramOnTarget
from portico.miniprograms.queries import (
    on_targets,
    page_of_testers,
    set_up_of,
    target_at,
    who_tests,
)
from portico.targets.models import ReleaseTarget
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest
from portico.workspaces.idempotency import idempotent

router = ApiRouter(tags=["Mini programs on targets"])
TARGETS = "/{app_id}/targets"
TARGET = f"{TARGETS}/{{app}}/{{environment}}"


@router.get(
    TARGETS,
    response=list[OnTargetAnswer],
    operation_id="list_mini_program_targets",
    summary="Read a mini program on all targets",
)
@requires(Permission.PROGRAMS_READ)
def list_mini_program_targets(request: TokenRequest, app_id: str) -> list[OnTargetAnswer]:
    """What is live, how it is set up and how many try it, on each target."""
    program = program_for(request.member, app_id)
    return [on_target_answer(one) for one in on_targets(request.workspace, program)]


@router.get(
    TARGET,
    response=SetUpAnswer,
    operation_id="get_mini_program_set_up",
    summary="Read the set-up on a target",
)
@requires(Permission.PROGRAMS_READ)
def get_mini_program_set_up(
    request: TokenRequest, app_id: str, app: str, environment: str
) -> HttpResponse:
    """How it is set up on one target. The ETag is `"0"` where nothing was saved."""
    program = program_for(request.member, app_id)
    target = target_at(request.workspace, app, environment)
    return _answer(target, set_up_of(program, target))


@router.put(
    TARGET,
    response=SetUpAnswer,
    operation_id="change_mini_program_set_up",
    summary="Set a mini program up on a target",
    openapi_extra=IF_MATCH,
)
@requires(Permission.PROGRAMS_CHANGE)
def change_mini_program_set_up(
    request: TokenRequest, app_id: str, app: str, environment: str, given: SetUpGiven
) -> HttpResponse:
    """The next release to this target takes it along. No other target is touched."""
    program = program_for(request.member, app_id, Act.CHANGE)
    target = target_at(request.workspace, app, environment)
    services.set_up(
        program,
        target,
        given.set_up(),
        revision=if_match(request),
        by=actor_of(request),
        at=now(),
    )
    return _answer(target, set_up_of(program, target))


@router.get(
    f"{TARGET}/testers",
    response=TestersAnswer,
    operation_id="list_testers",
    summary="List the testers on a target",
)
@requires(Permission.PROGRAMS_READ)
def list_testers(
    request: TokenRequest, app_id: str, app: str, environment: str, asked: Query[TestersAsked]
) -> TestersAnswer:
    """Who tries it on one target, by user id."""
    program = program_for(request.member, app_id)
    target = target_at(request.workspace, app, environment)
    found = who_tests(program, target, search=asked.q)
    page = page_of_testers(found, size=asked.limit, after=asked.cursor)
    return TestersAnswer(
        items=[tester_answer(one) for one in page.testers], next=page.after or None
    )


@router.post(
    f"{TARGET}/testers",
    response=AddedAnswer,
    operation_id="add_testers",
    summary="Add testers on a target",
)
@requires(Permission.PROGRAMS_CHANGE)
@idempotent
def add_testers(
    request: TokenRequest, app_id: str, app: str, environment: str, given: TestersGiven
) -> AddedAnswer:
    """Up to 1,000 at once. Who is there already stays, with the new note where one is given."""
    program = program_for(request.member, app_id, Act.CHANGE)
    target = target_at(request.workspace, app, environment)
    added = services.add_testers(program, target, given.named(), by=actor_of(request), at=now())
    return AddedAnswer(new=added.new, known=added.known, noted=added.noted)


@router.delete(
    f"{TARGET}/testers/{{tester_id}}",
    response={204: None},
    operation_id="remove_tester",
    summary="Remove a tester from a target",
)
@requires(Permission.PROGRAMS_CHANGE)
def remove_tester(
    request: TokenRequest, app_id: str, app: str, environment: str, tester_id: UUID
) -> HttpResponse:
    """They get what everybody else gets there. Lists of other targets stay as they are."""
    program = program_for(request.member, app_id, Act.CHANGE)
    target = target_at(request.workspace, app, environment)
    services.remove_tester(program, target, tester_id, by=actor_of(request), at=now())
    return HttpResponse(status=204)


def _answer(target: ReleaseTarget, set_up: ProgramOnTarget) -> HttpResponse:
    body = set_up_answer(target, set_up).model_dump(mode="json")
    response = HttpResponse(to_json(body))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["ETag"] = etag_of(set_up.revision)
    return response
