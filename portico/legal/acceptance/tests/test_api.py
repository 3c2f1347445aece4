"""Acceptance over HTTP: what one accepted, and for admins who did."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client

from conftest import Cast
from portico.kernel.clock import now
from portico.legal.acceptance.tests.papers import accept, decline
from portico.legal.models import LegalAnswer, LegalExemption, LegalKind
from tests.make import make_legal_version, make_member

Call = Callable[..., Client]
AT_TERMS = "/api/v1/settings/terms-of-service"
MINE = "/api/v1/account/acceptances"
VERSION = "?kind=terms-of-service&version=1"


def test_ones_own_acceptances_are_readable_while_the_gate_is_closed(cast: Cast, call: Call) -> None:
    terms, privacy = make_legal_version(cast.acme), make_legal_version(cast.acme, LegalKind.PRIVACY)
    make_legal_version(cast.acme, number=2, effective_at=now() + timedelta(days=3))
    accept(cast.developer, privacy)

    answer = call(cast.acme, cast.developer).get(MINE).json()

    assert [(one["kind"], one["version"]) for one in answer["asked"]] == [("terms-of-service", 1)]
    assert [(one["kind"], one["version"]) for one in answer["coming"]] == [("terms-of-service", 2)]
    assert answer["asked"][0]["url"].endswith(f"/legal/{terms.kind}/1")
    (accepted,) = answer["answered"]
    assert accepted["sha256"] == privacy.documents.get().sha256
    assert accepted["accepted"] is True
    assert answer["exempt"] is False
    assert answer["accept_at"] == "http://acme.localhost:8000/legal/accept/"


def test_a_token_cannot_accept(cast: Cast, call: Call) -> None:
    make_legal_version(cast.acme)

    answer = call(cast.acme, cast.developer).post(MINE, {}, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (403, "acceptance_needs_a_person")
    assert "a person has to read" in answer.json()["detail"]
    assert not LegalAnswer.objects.exists()


def test_coverage_is_paged_and_narrowed(cast: Cast, call: Call) -> None:
    terms = make_legal_version(cast.acme, effective_at=now() + timedelta(days=9))
    accept(cast.developer, terms)
    api = call(cast.acme, cast.admin)

    first = api.get(f"{AT_TERMS}/coverage{VERSION}&limit=3").json()
    rest = api.get(f"{AT_TERMS}/coverage{VERSION}&limit=3&cursor={first['next']}").json()
    waiting = api.get(f"{AT_TERMS}/coverage{VERSION}&state=waiting&q=operator").json()

    assert first["figure"] == {
        "must": 5,
        "accepted": 1,
        "declined": 0,
        "waiting": 4,
        "exempt": 0,
    }
    emails = [one["email"] for one in first["items"] + rest["items"]]
    assert sorted(emails) == sorted(one.person.email for one in cast.members().values())
    assert (len(first["items"]), rest["next"]) == (3, None)
    assert [one["email"] for one in waiting["items"]] == ["operator@acme.example.com"]
    accepted = next(one for one in first["items"] + rest["items"] if one["state"] == "accepted")
    assert accepted["accepted_version"] == 1


def test_declined_is_told_apart(cast: Cast, call: Call) -> None:
    terms = make_legal_version(cast.acme)
    decline(cast.operator, terms)
    accept(cast.admin, terms)

    found = call(cast.acme, cast.admin).get(f"{AT_TERMS}/coverage{VERSION}&state=declined").json()

    (one,) = found["items"]
    assert (one["email"], one["accepted_version"]) == ("operator@acme.example.com", None)


@pytest.mark.parametrize("path", ["coverage", "coverage/members.csv", "evidence.zip"])
def test_versions_that_ask_nobody_are_not_there(cast: Cast, call: Call, path: str) -> None:
    make_legal_version(cast.zenith)
    make_legal_version(cast.acme, LegalKind.COOKIES)
    api = call(cast.acme, cast.admin)

    assert api.get(f"{AT_TERMS}/{path}{VERSION}").status_code == 404
    assert api.get(f"{AT_TERMS}/{path}?kind=cookie-notice&version=1").status_code == 404
    assert api.get(f"{AT_TERMS}/{path}?kind=nonsense&version=1").status_code == 422
    assert api.get(f"{AT_TERMS}/{path}").status_code == 422


def test_both_exports_come_as_files(cast: Cast, call: Call) -> None:
    make_legal_version(cast.acme, effective_at=now() + timedelta(days=9))
    api = call(cast.acme, cast.admin)

    sheet = api.get(f"{AT_TERMS}/coverage/members.csv{VERSION}")
    bundle = api.get(f"{AT_TERMS}/evidence.zip{VERSION}")

    rows = list(csv.DictReader(StringIO(sheet.getvalue().decode())))
    assert len(rows) == 5
    with ZipFile(BytesIO(bundle.getvalue())) as packed:
        assert "manifest.json.sig" in packed.namelist()


def test_a_member_is_exempted_and_asked_again(cast: Cast, call: Call) -> None:
    other = make_member(cast.acme)
    accept(cast.admin, make_legal_version(cast.acme))
    api, robot = call(cast.acme, cast.admin), call(cast.acme, other)
    address = f"{AT_TERMS}/exemptions/{other.id}"
    assert robot.get("/api/v1/me").status_code == 403

    made = put(api, address, '{"reason": "Robot"}')

    assert (made.status_code, made.json()["until"]) == (200, None)
    assert robot.get("/api/v1/me").status_code == 200
    assert [one["reason"] for one in api.get(f"{AT_TERMS}/exemptions").json()] == ["Robot"]
    again = put(api, address, '{"reason": "Robot"}')
    assert (again.status_code, again.json()["code"]) == (409, "already_exempt")
    assert api.delete(address).status_code == 204
    assert api.delete(address).json()["code"] == "not_exempt"
    assert robot.get("/api/v1/me").status_code == 403


def put(api: Client, address: str, body: str) -> Any:
    return api.put(address, body, content_type="application/json")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"reason": ""}', 422),
        ("{}", 422),
        ('{"reason": "x", "until": "2020-01-01T00:00:00Z"}', 422),
        ('{"reason": "x", "until": "2027-01-01T00:00:00"}', 422),
        ('{"reason": "x", "until": "nonsense"}', 422),
    ],
)
def test_what_is_wrong_with_an_exemption_is_said(
    cast: Cast, call: Call, body: str, status: int
) -> None:
    api = call(cast.acme, cast.admin)

    answer = put(api, f"{AT_TERMS}/exemptions/{cast.developer.id}", body)

    assert answer.status_code == status
    assert not LegalExemption.objects.exists()


def test_another_workspaces_member_is_not_found(cast: Cast, call: Call) -> None:
    api = call(cast.acme, cast.admin)
    address = f"{AT_TERMS}/exemptions/{cast.outsider.id}"

    assert put(api, address, '{"reason": "x"}').status_code == 404
    assert api.delete(address).status_code == 404
    own = put(api, f"{AT_TERMS}/exemptions/{cast.admin.id}", '{"reason": "x"}')
    assert (own.status_code, own.json()["code"]) == (403, "own_exemption")


def test_it_takes_the_rights_of_an_admin(cast: Cast, call: Call) -> None:
    api, outsider = call(cast.acme, cast.developer), call(cast.acme, cast.outsider)
    for path in ("coverage", "coverage/members.csv", "evidence.zip", "exemptions"):
        assert api.get(f"{AT_TERMS}/{path}{VERSION}").status_code == 403
        assert outsider.get(f"{AT_TERMS}/{path}{VERSION}").status_code == 401
    address = f"{AT_TERMS}/exemptions/{cast.operator.id}"
    assert put(api, address, '{"reason": "x"}').status_code == 403
    assert api.delete(address).status_code == 403
    assert not LegalExemption.objects.exists()
