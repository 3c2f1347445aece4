"""The console's own pages, the demo's inbox, and the API's and the gallery's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.access.rows import (
    ADMINS,
    ADMINS_CALL,
    EVERYBODY,
    MEMBERS,
    NOT_THIS,
    NOT_THIS_FOR_ADMINS,
    NOT_THIS_FOR_MEMBERS,
    NOTHING,
    NOTHING_FOR_ADMINS,
    Operation,
    Page,
)
from tests.access.scene import Scene


def a_number(_scene: Scene) -> dict[str, Any]:
    return {"number": UUID(int=7)}


PAGES: dict[str, Page] = {
    "dashboard": Page(MEMBERS, NOT_THIS_FOR_MEMBERS),
    "audit_log": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "audit_csv": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    # The inbox of the demo's mail server, which runs in a demo only
    "demo_inbox": Page(NOTHING_FOR_ADMINS, NOT_THIS_FOR_ADMINS),
    "demo_message": Page(NOTHING_FOR_ADMINS, NOT_THIS_FOR_ADMINS, args=a_number),
    "demo_message_html": Page(NOTHING_FOR_ADMINS, NOT_THIS_FOR_ADMINS, args=a_number),
    "demo_message_source": Page(NOTHING_FOR_ADMINS, NOT_THIS_FOR_ADMINS, args=a_number),
    # The API's own pages
    "api:openapi-json": Page(EVERYBODY, EVERYBODY),
    "api:openapi-view": Page(EVERYBODY, EVERYBODY),
    "api:api-root": Page(NOTHING, NOTHING),
    # The gallery of the design system, in development only
    "ui_components": Page(EVERYBODY, NOT_THIS),
    "ui_frame": Page(EVERYBODY, NOT_THIS, args=lambda _: {"name": "portal"}),
}


OPERATIONS: dict[str, Operation] = {
    "GET /audit": Operation(ADMINS_CALL),
}
