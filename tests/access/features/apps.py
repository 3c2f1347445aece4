"""Apps, and the keys of their environments."""

from __future__ import annotations

from typing import Any

from portico.audit.services import PLATFORM
from portico.targets.models import App, Environment
from portico.targets.services import archive_app, make_key
from tests.access.rows import (
    ADMINS,
    ADMINS_CALL,
    ADMINS_SENT,
    NOT_THIS_FOR_ADMINS,
    Operation,
    Page,
)
from tests.access.scene import Scene
from tests.make import (
    AT,
    make_app,
)

APP: dict[str, object] = {"name": "Acme Pay for Android", "code": "pay-android"}


def an_app(scene: Scene) -> App:
    """An app of acme."""
    return make_app(scene.cast.acme)


def an_archived_app(scene: Scene) -> App:
    """An app of acme that is archived."""
    return archive_app(scene.cast.acme, an_app(scene).id, by=PLATFORM, at=AT)


def a_web_app(scene: Scene) -> App:
    """Acme's web app."""
    return make_app(scene.cast.acme, is_web=True)


def a_target(scene: Scene) -> dict[str, Any]:
    """The Sandbox of an app of acme."""
    return {"app_id": an_app(scene).id, "environment": "sandbox"}


def a_target_key(scene: Scene) -> dict[str, Any]:
    """A key of the Sandbox of an app of acme."""
    app = an_app(scene)
    target = app.targets.get(environment=Environment.SANDBOX)
    key, _secret = make_key(target, "Build server", by=PLATFORM, at=AT)
    return {"app_id": app.id, "environment": "sandbox", "key_id": key.id}


PAGES: dict[str, Page] = {
    "apps": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "new_app": Page(ADMINS, ADMINS_SENT, sent=lambda _: APP),
    "app": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=lambda scene: {"app_id": an_app(scene).id}),
    "edit_app": Page(
        ADMINS,
        ADMINS_SENT,
        args=lambda scene: {"app_id": an_app(scene).id},
        sent=lambda _: {**APP, "based_on": 1},
    ),
    "archive_app": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: {"app_id": an_app(scene).id}
    ),
    "restore_app": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: {"app_id": an_archived_app(scene).id}
    ),
    "make_web_app": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: {"app_id": an_app(scene).id}
    ),
    "end_web_app": Page(
        NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=lambda scene: {"app_id": a_web_app(scene).id}
    ),
    "new_target_key": Page(ADMINS, ADMINS, args=a_target, sent=lambda _: {"name": "Build server"}),
    "rotate_target_key": Page(ADMINS, ADMINS, args=a_target_key, sent=lambda _: {"overlap": 24}),
    "revoke_target_key": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=a_target_key),
}


def _apps() -> dict[str, Operation]:
    """The operations of apps and their keys, with one of acme's."""

    def one(scene: Scene) -> dict[str, Any]:
        return {"app": an_app(scene).code}

    def archived(scene: Scene) -> dict[str, Any]:
        return {"app": an_archived_app(scene).code}

    def web(scene: Scene) -> dict[str, Any]:
        return {"app": a_web_app(scene).code}

    def target(scene: Scene) -> dict[str, Any]:
        found = a_target(scene)
        return {"app": found["app_id"], "environment": found["environment"]}

    def key(scene: Scene) -> dict[str, Any]:
        found = a_target_key(scene)
        return {**found, "app": found["app_id"]}

    at, keys = "/apps/{app}", "/apps/{app}/targets/{environment}/keys"
    admins_make = "201 403 403 403 403 401 401"
    return {
        "GET /apps": Operation(ADMINS_CALL),
        "POST /apps": Operation(admins_make, body=APP),
        f"GET {at}": Operation(ADMINS_CALL, path=one),
        f"PUT {at}": Operation(ADMINS_CALL, path=one, body=APP, etag='"1"'),
        f"POST {at}/archive": Operation(ADMINS_CALL, path=one),
        f"POST {at}/restore": Operation(ADMINS_CALL, path=archived),
        f"PUT {at}/web": Operation(ADMINS_CALL, path=one, body={"instead_of": None}),
        f"DELETE {at}/web": Operation(ADMINS_CALL, path=web),
        f"GET {keys}": Operation(ADMINS_CALL, path=target),
        f"POST {keys}": Operation(admins_make, path=target, body={"name": "Build server"}),
        f"POST {keys}/{{key_id}}/rotate": Operation(
            admins_make, path=key, body={"overlap_hours": 24}
        ),
        f"POST {keys}/{{key_id}}/revoke": Operation(ADMINS_CALL, path=key),
    }


OPERATIONS = _apps()
