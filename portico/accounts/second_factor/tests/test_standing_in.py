"""What stands in for the second factor at one host, and that it carries no further."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import path

from conftest import Cast
from portico.accounts.second_factor import stages
from portico.accounts.second_factor.stages import (
    Exemption,
    at_second_factor,
    exemption_of,
    pass_stage,
    person_at_stage,
    register_exemption,
)
from portico.accounts.second_factor.tests.conftest import Ada, add_passkey, passkey_of
from portico.config.urls import tenant
from portico.kernel.access import public
from portico.workspaces import handoffs
from portico.workspaces.handoffs import HandoffOver
from tests.make import PASSWORD, make_authenticator_app, make_member

Browse = Callable[..., Client]
CONFIRM = "/settings/account/reauthenticate/"


@public("A proof for this test.")
@at_second_factor
def proof(request: HttpRequest) -> HttpResponseBase:
    """Takes any word for it."""
    assert person_at_stage(request).email
    return pass_stage(request, "mailed-code")


class Urls:
    """All addresses, and that of the proof."""

    urlpatterns = [path("proof/", proof, name="proof"), *tenant.urlpatterns]  # noqa: RUF012
    handler403, handler404 = tenant.handler403, tenant.handler404


@pytest.fixture
def exempted(ada: Ada, settings: Any, cast: Cast) -> Iterator[Ada]:
    """Ada, for whom something stands in at acme's host."""
    settings.ROOT_URLCONF = Urls
    acme = cast.acme.id
    before = list(stages._exemptions)
    register_exemption(
        Exemption(
            "mailed-code",
            lambda request, person: (
                person.id == ada.person.id and request.workspace.id == acme  # type: ignore[attr-defined]
            ),
            "proof",
        )
    )
    yield ada
    stages._exemptions[:] = before


def signed_in_by_proof(ada: Ada) -> Client:
    client = ada.browse(ada.cast.acme)
    answer = client.post("/sign-in/", {"login": ada.person.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/proof/"
    assert client.get("/console/").status_code == 302
    assert client.get("/proof/").headers["Location"] == "/signed-in/"
    return client


def test_a_proof_stands_in_where_it_applies_and_nowhere_else(exempted: Ada, cast: Cast) -> None:
    client = signed_in_by_proof(exempted)

    assert client.get("/console/").status_code == 200
    exempted.at_second_step(exempted.browse(cast.zenith))


def test_the_page_of_a_proof_is_for_who_gave_the_password(exempted: Ada, cast: Cast) -> None:
    client = exempted.browse(cast.acme)

    assert client.get("/proof/").headers["Location"] == "/sign-in/"
    assert client.get("/console/").status_code == 302


def test_such_a_session_carries_over_to_no_other_workspace(exempted: Ada, cast: Cast) -> None:
    make_member(cast.zenith, person=exempted.person)
    by_proof, in_full = signed_in_by_proof(exempted), exempted.browse(cast.acme)
    stages._exemptions.clear()
    exempted.at_second_step(in_full)
    in_full.post("/sign-in/second-factor/", {"code": exempted.code()})

    assert "token=" not in by_proof.post("/switch/zenith/").content.decode()
    assert "token=" in in_full.post("/switch/zenith/").content.decode()


def test_such_a_session_changes_no_second_factor_before_a_real_one_is_shown(
    exempted: Ada,
) -> None:
    client = signed_in_by_proof(exempted)
    codes = "/settings/account/two-factor/codes/"
    assert client.get(codes).headers["Location"].startswith(CONFIRM)
    assert 'name="password"' not in client.get(CONFIRM).content.decode()

    client.post(CONFIRM, {"password": PASSWORD, "next": codes})
    assert client.get(codes).headers["Location"].startswith(CONFIRM)
    client.post(CONFIRM, {"code": exempted.code(), "next": codes})

    assert client.get(codes).status_code == 200


def test_a_session_with_both_factors_bears_no_such_mark(ada: Ada) -> None:
    client = ada.signed_in()
    request = RequestFactory().get("/")
    request.session = client.session

    assert exemption_of(request) == ""


def test_a_handoff_from_before_two_factor_sign_in_was_on_is_over(cast: Cast, ada: Ada) -> None:
    member = make_member(cast.zenith, person=cast.reviewer.person)
    at = ada.clock.at
    secret = handoffs.offer(
        cast.reviewer.person, "zenith", host_of_slug="zenith.localhost:8000", at=at
    )
    handoffs.look_at(secret, host="zenith.localhost:8000", at=at)

    make_authenticator_app(member.person, at=ada.clock.pass_by(seconds=5))

    with pytest.raises(HandoffOver):
        handoffs.look_at(secret, host="zenith.localhost:8000", at=ada.clock.at)


def test_one_from_a_session_with_both_factors_counts(ada: Ada, cast: Cast) -> None:
    make_member(cast.zenith, person=ada.person)
    client = ada.signed_in()
    page = client.post("/switch/zenith/").content.decode()
    token = page.split("token=")[1].split('"')[0].split("&")[0]

    there = ada.browse(cast.zenith)
    there.post("/handoff/", {"token": token})

    assert there.get("/console/").status_code == 200
    answer = there.get("/settings/account/two-factor/codes/")
    assert answer.headers["Location"].startswith(CONFIRM)


def test_a_passkey_alone_needs_no_proof_besides(exempted: Ada, cast: Cast) -> None:
    stood_in = signed_in_by_proof(exempted)
    stood_in.post(CONFIRM, {"code": exempted.code()})
    passkey = passkey_of(exempted.person)
    add_passkey(stood_in, passkey)
    client = exempted.browse(cast.acme)
    options = client.post("/sign-in/passkey/options/").json()

    client.post("/sign-in/passkey/", {"credential": passkey.shown(options)})

    assert client.get("/settings/account/two-factor/codes/").status_code == 200
