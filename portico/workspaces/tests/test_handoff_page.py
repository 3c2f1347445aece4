from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.kernel.clock import now
from portico.workspaces.handoffs import offer
from tests.make import make_member

Browse = Callable[..., Client]
ZENITH = "zenith.localhost:8000"


@pytest.fixture
def secret(cast: Cast) -> str:
    """A handoff by which the admin of acme, a member of zenith too, continues there."""
    make_member(cast.zenith, person=cast.admin.person)
    return offer(cast.admin.person, "zenith", host_of_slug=ZENITH, at=now())


def test_switching_leads_to_the_other_host_and_into_its_console(cast: Cast, browse: Browse) -> None:
    make_member(cast.zenith, person=cast.admin.person)
    there = browse(cast.zenith)

    forward = browse(cast.acme, cast.admin).post("/switch/zenith/").content.decode()
    found = re.search(r"http://zenith\.localhost:\d+/handoff/\?token=([\w-]+)", forward)
    assert found
    asked = there.get("/handoff/", {"token": found[1]}).content.decode()
    arrived = there.post("/handoff/", {"token": found[1]}, follow=True)

    assert "Continue to Zenith Bank as Workspace Admin?" in asked
    assert "admin@acme.example.com" in asked
    assert f'<input type="hidden" name="token" value="{found[1]}">' in asked
    assert 'href="/sign-in/"' in asked
    assert arrived.redirect_chain[-1][0] == "/console/"
    assert arrived.status_code == 200


def test_looking_uses_nothing_up_and_signs_nobody_in(
    cast: Cast, browse: Browse, secret: str
) -> None:
    there = browse(cast.zenith)

    for _time in range(3):
        there.get("/handoff/", {"token": secret})

    assert there.get("/console/").status_code == 302
    assert there.post("/handoff/", {"token": secret}).status_code == 302


def test_a_handoff_works_once(cast: Cast, browse: Browse, secret: str) -> None:
    browse(cast.zenith).post("/handoff/", {"token": secret})

    again = browse(cast.zenith).post("/handoff/", {"token": secret})

    assert again.status_code == 409


def test_a_handoff_works_on_its_own_host_alone(cast: Cast, browse: Browse, secret: str) -> None:
    assert browse(cast.acme).get("/handoff/", {"token": secret}).status_code == 409


def test_an_old_handoff_is_refused(cast: Cast, browse: Browse) -> None:
    make_member(cast.zenith, person=cast.admin.person)
    old = offer(cast.admin.person, "zenith", host_of_slug=ZENITH, at=now() - timedelta(seconds=31))

    assert browse(cast.zenith).get("/handoff/", {"token": old}).status_code == 409


def test_the_new_session_is_listed_and_recorded_as_the_persons(
    cast: Cast, browse: Browse, secret: str
) -> None:
    there = browse(cast.zenith)

    there.post("/handoff/", {"token": secret}, headers={"user-agent": "curl/8.5"})

    session = UserSession.objects.get()
    entry = AuditEntry.objects.get(action="account.switched_workspace")
    assert session.user == cast.admin.person
    assert session.session_key == there.session.session_key
    assert entry.actor_id == cast.admin.person_id
    assert entry.workspace_id == cast.zenith.id


def test_who_arrives_replaces_who_was_signed_in_there(
    cast: Cast, browse: Browse, secret: str
) -> None:
    there = browse(cast.zenith, cast.outsider)

    there.post("/handoff/", {"token": secret})

    assert "Hello, Workspace Admin" in there.get("/console/").content.decode()


def test_nobody_goes_to_a_workspace_that_is_not_theirs(cast: Cast, browse: Browse) -> None:
    assert browse(cast.acme, cast.admin).post("/switch/zenith/").status_code == 404
