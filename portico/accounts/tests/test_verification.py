"""Who has an account proves to have the mailbox, too: by a link of the platform's own mailer."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from urllib.parse import urlsplit

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.db import connection
from django.test import Client

from conftest import Cast
from portico.accounts.models import Person
from portico.accounts.verification import AddressNotVerified, verification_path
from portico.audit.models import AuditEntry
from portico.kernel.clock import now
from portico.workspaces.handoffs import HandoffOver, offer, take
from portico.workspaces.models import Handoff
from tests import jobs
from tests.make import AT, PASSWORD, actor, make_member, make_person

Browse = Callable[..., Client]
EMAIL = "developer@acme.example.com"
SEND = "accounts.send_verification_link"
ASK, PROFILE = "/verify-address/", "/settings/account/"


@pytest.fixture(autouse=True)
def developer(cast: Cast) -> Person:
    """The developer's account was made by an invitation."""
    person = cast.developer.person
    person.set_password(PASSWORD)
    person.verified_at = None
    person.save()
    return person


def signed_in(cast: Cast, host: str = "acme.localhost:8000") -> Client:
    client = Client(headers={"host": host})
    assert client.post("/sign-in/", {"login": EMAIL, "password": PASSWORD}).status_code == 302
    return client


def mailed_path() -> str:
    found = re.search(r"https?://\S+", str(mail.outbox[-1].body))
    assert found
    return urlsplit(found[0]).path


def is_verified(person: Person) -> bool:
    return Person.objects.get(id=person.id).verified_at is not None


def test_a_link_that_is_asked_for_is_mailed_by_the_platform_and_verifies(
    cast: Cast, developer: Person
) -> None:
    client = signed_in(cast)
    assert "Not verified" in client.get(PROFILE).content.decode()

    asked = client.post(ASK, {"next": PROFILE}, follow=True)
    jobs.run(SEND)
    shown = client.get(mailed_path())
    assert not is_verified(developer)
    done = client.post(mailed_path(), follow=True)

    assert asked.redirect_chain == [(PROFILE, 302)]
    assert f"A link is on its way to {EMAIL}" in asked.content.decode()
    (message,) = mail.outbox
    assert message.to == [EMAIL]
    assert message.subject == "Verify your email address for Acme Pay"
    assert "Verify this address" in shown.content.decode()
    assert "Your email address is verified." in done.content.decode()
    assert "Not verified" not in client.get(PROFILE).content.decode()
    entry = AuditEntry.objects.get(action="account.verified")
    assert (entry.workspace_id, entry.actor_id) == (cast.acme.id, developer.id)


def test_who_is_not_signed_in_verifies_nothing_by_opening_the_link(
    cast: Cast, developer: Person, browse: Browse
) -> None:
    path = verification_path(developer)
    stranger = browse(cast.acme)

    shown, tried = stranger.get(path), stranger.post(path)

    assert not is_verified(developer)
    for answer in (shown, tried):
        assert "Sign in first" in answer.content.decode()
        assert EMAIL not in answer.content.decode()


def test_somebody_elses_link_verifies_neither_of_them(cast: Cast, developer: Person) -> None:
    other = make_person("other@example.com", verified=False)
    client = signed_in(cast)
    path = verification_path(other)
    own_id = path.replace(str(other.id), str(developer.id))

    told, forged = client.post(path), client.post(own_id)

    assert "this link is for another account" in told.content.decode()
    assert forged.status_code == 410
    assert not is_verified(developer)
    assert not is_verified(other)


@pytest.mark.parametrize("key", ["x", "set-password", "a-b", "1" * 200, "é-é"])
def test_a_made_up_key_verifies_nothing(cast: Cast, developer: Person, key: str) -> None:
    answer = signed_in(cast).post(f"/verify-address/{developer.id}/{key}/")

    assert answer.status_code == 410
    assert "This link no longer works" in answer.content.decode()
    assert not is_verified(developer)


def test_a_key_for_a_new_password_verifies_nothing_and_the_other_way_round(
    cast: Cast, developer: Person, browse: Browse
) -> None:
    browse(cast.acme).post("/password/reset/", {"email": EMAIL})
    jobs.run("accounts.send_password_link")
    reset = mailed_path().strip("/").rpartition("/")[2].partition("-")
    verify = verification_path(developer).strip("/").rpartition("/")[2]

    answer = signed_in(cast).post(f"/verify-address/{developer.id}/{reset[2]}/")
    other = browse(cast.acme).get(f"/password/reset/key/{reset[0]}-{verify}/")

    assert answer.status_code == 410
    assert "This link no longer works" in other.content.decode()


