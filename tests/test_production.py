"""What production adds: cookies that no other host can read or set, HTTPS, and nothing to spare."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from conftest import Cast, make_cast
from portico.audit.models import AuditEntry
from portico.workspaces.services import set_hosts
from tests.make import PASSWORD, make_token
from tests.production import Ask, ask

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def committed() -> Cast:
    """The cast, where another process sees it; the admin of acme has a password."""
    cast = make_cast()
    cast.admin.person.set_password(PASSWORD)
    cast.admin.person.save()
    return cast


def sign_in(**more: object) -> Ask:
    typed = {"login": "admin@acme.example.com", "password": PASSWORD}
    return Ask("/sign-in/", method="post", sent=typed, **more)  # type: ignore[arg-type]


def test_cookies_are_of_one_host_over_https_and_out_of_reach_of_scripts(committed: Cast) -> None:
    assert committed.admin.person.password.startswith("argon2$argon2id$")

    page, signed_in, console, elsewhere = ask(
        Ask("/sign-in/"), sign_in(), Ask("/console/"), Ask("/console/", host="zenith.example.org")
    )

    cookies = page.cookies | signed_in.cookies
    assert set(cookies) == {"__Host-portico-csrf", "__Host-portico-session"}
    for cookie in cookies.values():
        assert (cookie["secure"], cookie["httponly"]) == (True, True)
        assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")
    assert cookies["__Host-portico-session"]["max-age"] == ""
    assert (console.status, elsewhere.status) == (200, 302)


def test_every_kind_of_answer_bears_the_headers_that_protect_it(committed: Cast) -> None:
    secret = make_token(committed.admin)[1]
    visited = ask(Ask("/"))[0].body
    style = re.findall(r'href="(/static/[^"]+\.css)"', visited)[0]
    image = re.findall(r'src="(/files/[^"]+)"', visited)[0]

    asked = [
        Ask("/"),
        Ask("/"),  # from memory
        Ask("/sign-in/"),
        Ask("/console/"),
        Ask("/nothing/"),
        Ask("/favicon.ico"),
        Ask("/site.webmanifest"),
        Ask(style),
        Ask(image),
        Ask("/language/"),
        Ask("/api/v1/docs"),
        Ask("/api/v1/me"),
        Ask("/api/v1/nothing"),
        Ask("/api/v1/me", headers={"authorization": f"Bearer {secret}"}),
        Ask("/", host="stranger.example"),
        Ask("/", host="no host at all"),
        sign_in(),
        Ask("/console/"),
        Ask("/console/audit.csv"),
        Ask("/settings/account/sessions/end-others/"),
    ]
    answers = ask(*asked)

    assert {answer.status for answer in answers} == {200, 302, 400, 401, 404, 405}
    for request, answer in zip(asked, answers, strict=True):
        where = f"{request.host}{request.path}: {answer.status}"
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy or "sandbox" in policy, where
        assert "default-src 'none'" in policy, where
        assert "unsafe-eval" not in policy, where
        assert "unsafe-inline" not in policy or "sandbox" in policy, where
        assert answer.headers["X-Content-Type-Options"] == "nosniff", where
        assert answer.headers["X-Frame-Options"] == "DENY", where
        assert answer.headers["Referrer-Policy"] == "same-origin", where
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", where
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000", where
        assert "Server" not in answer.headers, where


def test_hosts_are_somebodys_and_everything_is_sent_to_https(committed: Cast) -> None:
    set_hosts(committed.zenith, served="mini.zenith.example.com", canonical=None)

    plain, default, own, stranger, plain_stranger, address, gallery, health = ask(
        Ask("/console/?a=b", secure=False),
        Ask("/", host="example.org"),
        Ask("/", host="mini.zenith.example.com"),
        Ask("/", host="stranger.example"),
        Ask("/", host="stranger.example", secure=False),
        Ask("/", host="127.0.0.1"),
        Ask("/ui/"),
        Ask("/healthz", host="10.0.0.7", secure=False),
        PORTICO_DEFAULT_WORKSPACE="acme",
    )

    assert plain.status == 301
    assert plain.headers["Location"] == "https://acme.example.org/console/?a=b"
    assert (default.status, "Acme Pay" in default.body) == (200, True)
    assert (own.status, "Zenith Bank" in own.body) == (200, True)
    for answer in (stranger, plain_stranger, address):
        assert answer.status == 404
        assert not re.search("acme|zenith|portico", answer.body, re.IGNORECASE)
        assert answer.cookies == {}
    assert gallery.status == 404
    assert health.status == 200


def test_headers_of_proxies_count_only_where_proxies_are_declared(committed: Cast) -> None:
    forwarded = {
        "x-forwarded-proto": "https",
        "x-forwarded-for": "203.0.113.66, 198.51.100.7",
        "x-forwarded-host": "evil.example",
    }

    without = ask(Ask("/sign-in/", headers=forwarded, secure=False))[0]
    behind_one = ask(
        sign_in(headers={**forwarded, "origin": "https://acme.example.org"}, secure=False),
        PORTICO_TRUSTED_PROXIES="1",
    )[0]

    assert without.status == 301
    assert without.headers["Location"] == "https://acme.example.org/sign-in/"
    assert (behind_one.status, behind_one.headers["Location"]) == (302, "/signed-in/")
    assert AuditEntry.objects.get(action="account.signed_in").ip == "198.51.100.7"


def test_links_in_mails_name_the_workspaces_own_host(committed: Cast) -> None:
    from tests import jobs

    answer = ask(
        Ask(
            "/password/reset/",
            host="ACME.example.org.:8443",
            method="post",
            sent={"email": "admin@acme.example.com"},
        )
    )[0]

    (job,) = [
        job
        for job in jobs.waiting("accounts.send_password_link")
        if job["email"] == "admin@acme.example.com"
    ][-1:]
    assert answer.status == 302
    assert job["origin"] == "https://acme.example.org"


def test_a_session_of_production_lasts_two_weeks_at_most(committed: Cast) -> None:
    from django.contrib.sessions.models import Session

    ask(sign_in())

    (session,) = Session.objects.all()
    entry = AuditEntry.objects.get(action="account.signed_in")
    assert session.expire_date - entry.at <= timedelta(days=14, minutes=1)
