"""A session that began with a mailed code is worth less than others."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from conftest import Cast
from portico.accounts.models import Person
from portico.kernel.access import access_of
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.two_factor.models import TwoFactorReset
from portico.two_factor.services import reset
from portico.two_factor.tests.factors import (
    Browse,
    code_of_mail,
    give_app,
    give_password,
    has_app,
    sign_in,
)
from portico.workspaces.permissions import Role
from tests.make import PASSWORD, actor, make_member

MINUTE = timedelta(minutes=1)


@pytest.fixture
def person(cast: Cast) -> Person:
    """The developer, of two workspaces, whose two-factor acme has reset."""
    person = cast.developer.person
    give_password(person)
    give_app(person)
    make_member(cast.zenith, Role.OPERATOR, person=person)
    reset(cast.acme, cast.developer.id, by=actor(cast.admin), at=now())
    return person


def signed_in(browse: Browse, cast: Cast, person: Person) -> Client:
    """A browser in which they signed in with a mailed code."""
    client = browse(cast.acme)
    sign_in(client, person)
    answer = client.post("/sign-in/mailed-code/", {"code": code_of_mail()})
    assert answer.status_code == 302, answer.content
    return client


def test_the_session_ends_with_the_reset(cast: Cast, browse: Browse, person: Person) -> None:
    client = signed_in(browse, cast, person)
    until = TwoFactorReset.objects.get().until

    with time_machine.travel(until - MINUTE, tick=False):
        before = client.get("/console/")
    with time_machine.travel(until + MINUTE, tick=False):
        after = client.get("/console/")

    assert (before.status_code, after.status_code) == (200, 302)


def test_it_is_carried_to_no_other_workspace(cast: Cast, browse: Browse, person: Person) -> None:
    client = signed_in(browse, cast, person)

    forward = client.post("/switch/zenith/")

    url = urlsplit(forward.context["forward_url"])
    assert (url.netloc, url.path, url.query) == ("zenith.localhost:8000", "/console/", "")


def account_pages() -> list[str]:
    """The addresses of all pages that are about the account, with a 1 for what they name."""
    found: list[str] = []

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> None:
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                if not route.startswith("api/"):
                    walk(pattern.url_patterns, route)
                continue
            access = access_of(pattern.callback)
            if access is not None and access.permission is Permission.ACCOUNT:
                path = re.sub(r"<uuid:\w+>", "01939f2a-0000-7000-8000-000000000000", route)
                found.append("/" + re.sub(r"<\w+:\w+>", "1", path))

    walk(get_resolver().url_patterns, "")
    return sorted(found)


# They show nothing that opens anything, and change nothing.
OPEN = {"/settings/account/", "/settings/account/two-factor/"}
CONFIRMING = "/settings/account/reauthenticate/"


def test_it_does_not_reach_the_account(cast: Cast, browse: Browse, person: Person) -> None:
    client = signed_in(browse, cast, person)
    paths = [path for path in account_pages() if path not in OPEN and CONFIRMING not in path]

    reached = []
    for path in paths:
        for answer in (client.get(path), client.post(path)):
            to = urlsplit(answer.headers.get("Location", "")).path
            if to not in {"/console/limited-session/", CONFIRMING} and answer.status_code != 405:
                reached.append((path, answer.status_code))

    assert len(paths) > 10
    assert reached == []
    assert has_app(person)


def test_it_changes_nothing_that_other_workspaces_see(
    cast: Cast, browse: Browse, person: Person
) -> None:
    client, name = signed_in(browse, cast, person), person.name

    answer = client.post("/settings/account/", {"name": "Mallory", "language": "", "time_zone": ""})

    person.refresh_from_db()
    assert answer.headers["Location"] == "/console/limited-session/"
    assert person.name == name


def test_the_password_does_not_confirm_who_they_are(
    cast: Cast, browse: Browse, person: Person
) -> None:
    client = signed_in(browse, cast, person)

    client.post(CONFIRMING, {"password": PASSWORD})

    answer = client.get("/settings/account/two-factor/app/remove/")
    assert urlsplit(answer.headers["Location"]).path == CONFIRMING


def test_the_page_says_why(cast: Cast, browse: Browse, person: Person) -> None:
    client = signed_in(browse, cast, person)

    answer = client.get("/settings/account/password/", follow=True)

    assert "You signed in with a code from your mailbox" in answer.content.decode()
    assert "it does not carry over to the others" in answer.content.decode()


def test_that_page_is_nobody_elses(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.acme, cast.admin).get("/console/limited-session/?next=//evil.example.com")

    assert answer.headers["Location"] == "/settings/account/"
