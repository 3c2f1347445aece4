"""Confirming who one is, before what is protected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from conftest import Cast
from portico.accounts.second_factor.tests.conftest import (
    Ada,
    Clock,
    signed_in_with_password,
    with_password,
)
from tests.make import PASSWORD

Browse = Callable[..., Client]
BASE = "/settings/account/two-factor/"
CONFIRM = "/settings/account/reauthenticate/"
PROTECTED = ("app/remove/", "codes/", "codes/download/", "codes/new/", "passkeys/new/")


def asked(client: Client, path: str) -> bool:
    """Whether one is asked to confirm before this page."""
    answer = client.get(path)
    return bool(answer.status_code == 302 and answer.headers["Location"].startswith(CONFIRM))


@pytest.mark.parametrize("page", PROTECTED)
def test_a_session_that_was_left_open_is_asked_first(ada: Ada, page: str) -> None:
    client = ada.signed_in()
    assert not asked(client, BASE + page)

    ada.clock.pass_by(minutes=5)

    assert asked(client, BASE + page)
    assert not asked(client, BASE)


@pytest.mark.parametrize(
    "page", ["app/remove/", "codes/new/", "passkeys/new/", "passkeys/new/options/"]
)
def test_a_form_is_not_accepted_either_and_changes_nothing(ada: Ada, page: str) -> None:
    client = ada.signed_in()
    before = ada.recovery_codes()
    ada.clock.pass_by(minutes=6)

    answer = client.post(BASE + page, headers={"referer": f"http://acme.localhost:8000{BASE}"})

    assert answer.headers["Location"] == f"{CONFIRM}?next=%2Fsettings%2Faccount%2Ftwo-factor%2F"
    assert ada.recovery_codes() == before


def test_a_script_is_told_in_words(ada: Ada) -> None:
    client = ada.signed_in()
    ada.clock.pass_by(minutes=6)

    answer = client.post(f"{BASE}passkeys/new/options/", headers={"accept": "application/json"})

    assert answer.status_code == 403
    assert "Reload the page" in answer.json()["message"]


@pytest.mark.parametrize("way", ["password", "code", "recovery"])
def test_any_of_what_one_has_confirms_for_five_minutes(ada: Ada, way: str) -> None:
    client = ada.signed_in()
    ada.clock.pass_by(minutes=10)
    sent = {
        "password": {"password": PASSWORD},
        "code": {"code": ada.code()},
        "recovery": {"code": ada.recovery_codes()[0]},
    }[way]

    answer = client.post(CONFIRM, {**sent, "next": f"{BASE}codes/"})

    assert answer.headers["Location"] == f"{BASE}codes/"
    assert not asked(client, f"{BASE}codes/")
    ada.clock.pass_by(minutes=5)
    assert asked(client, f"{BASE}codes/")


def test_confirming_in_one_browser_confirms_in_no_other(ada: Ada) -> None:
    first, second = ada.signed_in(), ada.signed_in()
    ada.clock.pass_by(minutes=10)

    first.post(CONFIRM, {"password": PASSWORD})

    assert not asked(first, f"{BASE}codes/")
    assert asked(second, f"{BASE}codes/")


@pytest.mark.parametrize("sent", [{}, {"password": "wrong"}, {"password": ""}, {"code": "000000"}])
def test_what_is_wrong_is_said_and_confirms_nothing(ada: Ada, sent: dict[str, str]) -> None:
    client = ada.signed_in()
    ada.clock.pass_by(minutes=10)

    answer = client.post(CONFIRM, sent)

    assert answer.status_code == 422
    assert asked(client, f"{BASE}codes/")
    assert 'value="wrong"' not in answer.content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_confirming_leads_to_no_other_site(ada: Ada, target: str) -> None:
    client = ada.signed_in()

    answer = client.post(CONFIRM, {"password": PASSWORD, "next": target})

    assert answer.headers["Location"] == BASE


def test_a_handed_over_session_has_not_confirmed(cast: Cast, browse: Browse, clock: Clock) -> None:
    person = with_password(cast.developer.person)
    carried = browse(cast.acme, cast.developer)  # as after a handoff: nothing was shown here

    assert asked(carried, f"{BASE}app/")
    assert not asked(signed_in_with_password(browse(cast.acme), person), f"{BASE}app/")


def test_who_has_no_password_and_no_factor_is_told_to_sign_in_anew(
    cast: Cast, browse: Browse
) -> None:
    client = browse(cast.acme, cast.developer)

    html = client.get(CONFIRM).content.decode()

    assert "You have no password here" in html
    assert 'name="password"' not in html


def test_time_that_runs_backwards_confirms_nothing(ada: Ada) -> None:
    client = ada.signed_in()

    ada.clock.pass_by(seconds=-timedelta(hours=1).total_seconds())

    assert asked(client, f"{BASE}codes/")


def test_an_odd_referer_breaks_nothing(ada: Ada) -> None:
    client = ada.signed_in()
    ada.clock.pass_by(minutes=6)

    for referer in ("http://[", "http://acme.localhost:8000//evil.example/x"):
        path = "/settings/account/two-factor/codes/new/"
        answer = client.post(path, headers={"referer": referer}, follow=True)
        assert answer.status_code == 200
        assert "evil.example" not in answer.content.decode()
