"""Mini programs over HTTP: the same verbs as the pages."""

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
    ParticularsGiven,
    ProgramAnswer,
    ProgramGiven,
    ProgramsAnswer,
    ProgramsAsked,
    program_answers,
)
from portico.miniprograms.listing import Filters, page_of, programs_found
from portico.miniprograms.models import MiniProgram
from portico.miniprograms.queries import target_at
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest
from portico.workspaces.idempotency import idempotent

router = ApiRouter(tags=["Mini programs"])


@router.get(
    "", response=ProgramsAnswer, operation_id="list_mini_programs", summary="List mini programs"
)
@requires(Permission.PROGRAMS_READ)
def list_mini_programs(request: TokenRequest, asked: Query[ProgramsAsked]) -> ProgramsAnswer:
    """The mini programs that the holder of the token may see, archived ones as well."""
    filters = Filters(
        words=asked.q,
        kind=asked.kind or "",
        category=asked.category,
        state=asked.state or "",
        assigned=asked.assigned,
        live_on=_target_id(request, asked.live_on),
        not_live_on=_target_id(request, asked.not_live_on),
    )
    page = page_of(
        programs_found(request.member, filters),
        order=asked.sort,
        size=asked.limit,
        after=asked.cursor,
        before=asked.before,
    )
    return ProgramsAnswer(
        items=program_answers(request.workspace, page.programs),
        next=page.after or None,
        previous=page.before or None,
    )


@router.post(
    "",
    response={201: ProgramAnswer},
    operation_id="make_mini_program",
    summary="Make a mini program",
)
@requires(Permission.PROGRAMS_CREATE)
@idempotent
def make_mini_program(request: TokenRequest, given: ProgramGiven) -> HttpResponse:
    """Make a mini program. The holder of the token becomes its Admin."""
    program = services.make_program(
        request.workspace,
        given.app_id,
        given.particulars(),
        kind=given.kind,
        creator=request.member,
        by=actor_of(request),
        at=now(),
    )
    return _answer(request, program, status=201)


@router.get(
    "/{app_id}",
    response=ProgramAnswer,
    operation_id="get_mini_program",
    summary="Read a mini program",
)
@requires(Permission.PROGRAMS_READ)
def get_mini_program(request: TokenRequest, app_id: str) -> HttpResponse:
    """One mini program. Its ETag is what a change has to send back."""
    return _answer(request, program_for(request.member, app_id))


@router.put(
    "/{app_id}",
    response=ProgramAnswer,
    operation_id="change_mini_program",
    summary="Change a mini program",
    openapi_extra=IF_MATCH,
)
@requires(Permission.PROGRAMS_CHANGE)
def change_mini_program(
    request: TokenRequest, app_id: str, given: ParticularsGiven
) -> HttpResponse:
    """Give it another name, description, category or icon. What is left out becomes empty."""
    program = program_for(request.member, app_id, Act.CHANGE)
    changed = services.change_program(
        program, given.particulars(), revision=if_match(request), by=actor_of(request), at=now()
    )
    return _answer(request, changed)


@router.post(
    "/{app_id}/archive",
    response=ProgramAnswer,
    operation_id="archive_mini_program",
    summary="Archive a mini program",
)
@requires(Permission.PROGRAMS_CHANGE)
def archive_mini_program(request: TokenRequest, app_id: str) -> HttpResponse:
    """Keep it for the record alone; 409 while it is live or something is under way."""
    program = program_for(request.member, app_id, Act.CHANGE)
    return _answer(request, services.archive_program(program, by=actor_of(request), at=now()))


@router.post(
    "/{app_id}/restore",
    response=ProgramAnswer,
    operation_id="restore_mini_program",
    summary="Restore a mini program",
)
@requires(Permission.PROGRAMS_CHANGE)
def restore_mini_program(request: TokenRequest, app_id: str) -> HttpResponse:
    """Bring an archived one back, as it was."""
    program = program_for(request.member, app_id, Act.CHANGE)
    return _answer(request, services.restore_program(program, by=actor_of(request), at=now()))


def _target_id(request: TokenRequest, named: str) -> UUID | None:
    """The target that `<app code>/<environment>` names; raises `NotFound`."""
    if not named:
        return None
    code, _slash, environment = named.partition("/")
    return target_at(request.workspace, code, environment).id


def _answer(request: TokenRequest, program: MiniProgram, *, status: int = 200) -> HttpResponse:
    (answer,) = program_answers(request.workspace, [program])
    response = HttpResponse(to_json(answer.model_dump(mode="json")), status=status)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["ETag"] = etag_of(program.revision)
    return response
