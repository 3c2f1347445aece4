"""Mini programs over HTTP."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.miniprograms import services
from portico.miniprograms.models import MiniProgram
from portico.targets.models import ReleaseTarget
from tests.make import AT, make_app, make_program, make_version

pytestmark = pytest.mark.django_db
Call = Callable[..., Client]
AT_API = "/api/v1/mini-programs"
RAIL = {"app_id": "com.example.rail", "name": "Rail", "category": "travel"}


def send(client: Client, method: str, path: str, body: object, **headers: str) -> Any:
    return client.generic(
        method,
        f"{AT_API}{path}",
        data=json.dumps(body),
        content_type="application/json",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def test_a_program_is_made_once_for_one_idempotency_key(cast: Cast, call: Call) -> None:
    client = call(cast.acme, cast.developer)

    first = send(client, "POST", "", RAIL, idempotency_key="one")
    again = send(client, "POST", "", RAIL, idempotency_key="one")
    other = send(client, "POST", "", RAIL, idempotency_key="two")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.headers["ETag"] == '"1"'
    assert other.status_code == 422
    assert other.json()["errors"][0]["code"] == "app_id_taken"
    assert MiniProgram.objects.get().members.get().membership == cast.developer


def test_a_change_needs_the_etag_that_was_read(cast: Cast, call: Call) -> None:
    program = make_program(cast.acme, admin=cast.developer)
    client, path = call(cast.acme, cast.developer), f"/{program.app_id}"

    changed = send(client, "PUT", path, {"name": "Rail"}, if_match='"1"')
    stale = send(client, "PUT", path, {"name": "Mine"}, if_match='"1"')

    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert (stale.status_code, stale.json()["code"]) == (412, "program_changed")


def test_the_list_is_searched_narrowed_and_paged_in_both_directions(cast: Cast, call: Call) -> None:
    target = ReleaseTarget.objects.get(app=make_app(cast.acme, "pay"), environment="sandbox")
    # Their ids hold no digit, which would be found as well.
    programs = [
        make_program(cast.acme, f"com.example.{letter}", name=f"Rail {number}")
        for number, letter in enumerate("abc")
    ]
    services.put_live(programs[1], target, make_version(programs[1]), at=AT)
    client = call(cast.acme, cast.reviewer)

    def names(query: str) -> list[str]:
        return [one["name"] for one in client.get(f"{AT_API}?{query}").json()["items"]]

    first = client.get(f"{AT_API}?limit=2").json()
    second = client.get(f"{AT_API}?limit=2&cursor={first['next']}").json()
    back = client.get(f"{AT_API}?limit=2&before={second['previous']}").json()

    assert names("q=rail+1") == ["Rail 1"]
    assert names("live_on=pay/sandbox") == ["Rail 1"]
    assert names("not_live_on=pay/sandbox&sort=-name") == ["Rail 2", "Rail 0"]
    assert names("assigned=true") == []
    assert (back["items"], first["previous"], second["next"]) == (first["items"], None, None)
    live = client.get(f"{AT_API}?q=rail+1").json()["items"][0]["live"]
    assert live[0]["version"] == {"code": 1, "name": "1.0.1"}
    assert client.get(f"{AT_API}?cursor=cut-off").json()["code"] == "unknown_page"
    assert client.get(f"{AT_API}?live_on=other/sandbox").status_code == 404


def test_addresses_that_make_no_sense_are_refused_like_others(cast: Cast, call: Call) -> None:
    client = call(cast.acme, cast.admin)
    deep = base64.urlsafe_b64encode(b"[" * 1_400).decode().rstrip("=")

    no_text = client.get(f"{AT_API}/com.example%00.rail")
    too_deep = client.get(f"{AT_API}?cursor={deep}")

    assert (no_text.status_code, no_text.json()["code"]) == (404, "not_found")
    assert (too_deep.status_code, too_deep.json()["code"]) == (422, "unknown_page")


def test_the_set_up_of_one_target_is_read_and_changed_alone(cast: Cast, call: Call) -> None:
    make_app(cast.acme, "pay")
    program = make_program(cast.acme, admin=cast.developer)
    client, at = call(cast.acme, cast.developer), f"/{program.app_id}/targets/pay"
    wanted = {"server_domains": ["API.example.com"], "variables": {"LEVEL": "3"}}

    empty = client.get(f"{AT_API}{at}/sandbox")
    saved = send(client, "PUT", f"{at}/sandbox", wanted, if_match=empty.headers["ETag"])
    stale = send(client, "PUT", f"{at}/sandbox", wanted, if_match='"0"')
    bad = send(client, "PUT", f"{at}/sandbox", {**wanted, "server_domains": ["a"]}, if_match='"1"')
    production = client.get(f"{AT_API}{at}/production")

    assert empty.headers["ETag"] == '"0"'
    assert saved.json()["server_domains"] == ["api.example.com"]
    assert (saved.headers["ETag"], stale.status_code) == ('"1"', 412)
    assert bad.json()["errors"][0]["field"] == "server_domains.1"
    assert production.json()["server_domains"] == []
    assert production.headers["ETag"] == '"0"'
    assert client.get(f"{AT_API}{at}/elsewhere").status_code == 404


def test_testers_of_one_target_are_added_listed_and_removed(cast: Cast, call: Call) -> None:
    make_app(cast.acme, "pay")
    program = make_program(cast.acme, admin=cast.developer)
    client, at = call(cast.acme, cast.developer), f"/{program.app_id}/targets/pay"
    both = {"testers": [{"user_id": "u-1", "note": "Ada"}, {"user_id": "u-2"}]}

    added = send(client, "POST", f"{at}/production/testers", both)
    first = client.get(f"{AT_API}{at}/production/testers?limit=1").json()
    rest = client.get(f"{AT_API}{at}/production/testers?cursor={first['next']}").json()
    one = first["items"][0]["id"]
    through = client.delete(f"{AT_API}{at}/sandbox/testers/{one}")
    removed = client.delete(f"{AT_API}{at}/production/testers/{one}")

    assert added.json() == {"new": 2, "known": 0, "noted": 0}
    assert [item["user_id"] for item in first["items"] + rest["items"]] == ["u-1", "u-2"]
    assert client.get(f"{AT_API}{at}/sandbox/testers").json()["items"] == []
    assert (through.status_code, removed.status_code) == (404, 204)


def test_members_are_added_changed_and_removed(cast: Cast, call: Call) -> None:
    program = make_program(cast.acme)
    client, at = call(cast.acme, cast.admin), f"/{program.app_id}/members"
    wanted = {"email": cast.developer.person.email, "role": "developer"}

    made = send(client, "POST", at, wanted).json()
    changed = send(client, "PATCH", f"{at}/{made['id']}", {"role": "admin"}).json()
    listed = client.get(f"{AT_API}{at}").json()
    client.delete(f"{AT_API}{at}/{made['id']}")

    assert (made["role"], changed["role"]) == ("developer", "admin")
    assert [one["email"] for one in listed] == [cast.developer.person.email]
    assert client.get(f"{AT_API}{at}").json() == []


def test_another_workspaces_program_is_not_there(cast: Cast, call: Call) -> None:
    theirs = make_program(cast.zenith, "com.zenith.pay")
    make_app(cast.acme, "pay")
    client = call(cast.acme, cast.admin)
    at, target = f"/{theirs.app_id}", f"/{theirs.app_id}/targets/pay/sandbox"
    set_up: dict[str, object] = {"server_domains": [], "variables": {}}

    answers = [
        client.get(f"{AT_API}{at}"),
        send(client, "PUT", at, {"name": "Ours"}, if_match='"1"'),
        send(client, "POST", f"{at}/archive", {}),
        send(client, "POST", f"{at}/restore", {}),
        client.get(f"{AT_API}{at}/targets"),
        client.get(f"{AT_API}{target}"),
        send(client, "PUT", target, set_up, if_match='"0"'),
        client.get(f"{AT_API}{target}/testers"),
        send(client, "POST", f"{target}/testers", {"testers": [{"user_id": "u-1"}]}),
        client.get(f"{AT_API}{at}/members"),
        send(client, "POST", f"{at}/members", {"email": "a@example.com", "role": "admin"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * len(answers)
