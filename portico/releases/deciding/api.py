"""Approval requests over HTTP: the same verbs as the pages."""

from __future__ import annotations

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, HttpResponseBase
from ninja import File, Query
from ninja.files import UploadedFile
from pydantic_core import to_json

from portico.approvals.queries import (
    Filters,
    narrowed,
    own_requests,
    page_of,
    request_for,
    requests_for,
    screenshot_of,
    waiting_for,
)
from portico.branding.rules import LIMITS, Purpose
from portico.branding.services import take_in_picture
from portico.files.api import NoFile, UploadTooLarge
from portico.files.uploads import oversized
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.releases.acting import by_request
from portico.releases.deciding import verbs
from portico.releases.deciding.api_answers import (
    answer_of,
    screenshot_answer_of,
    whole_answer_of,
)
from portico.releases.deciding.api_schemas import (
    DecisionGiven,
    Order,
    RequestsAnswer,
    RequestsAsked,
    ScreenshotAnswer,
    WholeRequestAnswer,
    Whose,
    WithdrawalGiven,
)
from portico.releases.deciding.page import RequestPage
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest
from portico.workspaces.idempotency import idempotent

router = ApiRouter(tags=["Approval requests"])

LISTS = {Whose.WAITING: waiting_for, Whose.OWN: own_requests, Whose.ALL: requests_for}


@router.get(
    "",
    response=RequestsAnswer,
    operation_id="list_approval_requests",
    summary="List approval requests",
)
@requires(Permission.RELEASES_READ)
def list_approval_requests(request: TokenRequest, asked: Query[RequestsAsked]) -> RequestsAnswer:
    """The requests that the caller may see: admins, reviewers and inspectors all, others their own.
    `list=waiting`: those that they may decide on and have not."""
    filters = Filters(
        status=asked.status or "",
        kind=asked.kind or "",
        environment=asked.environment or "",
        app_id=asked.mini_program,
        words=asked.q,
    )
    page = page_of(
        narrowed(LISTS[asked.list](request.member), request.member, filters),
        size=asked.limit,
        oldest_first=asked.order is Order.OLDEST,
        after=asked.cursor,
    )
    items = [answer_of(one, getattr(one, "approvals", 0)) for one in page.requests]
    return RequestsAnswer(items=items, next=page.last)


@router.post(
    "/screenshots",
    response={201: ScreenshotAnswer},
    operation_id="upload_screenshot",
    summary="Upload a screenshot for a decision",
)
@requires(Permission.REQUESTS_DECIDE)
def upload_screenshot(
    request: TokenRequest, file: File[UploadedFile | None] = None
) -> HttpResponse:
    """A PNG, JPEG or WebP of up to 2 MiB. It is encoded anew, kept for two days, or for good once a
    decision names it, and shown to those alone who may see the request."""
    if "file" in oversized(request):
        raise UploadTooLarge(limit=LIMITS[Purpose.SCREENSHOT].most_bytes // 1024 // 1024)
    if file is None:
        raise NoFile
    stored, _removed = take_in_picture(
        request.workspace,
        file.read(),
        purpose=Purpose.SCREENSHOT,
        name=file.name or "",
        at=now(),
    )
    body = to_json(screenshot_answer_of(stored).model_dump(mode="json"))
    return HttpResponse(body, status=201, content_type="application/json; charset=utf-8")


@router.get(
    "/{request_id}",
    response=WholeRequestAnswer,
    operation_id="get_approval_request",
    summary="Read an approval request",
)
@requires(Permission.RELEASES_READ)
def get_approval_request(request: TokenRequest, request_id: UUID) -> HttpResponse:
    """A request with its decisions, what it changes against the live version, and what the
    automated checks found."""
    return _whole(request, request_id)


@router.post(
    "/{request_id}/decisions",
    response={201: WholeRequestAnswer},
    operation_id="decide_approval_request",
    summary="Approve or reject a request",
)
@requires(Permission.REQUESTS_DECIDE)
@idempotent
def decide_approval_request(
    request: TokenRequest, request_id: UUID, given: DecisionGiven
) -> HttpResponse:
    """Decide once. What was approved happens once enough have approved; a rejection ends the
    request. One's own request is refused, unless the policy copied onto it allows it."""
    verbs.decide(
        request_for(request.member, request_id),
        given.verdict,
        by=by_request(request),
        at=now(),
        reason=given.reason,
        findings=given.findings,
        screenshots=given.screenshots,
    )
    return _whole(request, request_id, status=201)


@router.post(
    "/{request_id}/withdraw",
    response=WholeRequestAnswer,
    operation_id="withdraw_approval_request",
    summary="Withdraw a request",
)
@requires(Permission.RELEASES_ACT)
@idempotent
def withdraw_approval_request(
    request: TokenRequest, request_id: UUID, given: WithdrawalGiven
) -> HttpResponse:
    """Take back a request that is in review: who made it, and who drives releases there."""
    asked = request_for(request.member, request_id)
    verbs.withdraw(asked, by=by_request(request), at=now(), reason=given.reason)
    return _whole(request, request_id)


@router.get(
    "/{request_id}/screenshots/{sha256}",
    operation_id="get_screenshot",
    summary="Read a screenshot",
    openapi_extra={
        "responses": {
            200: {
                "description": "The picture.",
                "content": {
                    kind: {"schema": {"type": "string", "format": "binary"}}
                    for kind in ("image/png", "image/jpeg")
                },
            }
        }
    },
)
@requires(Permission.RELEASES_READ)
def get_screenshot(request: TokenRequest, request_id: UUID, sha256: str) -> HttpResponseBase:
    """A screenshot that is attached to a decision on this request."""
    asked = request_for(request.member, request_id)
    stored = screenshot_of(asked, sha256, undecided=False)
    return FileResponse(default_storage.open(stored.path, "rb"), content_type=stored.content_type)


def _whole(request: TokenRequest, request_id: UUID, *, status: int = 200) -> HttpResponse:
    page = RequestPage(request_for(request.member, request_id), request.member)
    body = to_json(whole_answer_of(page).model_dump(mode="json"))
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8")
