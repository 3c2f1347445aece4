"""Groups of testers over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from portico.kernel.permissions import Permission
from portico.releases.models import TestGroup
from portico.releases.test_groups.access import Keeper
from portico.releases.test_groups.tests.conftest import Stage, make_group
from tests.make import make_program, make_token

Call = Callable[..., Client]
AT_API = "/api/v1/test-groups"
GIVEN = {"name": "Branch staff", "note": "Bern", "user_ids": ["u-1", "u-2", "u-1"]}
JSON = "application/json"


@pytest.fixture
def api(stage: Stage, call: Call) -> Client:
    return call(stage.cast.acme, stage.cast.admin)


def of(stage: Stage) -> str:
    return f"/api/v1/mini-programs/{stage.program.app_id}/test-groups"


@pytest.mark.parametrize("place", ["workspace", "program"])
def test_made_read_changed_and_removed(stage: Stage, api: Client, place: str) -> None:
    base = AT_API if place == "workspace" else of(stage)
    made = api.post(base, GIVEN, content_type=JSON)
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert made.json()["user_ids"] == ["u-1", "u-2"]
    assert made.json()["mini_program"] == (None if base == AT_API else stage.program.app_id)
    one = f"{base}/{made.json()['id']}"

    listed = api.get(base).json()
    assert [(row["name"], row["testers"]) for row in listed["items"]] == [("Branch staff", 2)]
    assert "user_ids" not in listed["items"][0]

    changed = api.put(
        one, GIVEN | {"user_ids": ["u-9"]}, content_type=JSON, headers={"If-Match": '"1"'}
    )
    assert (changed.json()["user_ids"], changed.headers["ETag"]) == (["u-9"], '"2"')
    assert api.get(one).json() == changed.json()

    assert api.delete(one).status_code == 204
    assert api.get(one).status_code == 404


def test_a_change_needs_the_etag_that_is_there_now(stage: Stage, api: Client) -> None:
    one = f"{AT_API}/{make_group(stage.of_acme).id}"

    without = api.put(one, GIVEN, content_type=JSON)
    stale = api.put(one, GIVEN, content_type=JSON, headers={"If-Match": '"7"'})

    assert (without.status_code, without.json()["code"]) == (428, "if_match_required")
    assert (stale.status_code, stale.json()["code"]) == (412, "test_group_changed")
    assert TestGroup.objects.get().name == "Branch staff"


def test_a_create_that_is_sent_twice_makes_one(api: Client) -> None:
    first, second = (
        api.post(AT_API, GIVEN, content_type=JSON, headers={"Idempotency-Key": "one"})
        for _ in range(2)
    )

    assert first.json() == second.json()
    assert TestGroup.objects.count() == 1


def test_what_is_wrong_is_said_at_its_field(api: Client) -> None:
    answer = api.post(AT_API, {"name": "", "user_ids": ["u-1", "two words"]}, content_type=JSON)

    assert answer.status_code == 422
    assert {"name", "user_ids.2"} == {one["field"] for one in answer.json()["errors"]}


def test_another_workspaces_and_another_programs_groups_are_not_there(
    stage: Stage, api: Client
) -> None:
    cast = stage.cast
    others = (
        make_group(Keeper(cast.zenith)),
        make_group(Keeper(cast.acme, make_program(cast.acme))),
        make_group(Keeper(cast.zenith, make_program(cast.zenith, stage.program.app_id))),
    )

    for group in others:
        for base in (AT_API, of(stage)):
            one = f"{base}/{group.id}"
            assert api.get(one).status_code == 404
            assert api.delete(one).status_code == 404
    assert TestGroup.objects.count() == 3


def test_a_token_that_may_read_releases_reads_groups_and_changes_none(
    stage: Stage, api: Client
) -> None:
    group = make_group(stage.of_acme)
    secret = make_token(stage.cast.admin, Permission.RELEASES_READ)[1]
    headers = {"authorization": f"Bearer {secret}"}

    assert api.get(f"{AT_API}/{group.id}", headers=headers).status_code == 200
    assert api.delete(f"{AT_API}/{group.id}", headers=headers).status_code == 403
