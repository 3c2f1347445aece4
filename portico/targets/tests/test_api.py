"""Apps and keys over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.targets.models import App, Environment, ReleaseTarget, TargetKey
from portico.targets.queries import target_of_key
from portico.targets.services import make_key
from portico.targets.tests.conftest import target
from tests.make import AT, actor, make_app, make_token

Call = Callable[..., Client]
APPS = "/api/v1/apps"
GIVEN = {"name": "Acme Pay for Android", "code": "pay-android"}
JSON = "application/json"


@pytest.fixture
def api(cast: Cast, call: Call) -> Client:
    """The admin's client."""
    return call(cast.acme, cast.admin)


def keys_at(environment: str, app: str = "pay-android") -> str:
    """The address of a target's keys."""
    return f"{APPS}/{app}/targets/{environment}/keys"


def test_made_read_and_changed(api: Client) -> None:
    made = api.post(APPS, GIVEN, content_type=JSON)
    assert made.status_code == 201
    assert made.headers["ETag"] == '"1"'
    assert [one["environment"] for one in made.json()["targets"]] == ["production", "sandbox"]

    by_code, by_id = api.get(f"{APPS}/pay-android"), api.get(f"{APPS}/{made.json()['id']}")
    assert by_code.json() == by_id.json() == made.json()

    changed = api.put(
        f"{APPS}/pay-android",
        {"name": "Acme Pay", "code": "pay"},
        content_type=JSON,
        headers={"If-Match": '"1"'},
    )
    assert changed.headers["ETag"] == '"2"'
    assert api.get(f"{APPS}/pay").json()["name"] == "Acme Pay"
    assert api.get(f"{APPS}/pay-android").status_code == 404


def test_a_change_needs_the_etag_that_is_there_now(api: Client, app: App) -> None:
    address = f"{APPS}/pay-android"

    without = api.put(address, GIVEN, content_type=JSON)
    stale = api.put(address, GIVEN, content_type=JSON, headers={"If-Match": '"7"'})

    assert (without.status_code, without.json()["code"]) == (428, "if_match_required")
    assert (stale.status_code, stale.json()["code"]) == (412, "app_changed")
    assert "“Pay-Android”" in stale.json()["detail"]
    app.refresh_from_db()
    assert app.revision == 1


def test_what_is_wrong_is_said_field_by_field(api: Client, app: App) -> None:
    make_app(app.workspace, "first-web", is_web=True)

    answer = api.post(
        APPS,
        {"name": "", "code": "pay-android", "icon": "0" * 64, "is_web": True},
        content_type=JSON,
    )

    assert answer.status_code == 422
    assert {one["field"]: one["code"] for one in answer.json()["errors"]} == {
        "name": "name_out_of_bounds",
        "code": "app_code_taken",
        "icon": "no_such_picture",
        "is_web": "web_app_taken",
    }


def test_the_list_is_filtered_and_read_in_pages(cast: Cast, api: Client) -> None:
    for code in ("one", "two", "three"):
        make_app(cast.acme, code)
    make_app(cast.zenith, "theirs")
    api.post(f"{APPS}/three/archive")

    first = api.get(f"{APPS}?limit=2").json()
    second = api.get(f"{APPS}?limit=2&cursor={first['next']}").json()
    archived = api.get(f"{APPS}?state=archived").json()["items"]
    found = api.get(f"{APPS}?q=TW").json()["items"]

    assert [one["code"] for one in first["items"] + second["items"]] == ["one", "two", "three"]
    assert second["next"] is None
    assert [one["code"] for one in archived] == ["three"]
    assert [one["code"] for one in found] == ["two"]


