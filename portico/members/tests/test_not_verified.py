"""Accepting an invitation does not by itself verify an address."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.core import mail as outbox
from django.test import Client

from conftest import Cast
from portico.accounts.models import Person
from portico.audit.models import AuditEntry
from portico.members.tests.entering import NEW, SIGN_UP, invited
from portico.workspaces.models import Membership
from tests import jobs

Browse = Callable[..., Client]


def link_in_mail() -> str:
    found = re.search(r"https?://\S+", str(outbox.outbox[-1].body))
    assert found
    return urlsplit(found[0]).path


@pytest.fixture
def guest(cast: Cast, browse: Browse) -> Client:
    """Whoever read the invitation of acme made an account for nia@example.com."""
    _invitation, path = invited(cast.acme)
    client = browse(cast.acme)
    assert client.post(path, SIGN_UP).status_code == 302
    return client


def at_zenith(cast: Cast) -> Client:
    """The same account, signed in on the host of zenith."""
    client = Client(headers={"host": "zenith.localhost:8000"})
    client.post("/sign-in/", {"login": NEW, "password": SIGN_UP["password"]})
    return client


def test_an_account_made_by_an_invitation_is_not_verified_and_works_where_it_was_made(
    cast: Cast, guest: Client
) -> None:
    assert Person.objects.get(email=NEW).verified_at is None
    assert "Not verified" in guest.get("/settings/account/").content.decode()
    assert guest.get("/console/").status_code == 200


def test_an_account_that_is_not_verified_enters_no_other_workspace(
    cast: Cast, guest: Client
) -> None:
    _invitation, path = invited(cast.zenith)
    client = at_zenith(cast)

    page = client.get(path).content.decode()
    tried = client.post(path)

    assert "Send a verification link" in page
    assert tried.status_code == 409
    assert not Membership.objects.filter(workspace=cast.zenith, person__email=NEW).exists()


def test_the_workspace_that_made_the_account_may_invite_it_again(cast: Cast, guest: Client) -> None:
    Membership.objects.filter(person__email=NEW).delete()
    _invitation, path = invited(cast.acme)

    assert guest.post(path).headers["Location"] == "/console/"


def test_a_verified_address_enters_any_workspace_that_invites_it(cast: Cast, guest: Client) -> None:
    _invitation, path = invited(cast.zenith)
    client = at_zenith(cast)
    client.post("/verify-address/", {"next": path})
    jobs.run("accounts.send_verification_link")
    link = link_in_mail()
    client.post(link)

    assert Person.objects.get(email=NEW).verified_at is not None
    assert client.post(path).headers["Location"] == "/console/"
    assert Membership.objects.filter(workspace=cast.zenith, person__email=NEW).exists()


def test_the_owner_of_the_mailbox_takes_the_account_back_by_a_new_password(
    cast: Cast, guest: Client, browse: Browse
) -> None:
    intruder_here, intruder_there = guest, at_zenith(cast)
    assert intruder_here.get("/console/").status_code == 200
    owner = browse(cast.zenith)
    owner.post("/password/reset/", {"email": NEW})
    jobs.run("accounts.send_password_link")
    form = owner.get(link_in_mail(), follow=True)
    new = {"password1": "the owner's own password", "password2": "the owner's own password"}
    owner.post(form.redirect_chain[-1][0], new)

    assert Person.objects.get(email=NEW).verified_at is not None
    assert intruder_here.get("/console/").status_code == 302
    assert intruder_there.get("/signed-in/").status_code == 302
    assert "_auth_user_id" not in intruder_there.session or (
        intruder_there.get("/settings/account/").status_code == 302
    )
    _invitation, path = invited(cast.zenith)
    assert intruder_there.post(path).status_code == 409
    owner.post("/sign-in/", {"login": NEW, "password": "the owner's own password"})
    assert owner.post(path).headers["Location"] == "/console/"


def test_no_invitation_of_a_second_workspace_makes_the_account_anew(
    cast: Cast, guest: Client, browse: Browse
) -> None:
    _invitation, path = invited(cast.zenith)

    answer = browse(cast.zenith).post(path, {"name": "Thief", "password": "another password 1"})

    assert answer.status_code == 409
    person = Person.objects.get(email=NEW)
    assert (person.name, person.check_password(SIGN_UP["password"])) == ("Nia New", True)


def test_the_owner_of_the_mailbox_ends_the_intruders_tokens_too(
    cast: Cast, guest: Client, browse: Browse, call: Callable[..., Client]
) -> None:
    api = call(cast.acme, Membership.objects.get(person__email=NEW))
    take_back(browse(cast.zenith), "the owner's own password")

    assert api.get("/api/v1/me").status_code == 401
    assert AuditEntry.objects.filter(action="token.revoked", workspace_id=cast.acme.id).exists()


def test_tokens_of_a_verified_account_outlive_a_forgotten_password(
    cast: Cast, browse: Browse, call: Callable[..., Client]
) -> None:
    api = call(cast.acme, cast.developer)
    take_back(browse(cast.acme), "the owner's own password", cast.developer.person.email)

    assert api.get("/api/v1/me").status_code == 200


def test_who_verifies_on_the_host_of_a_workspace_that_is_not_theirs_is_not_in_its_log(
    cast: Cast, guest: Client
) -> None:
    client = at_zenith(cast)
    client.post("/verify-address/")
    jobs.run("accounts.send_verification_link")
    client.post(link_in_mail())

    entry = AuditEntry.objects.get(action="account.verified")
    assert entry.workspace_id is None


def take_back(owner: Client, password: str, email: str = NEW) -> None:
    """The holder of the mailbox chooses a new password by mail."""
    owner.post("/password/reset/", {"email": email})
    jobs.run("accounts.send_password_link")
    form = owner.get(link_in_mail(), follow=True)
    new = {"password1": password, "password2": password}
    assert owner.post(form.redirect_chain[-1][0], new).status_code == 302
