from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import NoReverseMatch, reverse

from conftest import Cast
from portico.accounts.models import Person
from portico.audit.models import AuditEntry
from portico.kernel.clock import now
from tests.make import PASSWORD, make_member, make_person

Browse = Callable[..., Client]
WRONG = "do not belong together"
TOO_MANY = "too many attempts"


@pytest.fixture(autouse=True)
def password(cast: Cast) -> None:
    """The developer has a password."""
    cast.developer.person.set_password(PASSWORD)
    cast.developer.person.save()


def sign_in(
    client: Client, email: str = "developer@acme.example.com", password: str = PASSWORD, **more: str
) -> str:
    """Send the form; returns where it leads, or the page."""
    answer = client.post("/sign-in/", {"login": email, "password": password, **more})
    return answer.headers.get("Location") or answer.content.decode()


@pytest.mark.parametrize(
    "email",
    ["developer@acme.example.com", "Developer@Acme.Example.COM", "  developer@acme.example.com "],
)
def test_people_sign_in_however_they_write_their_address(
    cast: Cast, browse: Browse, email: str
) -> None:
    client = browse(cast.acme)

    assert sign_in(client, email) == "/signed-in/"
    assert client.get("/signed-in/").headers["Location"] == "/console/"
    assert client.get("/console/").status_code == 200


def test_who_has_no_account_is_told_the_same_as_who_mistyped_a_password(
    cast: Cast, browse: Browse
) -> None:
    mistyped = sign_in(browse(cast.acme), password="wrong")
    unknown = sign_in(browse(cast.acme), "stranger@example.com", password="wrong")
    without_password = sign_in(browse(cast.acme), "operator@acme.example.com", password="wrong")

    assert WRONG in mistyped
    assert WRONG in unknown
    assert WRONG in without_password


def test_a_wrong_password_is_not_echoed(cast: Cast, browse: Browse) -> None:
    assert "battery-staple" not in sign_in(browse(cast.acme), password="battery-staple")


def test_the_session_is_another_one_after_signing_in(cast: Cast, browse: Browse) -> None:
    planted = browse(cast.acme)
    session = planted.session
    session["from"] = "an attacker"
    session.save()
    before = str(session.session_key)
    planted.cookies["portico-session"] = before

    sign_in(planted)

    assert planted.cookies["portico-session"].value != before
    thief = Client(headers={"host": "acme.localhost:8000"})
    thief.cookies["portico-session"] = before
    assert thief.get("/console/").status_code == 302


def test_after_five_failures_an_address_has_to_wait(cast: Cast, browse: Browse) -> None:
    for _attempt in range(5):
        assert WRONG in sign_in(browse(cast.acme), password="wrong")

    assert TOO_MANY in sign_in(browse(cast.acme), password=PASSWORD)
    with time_machine.travel(now() + timedelta(minutes=6)):
        assert sign_in(browse(cast.acme)) == "/signed-in/"


def test_failures_count_by_address_whatever_host_port_or_case_is_used(cast: Cast) -> None:
    hosts = (
        "acme.localhost",
        "zenith.localhost:1",
        "ACME.localhost:2",
        "10.0.0.1",
        "acme.localhost.",
    )

    for number, host in enumerate(hosts):
        email = "developer@acme.example.com".title() if number % 2 else "developer@acme.example.com"
        assert WRONG in sign_in(Client(headers={"host": host}), email, "wrong")

    assert TOO_MANY in sign_in(Client(headers={"host": "acme.localhost:8000"}))


def test_failures_at_one_address_do_not_hold_up_another(cast: Cast, browse: Browse) -> None:
    for _attempt in range(6):
        sign_in(browse(cast.acme), "stranger@example.com", password="wrong")

    assert sign_in(browse(cast.acme)) == "/signed-in/"


def test_one_who_tries_many_addresses_has_to_wait(cast: Cast, browse: Browse) -> None:
    for number in range(10):
        sign_in(browse(cast.acme), f"stranger-{number}@example.com", password="wrong")

    assert TOO_MANY in sign_in(browse(cast.acme), "another@example.com", password="wrong")


