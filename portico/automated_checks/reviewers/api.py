"""Reviewers over HTTP: the same verbs as the pages."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from pydantic_core import to_json

from portico.accounts.http import actor_of
from portico.automated_checks.models import Reviewer
from portico.automated_checks.reviewers import services
from portico.automated_checks.reviewers.api_schemas import (
    ReviewerAnswer,
    ReviewerGiven,
    ReviewerMadeAnswer,
    ReviewerRotatedAnswer,
    ReviewerRotationGiven,
    answer_of,
)
from portico.basic_settings.api_etags import IF_MATCH, etag_of, if_match
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest
from portico.workspaces.idempotency import idempotent

router = ApiRouter(tags=["Reviewers"])

IF_MATCH_IF_WANTED = {"parameters": [{**IF_MATCH["parameters"][0], "required": False}]}


@router.get(
    "", response=list[ReviewerAnswer], operation_id="list_reviewers", summary="List reviewers"
)
@requires(Permission.CHECKS_CHANGE)
def list_reviewers(request: TokenRequest) -> list[ReviewerAnswer]:
    """All external reviewers of this workspace; at most 5."""
    return [answer_of(reviewer) for reviewer in services.reviewers_of(request.workspace)]


@router.post(
    "", response={201: ReviewerMadeAnswer}, operation_id="make_reviewer", summary="Add a reviewer"
)
@requires(Permission.CHECKS_CHANGE)
@idempotent
def make_reviewer(request: TokenRequest, given: ReviewerGiven) -> HttpResponse:
    """Add a reviewer. The answer holds its signing secret, which cannot be read again."""
    reviewer, secret = services.make_reviewer(
        request.workspace, given.wanted(), by=actor_of(request), at=now()
    )
    body = ReviewerMadeAnswer(**answer_of(reviewer).model_dump(), secret=secret)
    return _private(HttpResponse(to_json(body.model_dump(mode="json")), status=201), reviewer)


@router.get(
    "/{reviewer_id}",
    response=ReviewerAnswer,
    operation_id="get_reviewer",
    summary="Read a reviewer",
)
@requires(Permission.CHECKS_CHANGE)
def get_reviewer(request: TokenRequest, reviewer_id: UUID) -> HttpResponse:
    """One reviewer. Its ETag is what a change has to send back."""
    return _answer(services.reviewer_of(request.workspace, reviewer_id))


@router.put(
    "/{reviewer_id}",
    response=ReviewerAnswer,
    operation_id="change_reviewer",
    summary="Change a reviewer",
    openapi_extra=IF_MATCH,
)
@requires(Permission.CHECKS_CHANGE)
def change_reviewer(request: TokenRequest, reviewer_id: UUID, given: ReviewerGiven) -> HttpResponse:
    """Give a reviewer these values. Needs `If-Match`."""
    reviewer = services.change_reviewer(
        request.workspace,
        reviewer_id,
        given.wanted(),
        based_on=if_match(request),
        by=actor_of(request),
        at=now(),
    )
    return _answer(reviewer)


@router.delete(
    "/{reviewer_id}",
    response={204: None},
    operation_id="remove_reviewer",
    summary="Remove a reviewer",
)
@requires(Permission.CHECKS_CHANGE)
def remove_reviewer(request: TokenRequest, reviewer_id: UUID) -> HttpResponse:
    """Remove a reviewer. What it answered stays; what it has not answered is no longer waited
    for."""
    services.remove_reviewer(request.workspace, reviewer_id, by=actor_of(request), at=now())
    return HttpResponse(status=204)


@router.post(
    "/{reviewer_id}/disable",
    response=ReviewerAnswer,
    operation_id="disable_reviewer",
    summary="Disable a reviewer",
)
@requires(Permission.CHECKS_CHANGE)
def disable_reviewer(request: TokenRequest, reviewer_id: UUID) -> HttpResponse:
    """Ask it nothing more; what it has not answered is no longer waited for."""
    return _answer(
        services.disable_reviewer(request.workspace, reviewer_id, by=actor_of(request), at=now())
    )


@router.post(
    "/{reviewer_id}/enable",
    response=ReviewerAnswer,
    operation_id="enable_reviewer",
    summary="Enable a reviewer",
)
@requires(Permission.CHECKS_CHANGE)
def enable_reviewer(request: TokenRequest, reviewer_id: UUID) -> HttpResponse:
    """Ask it about versions from now on."""
    return _answer(
        services.enable_reviewer(request.workspace, reviewer_id, by=actor_of(request), at=now())
    )


@router.post(
    "/{reviewer_id}/rotate-secret",
    response=ReviewerRotatedAnswer,
    operation_id="rotate_reviewer_secret",
    summary="Make a new signing secret for a reviewer",
    openapi_extra=IF_MATCH_IF_WANTED,
)
@requires(Permission.CHECKS_CHANGE)
@idempotent
def rotate_reviewer_secret(
    request: TokenRequest, reviewer_id: UUID, given: ReviewerRotationGiven
) -> HttpResponse:
    """The answer holds the new secret, which cannot be read again. A third secret ends the first at
    once: send `If-Match` or an `Idempotency-Key`."""
    reviewer, secret = services.rotate_secret(
        request.workspace,
        reviewer_id,
        overlap=given.overlap_hours,
        based_on=if_match(request) if "If-Match" in request.headers else None,
        by=actor_of(request),
        at=now(),
    )
    body = ReviewerRotatedAnswer(secret=secret, old_secret_until=reviewer.old_secret_until)
    return _private(HttpResponse(to_json(body.model_dump(mode="json"))), reviewer)


def _answer(reviewer: Reviewer) -> HttpResponse:
    return _with_etag(HttpResponse(to_json(answer_of(reviewer).model_dump(mode="json"))), reviewer)


def _private(response: HttpResponse, reviewer: Reviewer) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return _with_etag(response, reviewer)


def _with_etag(response: HttpResponse, reviewer: Reviewer) -> HttpResponse:
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["ETag"] = etag_of(reviewer.revision)
    return response
