"""Questions that are not understood, and those who may not ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from portico.kernel.clock import now
from portico.rollout.tests.conftest import APP_ID, Scene
from portico.targets.models import App, TargetKey
from tests.make import AT, make_token

SuperApp = Callable[..., Client]
RESOLVE = "/delivery/v1/resolve"
BATCH = f"{RESOLVE}:batch"


def post(client: Client, body: object) -> Any:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(BATCH, text, content_type="application/json")


def problem(answer: Any) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(".")
    return answer.status_code, answer.json()["code"]


def refused(answer: Any) -> dict[str, str]:
    assert problem(answer) == (422, "invalid_fields")
    return {one["field"]: one["detail"] for one in answer.json()["errors"]}


def test_only_a_working_key_of_this_workspace_opens_it(scene: Scene, super_app: SuperApp) -> None:
    client = super_app()
    elsewhere = super_app(host="zenith.localhost:8000")
    token = make_token(scene.cast.admin)[1]

    def asked(header: str) -> tuple[int, str]:
        headers = {"authorization": header} if header else {}
        visitor = Client(headers={"host": "acme.localhost:8000", **headers})
        return problem(visitor.get(RESOLVE, {"app_id": APP_ID}))

    assert client.get(RESOLVE, {"app_id": APP_ID}).status_code == 200
    for header in ("", "Bearer", "Bearer ", "Bearer pk_prod_x", "Basic YTpi", f"Bearer {token}"):
        assert asked(header) == (401, "no_target_key")
    answer = elsewhere.get(RESOLVE, {"app_id": APP_ID})
    assert problem(answer) == (401, "no_target_key")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("end", ["revoked", "ended", "archived"])
def test_a_key_that_was_ended_opens_nothing(scene: Scene, super_app: SuperApp, end: str) -> None:
    client = super_app()
    if end == "revoked":
        TargetKey.objects.update(revoked_at=AT)
    elif end == "ended":
        TargetKey.objects.update(expires_at=now() - timedelta(seconds=1))
    else:
        App.objects.update(archived_at=AT, is_web=False)

    for answer in (
        client.get(RESOLVE, {"app_id": APP_ID}),
        post(client, {"programs": [APP_ID]}),
        client.get(f"/delivery/v1/versions/{APP_ID}/1/package"),
        client.get(f"/delivery/v1/versions/{APP_ID}/1/manifest"),
    ):
        assert problem(answer) == (401, "no_target_key")


def test_a_sandbox_key_asks_for_the_sandbox_alone(scene: Scene, super_app: SuperApp) -> None:
    scene.write(scene.full())
    client = super_app(scene.sandbox)

    def asked(target: str) -> Any:
        return client.get(RESOLVE, {"app_id": APP_ID, "target": target})

    assert asked("").json()["reason"] == "not_available"
    assert asked("sandbox").json()["reason"] == "not_available"
    assert asked("pay-android/sandbox").status_code == 200
    assert problem(asked("production")) == (403, "wrong_environment")
    assert problem(asked("pay-android/production")) == (403, "wrong_environment")
    assert problem(asked("pay-ios/sandbox")) == (404, "not_found")
    assert "production or sandbox" in refused(asked("live"))["target"]
    assert problem(post(client, {"programs": [APP_ID], "target": "production"}))[0] == 403


WRONG: dict[str, tuple[str, str, str]] = {
    "no program": ("", "app_id", "Give it an app_id"),
    "no app_id": ("app_id=Tips", "app_id", "lower case"),
    "an unknown field": ("app_id=com.example.tips&usr=1", "usr", "“usr” is not a field here"),
    "twice": ("app_id=com.example.tips&user=1&user=2", "user", "given 2 times"),
    "too long": (f"app_id=com.example.tips&user={'x' * 129}", "user", "at most 128 characters"),
    "neither": ("app_id=com.example.tips&explain=yes", "explain", "1 or 0"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_question_that_is_not_understood_is_refused_at_its_field(
    scene: Scene, super_app: SuperApp, name: str
) -> None:
    query, field, sentence = WRONG[name]

    errors = refused(super_app().get(f"{RESOLVE}?{query}"))

    assert list(errors) == [field]
    assert sentence in errors[field]


def test_a_body_that_is_not_understood_is_refused(scene: Scene, super_app: SuperApp) -> None:
    client = super_app()

    for unreadable in ("", "{", b'{"user": "\xff"}', "[" * 100_000, "[]", "null", '"x"'):
        assert problem(post(client, unreadable)) == (400, "unreadable_question")
    assert problem(post(client, " " * 2**21)) == (413, "request_too_large")
    for programs in (None, [], "com.example.tips", [APP_ID] * 101):
        assert "1 to 100" in refused(post(client, {"programs": programs}))["programs"]
    assert "programs" in refused(post(client, {"programs": [APP_ID, 7]}))
    assert "programs" in refused(post(client, {"programs": ["com.example\x00.tips"]}))
    half = refused(post(client, {"programs": [APP_ID], "user": "\ud800", "os": 7, "explain": "y"}))
    assert set(half) == {"user", "os", "explain"}


def test_every_error_is_a_problem(scene: Scene, super_app: SuperApp) -> None:
    client = super_app()

    assert problem(client.get("/delivery/v1/nowhere")) == (404, "not_found")
    assert problem(client.get(BATCH)) == (405, "method_not_allowed")
    assert problem(client.post(RESOLVE)) == (405, "method_not_allowed")
    assert client.post(RESOLVE).headers["Allow"] == "GET, HEAD"


def test_a_user_id_is_taken_as_it_is(scene: Scene, super_app: SuperApp) -> None:
    scene.write(scene.grayscale(0, pilot=["user 1", "ä+b&c"]))
    client = super_app()

    def reason(user: str) -> str:
        answer = client.get(RESOLVE, {"app_id": APP_ID, "user": user})
        return str(answer.json()["reason"])

    assert reason("ä+b&c") == reason("user 1") == "pilot"
    assert reason(" user 1") == reason("user 1 ") == reason("USER 1") == "full"


def test_no_form_token_is_needed_and_a_session_is_not_looked_at(
    scene: Scene, super_app: SuperApp, browse: Callable[..., Client]
) -> None:
    key = super_app().defaults["HTTP_AUTHORIZATION"]
    strict = Client(
        enforce_csrf_checks=True, headers={"host": "acme.localhost:8000", "authorization": key}
    )

    assert post(strict, {"programs": [APP_ID]}).status_code == 200
    assert browse(scene.cast.acme, scene.cast.admin).get(RESOLVE).status_code == 401


def test_a_field_of_a_body_is_given_once_and_has_a_name(scene: Scene, super_app: SuperApp) -> None:
    client = super_app()
    twice = f'{{"programs": ["{APP_ID}"], "user": "a", "user": "b"}}'
    half = f'{{"programs": ["{APP_ID}"], "\\ud83d": 1}}'

    assert refused(post(client, twice)) == {"user": "This was given 2 times. Give it once."}
    assert list(refused(post(client, half))) == ["?"]


@pytest.mark.parametrize("path", [RESOLVE, f"/delivery/v1/versions/{APP_ID}/1/package"])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_what_only_reads_says_so_to_other_methods(
    scene: Scene, super_app: SuperApp, path: str, method: str
) -> None:
    client = super_app()
    client.handler.enforce_csrf_checks = True

    answer = getattr(client, method)(path)

    assert problem(answer) == (405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]