def test_who_asks_too_often_gets_a_page_in_the_brand(cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)
    for _attempt in range(5):
        asked = client.post("/password/reset/", {"email": "developer@acme.example.com"})
        assert asked.status_code == 302

    answer = client.post("/password/reset/", {"email": "developer@acme.example.com"})

    assert answer.status_code == 429
    assert "Please wait a few minutes" in answer.content.decode()
    assert "Acme Pay" in answer.content.decode()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "http://acme.localhost:8000@evil.example/",
        "//evil.example/",
        "///evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "http:evil.example",
        "https://zenith.localhost:8000/",
    ],
)
def test_signing_in_leads_to_no_other_site(cast: Cast, browse: Browse, target: str) -> None:
    client = browse(cast.acme)

    assert sign_in(client, next=target) == "/signed-in/"
    already = client.get("/sign-in/", {"next": target})
    assert already.headers["Location"] == "/signed-in/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)
    asked = client.get("/settings/account/tokens/?a=b")

    page = client.get(asked.headers["Location"]).content.decode()

    assert asked.headers["Location"] == "/sign-in/?next=/settings/account/tokens/%3Fa%3Db"
    assert 'value="/settings/account/tokens/?a=b"' in page
    assert sign_in(client, next="/settings/account/tokens/?a=b") == "/settings/account/tokens/?a=b"


def test_what_was_sent_without_a_session_leads_back_to_its_page(cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)
    address = "/settings/account/sessions/end-others/"

    from_here = client.post(
        address, headers={"referer": "http://acme.localhost:8000/settings/account/sessions/"}
    )
    from_elsewhere = client.post(address, headers={"referer": "http://evil.example/x/"})

    assert from_here.headers["Location"] == "/sign-in/?next=/settings/account/sessions/"
    assert from_elsewhere.headers["Location"] == "/sign-in/?next=/signed-in/"


def test_a_part_of_a_page_is_not_replaced_by_the_sign_in_page(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.acme).get("/settings/tenant/", headers={"hx-request": "true"})

    assert answer.status_code == 401
    assert answer.content == b""


def test_nobody_makes_an_account_by_themselves(cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)

    for path in ("/signup/", "/sign-up/", "/accounts/signup/", "/account/signup/", "/register/"):
        assert client.get(path).status_code == 404
        assert client.post(path, {"email": "new@example.com"}).status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


def test_signing_out_asks_first_and_takes_a_form(cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme, cast.developer)

    asked = client.get("/sign-out/")
    assert asked.status_code == 200
    assert client.get("/console/").status_code == 200

    key = client.session.session_key
    client.post("/sign-out/")
    assert client.get("/console/").status_code == 302
    client.cookies["portico-session"] = str(key)
    assert client.get("/console/").status_code == 302


def test_a_form_of_another_site_neither_signs_in_nor_out(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": "acme.localhost:8000"})

    answer = strict.post("/sign-in/", {"login": "developer@acme.example.com", "password": PASSWORD})

    assert answer.status_code == 403
    assert "came from another site" in answer.content.decode()
    assert strict.get("/console/").status_code == 302


def test_a_closed_account_is_told_so_and_stays_outside(cast: Cast, browse: Browse) -> None:
    Person.objects.filter(id=cast.developer.person_id).update(is_active=False)
    client = browse(cast.acme)

    assert sign_in(client) == "/account/inactive/"
    assert client.get("/console/").status_code == 302
    assert WRONG in sign_in(client, password="wrong")


def test_sign_in_and_out_are_recorded_in_the_workspace(cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)
    sign_in(client)
    client.post("/sign-out/")

    entries = list(AuditEntry.objects.filter(action__startswith="account.").order_by("id"))

    assert [entry.action for entry in entries] == ["account.signed_in", "account.signed_out"]
    for entry in entries:
        assert entry.workspace_id == cast.acme.id
        assert entry.actor_id == cast.developer.person_id
        assert entry.ip == "127.0.0.1"
        assert entry.via == "page"


def test_a_failure_is_recorded_for_members_without_what_was_typed(
    cast: Cast, browse: Browse
) -> None:
    typed = "my other password 1"

    sign_in(browse(cast.acme), "Developer@acme.example.com", password=typed)
    sign_in(browse(cast.acme), "stranger@example.com", password=typed)
    sign_in(browse(cast.acme), "admin@zenith.example.com", password=typed)

    entries = list(AuditEntry.objects.filter(action__startswith="account."))
    assert [entry.action for entry in entries] == ["account.sign_in_failed"]
    assert entries[0].workspace_id == cast.acme.id
    assert entries[0].actor_id is None
    assert entries[0].subject_id == str(cast.developer.person_id)
    assert typed not in str(vars(entries[0]))


def test_an_outsiders_sign_in_is_in_no_workspaces_log(cast: Cast, browse: Browse) -> None:
    person = make_person("guest@example.com", password=PASSWORD)
    make_member(cast.zenith, person=person)
    client = browse(cast.acme)

    assert sign_in(client, "guest@example.com") == "/signed-in/"

    assert client.get("/signed-in/").headers["Location"] == "/"
    assert client.get("/console/").status_code == 404
    entry = AuditEntry.objects.get(action="account.signed_in")
    assert entry.workspace_id is None
