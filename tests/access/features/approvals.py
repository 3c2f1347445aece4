"""Requests, what is decided on them, and taking them back."""

from __future__ import annotations

from typing import Any

from portico.approvals.models import ApprovalRequest
from portico.branding.rules import Purpose
from portico.files.services import store
from portico.releases.rules.pipeline import Status
from portico.targets.models import Environment
from portico.workspaces.models import Membership
from tests.access.rows import MEMBERS, MEMBERS_CALL, NOT_THIS_FOR_MEMBERS, Operation, Page
from tests.access.scene import Scene
from tests.make import AT, make_app, make_program, make_release
from tests.packages import PIXEL

# Who decides on nothing is sent to the list that there is for them.
FIRST_LIST = "200 200 302 302 302 404 302"
ALL_OF_THEM = "200 200 403 403 200 404 302"
DECIDERS = "405 405 403 403 403 404 302"
DECIDERS_SENT = "302 302 403 403 403 404 302"
# Others' requests are nothing to a developer or an operator.
SEE_ALL = "200 200 404 404 200 404 302"
NOT_THIS = NOT_THIS_FOR_MEMBERS
# Who asked and who drives releases there: of what the developer asked for.
WITHDRAWERS_SENT = "302 403 302 404 403 404 302"


def requested_by(scene: Scene, asker: Membership) -> ApprovalRequest:
    """A request in review, of a program that the developer is Admin of."""
    cast = scene.cast
    program = make_program(cast.acme, "com.example.asked", admin=cast.developer)
    target = make_app(cast.acme).targets.get(environment=Environment.PRODUCTION)
    release = make_release(program, target, status=Status.UNDER_REVIEW, created_by=asker)
    assert release.request is not None
    return release.request


def anothers_request(scene: Scene) -> dict[str, Any]:
    """One of somebody who has no column."""
    return {"request_id": requested_by(scene, scene.cast.outsider).id}


def a_developers_request(scene: Scene) -> dict[str, Any]:
    """One of the developer's."""
    return {"request_id": requested_by(scene, scene.cast.developer).id}


def a_screenshot(scene: Scene) -> dict[str, Any]:
    """One that is attached to a decision on somebody's request."""
    request = requested_by(scene, scene.cast.outsider)
    purpose = Purpose.SCREENSHOT.value
    stored = store(scene.cast.acme, PIXEL, content_type="image/png", at=AT, purpose=purpose)
    request.decisions.create(
        verdict="approve", reviewer_id=None, screenshots=[stored.sha256], decided_at=AT
    )
    return {"request_id": request.id, "sha256": stored.sha256}


def _sent(_scene: Scene) -> dict[str, Any]:
    return {"verdict": "reject", "reason": "Not yet"}


PAGES: dict[str, Page] = {
    "approvals": Page(FIRST_LIST, NOT_THIS),
    "own_requests": Page(MEMBERS, NOT_THIS),
    "all_requests": Page(ALL_OF_THEM, NOT_THIS),
    "approval_request": Page(SEE_ALL, NOT_THIS, args=anothers_request),
    "approval_decide": Page(DECIDERS, DECIDERS_SENT, args=anothers_request, sent=_sent),
    "approval_withdraw": Page(NOT_THIS, WITHDRAWERS_SENT, args=a_developers_request),
    "approval_screenshot": Page(SEE_ALL, NOT_THIS, args=a_screenshot),
}
ONE = "/approval-requests/{request_id}"
OPERATIONS: dict[str, Operation] = {
    "GET /approval-requests": Operation(MEMBERS_CALL),
    "POST /approval-requests/screenshots": Operation("422 422 403 403 403 401 401"),
    f"GET {ONE}": Operation("200 200 404 404 200 401 401", path=anothers_request),
    f"POST {ONE}/decisions": Operation(
        "201 201 403 403 403 401 401",
        path=anothers_request,
        body={"verdict": "reject", "reason": "Not yet"},
    ),
    f"POST {ONE}/withdraw": Operation("200 403 200 403 403 401 401", path=a_developers_request),
    f"GET {ONE}/screenshots/{{sha256}}": Operation(
        "200 200 404 404 200 401 401", path=a_screenshot
    ),
}
