"""Asking over HTTP which version a user gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portico.delivery.bucketing import bucket_of
from portico.rollout.services import PlanState
from portico.rollout.tests.conftest import APP_ID, SALT, Scene
from tests.make import make_program

SuperApp = Callable[..., Client]
RESOLVE = "/delivery/v1/resolve"


def ask(client: Client, **asked: str) -> Any:
    return client.get(RESOLVE, {"app_id": APP_ID, **asked})


def reasons(client: Client, users: list[str], **asked: str) -> list[str]:
    return [ask(client, user=user, **asked).json()["reason"] for user in users]


def test_an_answer_says_which_version_and_why(scene: Scene, super_app: SuperApp) -> None:
    configuration = {"server_domains": ["api.example.com"], "variables": {"MODE": "live"}}
    state = PlanState(
        stable=scene.first,
        stable_release=scene.first.id,
        stable_configuration=configuration,
        withdrawn=[7, 3],
    )
    scene.write(state)

    answer = ask(super_app(), user="u-1")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert not answer.cookies
    assert answer.json() == {
        "app_id": APP_ID,
        "version": {
            "code": 1,
            "name": "1.0.1",
            "sha256": scene.first.package,
            "size": scene.first.packed,
            "package": f"/delivery/v1/versions/{APP_ID}/1/package",
            "manifest": f"/delivery/v1/versions/{APP_ID}/1/manifest",
            **configuration,
        },
        "reason": "full",
        "release": str(scene.first.id),
        "revision": 1,
        "withdrawn": [3, 7],
    }


def test_a_pilot_and_a_percentage_reach_somebody_over_http(
    scene: Scene, super_app: SuperApp
) -> None:
    client, users = super_app(), [f"user-{number}" for number in range(60)]
    scene.write(scene.grayscale(0))
    at_first = reasons(client, [*users, "tester-1"])
    scene.write(scene.grayscale(20_000))
    at_a_fifth = reasons(client, [*users, "tester-1"])
    scene.write(scene.grayscale(50_000))
    at_half = reasons(client, [*users, "tester-1"])

    assert set(at_first[:-1]) == {"full"}
    assert at_first[-1] == at_a_fifth[-1] == at_half[-1] == "pilot"
    expected = ["grayscale" if bucket_of(SALT, one) < 20_000 else "full" for one in users]
    assert at_a_fifth[:-1] == expected
    assert 5 < at_a_fifth.count("grayscale") < at_half.count("grayscale")
    still = [after for before, after in zip(at_a_fifth, at_half, strict=True) if before != "full"]
    assert "full" not in still


def test_a_device_counts_where_there_is_no_user_and_is_no_tester(
    scene: Scene, super_app: SuperApp
) -> None:
    scene.write(scene.grayscale(0))
    client = super_app()

    assert ask(client, device="tester-1").json()["reason"] == "full"
    assert ask(client, user="tester-1", device="d").json()["reason"] == "pilot"
    assert ask(client).json()["reason"] == "full"


def test_rules_beside_the_percentage_narrow_it_down(scene: Scene, super_app: SuperApp) -> None:
    rules = {"regions": ["sg"], "systems": ["android"], "app_version": {"from": "8.2"}}
    scene.write(scene.grayscale(100_000, pilot=[], rules=rules))
    client = super_app()
    here = {"region": "SG", "os": "Android", "app_version": "8.10"}

    fits = ask(client, user="u", **here).json()
    told = [
        ask(client, user="u", explain="1", **{**here, **other}).json()
        for other in ({"region": "id"}, {"os": ""}, {"app_version": "8.1"})
    ]

    assert fits["reason"] == "grayscale"
    assert [one["reason"] for one in told] == ["full"] * 3
    assert [one["explanation"]["mismatches"] for one in told] == [
        ["regions"],
        ["systems"],
        ["app_version"],
    ]


def test_explain_says_what_the_decision_looked_at(scene: Scene, super_app: SuperApp) -> None:
    scene.write(scene.grayscale(20_000))

    explanation = ask(super_app(), user="user-1", explain="true").json()["explanation"]

    bucket = bucket_of(SALT, "user-1")
    assert explanation == {
        "in_test_group": False,
        "salt": SALT,
        "bucket": bucket,
        "threshold": 20_000,
        "enrolled": bucket < 20_000,
        "rules": {},
        "mismatches": [],
    }


def test_what_is_offline_or_was_never_released_goes_to_nobody(
    scene: Scene, super_app: SuperApp
) -> None:
    client = super_app()
    before = ask(client, user="u").json()
    scene.write(PlanState(removed=True, withdrawn=[1]))
    after = ask(client, user="u").json()
    unknown = client.get(RESOLVE, {"app_id": "com.example.nowhere"}).json()

    assert (before["reason"], before["version"], before["revision"]) == ("not_available", None, 0)
    assert (after["reason"], after["version"], after["withdrawn"]) == ("removed", None, [1])
    assert unknown == {**before, "app_id": "com.example.nowhere"}


def test_a_hosted_version_is_an_address(scene: Scene, super_app: SuperApp) -> None:
    hosted = scene.hosted()
    scene.write(PlanState(stable=hosted, stable_release=hosted.id))

    version_answer = ask(super_app(), user="u").json()["version"]

    assert version_answer["entry_url"] == "https://tips.example.com/"
    assert not {"package", "sha256", "size"} & set(version_answer)


def test_many_programs_are_asked_for_at_once(
    scene: Scene, super_app: SuperApp, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    others = [make_program(scene.cast.acme).app_id for _number in range(98)]
    scene.write(scene.grayscale(0))
    client = super_app()
    ask(client)  # notes when the key was used
    asked = {"programs": [APP_ID, *others, "com.example.nowhere"], "user": "tester-1"}

    with django_assert_num_queries(3):  # the workspace, the key, the plans
        answer = client.post(f"{RESOLVE}:batch", asked, content_type="application/json")

    answers = answer.json()["answers"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert [one["app_id"] for one in answers] == asked["programs"]
    assert answers[0] == ask(client, user="tester-1").json()
    assert {one["reason"] for one in answers[1:]} == {"not_available"}


@pytest.mark.parametrize("threshold", [0, 20_000])
def test_one_question_costs_three_queries(
    scene: Scene,
    super_app: SuperApp,
    threshold: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    scene.write(scene.grayscale(threshold, pilot=[f"u-{number}" for number in range(100)]))
    client = super_app()
    ask(client)

    with django_assert_num_queries(3):
        ask(client, user="u-1", explain="1")
