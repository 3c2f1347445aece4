"""The commands by which an operator makes workspaces, first admins and tokens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result
from django.test import Client

from conftest import Cast
from portico.accounts.models import Person
from portico.audit.models import AuditEntry
from portico.config.cli import main
from portico.kernel.clock import now
from portico.workspaces.models import ApiToken, Membership, Workspace
from portico.workspaces.permissions import PERMISSIONS, Role
from tests.make import PASSWORD, make_person

Browse = Callable[..., Client]


def portico(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def last_line(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output.splitlines()[-1]


def refused(result: Result) -> str:
    """What it was refused with: one sentence, and no traceback."""
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit)
    return result.output


def choose_password(client: Client, link: str, password: str = PASSWORD) -> bool:
    """Follow the link and choose a password; whether there was a form for it."""
    form = client.get(urlsplit(link).path, follow=True)
    if not form.redirect_chain:
        return False
    passwords = {"password1": password, "password2": password}
    return bool(client.post(form.redirect_chain[-1][0], passwords).status_code == 302)


def test_a_workspace_is_made_and_its_address_printed(db: None) -> None:
    result = portico(
        "createworkspace", "a-bank", "--name", "A Bank", "--time-zone", "Asia/Singapore"
    )

    assert result.exit_code == 0, result.output
    assert "A Bank is at http://a-bank.localhost:8000/" in result.output
    assert Workspace.objects.get(slug="a-bank").time_zone == "Asia/Singapore"
    assert AuditEntry.objects.get(action="workspace.made").via == "command"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("acme", "--name", "Again"), "There is a workspace “acme” already."),
        (("www", "--name", "Web"), "“www” is kept for the platform."),
        (("A Bank", "--name", "A Bank"), "cannot be part of a host name"),
        (("a-bank", "--name", " "), "Please give a name"),
        (("a-bank", "--name", "A", "--language", "tlh"), "not a language"),
        (("a-bank", "--name", "A", "--time-zone", "Mars"), "not a time zone"),
        (("a-bank",), "Missing option '--name'"),
    ],
)
def test_a_workspace_that_cannot_be_is_refused_in_a_sentence(
    cast: Cast, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refused(portico("createworkspace", *arguments))
    assert Workspace.objects.count() == 2


def test_the_first_admin_sets_a_password_by_a_link_that_works_once(
    cast: Cast, browse: Browse
) -> None:
    link = last_line(
        portico("createadmin", "Ada@Example.com", "--workspace", "acme", "--name", "Ada")
    )

    first = choose_password(browse(cast.acme), link)
    second = choose_password(browse(cast.acme), link, "another password")

    person = Person.objects.get(email="ada@example.com")
    client = browse(cast.acme)
    client.post("/sign-in/", {"login": "ada@example.com", "password": PASSWORD})
    assert link.startswith("http://acme.localhost:8000/password/reset/key/")
    assert (first, second) == (True, False)
    assert client.get("/settings/tenant/").status_code == 200
    assert person.name == "Ada"


def test_a_lost_link_is_made_again_as_long_as_there_is_no_password(
    cast: Cast, browse: Browse
) -> None:
    arguments = ("createadmin", "ada@example.com", "--workspace", "acme")
    portico(*arguments)

    again = last_line(portico(*arguments))
    assert choose_password(browse(cast.acme), again)
    afterwards = refused(portico(*arguments))

    assert "ada@example.com is a member of Acme Pay already." in afterwards
    assert "/password/reset/key/" not in afterwards
    assert Membership.objects.filter(person__email="ada@example.com").count() == 1


def test_who_has_a_password_gets_no_link_to_replace_it(cast: Cast) -> None:
    make_person("zoe@example.com", password=PASSWORD)

    result = portico("createadmin", "zoe@example.com", "--workspace", "acme")

    assert result.exit_code == 0
    assert "They have a password already" in result.output
    assert "http" not in result.output
    member = Membership.objects.get(person__email="zoe@example.com")
    assert (member.workspace, member.role) == (cast.acme, Role.ADMIN)


def test_a_member_with_another_role_is_not_promoted_unasked(cast: Cast) -> None:
    said = refused(portico("createadmin", "developer@acme.example.com", "--workspace", "acme"))

    cast.developer.refresh_from_db()
    assert "is a member of Acme Pay already." in said
    assert "/password/reset/key/" not in said
    assert cast.developer.role == Role.DEVELOPER


def test_a_blocked_admin_is_not_let_in_again_by_a_link(cast: Cast) -> None:
    portico("createadmin", "ada@example.com", "--workspace", "acme")
    Membership.objects.filter(person__email="ada@example.com").update(blocked_at=now())

    said = refused(portico("createadmin", "ada@example.com", "--workspace", "acme"))

    assert "/password/reset/key/" not in said


@pytest.mark.parametrize("email", ["", "ada", "ada@", "ada@@example.com", "ada@example.com\nx: y"])
def test_an_admin_needs_an_address(cast: Cast, email: str) -> None:
    said = refused(portico("createadmin", email, "--workspace", "acme"))

    assert "is not an e-mail address." in said
    assert Person.objects.count() == 6


def test_an_admin_needs_a_workspace_that_there_is(cast: Cast) -> None:
    said = refused(portico("createadmin", "ada@example.com", "--workspace", "nowhere"))

    assert "There is no workspace “nowhere”." in said
    assert not Person.objects.filter(email="ada@example.com").exists()


def test_the_last_line_is_a_token_that_works(cast: Cast, call: Callable[..., Client]) -> None:
    secret = last_line(
        portico("token", "create", "Developer@acme.example.com", "--workspace", "acme")
    )

    bearer = {"authorization": f"Bearer {secret}"}
    answer = call(cast.acme).get("/api/v1/me", headers=bearer)
    assert answer.json()["permissions"] == sorted(PERMISSIONS[Role.DEVELOPER])
    assert AuditEntry.objects.get(action="token.made").via == "command"


def test_a_token_has_the_scope_and_the_days_that_were_asked_for(cast: Cast) -> None:
    result = portico(
        *("token", "create", "admin@acme.example.com", "--workspace", "acme"),
        *("--permission", "settings:read", "--days", "3", "--name", "Nightly"),
    )

    token = ApiToken.objects.get()
    assert result.exit_code == 0
    assert (token.name, token.permissions) == ("Nightly", ["settings:read"])
    assert timedelta(days=2) < token.expires_at - now() <= timedelta(days=3)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("stranger@example.com", "--workspace", "acme"), "is no active member"),
        (("admin@zenith.example.com", "--workspace", "acme"), "is no active member"),
        (("admin@acme.example.com", "--workspace", "nowhere"), "There is no workspace"),
        (
            ("developer@acme.example.com", "--workspace", "acme", "--permission", "settings:read"),
            "A token can only do what you can do yourself.",
        ),
        (
            ("admin@acme.example.com", "--workspace", "acme", "--permission", "everything"),
            "A permission is one of: console,",
        ),
        (("admin@acme.example.com", "--workspace", "acme", "--days", "0"), "0 is not in the range"),
        (("admin@acme.example.com", "--workspace", "acme", "--name", " "), "give the token a name"),
    ],
)
def test_a_token_that_cannot_be_is_refused_in_a_sentence(
    cast: Cast, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refused(portico("token", "create", *arguments))
    assert not ApiToken.objects.exists()


def test_a_blocked_member_gets_no_token(cast: Cast) -> None:
    Membership.objects.filter(id=cast.admin.id).update(blocked_at=now())

    said = refused(portico("token", "create", "admin@acme.example.com", "--workspace", "acme"))

    assert "is no active member" in said


def test_a_token_that_leaked_is_ended_by_its_secret(
    cast: Cast, call: Callable[..., Client]
) -> None:
    secret = last_line(portico("token", "create", "admin@acme.example.com", "--workspace", "acme"))

    elsewhere = refused(portico("token", "revoke", secret, "--workspace", "zenith"))
    ended = portico("token", "revoke", secret, "--workspace", "acme")
    again = refused(portico("token", "revoke", secret, "--workspace", "acme"))

    bearer = {"authorization": f"Bearer {secret}"}
    assert "No live token" in elsewhere
    assert ended.exit_code == 0
    assert "No live token" in again
    assert call(cast.acme).get("/api/v1/me", headers=bearer).status_code == 401
    assert secret not in ended.output
