"""Fetching the package of a version that one was given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.test import Client

from portico.rollout.services import PlanState
from portico.rollout.tests.conftest import APP_ID, Scene
from tests.make import make_version

SuperApp = Callable[..., Client]


def path(code: int, part: str = "package", app_id: str = APP_ID) -> str:
    return f"/delivery/v1/versions/{app_id}/{code}/{part}"


def test_the_package_of_an_answer_is_fetched_with_the_same_key(
    scene: Scene, super_app: SuperApp
) -> None:
    scene.write(scene.full())
    client = super_app()
    version = client.get("/delivery/v1/resolve", {"app_id": APP_ID}).json()["version"]

    answer = client.get(version["package"])

    assert hashlib.sha256(answer.getvalue()).hexdigest() == version["sha256"]
    assert int(answer.headers["Content-Length"]) == version["size"]
    assert answer.headers["Content-Type"] == "application/zip"
    assert client.get(version["manifest"]).json() == scene.first.manifest


def test_only_what_a_plan_of_this_target_offers_is_handed_out(
    scene: Scene, super_app: SuperApp
) -> None:
    third = make_version(scene.program)
    scene.write(scene.grayscale(1_000))
    client, sandbox = super_app(), super_app(scene.sandbox)

    def statuses(asking: Client) -> list[int]:
        answers = [asking.get(path(code, "manifest")) for code in (1, 2, third.code, 99, 2**63)]
        return [answer.status_code for answer in answers]

    assert statuses(client) == [200, 200, 404, 404, 404]
    assert statuses(sandbox) == [404] * 5
    assert client.get(path(1, "manifest", "com.example.other")).status_code == 404
    scene.write(PlanState(stable=scene.first, stable_release=scene.first.id, removed=True))
    assert statuses(client) == [404] * 5


def test_another_workspace_hands_out_nothing(scene: Scene, super_app: SuperApp) -> None:
    scene.write(scene.full())

    assert super_app(host="zenith.localhost:8000").get(path(1)).status_code == 401


def test_a_hosted_version_has_a_manifest_and_no_package(scene: Scene, super_app: SuperApp) -> None:
    hosted = scene.hosted()
    scene.write(PlanState(stable=hosted, stable_release=hosted.id))
    client = super_app()

    missing = client.get(path(9))

    assert client.get(path(9, "manifest")).json() == {"name": "Tips"}
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
