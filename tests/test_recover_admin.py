"""`portico recover-admin`: letting a locked-out admin in again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from click.testing import CliRunner, Result
from django.core import mail
from django.test import Client

from conftest import Cast
from portico.accounts.models import Person
from portico.audit.models import AuditEntry
from portico.config.cli import main
from portico.kernel.clock import now
from portico.service_email.models import Mail
from portico.two_factor.rules import Required, State
from portico.two_factor.standing import standing_of
from portico.two_factor.tests.factors import give_app, give_password, has_app, require
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role
from tests import jobs
from tests.make import LONG_AGO, PASSWORD, make_member, make_person, make_token

Browse = Callable[..., Client]
NEW = "a very different password"


@pytest.fixture(autouse=True)
def _quick_hashing(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]


def recover(*arguments: str, answer: str | None = None) -> Result:
    """Call it for acme; without an answer it does not ask."""
    sure = () if answer is not None else ("--yes",)
    return CliRunner().invoke(
        main, ["recover-admin", *arguments, "--workspace", "acme", *sure], input=answer
    )


def link_in(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return str(result.output.splitlines()[-1])


def refused(result: Result) -> str:
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit)
    return str(result.output)


def choose(client: Client, link: str) -> bool:
    """Follow the link and choose a password; whether there was a form for it."""
    form = client.get(urlsplit(link).path, follow=True)
    if not form.redirect_chain:
        return False
    passwords = {"password1": NEW, "password2": NEW}
    return bool(client.post(form.redirect_chain[-1][0], passwords).status_code == 302)


def opens(client: Client, email: str, password: str = NEW) -> bool:
    """Whether address and password alone open the settings of the workspace."""
    client.post("/sign-in/", {"login": email, "password": password})
    return bool(client.get("/settings/tenant/").status_code == 200)


def test_who_lost_their_phone_chooses_a_new_password_and_is_in(cast: Cast, browse: Browse) -> None:
    give_password(cast.admin.person)
    give_app(cast.admin.person)
    email = cast.admin.person.email

    result = recover(email.upper())
    link = link_in(result)

    assert link.startswith("http://acme.localhost:8000/password/reset/key/")
    assert "their authenticator app, passkeys and recovery codes are removed" in result.output
    assert not opens(browse(cast.acme), email, PASSWORD)
    assert choose(browse(cast.acme), link)
    assert not choose(browse(cast.acme), link)
    assert opens(browse(cast.acme), email)


def test_a_blocked_developer_becomes_an_admin(cast: Cast, browse: Browse) -> None:
    Membership.objects.filter(id=cast.developer.id).update(blocked_at=now())

    result = recover(cast.developer.person.email)
    choose(browse(cast.acme), link_in(result))

    assert "their role changes from Workspace Developer to Workspace Admin" in result.output
    assert "they are unblocked" in result.output
    assert opens(browse(cast.acme), cast.developer.person.email)


def test_a_closed_account_is_opened(cast: Cast, browse: Browse) -> None:
    Person.objects.filter(id=cast.admin.person_id).update(is_active=False)

    result = recover(cast.admin.person.email)
    choose(browse(cast.acme), link_in(result))

    assert "the account, which is closed, is opened again" in result.output
    assert opens(browse(cast.acme), cast.admin.person.email)


def test_a_workspace_without_any_admin_gets_one(cast: Cast, browse: Browse) -> None:
    cast.admin.delete()

    result = recover("ada@example.com", "--create")
    choose(browse(cast.acme), link_in(result))

    assert "an account is made" in result.output
    assert "they become an admin of Acme Pay" in result.output
    assert opens(browse(cast.acme), "ada@example.com")


def test_who_has_an_account_elsewhere_becomes_an_admin_only_if_that_is_meant(
    cast: Cast,
) -> None:
    said = refused(recover("admin@zenith.example.com"))

    assert "is no member of the workspace “acme”. With --create" in said
    assert link_in(recover("admin@zenith.example.com", "--create"))
    member = Membership.objects.get(workspace=cast.acme, person=cast.outsider.person)
    assert member.role == Role.ADMIN


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nobody@example.com",), "Nobody has an account with the address nobody@example.com."),
        (("nobody",), "“nobody” is not an e-mail address."),
        (("nobody", "--create"), "“nobody” is not an e-mail address."),
    ],
)
def test_an_address_that_is_unknown_is_said_to_be(
    cast: Cast, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refused(recover(*arguments))
    assert Person.objects.count() == 6


def test_a_workspace_that_there_is_not_is_said_to_be(cast: Cast) -> None:
    result = CliRunner().invoke(
        main, ["recover-admin", cast.admin.person.email, "--workspace", "nowhere", "--yes"]
    )

    assert "There is no workspace “nowhere”." in refused(result)


def test_second_factors_can_be_kept(cast: Cast) -> None:
    give_app(cast.admin.person)

    result = recover(cast.admin.person.email, "--keep-two-factor")

    assert "their second factors stay" in result.output
    assert has_app(cast.admin.person)


def test_all_sessions_end_on_every_host(cast: Cast, browse: Browse) -> None:
    there = make_member(cast.zenith, person=cast.admin.person)
    clients = [browse(cast.acme, cast.admin), browse(cast.zenith, there)]
    for client in clients:
        UserSession.objects.create(
            user=cast.admin.person, session_key=client.session.session_key, ip="127.0.0.1"
        )

    recover(cast.admin.person.email)

    assert [client.get("/console/").status_code for client in clients] == [302, 302]


def test_it_asks_and_says_what_it_is_about_to_do(cast: Cast) -> None:
    give_password(cast.admin.person)
    make_token(cast.admin)

    result = recover(cast.admin.person.email, answer="n\n")

    cast.admin.person.refresh_from_db()
    assert result.exit_code == 1
    assert "- their password stops working" in result.output
    assert "- they are signed out everywhere" in result.output
    assert "API tokens of theirs that go on working: 1." in result.output
    assert "/password/reset/key/" not in result.output
    assert cast.admin.person.has_usable_password()
    assert not AuditEntry.objects.filter(action="account.recovered").exists()


def test_said_yes_it_does_it(cast: Cast) -> None:
    result = recover(cast.admin.person.email, answer="y\n")

    assert "/password/reset/key/" in link_in(result)


def test_it_is_recorded_and_all_are_told(cast: Cast) -> None:
    second = make_member(cast.acme, Role.ADMIN)
    give_app(cast.admin.person)

    link = link_in(recover(cast.admin.person.email))
    jobs.run("two_factor.send_recovery_notice")

    entry = AuditEntry.objects.get(action="account.recovered")
    told = Mail.objects.filter(template="admin_recovered")
    (notice,) = [one for one in mail.outbox if "was recovered" in one.subject]
    assert (entry.via, entry.workspace_id) == ("command", cast.acme.id)
    assert entry.subject_id == str(cast.admin.person_id)
    assert [one.recipient for one in told] == [second.person.email]
    assert notice.to == [cast.admin.person.email]
    assert link not in str(list(AuditEntry.objects.values()))
    assert link not in notice.body


def test_other_providers_sign_them_in_no_more(cast: Cast) -> None:
    person = cast.admin.person
    SocialAccount.objects.create(user=person, provider="staff", uid="of whoever locked them out")
    SocialAccount.objects.create(user=cast.developer.person, provider="staff", uid="7")

    result = recover(person.email)

    assert "sign-ins with other providers' accounts are unlinked: 1" in result.output
    assert [one.uid for one in SocialAccount.objects.all()] == ["7"]


def test_a_fresh_grace_begins_with_it(cast: Cast) -> None:
    require(cast.acme, Required.ALL, 0, at=LONG_AGO)
    cast.admin.refresh_from_db()
    give_app(cast.admin.person)

    recover(cast.admin.person.email)

    assert standing_of(cast.admin).state(at=now()) is State.GRACE


def test_somebody_with_an_account_that_nobody_verified_proves_it_by_the_link(
    cast: Cast, browse: Browse
) -> None:
    person = make_person("bea@example.com", verified=False)
    make_member(cast.acme, Role.OPERATOR, person=person)

    choose(browse(cast.acme), link_in(recover("bea@example.com")))

    person.refresh_from_db()
    assert person.verified_at is not None
