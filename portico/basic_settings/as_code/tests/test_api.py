from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import Cast
from portico.basic_settings.as_code.packing import zipped
from portico.basic_settings.as_code.tests.samples import (
    ABOUT,
    PASSWORD,
    exported,
    fill,
    number_of,
    numbers,
    save,
    values_of,
)
from portico.kernel.permissions import Permission
from tests.make import make_token

Call = Callable[..., Client]
API = "/api/v1/settings"


def send(client: Client, verb: str, content: bytes, **fields: Any) -> Any:
    """Plan or apply a file."""
    return client.post(f"{API}/{verb}", {"file": SimpleUploadedFile("a", content), **fields})


def mine(cast: Cast, url: str, revision: int) -> bytes:
    """A file of acme with an About Us page."""
    return (
        f"portico: 1\nworkspace_id: {cast.acme.id}\nsections:\n  about-us:\n"
        f"    revision: {revision}\n    values:\n      url: {url}\n"
    ).encode()


def test_the_settings_are_exported_as_yaml_or_with_their_files(cast: Cast, call: Call) -> None:
    fill(cast.acme)
    api = call(cast.acme, cast.admin)

    plain, packed = api.get(f"{API}/export"), api.get(f"{API}/export?files=zip")

    assert yaml.safe_load(plain.content)["sections"]["about-us"]["values"] == ABOUT
    assert PASSWORD not in plain.content.decode()
    assert packed.headers["Content-Type"] == "application/zip"
    assert api.get(f"{API}/export?files=tar").status_code == 422


def test_a_file_is_planned_and_applied(cast: Cast, call: Call) -> None:
    save(cast.acme, "about-us", ABOUT)
    api = call(cast.acme, cast.admin)
    file = mine(cast, "https://www.example.com/new", 1)

    plan = send(api, "plan", file)
    assert number_of(cast.acme, "about-us") == 1
    done = send(api, "apply", file, plan=plan.json()["digest"], reason="New site")

    assert (plan.status_code, done.status_code) == (200, 200)
    (section,) = done.json()["sections"]
    assert section == {
        "name": "about-us",
        "standing": "changed",
        "live": 1,
        "based_on": 1,
        "revision": 2,
        "changes": [
            {"field": "Address", "before": ABOUT["url"], "after": "https://www.example.com/new"}
        ],
        "meanwhile": [],
        "kept": [],
        "problems": [],
    }
    assert {**plan.json(), "sections": None} == {**done.json(), "sections": None}
    assert values_of(cast.acme, "about-us")["url"] == "https://www.example.com/new"


def test_a_copy_is_made_over_the_api(cast: Cast, call: Call) -> None:
    fill(cast.acme)
    api = call(cast.zenith, cast.outsider)
    file = zipped(exported(cast.acme))

    plan = send(api, "plan", file).json()
    assert (plan["is_copy"], plan["source"], plan["refused"]) == (True, "acme", True)
    assert plan["secrets_wanted"] == ["service-email.password"]
    secrets = json.dumps({"service-email.password": PASSWORD})
    done = send(api, "apply", file, plan=plan["digest"], secrets=secrets)

    assert done.status_code == 200
    assert PASSWORD not in done.content.decode()
    assert values_of(cast.zenith, "about-us") == ABOUT


def test_what_is_refused_is_a_problem_that_names_each_field(cast: Cast, call: Call) -> None:
    api = call(cast.acme, cast.admin)

    answer = send(api, "apply", mine(cast, "nowhere", 0))

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "cannot_be_applied")
    (error,) = problem["errors"]
    assert error["field"] == "about-us.url"
    assert error["detail"].startswith("Line 7: ")
    assert numbers(cast.acme)["about-us"] == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"portico: 1\nsections: {brandin: {}}", "faulty_settings_file"),
        (b"a: *x", "faulty_settings_file"),
        (b"PK\x03\x04", "not_a_zip"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem(
    cast: Cast, call: Call, content: bytes, code: str
) -> None:
    api = call(cast.acme, cast.admin)

    for verb in ("plan", "apply"):
        answer = send(api, verb, content)
        assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_an_old_file_and_an_old_plan_are_412_and_no_plan_is_422(cast: Cast, call: Call) -> None:
    api = call(cast.acme, cast.admin)
    save(cast.acme, "about-us", ABOUT)

    old = send(api, "apply", mine(cast, "https://www.example.com/", 0))
    unseen = send(api, "apply", mine(cast, "https://www.example.com/", 1), plan="0" * 64)
    unplanned = send(api, "apply", b"portico: 1\nsections: {about-us: {values: {url: ''}}}")

    answers = [(answer.status_code, answer.json()["code"]) for answer in (old, unseen, unplanned)]
    assert answers == [
        (412, "settings_file_is_old"),
        (412, "plan_is_old"),
        (422, "plan_needed"),
    ]


@pytest.mark.parametrize(
    "secrets",
    [
        "{",
        "[]",
        "7",
        '{"a": 1}',
        "[" * 20_000,
        "hunter2",
        r'{"\ud800": "hunter2"}',
        r'{"service-email.password": "hunter2\ud800"}',
    ],
)
def test_secrets_that_cannot_be_read_are_refused_and_not_repeated(
    cast: Cast, call: Call, secrets: str
) -> None:
    answer = send(call(cast.acme, cast.admin), "plan", b"portico: 1", secrets=secrets)

    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable_secrets")
    assert "hunter2" not in answer.content.decode()


def test_a_token_that_may_only_read_exports_and_plans_nothing(cast: Cast, call: Call) -> None:
    secret = make_token(cast.admin, Permission.SETTINGS_READ)[1]
    api = Client(headers={"host": "acme.localhost:8000", "authorization": f"Bearer {secret}"})

    assert api.get(f"{API}/export").status_code == 200
    assert send(api, "plan", b"portico: 1").status_code == 403
    assert send(api, "apply", b"portico: 1").status_code == 403


def test_a_section_that_one_may_not_change_is_refused_in_a_file_too(
    cast: Cast, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portico.about_us.section import section

    monkeypatch.setattr(type(section), "change", Permission.AUDIT_READ)
    secret = make_token(cast.admin, Permission.SETTINGS_CHANGE)[1]
    api = Client(headers={"host": "acme.localhost:8000", "authorization": f"Bearer {secret}"})

    answer = send(api, "plan", mine(cast, "https://www.example.com/", 0))

    assert (answer.status_code, answer.json()["code"]) == (403, "section_forbidden")


def test_anybody_reads_the_schema_and_an_export_obeys_it(cast: Cast, call: Call) -> None:
    fill(cast.acme)

    answer = call(cast.acme).get(f"{API}/schema.json")

    assert answer.headers["Content-Type"] == "application/schema+json"
    jsonschema_rs.validate(answer.json(), yaml.safe_load(exported(cast.acme).text))
