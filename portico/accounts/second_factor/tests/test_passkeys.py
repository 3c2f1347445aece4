"""Passkeys: the ceremonies as they should go, by a device that a test holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.accounts.models import Person
from portico.accounts.second_factor.changing import LONGEST_NAME, MOST_PASSKEYS
from portico.accounts.second_factor.tests.conftest import (
    Ada,
    Clock,
    add_passkey,
    passkey_of,
    signed_in_with_password,
    with_password,
)
from portico.audit.models import AuditEntry
from tests.jobs import waiting
from tests.make import PASSWORD
from tests.passkeys import SoftPasskey

Browse = Callable[..., Client]
BASE = "/settings/account/two-factor/"
REFUSED = "This passkey does not work here"


@pytest.fixture
def held(cast: Cast, browse: Browse, clock: Clock) -> tuple[Client, Person, SoftPasskey]:
    """Somebody who is signed in and has added a passkey; and the device that holds it."""
    person = with_password(cast.operator.person)
    client = signed_in_with_password(browse(cast.acme), person)
    passkey = passkey_of(person)
    assert add_passkey(client, passkey).headers["Location"] == f"{BASE}codes/"
    return client, person, passkey


Held = tuple[Client, Person, SoftPasskey]


def sign_in_with(client: Client, passkey: SoftPasskey, **odd: str) -> str:
    """Sign in with a passkey alone; returns where it leads."""
    options = client.post("/sign-in/passkey/options/").json()
    answer = client.post("/sign-in/passkey/", {"credential": passkey.shown(options, **odd)})
    return str(answer.headers["Location"])


def is_signed_in(client: Client) -> bool:
    return client.get("/console/").status_code == 200


def test_a_passkey_is_added_with_the_host_it_belongs_to(held: Held) -> None:
    client, person, _passkey = held

    page = client.get(BASE).content.decode()

    assert "Laptop" in page
    assert "acme.localhost" in page
    assert "Not at this host" not in page
    assert AuditEntry.objects.filter(action="account.passkey_added").count() == 1
    told = [job["notice"] for job in waiting("accounts.send_second_factor_notice")]
    assert told == ["passkey_added", "codes_made"]
    assert str(person.id) not in page


def test_a_passkey_signs_in_alone(held: Held, cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)

    assert sign_in_with(client, held[2]) == "/signed-in/"
    assert is_signed_in(client)
    assert client.get(f"{BASE}codes/").status_code == 200  # which confirms, too


def test_a_passkey_is_the_second_factor_after_the_password(
    held: Held, cast: Cast, browse: Browse
) -> None:
    client, (_client, person, passkey) = browse(cast.acme), held
    passkey.knows_its_holder = False
    client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    options = client.post("/sign-in/second-factor/options/").json()
    assert [one["id"] for one in options["publicKey"]["allowCredentials"]]

    answer = client.post("/sign-in/second-factor/", {"credential": passkey.shown(options)})

    assert answer.headers["Location"] == "/signed-in/"
    assert is_signed_in(client)


def test_alone_it_has_to_know_its_holder(held: Held, cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)
    held[2].knows_its_holder = False
    options = client.post("/sign-in/passkey/options/").json()
    assert options["publicKey"]["userVerification"] == "required"

    answer = client.post("/sign-in/passkey/", {"credential": held[2].shown(options)}, follow=True)

    assert REFUSED in answer.content.decode()
    assert not is_signed_in(client)


def test_a_passkey_confirms(held: Held, clock: Clock) -> None:
    client, _person, passkey = held
    clock.pass_by(minutes=10)
    options = client.post("/settings/account/reauthenticate/options/").json()

    sent = {"credential": passkey.shown(options), "next": f"{BASE}codes/"}
    answer = client.post("/settings/account/reauthenticate/", sent)

    assert answer.headers["Location"] == f"{BASE}codes/"


def test_people_land_where_they_wanted_to_go_and_on_no_other_site(
    held: Held, cast: Cast, browse: Browse
) -> None:
    for wanted, leads in (
        ("/console/audit/", "/console/audit/"),
        ("//evil.example", "/signed-in/"),
    ):
        client = browse(cast.acme)
        options = client.post("/sign-in/passkey/options/").json()
        sent = {"credential": held[2].shown(options), "next": wanted}
        assert client.post("/sign-in/passkey/", sent).headers["Location"] == leads


def test_a_passkey_is_renamed_and_removed(held: Held, cast: Cast, browse: Browse) -> None:
    client, person, passkey = held
    row = Authenticator.objects.get(user=person, type="webauthn")

    client.post(f"{BASE}passkeys/{row.id}/name/", {"name": "  Work   phone "})
    assert "Work phone" in client.get(BASE).content.decode()
    assert "only second factor" in client.get(f"{BASE}passkeys/{row.id}/remove/").content.decode()
    client.post(f"{BASE}passkeys/{row.id}/remove/")

    assert not Authenticator.objects.filter(user=person).exists()
    assert sign_in_with(browse(cast.acme), passkey) == "/sign-in/"
    actions = AuditEntry.objects.filter(subject_id=str(person.id)).values_list("action", flat=True)
    assert {"account.passkey_renamed", "account.passkey_removed"} <= set(actions)


@pytest.mark.parametrize("name", ["", "   ", "x" * (LONGEST_NAME + 1), "\u202egnol", "a\0b"])
def test_a_name_has_to_name_something(held: Held, name: str) -> None:
    client, person, _passkey = held
    row = Authenticator.objects.get(user=person, type="webauthn")

    answer = client.post(f"{BASE}passkeys/{row.id}/name/", {"name": name})

    assert answer.status_code == 422
    row.refresh_from_db()
    assert row.data["name"] == "Laptop"


@pytest.mark.parametrize("what", ["name", "remove"])
def test_somebody_elses_passkey_is_not_there(held: Held, ada: Ada, what: str) -> None:
    theirs = Authenticator.objects.get(user=held[1], type="webauthn")
    path = f"{BASE}passkeys/{theirs.id}/{what}/"
    client = ada.signed_in()

    assert client.get(path).status_code == 404
    assert client.post(path, {"name": "Mine now"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.data["name"] == "Laptop"


def test_the_same_device_is_not_added_twice(held: Held) -> None:
    client, _person, passkey = held
    options = client.post(f"{BASE}passkeys/new/options/").json()
    assert len(options["publicKey"]["excludeCredentials"]) == 1

    answer = client.post(
        f"{BASE}passkeys/new/", {"name": "Again", "credential": passkey.made(options)}
    )

    assert answer.status_code == 422
    assert "added already" in answer.content.decode()


def test_nobody_adds_passkeys_without_end(held: Held) -> None:
    client, person, _passkey = held
    row = Authenticator.objects.get(user=person, type="webauthn")
    data = {**row.data, "host": "elsewhere.example.com"}
    Authenticator.objects.bulk_create(
        Authenticator(user=person, type="webauthn", data=data) for _n in range(MOST_PASSKEYS - 1)
    )

    answer = add_passkey(client, passkey_of(person, host="acme.localhost"))

    assert "20 passkeys at most" in answer.content.decode()


def test_renaming_keeps_the_counter_of_a_passkey_that_is_used_meanwhile(held: Held) -> None:
    (row,) = Authenticator.objects.filter(user=held[1], type="webauthn")

    with CaptureQueriesContext(connection) as queries:
        held[0].post(f"{BASE}passkeys/{row.id}/name/", {"name": "Old laptop"})

    # Counter and name stand in one column: who writes it has locked it.
    reads = [one["sql"] for one in queries if '"mfa_authenticator"."id" = ' in one["sql"]]
    assert [sql for sql in reads if sql.startswith("SELECT") and sql.endswith("FOR UPDATE")]
    row.refresh_from_db()
    assert row.data["name"] == "Old laptop"


def test_a_copied_passkey_betrays_itself(held: Held, cast: Cast, browse: Browse) -> None:
    passkey = held[2]
    copied = replace(passkey)
    passkey.counter = 7
    assert sign_in_with(browse(cast.acme), passkey) == "/signed-in/"

    for counter in (0, 6, 7):
        copied.counter = counter
        assert sign_in_with(browse(cast.acme), copied) == "/sign-in/"
    passkey.counter = 8
    assert sign_in_with(browse(cast.acme), passkey) == "/signed-in/"


def test_the_page_costs_the_same_however_many_passkeys_there_are(
    held: Held,
) -> None:
    client, person, _passkey = held
    for _warming in range(2):
        client.get(BASE)
    with CaptureQueriesContext(connection) as one:
        client.get(BASE)
    row = Authenticator.objects.get(user=person, type="webauthn")
    Authenticator.objects.bulk_create(
        Authenticator(user=person, type="webauthn", data=row.data) for _n in range(10)
    )

    with CaptureQueriesContext(connection) as eleven:
        client.get(BASE)

    assert len(one) == len(eleven)
