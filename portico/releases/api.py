"""Releases over HTTP: the same verbs as the pages."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from ninja import Query

from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.miniprograms.access import program_for
from portico.miniprograms.queries import target_at
from portico.miniprograms.uploading.queries import version_of
from portico.releases import services
from portico.releases.acting import by_request
from portico.releases.api_answers import answer
from portico.releases.api_schemas import (
    ReleaseGiven,
    ReleasesAnswer,
    ReleasesAsked,
    WholeReleaseAnswer,
    release_answer,
)
from portico.releases.listing import Filters, page_of, releases_found
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest
from portico.workspaces.idempotency import idempotent

router = ApiRouter(tags=["Releases"])


@router.get("", response=ReleasesAnswer, operation_id="list_releases", summary="List releases")
@requires(Permission.RELEASES_READ)
def list_releases(request: TokenRequest, asked: Query[ReleasesAsked]) -> ReleasesAnswer:
    """The releases that the holder of the token may see, the newest first."""
    filters = Filters(
        words=asked.q,
        status=asked.status or "",
        production=None if asked.environment is None else asked.environment == "production",
        targets=_target(request, asked.target),
        app_id=asked.app_id,
    )
    page = page_of(
        releases_found(request.member, filters).select_related("created_by"),
        order=asked.sort,
        size=asked.limit,
        after=asked.cursor,
        before=asked.before,
    )
    return ReleasesAnswer(
        items=[release_answer(release) for release in page.releases],
        next=page.after or None,
        previous=page.before or None,
    )


@router.post(
    "",
    response={201: WholeReleaseAnswer},
    operation_id="create_release",
    summary="Create a release",
)
@requires(Permission.RELEASES_ACT)
@idempotent
def create_release(request: TokenRequest, given: ReleaseGiven) -> HttpResponse:
    """Make a release of a version to a target; with `release`, apply for it in the same step."""
    program = program_for(request.member, given.app_id)
    target = target_at(request.workspace, given.app, given.environment)
    version = version_of(program, given.version)
    by, at = by_request(request), now()
    if given.release:
        made = services.release_version(
            program,
            target,
            version,
            by=by,
            at=at,
            supersede=given.supersede,
            message=given.message,
        )
    else:
        made = services.create(program, target, version, by=by, at=at)
    return answer(request, made.id, at=at, status=201)


@router.get(
    "/{release_id}",
    response=WholeReleaseAnswer,
    operation_id="get_release",
    summary="Read a release",
)
@requires(Permission.RELEASES_READ)
def get_release(request: TokenRequest, release_id: UUID) -> HttpResponse:
    """A release, with what the holder of the token can do now, and why not."""
    return answer(request, release_id, at=now())


def _target(request: TokenRequest, named: str) -> tuple[UUID, ...] | None:
    """The target that `<app code>/<environment>` names; raises `NotFound`."""
    if not named:
        return None
    code, _slash, environment = named.partition("/")
    return (target_at(request.workspace, code, environment).id,)
