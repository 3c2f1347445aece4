"""Passkeys of other hosts and origins, replayed answers, junk."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from conftest import Cast
from portico.accounts.models import Person
from portico.accounts.second_factor.tests.conftest import (
    Ada,
    Clock,
    add_passkey,
    passkey_of,
    signed_in_with_password,
    with_password,
)
from tests.make import PASSWORD, make_member
from tests.passkeys import SoftPasskey

Browse = Callable[..., Client]
BASE = "/settings/account/two-factor/"
Held = tuple[Client, Person, SoftPasskey]


@pytest.fixture
def held(cast: Cast, browse: Browse, clock: Clock) -> Held:
    """Somebody who is signed in at acme's host and has added a passkey there."""
    person = with_password(cast.operator.person)
    client = signed_in_with_password(browse(cast.acme), person)
    passkey = passkey_of(person)
    add_passkey(client, passkey)
    return client, person, passkey


def options_of(client: Client) -> Any:
    return client.post("/sign-in/passkey/options/").json()


def leads(client: Client, credential: str) -> str:
    """Where signing in with this answer leads: to sign-in means that it was refused."""
    return str(client.post("/sign-in/passkey/", {"credential": credential}).headers["Location"])


ELSEWHERE: tuple[dict[str, str], ...] = (
    {"origin": "https://acme.localhost:8000"},
    {"origin": "http://acme.localhost"},
    {"origin": "http://acme.localhost:8001"},
    {"origin": "http://evil.acme.localhost:8000"},
    {"origin": "http://acme.localhost:8000.evil.example"},
    {"origin": "http://zenith.localhost:8000"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"host": "zenith.localhost"},
    {"host": "localhost"},
    {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    {"challenge": ""},
    {"kind": "webauthn.create"},
)


def test_what_was_signed_for_elsewhere_is_refused(held: Held, cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)

    for odd in ELSEWHERE:
        assert leads(client, held[2].shown(options_of(client), **odd)) == "/sign-in/", odd

    assert client.get("/console/").status_code == 302
    assert leads(client, held[2].shown(options_of(client))) == "/signed-in/"


@pytest.mark.parametrize("odd", [{"origin": "http://evil.acme.localhost:8000"}, {"host": "evil"}])
def test_nor_is_a_passkey_added_that_was_made_elsewhere(held: Held, odd: dict[str, str]) -> None:
    client, person, _passkey = held
    options = client.post(f"{BASE}passkeys/new/options/").json()

    made = passkey_of(person).made(options, **odd)
    answer = client.post(f"{BASE}passkeys/new/", {"name": "Bad", "credential": made})

    assert answer.status_code == 422
    assert Authenticator.objects.filter(user=person, type="webauthn").count() == 1


def test_an_answer_is_good_once(held: Held, cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)
    answer = held[2].shown(options_of(client))
    assert leads(client, answer) == "/signed-in/"

    client.post("/sign-out/")

    assert leads(client, answer) == "/sign-in/"


def test_and_in_the_session_that_was_asked_alone(held: Held, cast: Cast, browse: Browse) -> None:
    victim, thief = browse(cast.acme), browse(cast.acme)
    answer = held[2].shown(options_of(victim))
    options_of(thief)

    assert leads(thief, answer) == "/sign-in/"
    assert leads(browse(cast.acme), answer) == "/sign-in/"


def test_a_wrong_answer_uses_the_challenge_up(held: Held, cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)
    right = held[2].shown(options_of(client))

    assert leads(client, "{}") == "/sign-in/"
    assert leads(client, right) == "/sign-in/"


def test_a_challenge_waits_five_minutes(
    held: Held, cast: Cast, browse: Browse, clock: Clock
) -> None:
    client = browse(cast.acme)
    answer = held[2].shown(options_of(client))

    clock.pass_by(minutes=5, seconds=1)

    assert leads(client, answer) == "/sign-in/"


def test_a_challenge_for_one_thing_is_good_for_no_other(
    held: Held, cast: Cast, browse: Browse
) -> None:
    _client, person, passkey = held
    client = browse(cast.acme)
    client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    as_second = client.post("/sign-in/second-factor/options/").json()

    assert leads(client, passkey.shown(as_second)) == "/sign-in/"
    alone = options_of(client)
    answer = client.post("/sign-in/second-factor/", {"credential": passkey.shown(alone)})
    assert answer.status_code == 422


def test_a_passkey_of_another_host_is_not_offered_and_does_not_work(
    held: Held, cast: Cast, browse: Browse
) -> None:
    _client, person, passkey = held
    make_member(cast.zenith, person=person)
    client = browse(cast.zenith)
    client.post("/sign-in/", {"login": person.email, "password": PASSWORD})

    page = client.get("/sign-in/second-factor/").content.decode()
    options = client.post("/sign-in/second-factor/options/").json()
    there = {"host": "zenith.localhost", "origin": "http://zenith.localhost:8000"}
    answer = client.post("/sign-in/second-factor/", {"credential": passkey.shown(options, **there)})

    assert "Your passkeys do not work at zenith.localhost" in page
    assert "acme.localhost" in page
    assert "Give a recovery code here" in page
    assert "Use a passkey" not in page
    assert not options["publicKey"].get("allowCredentials")
    assert answer.status_code == 422
    assert client.get("/console/").status_code == 302


def test_somebody_elses_passkey_is_no_second_factor(held: Held, ada: Ada) -> None:
    client = ada.at_second_step()
    options = client.post("/sign-in/second-factor/options/").json()

    answer = client.post("/sign-in/second-factor/", {"credential": held[2].shown(options)})

    assert answer.status_code == 422
    assert client.get("/console/").status_code == 302


def test_a_handle_of_somebody_else_does_not_make_one_them(
    held: Held, cast: Cast, browse: Browse
) -> None:
    passkey = held[2]
    for handle in (cast.admin.person.id.bytes, b"", b"\0" * 16, b"x" * 64):
        passkey.user_handle = handle
        client = browse(cast.acme)
        assert leads(client, passkey.shown(options_of(client))) == "/sign-in/"


def test_a_closed_account_is_not_opened_by_a_passkey(
    held: Held, cast: Cast, browse: Browse
) -> None:
    Person.objects.filter(id=held[1].id).update(is_active=False)
    client = browse(cast.acme)

    assert leads(client, held[2].shown(options_of(client))) == "/account/inactive/"
    assert client.get("/console/").status_code == 302


JUNK = [
    "", "null", "[]", "1", '"text"', "{", "[" * 100_000, "\0", "{}" * 40_000,
    '{"id": 1}', '{"rawId": null, "response": []}', '{"rawId": "AA", "response": {}}',
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {
        "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA",
        "attestationObject": "oA", "userHandle": "AAAAAAAAAAAAAAAAAAAAAA"}}),
    json.dumps({"id": "é", "rawId": "é", "type": "x", "response": {
        "clientDataJSON": "é", "authenticatorData": {}, "signature": [], "attestationObject": 7}}),
]  # fmt: skip


def test_junk_is_refused_politely_everywhere(held: Held, cast: Cast, browse: Browse) -> None:
    client, stranger = held[0], browse(cast.acme)

    for junk in JUNK:
        options_of(stranger)
        assert leads(stranger, junk) == "/sign-in/", junk[:80]
        client.post(f"{BASE}passkeys/new/options/")
        added = client.post(f"{BASE}passkeys/new/", {"name": "Junk", "credential": junk})
        assert added.status_code == 422, junk[:80]

    for junk in JUNK[:3]:
        client.post("/settings/account/reauthenticate/options/")
        sent = {"credential": junk}
        answer = client.post("/settings/account/reauthenticate/", sent)
        assert answer.status_code == 422, junk[:80]
