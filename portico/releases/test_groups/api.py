"""Test groups over HTTP: the same verbs as the pages, for those of the workspace (`router`) and of
a mini program (`program_router`)."""

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
from portico.releases.models import TestGroup
from portico.releases.test_groups import services
from portico.releases.test_groups.access import Keeper, changeable_by, keeper_for
from portico.releases.test_groups.api_schemas import (
    TestGroupAnswer,
    TestGroupGiven,
    TestGroupsAnswer,
    TestGroupsAsked,
    answer_of,
    in_list,
)
from portico.releases.test_groups.queries import group_of, groups_of, page_of_groups
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest
from portico.workspaces.idempotency import idempotent

router = ApiRouter(tags=["Test groups"])
program_router = ApiRouter(tags=["Test groups"])
OF_PROGRAM = "/{app_id}/test-groups"


@router.get(
    "",
    response=TestGroupsAnswer,
    operation_id="list_test_groups",
    summary="List the workspace's test groups",
)
@requires(Permission.RELEASES_READ)
def list_test_groups(request: TokenRequest, asked: Query[TestGroupsAsked]) -> TestGroupsAnswer:
    """By name, without their user ids."""
    return _list(keeper_for(request.member), asked)


@router.post(
    "",
    response={201: TestGroupAnswer},
    operation_id="make_test_group",
    summary="Make a test group of the workspace",
)
@requires(Permission.TEST_GROUPS_CHANGE)
@idempotent
def make_test_group(request: TokenRequest, given: TestGroupGiven) -> HttpResponse:
    """For admins of the workspace. The pilots of all mini programs can pick it."""
    return _make(request, changeable_by(request.member), given)


@router.get(
    "/{group_id}",
    response=TestGroupAnswer,
    operation_id="get_test_group",
    summary="Read a test group of the workspace",
)
@requires(Permission.RELEASES_READ)
def get_test_group(request: TokenRequest, group_id: UUID) -> HttpResponse:
    """With its user ids. Its ETag is what a change has to send back."""
    keeper = keeper_for(request.member)
    return _answer(keeper, group_of(keeper, group_id))


@router.put(
    "/{group_id}",
    response=TestGroupAnswer,
    operation_id="change_test_group",
    summary="Change a test group of the workspace",
    openapi_extra=IF_MATCH,
)
@requires(Permission.TEST_GROUPS_CHANGE)
def change_test_group(request: TokenRequest, group_id: UUID, given: TestGroupGiven) -> HttpResponse:
    """Needs `If-Match`. Pilots that picked it keep the testers that they were started with."""
    return _change(request, changeable_by(request.member), group_id, given)


@router.delete(
    "/{group_id}",
    response={204: None},
    operation_id="remove_test_group",
    summary="Remove a test group of the workspace",
)
@requires(Permission.TEST_GROUPS_CHANGE)
def remove_test_group(request: TokenRequest, group_id: UUID) -> HttpResponse:
    """Pilots that picked it keep their testers."""
    return _remove(request, changeable_by(request.member), group_id)


@program_router.get(
    OF_PROGRAM,
    response=TestGroupsAnswer,
    operation_id="list_mini_program_test_groups",
    summary="List a mini program's test groups",
)
@requires(Permission.RELEASES_READ)
def list_mini_program_test_groups(
    request: TokenRequest, app_id: str, asked: Query[TestGroupsAsked]
) -> TestGroupsAnswer:
    """By name, without their user ids. Those of the workspace are not among them."""
    return _list(keeper_for(request.member, app_id), asked)


@program_router.post(
    OF_PROGRAM,
    response={201: TestGroupAnswer},
    operation_id="make_mini_program_test_group",
    summary="Make a test group of a mini program",
)
@requires(Permission.TEST_GROUPS_CHANGE)
@idempotent
def make_mini_program_test_group(
    request: TokenRequest, app_id: str, given: TestGroupGiven
) -> HttpResponse:
    """For Admins of the mini program. Its pilots can pick it."""
    return _make(request, changeable_by(request.member, app_id), given)


@program_router.get(
    f"{OF_PROGRAM}/{{group_id}}",
    response=TestGroupAnswer,
    operation_id="get_mini_program_test_group",
    summary="Read a test group of a mini program",
)
@requires(Permission.RELEASES_READ)
def get_mini_program_test_group(request: TokenRequest, app_id: str, group_id: UUID) -> HttpResponse:
    """With its user ids. Its ETag is what a change has to send back."""
    keeper = keeper_for(request.member, app_id)
    return _answer(keeper, group_of(keeper, group_id))


@program_router.put(
    f"{OF_PROGRAM}/{{group_id}}",
    response=TestGroupAnswer,
    operation_id="change_mini_program_test_group",
    summary="Change a test group of a mini program",
    openapi_extra=IF_MATCH,
)
@requires(Permission.TEST_GROUPS_CHANGE)
def change_mini_program_test_group(
    request: TokenRequest, app_id: str, group_id: UUID, given: TestGroupGiven
) -> HttpResponse:
    """Needs `If-Match`. Pilots that picked it keep the testers that they were started with."""
    return _change(request, changeable_by(request.member, app_id), group_id, given)


@program_router.delete(
    f"{OF_PROGRAM}/{{group_id}}",
    response={204: None},
    operation_id="remove_mini_program_test_group",
    summary="Remove a test group of a mini program",
)
@requires(Permission.TEST_GROUPS_CHANGE)
def remove_mini_program_test_group(
    request: TokenRequest, app_id: str, group_id: UUID
) -> HttpResponse:
    """Pilots that picked it keep their testers."""
    return _remove(request, changeable_by(request.member, app_id), group_id)


def _list(keeper: Keeper, asked: TestGroupsAsked) -> TestGroupsAnswer:
    found = groups_of(keeper, search=asked.q)
    page = page_of_groups(found, size=asked.limit, after=asked.cursor)
    return TestGroupsAnswer(
        items=[in_list(keeper, row) for row in page.rows], next=page.after or None
    )


def _make(request: TokenRequest, keeper: Keeper, given: TestGroupGiven) -> HttpResponse:
    made = services.make_group(keeper, given.wanted(), by=actor_of(request), at=now())
    return _answer(keeper, made, status=201)


def _change(
    request: TokenRequest, keeper: Keeper, group_id: UUID, given: TestGroupGiven
) -> HttpResponse:
    changed = services.change_group(
        keeper,
        group_id,
        given.wanted(),
        based_on=if_match(request),
        by=actor_of(request),
        at=now(),
    )
    return _answer(keeper, changed)


def _remove(request: TokenRequest, keeper: Keeper, group_id: UUID) -> HttpResponse:
    services.remove_group(keeper, group_id, by=actor_of(request), at=now())
    return HttpResponse(status=204)


def _answer(keeper: Keeper, group: TestGroup, *, status: int = 200) -> HttpResponse:
    body = answer_of(keeper, group).model_dump(mode="json")
    response = HttpResponse(to_json(body), status=status)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["ETag"] = etag_of(group.revision)
    return response
