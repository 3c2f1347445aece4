"""Releases over HTTP: created, listed, read."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from conftest import Cast
from portico.miniprograms.models import MiniProgram
from portico.releases.models import Release
from portico.releases.rules.pipeline import Status
from portico.releases.tests.api.conftest import Call, post, told
from portico.targets.models import ReleaseTarget
from tests.make import make_app, make_program, make_release, make_version

GIVEN = {"app_id": "com.example.tips", "version": 1, "app": "pay", "environment": "production"}


@pytest.fixture
def version(program: MiniProgram, production: ReleaseTarget) -> Any:
    return make_version(program)


def test_a_release_is_created_and_says_what_can_happen(version: Any, developer: Client) -> None:
    answer = post(developer, "/releases", GIVEN)

    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert answer.headers["Location"] == f"/api/v1/releases/{body['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert (body["status"], body["revision"], body["request"]) == ("new_version_created", 1, None)
    assert {one["event"]: one["allowed"] for one in body["possible"]} == {
        "configure": True,
        "apply": True,
    }


def test_release_creates_and_applies_in_one_step(version: Any, developer: Client) -> None:
    answer = post(developer, "/releases", {**GIVEN, "release": True, "message": "Please"})

    body = answer.json()
    assert (body["status"], body["revision"]) == ("under_review", 2)
    release = Release.objects.get()
    assert release.request is not None
    assert (str(release.request_id), release.request.message) == (body["request"], "Please")


def test_the_same_key_makes_one_release(version: Any, developer: Client) -> None:
    first = post(developer, "/releases", GIVEN, key="job-7")
    again = post(developer, "/releases", GIVEN, key="job-7")
    anew = post(developer, "/releases", GIVEN, key="job-8")

    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert told(anew) == (409, "version_used")
    assert Release.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"version": 9}, 404, "not_found", ""),
        ({"app_id": "com.example.none"}, 404, "not_found", ""),
        ({"app_id": "com.\0example"}, 422, "invalid_fields", "app_id"),
        ({"app": "none"}, 404, "not_found", ""),
        ({"environment": "moon"}, 422, "invalid_fields", "environment"),
        ({"version": "one"}, 422, "invalid_fields", "version"),
        ({"release": True, "message": "\ud800"}, 422, "invalid_fields", "message"),
        ({"release": True, "message": "x" * 2001}, 422, "text_too_long", ""),
    ],
    ids=["version", "program", "no text", "app", "environment", "number", "half a sign", "long"],
)
def test_what_cannot_be_released_is_refused(
    version: Any,
    developer: Client,
    changes: dict[str, object],
    status: int,
    code: str,
    field: str,
) -> None:
    answer = post(developer, "/releases", {**GIVEN, **changes})

    assert told(answer) == (status, code)
    assert [one["field"] for one in answer.json().get("errors", [])] == ([field] if field else [])
    assert not Release.objects.exists()


def test_only_release_actors_create(version: Any, cast: Cast, call: Call) -> None:
    make = dict(GIVEN)
    program = version.program
    program.members.filter(membership=cast.developer).update(role="developer")

    answers = {
        "a developer of it": post(call(cast.acme, cast.developer), "/releases", make),
        "a reviewer": post(call(cast.acme, cast.reviewer), "/releases", make),
        "an outsider": post(call(cast.zenith, cast.outsider), "/releases", make),
    }

    assert {who: told(answer) for who, answer in answers.items()} == {
        "a developer of it": (403, "not_a_release_actor"),
        "a reviewer": (403, "token_lacks_permission"),
        "an outsider": (404, "not_found"),
    }


def test_a_release_is_read_by_those_who_see_its_program(
    program: MiniProgram, production: ReleaseTarget, cast: Cast, call: Call
) -> None:
    release = make_release(program, production, status=Status.GRAYSCALE, share=12_345)
    path = f"/api/v1/releases/{release.id}"

    seen = {who: call(cast.acme, member).get(path) for who, member in cast.members().items()}
    outside = call(cast.zenith, cast.outsider).get(path)

    assert {who: answer.status_code for who, answer in seen.items()} == {
        "admin": 200,
        "developer": 200,
        "reviewer": 200,
        "inspector": 200,
        "operator": 404,
    }
    assert outside.status_code == 404
    body = seen["reviewer"].json()
    assert (body["percentage"], body["app"], body["environment"]) == (12.345, "pay", "production")
    pause = next(one for one in body["possible"] if one["event"] == "pause")
    assert (pause["allowed"], pause["why_not"][:23]) == (False, "Releases are driven by ")


def test_lists_are_narrowed_and_go_on_from_page_to_page(
    program: MiniProgram, production: ReleaseTarget, cast: Cast, developer: Client
) -> None:
    sandbox = production.app.targets.get(environment="sandbox")
    others = make_program(cast.acme, "com.example.other")
    made = [
        make_release(program, production, status=Status.ARCHIVED),
        make_release(program, production, status=Status.FULL),
        make_release(program, production, status=Status.UNDER_REVIEW),
        make_release(program, sandbox),
    ]
    make_release(others, make_app(cast.acme).targets.get(environment="production"))

    def listed(**asked: str) -> list[str]:
        answer = developer.get("/api/v1/releases", asked)
        assert answer.status_code == 200, answer.content
        return [one["id"] for one in answer.json()["items"]]

    ids = [str(release.id) for release in made]
    assert listed() == ids[::-1]
    assert listed(sort="made") == ids
    assert listed(status="full_release") == [ids[1]]
    assert listed(status="under_way") == [ids[2]]
    assert listed(environment="sandbox") == listed(target="pay/sandbox") == [ids[3]]
    assert listed(app_id="com.example.other") == listed(q="nothing") == []
    first = developer.get("/api/v1/releases", {"limit": 3}).json()
    second = developer.get("/api/v1/releases", {"limit": 3, "cursor": first["next"]}).json()
    assert [one["id"] for one in second["items"]] == [ids[0]]
    assert (second["next"], first["previous"]) == (None, None)
    assert told(developer.get("/api/v1/releases", {"cursor": "x"})) == (422, "unknown_page")


def test_a_list_costs_the_same_with_one_and_with_ten(
    program: MiniProgram,
    production: ReleaseTarget,
    cast: Cast,
    call: Call,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    admin = call(cast.acme, cast.admin)
    make_release(program, production, created_by=cast.developer)
    admin.get("/api/v1/releases")
    with django_assert_num_queries(3):
        admin.get("/api/v1/releases")

    for _number in range(9):
        make_release(program, created_by=cast.developer)

    with django_assert_num_queries(3):
        assert len(admin.get("/api/v1/releases").json()["items"]) == 10
