"""Adding and removing an authenticator app, and the recovery codes that come with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from conftest import Cast
from portico.accounts.models import Person
from portico.accounts.second_factor import app_codes
from portico.accounts.second_factor.factors import recovery_codes_of
from portico.accounts.second_factor.services import has_second_factor
from portico.accounts.second_factor.tests.conftest import (
    Ada,
    Clock,
    give,
    signed_in_with_password,
    with_password,
)
from portico.audit.models import AuditEntry
from tests.jobs import waiting
from tests.make import PASSWORD

Browse = Callable[..., Client]
BASE = "/settings/account/two-factor/"


@pytest.fixture
def ben(cast: Cast, browse: Browse, clock: Clock) -> tuple[Client, Person]:
    """Somebody who has just signed in with a password, and has no second factor."""
    person = with_password(cast.reviewer.person)
    return signed_in_with_password(browse(cast.acme), person), person


def seed_on(html: str) -> str:
    """The secret that a page offers for copying."""
    found = re.search(r'data-copy="([A-Z2-7]{32})"', html)
    assert found is not None
    return unescape(found.group(1))


def code_of(seed: str, clock: Clock) -> str:
    return app_codes.code_at(seed, app_codes.step_at(clock.at))


def test_an_app_is_added_by_a_code_and_recovery_codes_come_along(
    ben: tuple[Client, Person], clock: Clock
) -> None:
    client, person = ben
    page = client.get(f"{BASE}app/").content.decode()
    seed = seed_on(page)

    answer = client.post(f"{BASE}app/", {"code": code_of(seed, clock)})

    assert answer.headers["Location"] == f"{BASE}codes/"
    assert has_second_factor(person)
    shown = client.get(f"{BASE}codes/")
    assert "no-store" in shown.headers["Cache-Control"]
    for code in recovery_codes_of(person):
        assert code.text in shown.content.decode()
    actions = AuditEntry.objects.filter(actor_id=person.id).values_list("action", flat=True)
    assert {"account.authenticator_app_added", "account.recovery_codes_made"} <= set(actions)
    told = [job["notice"] for job in waiting("accounts.send_second_factor_notice")]
    assert told == ["app_added", "codes_made"]


def test_the_picture_is_drawn_without_style_and_script(ben: tuple[Client, Person]) -> None:
    client, _person = ben

    page = client.get(f"{BASE}app/").content.decode()

    drawn = page[page.index('<svg class="qr"') :]
    drawn = drawn[: drawn.index("</svg>")]
    assert "style" not in drawn
    assert "<script" not in drawn
    assert 'role="img"' in drawn


def test_a_wrong_code_keeps_the_secret_that_was_scanned(
    ben: tuple[Client, Person], clock: Clock
) -> None:
    client, person = ben
    seed = seed_on(client.get(f"{BASE}app/").content.decode())

    answer = client.post(f"{BASE}app/", {"code": "000000"})

    assert answer.status_code == 422
    assert "the clock of your phone" in answer.content.decode()
    assert seed_on(answer.content.decode()) == seed
    assert seed_on(client.get(f"{BASE}app/").content.decode()) == seed
    assert not has_second_factor(person)
    assert client.post(f"{BASE}app/", {"code": code_of(seed, clock)}).status_code == 302


def test_the_code_that_added_the_app_does_not_sign_in(
    ben: tuple[Client, Person], cast: Cast, browse: Browse, clock: Clock
) -> None:
    client, person = ben
    code = code_of(seed_on(client.get(f"{BASE}app/").content.decode()), clock)
    client.post(f"{BASE}app/", {"code": code})
    thief = browse(cast.acme)
    thief.post("/sign-in/", {"login": person.email, "password": PASSWORD})

    assert "was used already" in give(thief, code)


def test_turning_it_on_ends_sessions_that_began_without(
    ben: tuple[Client, Person], cast: Cast, browse: Browse, clock: Clock
) -> None:
    client, person = ben
    elsewhere = signed_in_with_password(browse(cast.acme), person)
    seed = seed_on(client.get(f"{BASE}app/").content.decode())

    client.post(f"{BASE}app/", {"code": code_of(seed, clock)})

    assert elsewhere.get("/console/").status_code == 302
    assert client.get("/console/").status_code == 200


def test_there_is_one_app_at_most(ada: Ada) -> None:
    client = ada.signed_in()

    assert client.get(f"{BASE}app/").status_code == 409
    assert client.post(f"{BASE}app/", {"code": ada.code()}).status_code == 409


def test_an_unverified_address_gets_no_second_factor(
    ben: tuple[Client, Person], clock: Clock
) -> None:
    client, person = ben
    Person.objects.filter(id=person.id).update(verified_at=None)

    assert client.get(f"{BASE}app/").status_code == 409
    assert client.get(f"{BASE}passkeys/new/").status_code == 409
    assert "Verify your email address first" in client.get(BASE).content.decode()


def test_without_the_app_the_password_alone_signs_in_again(ada: Ada) -> None:
    client = ada.signed_in()
    other = ada.signed_in()
    assert "only second factor" in client.get(f"{BASE}app/remove/").content.decode()

    answer = client.post(f"{BASE}app/remove/")

    assert answer.headers["Location"] == BASE
    assert not Authenticator.objects.filter(user=ada.person).exists()
    signed_in_with_password(ada.browse(ada.cast.acme), ada.person)
    assert other.get("/console/").status_code == 200
    assert AuditEntry.objects.filter(action="account.authenticator_app_removed").count() == 1
    assert client.post(f"{BASE}app/remove/").status_code == 404


def test_new_recovery_codes_end_the_old_ones(ada: Ada) -> None:
    client = ada.signed_in()
    old = ada.recovery_codes()

    answer = client.post(f"{BASE}codes/new/")

    assert answer.headers["Location"] == f"{BASE}codes/"
    new = ada.recovery_codes()
    assert not set(old) & set(new)
    assert "does not work" in give(ada.at_second_step(), old[0])
    assert give(ada.at_second_step(), new[0]) == "/signed-in/"


def test_codes_are_downloaded_without_those_that_are_used(ada: Ada) -> None:
    used, *unused = ada.recovery_codes()
    give(ada.at_second_step(), used)
    client = ada.signed_in()

    answer = client.get(f"{BASE}codes/download/")

    text = answer.content.decode()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert used not in text
    assert [line for line in text.splitlines() if re.fullmatch(r"\w{5}-\w{5}", line)] == unused


@pytest.mark.parametrize("page", ["codes/", "codes/download/", "app/remove/"])
def test_what_is_not_there_is_not_found(ben: tuple[Client, Person], page: str) -> None:
    client, _person = ben

    assert client.get(BASE + page).status_code == 404


def test_without_a_second_factor_there_are_no_recovery_codes(ben: tuple[Client, Person]) -> None:
    client, person = ben

    assert client.get(f"{BASE}codes/new/").status_code == 200
    assert client.post(f"{BASE}codes/new/").status_code == 409
    assert not Authenticator.objects.filter(user=person).exists()
    assert PASSWORD not in client.get(BASE).content.decode()
