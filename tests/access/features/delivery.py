"""Delivery: what super apps ask, and who may ask why."""

from __future__ import annotations

from typing import Any

from tests.access.features.apps import an_app
from tests.access.features.programs import a_program
from tests.access.rows import MEMBERS, MEMBERS_CALL, NOT_THIS, NOT_THIS_FOR_MEMBERS, Operation, Page
from tests.access.scene import Scene

# The key of a target is the door, and none of these has one.
WITHOUT_A_KEY = "401 401 401 401 401 401 401"
A_VERSION = {"app_id": "com.example.tips", "code": 1}


def a_place(scene: Scene) -> dict[str, Any]:
    """A mini program of acme, and the Production of an app."""
    place = {"app_id": a_program(scene).app_id, "app": an_app(scene).code}
    return {**place, "environment": "production"}


PAGES = {
    "delivery_resolve": Page(WITHOUT_A_KEY, NOT_THIS),
    "delivery_resolve_batch": Page(NOT_THIS, WITHOUT_A_KEY),
    "delivery_package": Page(WITHOUT_A_KEY, NOT_THIS, lambda _scene: A_VERSION),
    "delivery_manifest": Page(WITHOUT_A_KEY, NOT_THIS, lambda _scene: A_VERSION),
    "program_delivery": Page(
        MEMBERS,
        NOT_THIS_FOR_MEMBERS,
        lambda scene: {"app_id": a_program(scene).app_id},
    ),
}
OPERATIONS = {
    "GET /mini-programs/{app_id}/targets/{app}/{environment}/explain": Operation(
        MEMBERS_CALL, a_place
    ),
}
