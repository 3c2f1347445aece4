"""External reviewers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from portico.audit.services import PLATFORM
from portico.automated_checks.reviewers.services import disable_reviewer
from portico.kernel.ids import new_id
from tests.access.rows import (
    ADMINS,
    ADMINS_CALL,
    ADMINS_DELETE,
    ADMINS_SENT,
    NOT_THIS_FOR_ADMINS,
    Operation,
    Page,
)
from tests.access.scene import Scene
from tests.make import (
    AT,
    make_reviewer,
)

REVIEWER: dict[str, Any] = {"name": "Lab", "url": "https://review.example.com/portico"}


def a_reviewer(scene: Scene) -> dict[str, UUID]:
    """An external reviewer of acme."""
    return {"reviewer_id": make_reviewer(scene.cast.acme)[0].id}


def a_disabled_reviewer(scene: Scene) -> dict[str, UUID]:
    """One that is disabled."""
    reviewer = make_reviewer(scene.cast.acme)[0]
    disable_reviewer(scene.cast.acme, reviewer.id, by=PLATFORM, at=AT)
    return {"reviewer_id": reviewer.id}


PAGES: dict[str, Page] = {
    "reviewers": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "new_reviewer": Page(ADMINS, ADMINS, sent=lambda _: REVIEWER),
    "reviewer": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=a_reviewer),
    "edit_reviewer": Page(
        ADMINS,
        ADMINS_SENT,
        args=a_reviewer,
        sent=lambda _: {**REVIEWER, "based_on": 1},
    ),
    "disable_reviewer": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=a_reviewer),
    "enable_reviewer": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=a_disabled_reviewer),
    "remove_reviewer": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=a_reviewer),
    "rotate_reviewer_secret": Page(
        NOT_THIS_FOR_ADMINS,
        ADMINS,
        args=a_reviewer,
        sent=lambda _: {"overlap": 24, "based_on": 1},
    ),
}


def _reviewers() -> dict[str, Operation]:
    """The operations of external reviewers, with one of acme's, and those of their servers."""

    def one(scene: Scene) -> dict[str, Any]:
        return a_reviewer(scene)

    at = "/reviewers/{reviewer_id}"
    nowhere = "404 404 404 404 404 404 404"
    return {
        "GET /reviewers": Operation(ADMINS_CALL),
        "POST /reviewers": Operation("201 403 403 403 403 401 401", body=REVIEWER),
        f"GET {at}": Operation(ADMINS_CALL, path=one),
        f"PUT {at}": Operation(ADMINS_CALL, path=one, body=REVIEWER, etag='"1"'),
        f"DELETE {at}": Operation(ADMINS_DELETE, path=one),
        f"POST {at}/disable": Operation(ADMINS_CALL, path=one),
        f"POST {at}/enable": Operation(ADMINS_CALL, path=a_disabled_reviewer),
        f"POST {at}/rotate-secret": Operation(ADMINS_CALL, path=one, body={"overlap_hours": 24}),
        # Signed, not by a token; there is no such review.
        "GET /reviews/{review_id}/package": Operation(
            nowhere, path=lambda _: {"review_id": new_id()}
        ),
        "POST /reviews/{review_id}/answer": Operation(
            nowhere, path=lambda _: {"review_id": new_id()}
        ),
    }


OPERATIONS = _reviewers()
