"""What `createadmin` makes of an account that an invitation of another workspace made."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.test import Client

from conftest import Cast
from portico.accounts.models import Person
from portico.audit.services import PLATFORM
from portico.config.admins import make_admin
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role
from portico.workspaces.services import AlreadyMember
from tests.make import AT, PASSWORD, make_member, make_person

Browse = Callable[..., Client]
EMAIL = "nia@example.com"


@pytest.fixture
def guest(cast: Cast) -> Person:
    """Whoever read an invitation of acme made an account for somebody else's address."""
    person = make_person(EMAIL, name="Nia", password=PASSWORD, verified=False)
    make_member(cast.acme, Role.DEVELOPER, person=person)
    return person


def test_a_password_of_an_account_that_nobody_verified_opens_no_second_workspace(
    cast: Cast, guest: Person, browse: Browse
) -> None:
    intruder = browse(cast.acme)
    intruder.post("/sign-in/", {"login": EMAIL, "password": PASSWORD})

    _person, link = make_admin(EMAIL, "zenith", name="", by=PLATFORM, at=AT)

    at_zenith = browse(cast.zenith)
    at_zenith.post("/sign-in/", {"login": EMAIL, "password": PASSWORD})
    assert at_zenith.get("/console/").status_code == 302
    assert intruder.get("/console/").status_code == 302
    owner = browse(cast.zenith)
    form = owner.get(urlsplit(link).path, follow=True)
    new = {"password1": "owned from now on", "password2": "owned from now on"}
    owner.post(form.redirect_chain[-1][0], new)
    owner.post("/sign-in/", {"login": EMAIL, "password": "owned from now on"})
    assert owner.get("/console/members/").status_code == 200
    guest.refresh_from_db()
    assert guest.verified_at is not None


def test_a_member_keeps_their_password_when_they_are_named_again(cast: Cast, guest: Person) -> None:
    with pytest.raises(AlreadyMember):
        make_admin(EMAIL, "acme", name="", by=PLATFORM, at=AT)

    guest.refresh_from_db()
    assert guest.check_password(PASSWORD)
    assert Membership.objects.get(person=guest).role == Role.DEVELOPER


def test_who_is_verified_keeps_their_password(cast: Cast) -> None:
    person = make_person(EMAIL, password=PASSWORD)

    _person, link = make_admin(EMAIL, "zenith", name="", by=PLATFORM, at=AT)

    person.refresh_from_db()
    assert (link, person.check_password(PASSWORD)) == ("", True)


def test_a_token_made_before_the_account_was_verified_ends_with_the_password(
    cast: Cast, guest: Person, call: Callable[..., Client]
) -> None:
    api = call(cast.acme, Membership.objects.get(person=guest))
    assert api.get("/api/v1/me").status_code == 200

    make_admin(EMAIL, "zenith", name="", by=PLATFORM, at=AT)

    assert api.get("/api/v1/me").status_code == 401
