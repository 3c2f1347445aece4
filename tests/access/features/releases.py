"""The operations of releases; their pages are in `release_pages`."""

from __future__ import annotations

from typing import Any

from portico.targets.models import Environment
from tests.access.features.apps import an_app
from tests.access.features.programs import a_program
from tests.access.features.release_pages import a_release
from tests.access.rows import MEMBERS_CALL, Operation
from tests.access.scene import Scene
from tests.make import make_release, make_version

APP_ID, APP = "com.example.released", "released"
NEW_RELEASE: dict[str, Any] = {
    "app_id": APP_ID,
    "version": 1,
    "app": APP,
    "environment": "production",
}
WHY = {"reason": "The bank merged."}


def a_releasable_version(scene: Scene) -> dict[str, Any]:
    """A version of a mini program of acme, and an app, both named as NEW_RELEASE names them."""
    program, app = a_program(scene), an_app(scene)
    make_version(program)
    program.app_id, app.code = APP_ID, APP
    program.save()
    app.save()
    return {}


def a_live_place(scene: Scene) -> dict[str, Any]:
    """A mini program of acme that is live in the Production of an app."""
    program, app = a_program(scene), an_app(scene)
    make_release(
        program, app.targets.get(environment=Environment.PRODUCTION), status="full_release"
    )
    return {"app_id": program.app_id, "app": app.code, "environment": "production"}


def _releases() -> dict[str, Operation]:
    def one(scene: Scene) -> dict[str, Any]:
        return {"release_id": a_release(scene).id}

    at, target = "/releases/{release_id}", "/mini-programs/{app_id}/targets/{app}/{environment}"
    return {
        "GET /releases": Operation(MEMBERS_CALL),
        "POST /releases": Operation(
            "201 403 201 403 403 401 401", path=a_releasable_version, body=NEW_RELEASE
        ),
        f"GET {at}": Operation(MEMBERS_CALL, path=one),
        f"POST {at}/events": Operation(
            "200 403 200 403 403 401 401", path=one, body={"event": "pause"}
        ),
        f"GET {at}/events": Operation(MEMBERS_CALL, path=one),
        f"POST {target}/offline-requests": Operation(
            "201 403 201 403 403 401 401", path=a_live_place, body=dict(WHY)
        ),
        f"POST {target}/removal": Operation(
            "200 403 403 403 200 401 401", path=a_live_place, body=dict(WHY)
        ),
    }


OPERATIONS = _releases()
