"""Versions over HTTP: the same verbs as the pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.http import HttpResponse, HttpResponseBase
from ninja import Query
from pydantic_core import to_json

from portico.accounts.http import actor_of
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.miniprograms.access import Act, program_for
from portico.miniprograms.models import MiniProgram, Version
from portico.miniprograms.uploading.api_schemas import (
    UPLOAD,
    VersionAnswer,
    VersionsAnswer,
    VersionsAsked,
    WholeVersionAnswer,
    answer_of,
    whole_answer_of,
)
from portico.miniprograms.uploading.digests import check_digests, named_digests
from portico.miniprograms.uploading.downloads import package_response
from portico.miniprograms.uploading.hosted_bodies import hosted_in
from portico.miniprograms.uploading.queries import page_of, version_of, versions_of
from portico.miniprograms.uploading.receiving import received
from portico.miniprograms.uploading.rules import NeitherZipNorJson
from portico.miniprograms.uploading.services import add_hosted, refuse_archived, upload
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest
from portico.workspaces.idempotency import PARAMETER, answered_once

MEDIA_TYPES = ("application/zip", "application/octet-stream", "application/x-zip-compressed")
router = ApiRouter(tags=["Versions"])


@router.put(
    "/{app_id}/versions",
    response={201: VersionAnswer},
    operation_id="upload_version",
    summary="Upload a version",
    openapi_extra={**UPLOAD, "parameters": [*UPLOAD["parameters"], PARAMETER]},
)
@requires(Permission.VERSIONS_UPLOAD)
def upload_version(request: TokenRequest, app_id: str) -> HttpResponse:
    """Upload a package as a version. Its `version.code` must be above the highest so far.

    The same package once more is answered in the same way and makes nothing new. What is refused
    is refused with the entry and the rule of each problem, and nothing of it is kept.
    """
    program = program_for(request.member, app_id, Act.UPLOAD)
    refuse_archived(program)  # before anything is read
    if request.content_type == "application/json":
        return _hosted(request, program)
    if request.content_type not in MEDIA_TYPES:
        raise NeitherZipNorJson
    named = named_digests(request.headers)
    with received(request) as package:
        check_digests(package.sha256, named)
        make = partial(upload, program, package.file, by=actor_of(request), at=now())
        return answered_once(request, package.sha256, _made(program, make))


@router.get(
    "/{app_id}/versions",
    response=VersionsAnswer,
    operation_id="list_versions",
    summary="List versions",
)
@requires(Permission.PROGRAMS_READ)
def list_versions(
    request: TokenRequest, app_id: str, asked: Query[VersionsAsked]
) -> VersionsAnswer:
    """The versions of a mini program, newest first."""
    program = program_for(request.member, app_id)
    found = versions_of(program, search=asked.search)
    page = page_of(found, size=asked.limit, before=asked.cursor)
    return VersionsAnswer(
        items=[answer_of(program, version) for version in page.versions], next=page.oldest
    )


@router.get(
    "/{app_id}/versions/{code}",
    response=WholeVersionAnswer,
    operation_id="get_version",
    summary="Read a version",
)
@requires(Permission.PROGRAMS_READ)
def get_version(request: TokenRequest, app_id: str, code: int) -> WholeVersionAnswer:
    """A version with its manifest."""
    program = program_for(request.member, app_id)
    return whole_answer_of(program, version_of(program, code))


@router.get(
    "/{app_id}/versions/{code}/package",
    response={200: bytes},
    operation_id="get_package",
    summary="Download a package",
    openapi_extra={
        "responses": {
            200: {
                "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
            }
        }
    },
)
@requires(Permission.VERSIONS_UPLOAD)
def get_package(request: TokenRequest, app_id: str, code: int) -> HttpResponseBase:
    """The package of a version, as it was uploaded; for those who may upload to the program."""
    program = program_for(request.member, app_id, Act.UPLOAD)
    return package_response(version_of(program, code))


def _hosted(request: TokenRequest, program: MiniProgram) -> HttpResponse:
    given = hosted_in(request.body)
    check_digests(given.sha256, named_digests(request.headers))
    make = partial(
        add_hosted, program, given.entry_url, given.manifest, by=actor_of(request), at=now()
    )
    return answered_once(request, given.sha256, _made(program, make))


def _made(program: MiniProgram, make: Callable[[], Version]) -> Callable[[], HttpResponse]:
    def answer() -> HttpResponse:
        version = make()
        response = HttpResponse(
            to_json(answer_of(program, version).model_dump(mode="json")),
            status=201,
            content_type="application/json; charset=utf-8",
        )
        response.headers["Location"] = (
            f"/api/v1/mini-programs/{program.app_id}/versions/{version.code}"
        )
        return response

    return answer
