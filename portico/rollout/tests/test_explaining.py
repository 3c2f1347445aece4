"""Would this user get it, and why: the page and the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portico.delivery.bucketing import bucket_of
from portico.rollout.services import PlanState
from portico.rollout.tests.conftest import APP_ID, SALT, Scene
from tests.make import make_program

Browse = Callable[..., Client]
Call = Callable[..., Client]
PAGE = f"/console/programs/{APP_ID}/delivery/"
API = f"/api/v1/mini-programs/{APP_ID}/targets/pay-android/production/explain"
RULES = {"regions": ["sg"], "app_version": {"from": "8.2", "to": "8.9"}}


def user(*, early: bool) -> str:
    """Somebody who is early at 20 %, or who is not."""
    users = (f"user-{number}" for number in range(100))
    return next(one for one in users if (bucket_of(SALT, one) < 20_000) is early)


def explained(client: Client, **asked: str) -> str:
    """What the page says, as text."""
    page = client.get(PAGE, {"target": "pay-android/production", **asked})
    assert page.status_code == 200, page.content
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def told(client: Client, **asked: str) -> Any:
    answer = client.get(API, asked)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_page_says_which_step_decided_and_with_which_numbers(
    scene: Scene, browse: Browse
) -> None:
    scene.write(scene.grayscale(20_000))
    admin = browse(scene.cast.acme, scene.cast.admin)
    early, late = user(early=True), user(early=False)

    tester = explained(admin, user="tester-1")
    first, last = explained(admin, user=early), explained(admin, user=late)
    nobody = explained(admin)

    assert "They get version 1.0.2 (2)." in tester
    assert "Yes. Testers get the new version, also once it is in grayscale." in tester
    assert "Are they early?" not in tester
    place = f"{bucket_of(SALT, early) / 1000:g}"
    assert f"They stand at {place} %, below the share of 20 %." in first.replace("\u202f", " ")
    assert "They get version 1.0.1 (1)." in last
    assert "and the share is 20 %: it is not their turn." in last.replace("\u202f", " ")
    assert "Without a user ID or a device ID nobody can be drawn." in nobody


def test_the_page_says_which_rule_does_not_match(scene: Scene, browse: Browse) -> None:
    scene.write(scene.grayscale(100_000, rules=RULES))
    admin = browse(scene.cast.acme, scene.cast.admin)

    text = explained(admin, user="u", region="id", app_version="9.1")

    assert "The region has to be one of sg; it is id." in text
    assert "The app version has to be from 8.2 to 8.9; it is 9.1." in text
    assert "They get version 1.0.1 (1)." in text


def test_the_page_says_why_somebody_gets_nothing(scene: Scene, browse: Browse) -> None:
    admin = browse(scene.cast.acme, scene.cast.admin)

    never = explained(admin, user="u")
    scene.write(scene.grayscale(0, stable=None, stable_release=None))
    first_release = explained(admin, user="u")
    scene.write(PlanState(removed=True))
    offline = explained(admin, user="u")

    assert "Nothing was released here yet." in never
    assert "There is none here yet, so whoever is not early gets nothing." in first_release
    assert "They get nothing: the mini program is offline here." in offline


def test_the_page_shows_the_plans_and_asks_before_it_answers(scene: Scene, browse: Browse) -> None:
    scene.write(scene.grayscale(12_500, rules=RULES))
    admin = browse(scene.cast.acme, scene.cast.admin)

    page = admin.get(PAGE).content.decode().replace("\u202f", " ")
    unknown = admin.get(PAGE, {"target": "pay-ios/production", "user": "u"})

    assert "1.0.2, to 12.5 %" in page
    assert "Region: sg" in page
    assert "Nothing was released yet" in page  # the Sandbox
    assert "They get" not in page
    assert unknown.status_code == 422


def test_the_page_costs_the_same_whatever_there_is(scene: Scene, browse: Browse) -> None:
    admin = browse(scene.cast.acme, scene.cast.admin)
    for _time in range(2):  # what is remembered is made
        admin.get(PAGE)
    with CaptureQueriesContext(connection) as before:
        admin.get(PAGE)
    for target in scene.targets.values():
        scene.write(scene.grayscale(), target)

    with CaptureQueriesContext(connection) as after:
        explained(admin, user="u")

    assert len(after) == len(before) < 25


def test_the_api_explains_as_the_page_does(scene: Scene, call: Call) -> None:
    scene.write(scene.grayscale(20_000, rules=RULES, withdrawn=[9]))
    api, early = call(scene.cast.acme, scene.cast.admin), user(early=True)

    answer = told(api, user=early, region="id", app_version="8.4")

    assert answer["version"] == {"code": 1, "name": "1.0.1"}
    assert (answer["reason"], answer["revision"], answer["withdrawn"]) == ("full", 1, [9])
    assert (answer["bucket"], answer["threshold"]) == (bucket_of(SALT, early), 20_000)
    assert (answer["enrolled"], answer["in_test_group"]) == (True, False)
    assert answer["mismatches"] == ["regions"]
    assert "The region has to be one of sg; it is id." in " ".join(answer["sentences"])
    assert told(api, user="tester-1")["reason"] == "pilot"


@pytest.mark.parametrize("role", ["reviewer", "operator", "inspector", "developer"])
def test_every_role_may_ask_about_the_programs_it_sees(
    scene: Scene, call: Call, browse: Browse, role: str
) -> None:
    other = make_program(scene.cast.acme)
    member = getattr(scene.cast, role)
    api, page = call(scene.cast.acme, member), browse(scene.cast.acme, member)
    sees = 404 if role == "operator" else 200  # who is assigned to none
    sees_all = 200 if role in {"reviewer", "inspector"} else 404

    for app_id, expected in ((APP_ID, sees), (other.app_id, sees_all)):
        assert api.get(API.replace(APP_ID, app_id)).status_code == expected
        assert page.get(PAGE.replace(APP_ID, app_id)).status_code == expected


def test_another_workspace_is_told_nothing(scene: Scene, call: Call, browse: Browse) -> None:
    zenith, outsider = scene.cast.zenith, scene.cast.outsider

    assert browse(zenith, outsider).get(PAGE).status_code == 404
    assert call(zenith, outsider).get(API).status_code == 404
    assert browse(scene.cast.acme, outsider).get(PAGE).status_code == 404
    assert call(scene.cast.acme, outsider).get(API).status_code == 401
