"""Guessing codes: who may try how often, wherever they try."""

from __future__ import annotations

from django.test import Client

from conftest import Cast
from portico.accounts.second_factor.notices import Notice
from portico.accounts.second_factor.tests.conftest import Ada, give, with_password
from portico.audit.models import AuditEntry
from tests.jobs import waiting
from tests.make import PASSWORD, make_authenticator_app

WRONG = "This code does not work"
TOO_MANY = "too many wrong codes"


def fail(ada: Ada, times: int) -> None:
    client = ada.at_second_step()
    for _number in range(times):
        assert WRONG in give(client, "000000")


def test_after_five_wrong_codes_even_the_right_one_has_to_wait(ada: Ada) -> None:
    fail(ada, 5)

    client = ada.at_second_step()
    answer = client.post("/sign-in/second-factor/", {"code": ada.code()})
    assert answer.status_code == 429
    assert TOO_MANY in answer.content.decode()
    assert TOO_MANY in give(client, ada.recovery_codes()[0])

    ada.clock.pass_by(minutes=6)
    assert give(ada.at_second_step(), ada.code()) == "/signed-in/"


def test_a_right_code_ends_the_counting(ada: Ada) -> None:
    fail(ada, 4)
    assert give(ada.at_second_step(), ada.code()) == "/signed-in/"

    fail(ada, 4)
    ada.clock.pass_by(seconds=30)
    assert give(ada.at_second_step(), ada.code()) == "/signed-in/"


def test_failures_count_by_person_whatever_host_port_or_session(ada: Ada, cast: Cast) -> None:
    hosts = ("acme.localhost", "zenith.localhost:1", "ACME.localhost:2", "10.0.0.1", "localhost:9")

    for number, host in enumerate(hosts):
        client = Client(headers={"host": host}, REMOTE_ADDR=f"10.1.0.{number}")
        assert WRONG in give(ada.at_second_step(client), "000000")

    last = Client(headers={"host": "zenith.localhost:3"}, REMOTE_ADDR="10.1.1.1")
    assert TOO_MANY in give(ada.at_second_step(last), ada.code())


def test_twenty_wrong_codes_are_enough_for_a_day(ada: Ada) -> None:
    for _round in range(4):
        fail(ada, 5)
        ada.clock.pass_by(minutes=6)

    assert TOO_MANY in give(ada.at_second_step(), ada.code())
    ada.clock.pass_by(hours=24)
    assert give(ada.at_second_step(), ada.code()) == "/signed-in/"


def test_somebody_elses_failures_hold_nobody_up(ada: Ada, cast: Cast) -> None:
    other = with_password(cast.admin.person)
    make_authenticator_app(other)
    for number in range(6):
        client = Client(headers={"host": "acme.localhost"}, REMOTE_ADDR=f"10.2.0.{number}")
        client.post("/sign-in/", {"login": other.email, "password": PASSWORD})
        give(client, "000000")

    assert give(ada.at_second_step(), ada.code()) == "/signed-in/"


def test_each_wrong_code_is_recorded_where_the_person_is_a_member(ada: Ada, cast: Cast) -> None:
    fail(ada, 2)
    elsewhere = ada.at_second_step(ada.browse(cast.zenith))
    give(elsewhere, "000000")

    entries = AuditEntry.objects.filter(action="account.second_factor_failed").order_by("id")
    assert [entry.workspace_id for entry in entries] == [cast.acme.id, cast.acme.id, None]
    assert {entry.subject_id for entry in entries} == {str(ada.person.id)}
    assert "000000" not in str([entry.__dict__ for entry in entries])


def test_the_person_is_told_once_that_somebody_guesses(ada: Ada) -> None:
    fail(ada, 4)
    assert not told(ada, Notice.WRONG_CODES)

    fail(ada, 1)
    give(ada.at_second_step(), "000000")

    assert told(ada, Notice.WRONG_CODES) == 1


def test_confirming_counts_with_signing_in(ada: Ada) -> None:
    client = ada.signed_in()
    for _number in range(5):
        answer = client.post("/settings/account/reauthenticate/", {"code": "000000"})
        assert answer.status_code == 422

    answer = client.post("/settings/account/reauthenticate/", {"code": ada.code()})
    assert answer.status_code == 429
    assert TOO_MANY in give(ada.at_second_step(), ada.code())


def test_a_session_does_not_guess_the_password(ada: Ada, cast: Cast) -> None:
    client = ada.signed_in()
    for _number in range(5):
        answer = client.post("/settings/account/reauthenticate/", {"password": "a guess"})
        assert answer.status_code == 422

    answer = client.post("/settings/account/reauthenticate/", {"password": PASSWORD})

    assert answer.status_code == 429
    assert "Please wait five minutes" in answer.content.decode()


def told(ada: Ada, notice: Notice) -> int:
    """How many mails of this kind wait to be sent to Ada."""
    return sum(
        job["notice"] == notice and job["person_id"] == str(ada.person.id)
        for job in waiting("accounts.send_second_factor_notice")
    )
