from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.demo_mail.ports import PASSWORD, Manner
from portico.secrets.models import Secret
from portico.service_email.doctor.tests.conftest import LIMITS, Bench
from portico.service_email.models import RunState, TestRun
from portico.service_email.servers import server_in_use

ADDRESS = "/api/v1/settings/service-email/test"
NAMES = ["resolve", "policy", "connect", "greeting", "tls", "sign_in", "sender", "recipient"]


@pytest.fixture
def admin(cast: Cast, call: Callable[..., Client]) -> Client:
    """The admin of acme, with a token."""
    return call(cast.acme, cast.admin)


def post(client: Client, body: dict[str, Any]) -> Any:
    return client.post(ADDRESS, body, content_type="application/json")


def test_the_saved_server_is_tested_and_in_use(cast: Cast, bench: Bench, admin: Client) -> None:
    bench.save(cast.acme, cast.admin)

    answer = post(admin, {"to": "ada@example.com"})

    found = answer.json()
    assert answer.status_code == 200
    assert (found["accepted"], found["in_use"], found["trouble"]) == (True, True, "")
    assert [stage["name"] for stage in found["stages"]] == [
        *NAMES, "message", "spf", "dkim", "dmarc",
    ]  # fmt: skip
    assert all(stage["ok"] for stage in found["stages"][:9])
    assert "S: 220 " in found["transcript"]
    assert "kept as" in str(found["stages"][8]["seen"])
    assert len(bench.peer.received()) == 1
    taken_over = AuditEntry.objects.get(action="service_email.taken_over")
    assert (taken_over.actor_id, taken_over.via) == (cast.admin.person_id, "api")


def test_values_are_tested_without_being_saved_and_go_to_the_holder(
    cast: Cast, bench: Bench, admin: Client
) -> None:
    answer = post(admin, {"values": bench.values()})

    assert answer.json()["accepted"] is True
    assert answer.json()["in_use"] is False
    (received,) = bench.peer.received()
    assert received["To"] == "admin@acme.example.com"
    assert server_in_use(cast.acme) is None
    assert PASSWORD not in answer.content.decode()


def test_a_failed_stage_is_explained_with_its_correction(
    bench: Bench, admin: Client, settings: Any
) -> None:
    settings.PORTICO_MAIL_LIMITS = replace(LIMITS, reply=0.6)

    answer = post(admin, {"values": bench.values(Manner.IMPLICIT_TLS, security="starttls")})

    found = answer.json()
    failed = next(stage for stage in found["stages"] if stage["ok"] is False)
    assert answer.status_code == 200
    assert found["accepted"] is False
    assert failed["name"] == "greeting"
    assert failed["meaning"]
    assert failed["cause"]
    assert failed["advice"]
    assert failed["correction"]["values"]["security"] == "ssl"
    assert [stage["ok"] for stage in found["stages"][4:9]] == [None] * 5


def test_nothing_saved_is_nothing_to_test(admin: Client) -> None:
    answer = post(admin, {"to": "ada@example.com"})

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_test")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"to": "nobody", "values": {}}, "to"),
        ({"to": "ada@example.com", "values": {"host": "not a host!"}}, "values.host"),
        ({"to": "ada@example.com", "values": {"port": 1}}, "values.port"),
        ({"to": "ada@example.com", "values": {"unheard_of": 1}}, "values.unheard_of"),
        ({"to": 7}, "to"),
    ],
)
def test_what_cannot_be_used_is_refused_by_field(
    bench: Bench, admin: Client, body: dict[str, Any], field: str
) -> None:
    if "values" in body and field != "values.unheard_of":
        body = {**body, "values": {**bench.values(), **body["values"]}}

    answer = post(admin, body)

    assert answer.status_code == 422, answer.content
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert not TestRun.objects.exists()


def test_the_saved_password_goes_to_no_other_server(
    cast: Cast, bench: Bench, admin: Client
) -> None:
    bench.save(cast.acme, cast.admin)
    elsewhere = bench.values(Manner.IMPLICIT_TLS)
    del elsewhere["password"]

    answer = post(admin, {"values": elsewhere})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["values.password"]


def test_too_many_tests_are_refused(bench: Bench, admin: Client) -> None:
    body = {"values": bench.values(Manner.REFUSES_PASSWORDS)}

    codes = [post(admin, body).status_code for _ in range(11)]

    assert codes == [200] * 10 + [429]
    assert TestRun.objects.filter(state=RunState.FAILED).count() == 10


def test_the_password_is_forgotten_when_the_answer_is_there(bench: Bench, admin: Client) -> None:
    post(admin, {"values": bench.values()})

    assert list(Secret.objects.values_list("ciphertext", flat=True)) == [""]


def test_roles_and_other_workspaces_are_kept_out(
    cast: Cast, bench: Bench, call: Callable[..., Client]
) -> None:
    bench.save(cast.acme, cast.admin)

    developer = post(call(cast.acme, cast.developer), {"to": "ada@example.com"})
    stranger = post(call(cast.acme, cast.outsider), {"to": "ada@example.com"})
    elsewhere = post(call(cast.zenith, cast.outsider), {"to": "ada@example.com"})

    assert (developer.status_code, stranger.status_code) == (403, 401)
    assert elsewhere.json()["code"] == "nothing_to_test"
    assert not TestRun.objects.exists()
