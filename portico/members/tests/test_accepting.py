"""Accepting an invitation: who may, by which way, once, and what the link gives away."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core import signing
from django.test import Client

from conftest import Cast
from portico.accounts.models import Person
from portico.audit.models import AuditEntry
from portico.config.logging import path_for_log
from portico.kernel.clock import now
from portico.members.links import link_of, token_of
from portico.members.models import Invitation
from portico.members.services import block, resend, withdraw
from portico.members.tests.entering import NEW, SIGN_UP, invited, signed_in
from portico.outbox.models import Event
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role
from portico.workspaces.services import set_hosts
from tests.make import PASSWORD, actor, make_member, make_person

Browse = Callable[..., Client]
DAY = timedelta(days=1)


def test_the_link_leads_to_the_workspaces_own_host(cast: Cast) -> None:
    invitation, path = invited(cast.acme)
    assert link_of(invitation) == f"http://acme.localhost:8000{path}"

    set_hosts(cast.acme, served="mini.acme.example", canonical="mini.acme.example")
    invitation.refresh_from_db()

    assert urlsplit(link_of(invitation)).netloc == "mini.acme.example:8000"


def test_who_has_no_account_makes_one_and_is_in(cast: Cast, browse: Browse) -> None:
    _invitation, path = invited(
        cast.acme, role=Role.OPERATOR, message="Hi <b>Nia</b>\nsee you", by=actor(cast.admin)
    )
    client = browse(cast.acme)

    page = client.get(path).content.decode()
    answer = client.post(path, SIGN_UP)

    assert "You are invited to Acme Pay" in page
    assert "By Workspace Admin, as Workspace Operator" in page
    assert "Hi &lt;b&gt;Nia&lt;/b&gt;<br>see you" in page
    assert (answer.status_code, answer.headers["Location"]) == (302, "/console/")
    member = Membership.objects.get(person__email=NEW)
    assert (member.workspace, member.role, member.person.name) == (
        cast.acme,
        Role.OPERATOR,
        "Nia New",
    )
    assert client.get("/console/").status_code == 200
    assert UserSession.objects.filter(user=member.person).count() == 1
    assert member.person.check_password(SIGN_UP["password"])


def test_an_acceptance_is_recorded_and_announced_as_theirs(cast: Cast, browse: Browse) -> None:
    invitation, path = invited(cast.acme)

    browse(cast.acme).post(path, SIGN_UP)

    person = Person.objects.get(email=NEW)
    entry = AuditEntry.objects.get(action="invitation.accepted")
    assert (entry.workspace_id, entry.actor_id) == (cast.acme.id, person.id)
    added = AuditEntry.objects.filter(action="member.added").latest("id")
    assert added.actor_id == person.id
    event = Event.objects.get(name="invitation.accepted")
    assert event.payload == {
        "invitation": str(invitation.id),
        "person": str(person.id),
        "role": "developer",
    }
    invitation.refresh_from_db()
    assert invitation.accepted_by == person


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"name": "Nia", "password": "short"}, "too short"),
        ({"name": "Nia", "password": "1234567890123"}, "entirely numeric"),
        ({"name": "Nia", "password": "nia@example.com"}, "too similar"),
        ({"name": "Nia", "password": "password1234"}, "too common"),
        ({"name": "", "password": "a very good password"}, "This field is required"),
        ({"name": "\u202eaiN", "password": "a very good password"}, "invisible or control"),
        ({"name": "x" * 201, "password": "a very good password"}, "at most 200"),
    ],
)
def test_a_bad_name_or_password_makes_no_account_and_loses_nothing(
    cast: Cast, browse: Browse, typed: dict[str, str], complaint: str
) -> None:
    _invitation, path = invited(cast.acme)

    answer = browse(cast.acme).post(path, typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert complaint in page
    assert not Person.objects.filter(email=NEW).exists()
    assert len(typed["password"]) < 6 or typed["password"] == NEW or typed["password"] not in page
    assert browse(cast.acme).post(path, SIGN_UP).status_code == 302


def test_the_address_comes_from_the_invitation_whatever_is_sent(cast: Cast, browse: Browse) -> None:
    _invitation, path = invited(cast.acme)

    browse(cast.acme).post(path, {**SIGN_UP, "email": "boss@example.com", "role": "admin"})

    member = Membership.objects.get(person__email=NEW)
    assert member.role == Role.DEVELOPER
    assert not Person.objects.filter(email="boss@example.com").exists()


def test_who_signs_up_gets_another_session_than_was_planted(cast: Cast, browse: Browse) -> None:
    planted = browse(cast.acme)
    session = planted.session
    session["from"] = "an attacker"
    session.save()
    before = str(session.session_key)
    planted.cookies["portico-session"] = before
    _invitation, path = invited(cast.acme)

    planted.post(path, SIGN_UP)

    assert planted.cookies["portico-session"].value != before
    assert "from" not in planted.session
    thief = browse(cast.acme)
    thief.cookies["portico-session"] = before
    assert thief.get("/console/").status_code == 302


def test_the_new_session_is_bound_to_the_host_and_workspace(cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)
    _invitation, path = invited(cast.acme)
    client.post(path, SIGN_UP)

    elsewhere = browse(cast.zenith)
    elsewhere.cookies = client.cookies

    assert elsewhere.get("/settings/account/").status_code == 302


def test_who_has_an_account_signs_in_and_comes_back_to_accept(cast: Cast, browse: Browse) -> None:
    person = make_person(NEW, password=PASSWORD)
    _invitation, path = invited(cast.acme)
    client = browse(cast.acme)

    asked = client.get(path).content.decode()
    refused = client.post(path, SIGN_UP)
    (sign_in,) = re.findall(r'href="(/sign-in/\?next=[^"]+)"', asked)
    back = client.post(sign_in, {"login": NEW, "password": PASSWORD})
    accepted = client.post(back.headers["Location"])

    assert f"There is an account for {NEW}" in asked
    assert refused.status_code == 409
    assert back.headers["Location"] == path
    assert accepted.headers["Location"] == "/console/"
    assert Membership.objects.get(person=person).workspace == cast.acme
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_who_is_signed_in_accepts_with_one_click_and_no_sooner(cast: Cast) -> None:
    _invitation, path = invited(cast.acme, "admin@zenith.example.com")
    client = signed_in(cast.acme, cast.outsider.person)

    page = client.get(path)

    assert "Accept the invitation" in page.content.decode()
    assert not Membership.objects.filter(workspace=cast.acme, person=cast.outsider.person).exists()
    assert client.post(path).headers["Location"] == "/console/"
    assert client.get("/console/").status_code == 200


def test_who_is_somebody_else_is_told_so_and_can_sign_out(cast: Cast) -> None:
    _invitation, path = invited(cast.acme)
    client = signed_in(cast.acme, cast.outsider.person)

    page = client.get(path).content.decode()
    tried = client.post(path, SIGN_UP)
    left = client.post("/sign-out/", {"next": path})

    assert "you are signed in as admin@zenith.example.com" in page
    assert tried.status_code == 409
    assert not Person.objects.filter(email=NEW).exists()
    assert left.headers["Location"] == path
    assert "Make the account and join" in client.get(path).content.decode()


def test_a_member_has_nothing_to_accept(cast: Cast) -> None:
    person = make_person(NEW)
    _invitation, path = invited(cast.acme)
    make_member(cast.acme, Role.REVIEWER, person=person)
    client = signed_in(cast.acme, person)

    assert "You are a member already." in client.get(path).content.decode()
    assert client.post(path).status_code == 409
    assert Membership.objects.get(person=person).role == Role.REVIEWER


def test_an_invitation_does_not_let_a_blocked_member_in(cast: Cast) -> None:
    person = make_person(NEW)
    _invitation, path = invited(cast.acme, role=Role.ADMIN)
    member = make_member(cast.acme, Role.REVIEWER, person=person)
    block(cast.acme, member.id, by=actor(cast.admin), at=now())
    client = signed_in(cast.acme, person)

    assert client.post(path).status_code == 409

    member.refresh_from_db()
    assert member.blocked_at is not None
    assert client.get("/console/").status_code == 404


# Links that no longer work, and those that never did


def over(cast: Cast, kind: str) -> tuple[str, float]:
    """The path of a link that is over, and how many days later it is tried."""
    invitation, path = invited(cast.acme)
    days = 0.0
    if kind == "expired":
        days = 3.01
    elif kind == "withdrawn":
        withdraw(cast.acme, invitation.id, by=actor(cast.admin), at=now())
    elif kind == "replaced":
        resend(cast.acme, invitation.id, by=actor(cast.admin), at=now() + DAY)
    else:
        Client(headers={"host": "acme.localhost:8000"}).post(path, SIGN_UP)
    return path, days


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("expired", "was good for three days"),
        ("withdrawn", "was withdrawn"),
        ("replaced", "A newer link was sent"),
        ("used", "was accepted already"),
    ],
)
def test_a_link_that_is_over_says_why_and_does_nothing(
    cast: Cast, browse: Browse, kind: str, sentence: str
) -> None:
    path, days = over(cast, kind)
    before = Membership.objects.count()
    client = browse(cast.acme)

    with time_machine.travel(now() + days * DAY):
        shown, tried = client.get(path), client.post(path, {**SIGN_UP, "name": "Again"})

    assert (shown.status_code, tried.status_code) == (410, 410)
    assert sentence in shown.content.decode()
    assert Membership.objects.count() == before
    assert not Person.objects.filter(name="Again").exists()


def test_who_opens_their_used_link_again_goes_on_to_the_console(cast: Cast, browse: Browse) -> None:
    _invitation, path = invited(cast.acme)
    client = browse(cast.acme)
    client.post(path, SIGN_UP)

    assert client.get(path).headers["Location"] == "/console/"


def forged(invitation: Invitation) -> list[str]:
    """Tokens that nobody was sent."""
    token = token_of(invitation)
    value, _dot, signature = token.rpartition(".")
    other = signing.Signer(sep=".", salt="portico.accounts.verification")
    unknown = signing.Signer(sep=".", salt="portico.members.invitation")
    return [
        "x",
        value,
        token[:-1],
        token + "x",
        f"{value}.{signature.swapcase()}",
        f"{uuid4().hex}-{invitation.nonce}.{signature}",
        f"{invitation.id.hex}-{'0' * 32}.{signature}",
        other.sign(value),
        unknown.sign(f"{uuid4().hex}-{invitation.nonce}"),
        "é" * 30 + "." + signature,
        "%00.x",
        "x" * 5000 + "." + signature,
    ]


def test_a_forged_link_is_the_same_as_one_of_another_workspace(cast: Cast, browse: Browse) -> None:
    invitation, path = invited(cast.acme)
    elsewhere = browse(cast.zenith).get(path)
    answers = [browse(cast.acme).get(f"/invitations/{token}/") for token in forged(invitation)]
    tried = browse(cast.zenith).post(path, SIGN_UP)

    assert {answer.status_code for answer in answers} == {404}
    for answer in [*answers, elsewhere, tried]:
        page = answer.content.decode()
        assert answer.status_code == 404
        assert "This is not a valid invitation." in page
        assert NEW not in page
    assert "Acme" not in elsewhere.content.decode()
    assert not Person.objects.filter(email=NEW).exists()


def test_whether_there_is_an_account_is_told_to_the_holder_of_the_link_alone(
    cast: Cast, browse: Browse
) -> None:
    make_person("known@example.com", password=PASSWORD)
    pages = []
    for email in ("known@example.com", "unknown@example.com"):
        invitation, path = invited(cast.acme, email)
        cut = browse(cast.acme).get(path[:-2] + "/").content.decode()
        withdraw(cast.acme, invitation.id, by=actor(cast.admin), at=now())
        pages.append((cut, browse(cast.acme).get(path).content.decode()))

    def bare(page: str) -> str:
        return re.sub(r'nonce="[^"]+"|value="[^"]+"|/invitations/[^"]+', "", page)

    assert bare(pages[0][0]) == bare(pages[1][0])
    assert bare(pages[0][1]) == bare(pages[1][1])


def test_the_page_is_kept_by_nobody_and_its_address_told_to_nobody(
    cast: Cast, browse: Browse, caplog: pytest.LogCaptureFixture
) -> None:
    invitation, path = invited(cast.acme)
    client = browse(cast.acme)
    with caplog.at_level(logging.INFO):
        answers = [
            client.get(path),
            client.get(path[:-1]),
            client.get(path + "nothing/"),
            client.put(path),
            Client(enforce_csrf_checks=True, headers={"host": "acme.localhost:8000"}).post(path),
            browse(cast.zenith).get(path),
            client.post(path, SIGN_UP),
        ]

    for answer in (answers[0], answers[5], answers[6]):
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert [answer.status_code for answer in answers] == [200, 301, 404, 405, 403, 404, 302]
    assert invitation.nonce not in caplog.text
    assert "/invitations/…" in caplog.text


def test_a_form_of_another_site_accepts_nothing(cast: Cast) -> None:
    _invitation, path = invited(cast.acme)
    strict = Client(enforce_csrf_checks=True, headers={"host": "acme.localhost:8000"})

    assert strict.post(path, SIGN_UP).status_code == 403
    assert not Person.objects.filter(email=NEW).exists()


@pytest.mark.parametrize("start", ["/", "//", "///", "/INVITATIONS"])
def test_a_link_that_is_written_oddly_is_in_no_log_either(cast: Cast, start: str) -> None:
    invitation, path = invited(cast.acme)
    odd = path.replace("/invitations", start, 1) if start.isupper() else start + path.lstrip("/")

    assert path_for_log(odd) == "/invitations/…"
    assert invitation.nonce in odd
