"""The section and its check over HTTP; `tests/access` says who may."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from conftest import Cast
from portico.domains import runs
from portico.domains.models import CheckRun
from portico.domains.rules import State
from portico.domains.tests.conftest import World
from portico.domains.tests.findings import NAME, make_domain, save, the_domain
from portico.kernel.clock import now
from tests.make import actor
from tests.peers.dns import Trouble

SECTION = "/api/v1/settings/domain-preference"


@pytest.fixture
def admin(cast: Cast, call: Callable[..., Client]) -> Client:
    """The API, called by the admin of acme."""
    return call(cast.acme, cast.admin)


def put(
    admin: Client, values: dict[str, object], *, etag: str = '"0"'
) -> tuple[int, dict[str, object]]:
    answer = admin.put(SECTION, values, content_type="application/json", headers={"if-match": etag})
    return answer.status_code, answer.json()


def test_what_is_in_effect_stands_beside_what_is_saved(cast: Cast, admin: Client) -> None:
    status, saved = put(admin, {"alternative_domain": "Pay.Acme-Pay.Example.com"})
    domain = the_domain(cast.acme)

    assert status == 200
    assert saved["alternative_domain"] == NAME
    assert (saved["tls_elsewhere"], saved["outbound_ips"]) == (False, [])
    meta = saved["meta"]
    assert isinstance(meta, dict)
    effective = meta["effective"]
    assert effective["current_domain"] == "acme.localhost"
    assert (effective["links_use"], effective["state"]) == ("acme.localhost", "pending")
    assert effective["since"] is not None
    assert {"name": f"_portico.{NAME}", "type": "TXT", "value": domain.token} in effective[
        "records"
    ]


def test_links_use_the_domain_once_it_is_active(cast: Cast, admin: Client) -> None:
    make_domain(cast.acme, cast.admin, State.ACTIVE)

    effective = admin.get(SECTION).json()["meta"]["effective"]

    assert (effective["links_use"], effective["state"]) == (NAME, "active")


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"alternative_domain": "10.0.0.1"}, "alternative_domain", "domain_is_address"),
        ({"alternative_domain": "acme.localhost"}, "alternative_domain", "own_zone"),
        ({"outbound_ips": ["192.0.2.1"]}, "outbound_ips", "no_outbound_address_offered"),
        ({"outbound_notice_days": 31}, "outbound_notice_days", "wrong_value"),
        ({"current_domain": "pay.example.com"}, "current_domain", "wrong_value"),
    ],
)
def test_what_cannot_be_used_is_refused(
    admin: Client, values: dict[str, object], field: str, code: str
) -> None:
    status, problem = put(admin, values)

    assert status == 422
    errors = problem["errors"]
    assert isinstance(errors, list)
    assert [(error["field"], error["code"]) for error in errors] == [(field, code)]


def test_a_check_answers_the_checklist(cast: Cast, admin: Client, world: World) -> None:
    save(cast.acme, cast.admin)
    world.enter_proof(the_domain(cast.acme))

    answer = admin.post(f"{SECTION}/check")

    found = answer.json()
    assert answer.status_code == 200
    assert (found["domain"], found["state"], found["in_order"]) == (NAME, "verified", False)
    assert found["culprit"] == "routing"
    names = ["ownership", "routing", "addresses", "caa", "https"]
    assert [check["name"] for check in found["checks"]] == names
    ownership = found["checks"][0]
    assert (ownership["ok"], ownership["code"]) == (True, "proven")
    assert the_domain(cast.acme).token in ownership["expected"]
    assert ownership["seen"][-1]["values"]
    assert found["trouble"] == ""


def test_a_domain_in_order_is_said_to_be(cast: Cast, admin: Client, world: World) -> None:
    save(cast.acme, cast.admin)
    world.set_up(the_domain(cast.acme))

    found = admin.post(f"{SECTION}/check").json()

    assert (found["state"], found["in_order"], found["culprit"]) == ("active", True, None)


def test_what_nobody_answers_about_is_not_said_to_be_in_order(
    cast: Cast, admin: Client, world: World
) -> None:
    make_domain(cast.acme, cast.admin, State.ACTIVE)
    for name in (NAME, f"_portico.{NAME}", "acme.localhost"):
        world.dns.zone[name] = Trouble.REFUSED

    found = admin.post(f"{SECTION}/check").json()

    assert (found["state"], found["in_order"], found["culprit"]) == ("active", False, None)


def test_one_check_at_a_time(cast: Cast, admin: Client) -> None:
    save(cast.acme, cast.admin)
    runs.start(cast.acme, by=actor(cast.admin), at=now())

    answer = admin.post(f"{SECTION}/check")

    assert (answer.status_code, answer.json()["code"]) == (409, "check_goes_on")


def test_a_token_of_another_workspace_checks_its_own_domain_alone(
    cast: Cast, call: Callable[..., Client], world: World
) -> None:
    save(cast.acme, cast.admin)

    answer = call(cast.zenith, cast.outsider).post(f"{SECTION}/check")

    assert (answer.status_code, answer.json()["code"]) == (409, "no_domain")
    assert not CheckRun.objects.exists()
    assert world.dns.questions == []
