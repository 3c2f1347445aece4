"""What dies at once when a member is blocked or removed, and what lives on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from conftest import Cast
from portico.accounts.models import Person
from portico.basic_settings import services as settings_services
from portico.basic_settings.registry import section_named
from portico.kernel.clock import now
from portico.members.services import block, change_role, remove, unblock
from portico.members.tests.verbs import Verb, blocking, demote, removing, sign_in
from portico.workspaces.handoffs import HandoffOver, offer, take
from portico.workspaces.models import ApiToken, Membership
from portico.workspaces.permissions import Role
from tests.make import AT, actor, make_member, make_token

Browse = Callable[..., Client]
Call = Callable[..., Client]


@pytest.mark.parametrize("verb", [blocking, removing])
def test_a_live_session_is_over_with_the_next_request(cast: Cast, verb: Verb) -> None:
    client = sign_in(cast.developer, cast.acme)
    assert client.get("/console/").status_code == 200

    verb(cast.acme, cast.developer.id, actor(cast.admin))

    assert client.get("/console/").status_code == 302
    assert not Session.objects.filter(session_key=client.cookies["portico-session"].value).exists()
    assert not UserSession.objects.filter(user=cast.developer.person).exists()


@pytest.mark.parametrize("verb", [blocking, removing])
def test_a_session_that_nobody_listed_is_worth_nothing_either(
    cast: Cast, browse: Browse, verb: Verb
) -> None:
    client = browse(cast.acme, cast.developer)
    UserSession.objects.all().delete()

    verb(cast.acme, cast.developer.id, actor(cast.admin))

    assert client.get("/console/").status_code == 404
    assert client.get("/settings/account/").status_code == 404


@pytest.mark.parametrize("verb", [blocking, removing])
def test_a_token_is_over_with_the_next_request(cast: Cast, call: Call, verb: Verb) -> None:
    api = call(cast.acme, cast.developer)
    assert api.get("/api/v1/me").status_code == 200

    verb(cast.acme, cast.developer.id, actor(cast.admin))

    assert api.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("verb", [blocking, removing])
def test_a_handoff_under_way_leads_nowhere(cast: Cast, verb: Verb) -> None:
    there = make_member(cast.zenith, Role.DEVELOPER, person=cast.developer.person)
    secret = offer(there.person, "zenith", host_of_slug="zenith.localhost:8000", at=AT)

    verb(cast.zenith, there.id, actor(cast.outsider))

    with pytest.raises(HandoffOver):
        take(secret, host="zenith.localhost:8000", by=actor(there), at=AT)


@pytest.mark.parametrize("verb", [demote, blocking, removing])
def test_a_preview_shows_no_draft_any_more(cast: Cast, verb: Verb) -> None:
    second = make_member(cast.acme, Role.ADMIN)
    section = section_named("about-us")
    draft = settings_services.save_draft(
        cast.acme,
        section,
        {"url": "https://draft.example.com/"},
        based_on=0,
        version=0,
        by=actor(second),
        at=AT,
    )
    client = sign_in(second, cast.acme)
    sent = {"version": draft.version, "based_on": 0, "draft": draft.id}
    client.post("/settings/tenant/about-us/draft/preview/", sent)
    assert "draft.example.com" in client.get("/").content.decode()

    verb(cast.acme, second.id, actor(cast.admin))

    assert "draft.example.com" not in client.get("/").content.decode()


def test_what_belongs_to_other_workspaces_lives_on(cast: Cast, call: Call) -> None:
    there = make_member(cast.zenith, Role.DEVELOPER, person=cast.developer.person)
    at_zenith, api = sign_in(there, cast.zenith), call(cast.zenith, there)

    remove(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)

    assert at_zenith.get("/console/").status_code == 200
    assert api.get("/api/v1/me").status_code == 200


def test_a_session_of_the_person_elsewhere_is_not_ended(cast: Cast) -> None:
    here, there = sign_in(cast.developer, cast.acme), sign_in(cast.developer, cast.zenith)

    block(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)

    assert here.session.get("_auth_user_id") is None
    assert there.session["_auth_user_id"] == str(cast.developer.person_id)


def test_unblocking_brings_back_neither_session_nor_token(cast: Cast, call: Call) -> None:
    client, api = sign_in(cast.developer, cast.acme), call(cast.acme, cast.developer)
    block(cast.acme, cast.developer.id, by=actor(cast.admin), at=now())

    unblock(cast.acme, cast.developer.id, by=actor(cast.admin), at=now())

    assert client.get("/console/").status_code == 302
    assert api.get("/api/v1/me").status_code == 401
    assert sign_in(cast.developer, cast.acme).get("/console/").status_code == 200


def test_removing_takes_the_tokens_along_and_leaves_the_account(cast: Cast) -> None:
    make_token(cast.developer)

    remove(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)

    assert not Membership.objects.filter(id=cast.developer.id).exists()
    assert not ApiToken.objects.filter(membership_id=cast.developer.id).exists()
    assert Person.objects.filter(id=cast.developer.person_id, is_active=True).exists()


def test_a_new_role_counts_from_the_next_request(cast: Cast, browse: Browse, call: Call) -> None:
    second = make_member(cast.acme, Role.ADMIN)
    client, api = browse(cast.acme, second), call(cast.acme, second)
    assert client.get("/console/members/").status_code == 200

    change_role(cast.acme, second.id, Role.REVIEWER, by=actor(cast.admin), at=AT)

    assert client.get("/console/members/").status_code == 403
    assert api.get("/api/v1/members").status_code == 403