def test_the_list_takes_a_fixed_number_of_queries(cast: Cast, api: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert api.get(APPS).status_code == 200
        return len(asked)

    make_app(cast.acme)
    queries()
    with_one = queries()
    for _number in range(9):
        make_app(cast.acme)

    assert queries() == with_one


def test_archived_and_restored(api: Client, app: App) -> None:
    address = f"{APPS}/{app.id}"

    archived = api.post(f"{address}/archive").json()
    again = api.post(f"{address}/archive")
    restored = api.post(f"{address}/restore").json()

    assert (archived["state"], restored["state"]) == ("archived", "active")
    assert (again.status_code, again.json()["code"]) == (409, "app_already_archived")


def test_the_mark_of_the_web_app_moves_from_the_app_that_is_named(cast: Cast, api: Client) -> None:
    make_app(cast.acme, "old", is_web=True)
    make_app(cast.acme, "new")

    blind = api.put(f"{APPS}/new/web", {"instead_of": None}, content_type=JSON)
    moved = api.put(f"{APPS}/new/web", {"instead_of": "old"}, content_type=JSON)
    ended = api.delete(f"{APPS}/new/web")

    assert (blind.status_code, blind.json()["code"]) == (412, "web_app_changed")
    assert "“Old”" in blind.json()["detail"]
    assert (moved.json()["is_web"], ended.json()["is_web"]) == (True, False)
    assert not api.get(f"{APPS}/old").json()["is_web"]


def test_a_key_is_in_one_answer_alone(cast: Cast, api: Client, app: App) -> None:
    made = api.post(keys_at("sandbox"), {"name": "Build server"}, content_type=JSON)

    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "private, no-store"
    secret = made.json()["secret"]
    found = target_of_key(secret, cast.acme, at=now())
    assert found is not None
    assert (found.app_id, found.environment) == (app.id, Environment.SANDBOX)
    (listed,) = api.get(keys_at("sandbox")).json()["items"]
    assert listed["hint"] == secret[:12]
    assert listed["last_used_at"] is not None
    assert secret not in str(listed)
    assert api.get(keys_at("production")).json()["items"] == []


def test_rotated_and_revoked(api: Client, app: App) -> None:
    old = api.post(keys_at("production"), {"name": "Build server"}, content_type=JSON).json()
    at_old = f"{keys_at('production')}/{old['id']}"

    rotated = api.post(f"{at_old}/rotate", {"overlap_hours": 24}, content_type=JSON)
    again = api.post(f"{at_old}/rotate", {"overlap_hours": 24}, content_type=JSON)
    working = api.get(f"{keys_at('production')}?working=true").json()["items"]
    revoked = api.post(f"{at_old}/revoke").json()
    left = api.get(f"{keys_at('production')}?working=true").json()["items"]

    assert rotated.status_code == 201
    assert rotated.json()["secret"] != old["secret"]
    assert rotated.json()["old"]["state"] == "ending"
    assert (again.status_code, again.json()["code"]) == (409, "key_rotated")
    assert [one["state"] for one in working] == ["working", "ending"]
    assert revoked["state"] == "revoked"
    assert [one["id"] for one in left] == [rotated.json()["id"]]


def test_keys_are_read_in_pages(cast: Cast, api: Client, sandbox: ReleaseTarget) -> None:
    for number in range(3):
        make_key(sandbox, f"Key {number}", by=actor(cast.admin), at=AT)

    first = api.get(f"{keys_at('sandbox')}?limit=2").json()
    second = api.get(f"{keys_at('sandbox')}?limit=2&cursor={first['next']}").json()

    assert [one["name"] for one in first["items"] + second["items"]] == ["Key 2", "Key 1", "Key 0"]
    assert second["next"] is None


def test_a_request_that_is_sent_again_makes_one_thing_and_has_one_answer(
    api: Client, app: App
) -> None:
    old = api.post(keys_at("sandbox"), {"name": "Old"}, content_type=JSON).json()
    calls = {
        APPS: {"name": "Web", "code": "web"},
        keys_at("sandbox"): {"name": "Build server"},
        f"{keys_at('sandbox')}/{old['id']}/rotate": {"overlap_hours": 1},
    }

    for number, (address, body) in enumerate(calls.items()):
        key = {"Idempotency-Key": f"key-{number}"}
        first, second = (
            api.post(address, body, content_type=JSON, headers=key) for _time in range(2)
        )
        assert (first.status_code, second.status_code) == (201, 201), address
        assert first.json() == second.json(), address

    assert App.objects.filter(workspace=app.workspace).count() == 2
    assert TargetKey.objects.count() == 3


def test_no_table_holds_a_key_that_was_made(api: Client, app: App) -> None:
    made = api.post(
        keys_at("sandbox"),
        {"name": "Build server"},
        content_type=JSON,
        headers={"Idempotency-Key": "once"},
    ).json()

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        random = made["secret"].removeprefix("pk_sand_")[4:]
        for table in tables:
            for form in (random, random.encode().hex()):
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" AS row WHERE row::text LIKE %s',
                    [f"%{form}%"],
                )
                assert cursor.fetchone() == (0,), table


def test_a_token_without_the_right_is_refused(cast: Cast, app: App, call: Call) -> None:
    _token, secret = make_token(cast.admin, Permission.APPS_READ, at=now())
    reader = call(cast.acme)
    bearer = {"Authorization": f"Bearer {secret}"}

    read = reader.get(f"{APPS}/{app.id}", headers=bearer)
    made = reader.post(keys_at("sandbox"), {"name": "Mine"}, content_type=JSON, headers=bearer)

    assert (read.status_code, made.status_code) == (200, 403)
    assert not TargetKey.objects.exists()


@pytest.mark.parametrize("name", ["{id}", "pay-android"])
def test_an_app_of_another_workspace_is_not_found(
    cast: Cast, app: App, call: Call, name: str
) -> None:
    key, _secret = make_key(
        target(app, Environment.SANDBOX), "Build server", by=actor(cast.admin), at=AT
    )
    stranger = call(cast.zenith, cast.outsider)
    at = f"{APPS}/{name.format(id=app.id)}"
    keys = f"{at}/targets/sandbox/keys"
    body = {"name": "Mine", "code": "mine", "instead_of": None, "overlap_hours": 1}

    answers = [
        stranger.get(at),
        stranger.put(at, body, content_type=JSON, headers={"If-Match": '"1"'}),
        stranger.post(f"{at}/archive"),
        stranger.post(f"{at}/restore"),
        stranger.put(f"{at}/web", body, content_type=JSON),
        stranger.delete(f"{at}/web"),
        stranger.get(keys),
        stranger.post(keys, body, content_type=JSON),
        stranger.post(f"{keys}/{key.id}/rotate", body, content_type=JSON),
        stranger.post(f"{keys}/{key.id}/revoke"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    app.refresh_from_db()
    assert (app.revision, app.archived_at, TargetKey.objects.count()) == (1, None, 1)
