"""The pages of releases."""

from __future__ import annotations

from typing import Any

from portico.releases.models import Release
from portico.targets.models import Environment
from tests.access.features.apps import an_app
from tests.access.features.programs import a_program
from tests.access.rows import (
    CHANGERS,
    CHANGERS_SENT,
    MEMBERS,
    NOT_THIS_FOR_MEMBERS,
    Page,
)
from tests.access.scene import Scene
from tests.make import make_release, make_version


def a_release(scene: Scene) -> Release:
    """A release of acme in grayscale, of a mini program that the developer is Admin of and the
    operator assigned to."""
    target = an_app(scene).targets.get(environment=Environment.PRODUCTION)
    return make_release(a_program(scene), target, status="grayscale_release", share=1000)


def to_pause(scene: Scene) -> dict[str, Any]:
    """A release, and an event that can happen to it."""
    return {"release_id": a_release(scene).id, "event": "pause"}


def a_program_to_release(scene: Scene) -> dict[str, Any]:
    """A mini program with a version, and an app to release it to."""
    an_app(scene)
    return {"app_id": make_version(a_program(scene)).program.app_id}


PAGES: dict[str, Page] = {
    "release_list": Page(MEMBERS, NOT_THIS_FOR_MEMBERS),
    "release": Page(
        MEMBERS, NOT_THIS_FOR_MEMBERS, args=lambda scene: {"release_id": a_release(scene).id}
    ),
    "release_event": Page(
        MEMBERS, CHANGERS_SENT, args=to_pause, sent=lambda _scene: {"based_on": "1"}
    ),
    "program_releases": Page(MEMBERS, NOT_THIS_FOR_MEMBERS, args=a_program_to_release),
    # Without a target in its address it asks for one, whatever is sent.
    "release_new": Page(CHANGERS, CHANGERS, args=a_program_to_release),
}
