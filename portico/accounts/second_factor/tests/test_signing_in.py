"""The second step of a sign-in, by code."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from conftest import Cast
from portico.accounts.password_links import password_path
from portico.accounts.second_factor.factors import recovery_codes_of
from portico.accounts.second_factor.tests.conftest import Ada, give
from portico.audit.models import AuditEntry
from tests.make import PASSWORD, make_authenticator_app

Browse = Callable[..., Client]
WRONG = "This code does not work"
USED = "was used already"
TOO_MANY = "too many wrong codes"


def is_signed_in(client: Client) -> bool:
    return client.get("/console/").status_code == 200


def test_the_password_alone_signs_nobody_in_who_has_a_second_factor(ada: Ada) -> None:
    client = ada.at_second_step()

    assert not is_signed_in(client)
    assert "authenticator app" in client.get("/sign-in/second-factor/").content.decode()


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_the_code_of_the_app_signs_in_also_where_clocks_differ(ada: Ada, steps: int) -> None:
    client = ada.at_second_step()

    assert give(client, ada.code(steps=steps)) == "/signed-in/"
    assert is_signed_in(client)


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_a_code_of_another_time_does_not(ada: Ada, steps: int) -> None:
    client = ada.at_second_step()

    assert WRONG in give(client, ada.code(steps=steps))
    assert not is_signed_in(client)


@pytest.mark.parametrize("typed", ["{} ", " {}", "{}-"])
def test_a_code_may_be_typed_with_spaces(ada: Ada, typed: str) -> None:
    client = ada.at_second_step()

    assert give(client, typed.format(f"{ada.code()[:3]} {ada.code()[3:]}")) == "/signed-in/"


@pytest.mark.parametrize(
    "code", ["", " ", "12345", "1234567", "x" * 10_000, "000000\0", "\N{SNOWMAN}", "१२३४५६"]
)
def test_what_is_no_code_is_refused_politely(ada: Ada, code: str) -> None:
    client = ada.at_second_step()

    answer = client.post("/sign-in/second-factor/", {"code": code})

    assert answer.status_code == 422
    assert WRONG in answer.content.decode()


def test_a_code_works_once_and_older_ones_not_after_it(ada: Ada) -> None:
    give(ada.at_second_step(), ada.code())

    assert USED in give(ada.at_second_step(), ada.code())
    assert USED in give(ada.at_second_step(), ada.code(steps=-1))
    ada.clock.pass_by(seconds=30)
    assert USED in give(ada.at_second_step(), ada.code(steps=-1))
    assert give(ada.at_second_step(), ada.code()) == "/signed-in/"


def test_each_recovery_code_works_once_however_it_is_written(ada: Ada) -> None:
    first, second, *_rest = ada.recovery_codes()

    assert give(ada.at_second_step(), first) == "/signed-in/"
    assert WRONG in give(ada.at_second_step(), first)
    assert give(ada.at_second_step(), second.upper().replace("-", " ")) == "/signed-in/"

    entries = AuditEntry.objects.filter(action="account.recovery_code_used")
    assert entries.count() == 2
    assert {entry.workspace_id for entry in entries} == {ada.cast.acme.id}


def test_somebody_elses_recovery_code_is_worth_nothing(ada: Ada, cast: Cast) -> None:
    make_authenticator_app(cast.admin.person)
    theirs = recovery_codes_of(cast.admin.person)[0].text

    assert WRONG in give(ada.at_second_step(), theirs)
    assert not recovery_codes_of(cast.admin.person)[0].is_used


def test_the_second_step_is_for_who_gave_the_password(cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)

    assert client.get("/sign-in/second-factor/").headers["Location"] == "/sign-in/"
    assert client.post("/sign-in/second-factor/", {"code": "1"}).headers["Location"] == "/sign-in/"
    assert client.post("/sign-in/second-factor/options/").headers["Location"] == "/sign-in/"


def test_the_second_step_waits_a_quarter_of_an_hour(ada: Ada) -> None:
    client = ada.at_second_step()

    ada.clock.pass_by(minutes=16)

    assert give(client, ada.code()) == "/sign-in/"
    assert not is_signed_in(client)


def test_the_session_gets_a_new_key_at_each_step(ada: Ada) -> None:
    planted = ada.browse(ada.cast.acme)
    session = planted.session
    session["from"] = "an attacker"
    session.save()
    keys = [str(session.session_key)]
    planted.cookies["portico-session"] = keys[0]

    ada.at_second_step(planted)
    keys.append(planted.cookies["portico-session"].value)
    give(planted, ada.code())
    keys.append(planted.cookies["portico-session"].value)

    assert len(set(keys)) == 3
    for key in keys[:2]:
        thief = ada.browse(ada.cast.acme)
        thief.cookies["portico-session"] = key
        assert thief.get("/sign-in/second-factor/").headers["Location"] == "/sign-in/"
        assert not is_signed_in(thief)


def test_a_sign_in_under_way_is_worth_nothing_on_another_host(ada: Ada) -> None:
    client = ada.at_second_step()
    carried = ada.browse(ada.cast.zenith)
    carried.cookies["portico-session"] = client.cookies["portico-session"].value

    assert give(carried, ada.code()) == "/sign-in/"
    assert carried.get("/console/").status_code == 302


def test_a_sign_in_under_way_ends_with_the_password_that_began_it(ada: Ada) -> None:
    thief = ada.at_second_step()

    ada.person.set_password("another one entirely")
    ada.person.save()

    assert give(thief, ada.code()) == "/sign-in/"


def test_a_closed_account_does_not_get_past_the_second_step(ada: Ada) -> None:
    client = ada.at_second_step()

    ada.person.is_active = False
    ada.person.save()

    assert give(client, ada.code()) == "/sign-in/"
    assert not is_signed_in(client)


def test_people_land_where_they_wanted_to_go(ada: Ada) -> None:
    client = ada.browse(ada.cast.acme)
    typed = {"login": ada.person.email, "password": PASSWORD, "next": "/settings/account/"}
    client.post("/sign-in/", typed)

    assert give(client, ada.code()) == "/settings/account/"


def test_a_password_chosen_by_a_link_does_not_skip_the_second_factor(ada: Ada) -> None:
    client = ada.browse(ada.cast.acme)
    form = client.get(password_path(ada.person)).headers["Location"]
    chosen = {"password1": "a new one for Ada", "password2": "a new one for Ada"}
    client.post(form, chosen)

    assert not is_signed_in(client)
    answer = client.post("/sign-in/", {"login": ada.person.email, "password": chosen["password1"]})
    assert answer.headers["Location"] == "/sign-in/second-factor/"