def test_a_link_ends_after_three_days_and_with_a_new_password(
    cast: Cast, developer: Person
) -> None:
    path = verification_path(developer)
    with time_machine.travel(now() + timedelta(days=3, minutes=1)):
        late = signed_in(cast).post(path)
    client = signed_in(cast)
    client.post(
        "/settings/account/password/",
        {"oldpassword": PASSWORD, "password1": "an other one 1", "password2": "an other one 1"},
    )

    assert late.status_code == 410
    assert client.post(path).status_code == 410
    assert not is_verified(developer)


def test_a_link_works_once_and_says_so_afterwards(cast: Cast, developer: Person) -> None:
    client, path = signed_in(cast), verification_path(developer)
    client.post(path)

    again = client.post(path, follow=True)

    assert "verified already" in again.content.decode()
    assert AuditEntry.objects.filter(action="account.verified").count() == 1


def test_links_are_sent_five_times_an_hour_and_no_more(cast: Cast) -> None:
    client = signed_in(cast)

    answers = [client.post(ASK).status_code for _time in range(6)]

    assert answers == [302] * 5 + [429]
    assert len(jobs.waiting(SEND)) == 5


@pytest.mark.parametrize("goal", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_asking_leads_back_to_this_host_only(cast: Cast, goal: str) -> None:
    assert signed_in(cast).post(ASK, {"next": goal}).headers["Location"] == "/signed-in/"


def test_nobody_is_written_to_unless_they_are_signed_in_and_not_verified(
    cast: Cast, developer: Person, browse: Browse
) -> None:
    assert browse(cast.acme).post(ASK).headers["Location"] == "/sign-in/"
    client = signed_in(cast)
    client.post(ASK)
    Person.objects.filter(id=developer.id).update(verified_at=AT)

    client.post(ASK)
    jobs.run(SEND)

    assert mail.outbox == []


def test_the_key_is_in_no_job_no_log_and_no_entry(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    client = signed_in(cast)
    with caplog.at_level(logging.INFO):
        client.post(ASK)
        arguments = str(jobs.waiting(SEND))
        jobs.run(SEND)
        path = mailed_path()
        answers = [client.get(path), client.get(path[:-1]), client.put(path), client.post(path)]

    key = path.strip("/").rpartition("/")[2]
    assert len(key) > 30
    assert key not in arguments
    assert key not in caplog.text
    assert key not in str(list(AuditEntry.objects.values()))
    assert "/verify-address/\\u2026" in caplog.text
    assert answers[0].headers["Cache-Control"] == "private, no-store"
    assert answers[0].headers["Referrer-Policy"] == "strict-origin"


def test_a_new_password_by_a_mailed_link_verifies_and_ends_sessions_and_handoffs(
    cast: Cast, developer: Person, browse: Browse
) -> None:
    intruder = signed_in(cast)
    there = make_member(cast.zenith, person=developer)
    Person.objects.filter(id=developer.id).update(verified_at=AT)
    developer.refresh_from_db()
    secret = offer(developer, "zenith", host_of_slug="zenith.localhost:8000", at=AT)
    Person.objects.filter(id=developer.id).update(verified_at=None)
    owner = browse(cast.acme)
    owner.post("/password/reset/", {"email": EMAIL})
    jobs.run("accounts.send_password_link")

    form = owner.get(mailed_path(), follow=True)
    owner.post(
        form.redirect_chain[-1][0], {"password1": "owned again 1", "password2": "owned again 1"}
    )

    assert is_verified(developer)
    assert intruder.get("/console/").status_code == 302
    assert not Handoff.objects.exists()
    with pytest.raises(HandoffOver):
        take(secret, host="zenith.localhost:8000", by=actor(there), at=AT)


def test_changing_a_known_password_verifies_nothing(cast: Cast, developer: Person) -> None:
    signed_in(cast).post(
        "/settings/account/password/",
        {"oldpassword": PASSWORD, "password1": "an other one 1", "password2": "an other one 1"},
    )

    assert not is_verified(developer)


def test_nobody_is_handed_to_another_workspace_before_their_address_is_verified(
    cast: Cast, developer: Person
) -> None:
    make_member(cast.zenith, person=developer)

    with pytest.raises(AddressNotVerified):
        offer(developer, "zenith", host_of_slug="zenith.localhost:8000", at=AT)
    answer = signed_in(cast).post("/switch/zenith/")

    assert answer.status_code == 409
    assert "Please verify your email address first" in answer.content.decode()
    assert not Handoff.objects.exists()


def test_accounts_of_before_count_as_verified_where_they_had_a_password(cast: Cast) -> None:
    Person.objects.update(verified_at=None)
    migration = import_module("portico.accounts.migrations.0002_verified_at")

    with connection.schema_editor(atomic=False) as editor:
        migration.count_old_accounts(apps, editor)

    verified = Person.objects.exclude(verified_at=None)
    assert [person.email for person in verified] == [EMAIL]
    assert verified[0].verified_at == verified[0].created_at
