"""A workspace's own domain as production serves it: over HTTPS, each host for itself."""

from __future__ import annotations

import re

import pytest

from conftest import Cast, make_cast
from portico.workspaces.services import set_hosts
from tests import jobs
from tests.make import PASSWORD, make_member
from tests.production import Ask, ask

pytestmark = pytest.mark.django_db(transaction=True)

SLUG_HOST, DOMAIN = "acme.example.org", "pay.acme.example"
EMAIL = "admin@acme.example.com"
HOSTS = [SLUG_HOST, DOMAIN]


@pytest.fixture
def committed() -> Cast:
    """The cast, where another process sees it; acme has a domain, its admin a password."""
    cast = make_cast()
    cast.admin.person.set_password(PASSWORD)
    cast.admin.person.save()
    make_member(cast.zenith, person=cast.admin.person)
    set_hosts(cast.acme, served=DOMAIN, canonical=DOMAIN)
    set_hosts(cast.zenith, served="mini.zenith.example", canonical=None)
    return cast


def sign_in(host: str, **headers: str) -> Ask:
    typed = {"login": EMAIL, "password": PASSWORD}
    return Ask("/sign-in/", host=host, method="post", sent=typed, headers=headers)


def test_cookies_are_of_the_host_alone_and_a_session_counts_there_alone(committed: Cast) -> None:
    # The client sends its cookies to whatever host, as somebody would who carries them over.
    answers = ask(
        *[
            one
            for host in HOSTS
            for one in (
                Ask("/sign-in/", host=host),
                sign_in(host),
                *(Ask("/console/", host=at) for at in HOSTS),
            )
        ]
    )

    for position, (page, signed_in, *consoles) in enumerate((answers[:4], answers[4:])):
        cookies = page.cookies | signed_in.cookies
        assert set(cookies) == {"__Host-portico-csrf", "__Host-portico-session"}
        for cookie in cookies.values():
            assert (cookie["secure"], cookie["domain"], cookie["path"]) == (True, "", "/")
        here, there = consoles[position], consoles[1 - position]
        assert (here.status, there.status) == (200, 302)
        assert there.headers["Location"] == "/sign-in/?next=/console/"


def test_a_form_counts_from_a_page_of_the_very_host(committed: Cast) -> None:
    asked = []
    for host, other in (HOSTS, reversed(HOSTS)):
        good = [{"origin": f"https://{host}"}, {"referer": f"https://{host}/sign-in/"}]
        bad = [
            {"origin": f"https://{other}"},
            {"origin": f"http://{host}"},
            {"origin": f"https://{host}:8443"},
            {"origin": "null"},
            {"referer": f"https://{other}/sign-in/"},
            {"referer": f"http://{host}/sign-in/"},
            {"referer": f"https://{host}.evil.example/"},
            {},
        ]
        for headers in bad + good:
            asked.append((sign_in(host, **headers), 302 if headers in good else 403))
            asked.append((Ask("/sign-out/", host=host, method="post", headers=good[0]), 302))

    answers = ask(*[one for one, _status in asked], CHECK_CSRF="1")

    signing_in = list(zip(asked, answers, strict=True))[::2]
    for (one, status), answer in signing_in:
        assert answer.status == status, (one.host, one.headers)


def test_what_is_asked_in_the_clear_is_sent_to_https_on_the_same_host(committed: Cast) -> None:
    asked = [
        (host, variant)
        for host in HOSTS
        for variant in (host, host.upper(), f"{host}:80", f"{host}:8000", f"{host}.")
    ]

    answers = ask(*[Ask("/legal/?a=b", host=one, secure=False) for _host, one in asked])

    for (host, _variant), answer in zip(asked, answers, strict=True):
        assert answer.status == 301
        assert answer.headers["Location"] == f"https://{host}/legal/?a=b"


def test_a_host_is_the_same_however_it_is_written_and_hsts_binds_no_other(committed: Cast) -> None:
    variants = [DOMAIN, DOMAIN.upper(), f"{DOMAIN}.", f"{DOMAIN}:443", "Pay.acme.EXAMPLE.:443"]

    *found, near = ask(
        *[Ask("/", host=variant) for variant in variants for _from_memory in range(2)],
        Ask("/", host=f"x{DOMAIN}"),
    )

    for answer in found:
        assert "Welcome to Acme Pay" in answer.body
        assert f'<link rel="canonical" href="https://{DOMAIN}/">' in answer.body
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert near.status == 404


def test_public_pages_name_the_domain_once_it_is_active(committed: Cast) -> None:
    pages = {
        (SLUG_HOST, "/"): f"https://{DOMAIN}/",
        (DOMAIN, "/sign-in/"): f"https://{DOMAIN}/sign-in/",
        ("example.org", "/"): f"https://{DOMAIN}/",
        ("mini.zenith.example", "/"): "https://zenith.example.org/",
    }

    answers = ask(*[Ask(path, host=host) for host, path in pages], PORTICO_DEFAULT_WORKSPACE="acme")

    for address, answer in zip(pages.values(), answers, strict=True):
        assert re.findall(r'<link rel="canonical" href="([^"]+)"', answer.body) == [address]


def test_links_into_an_account_never_lead_to_the_domain(committed: Cast) -> None:
    ask(
        *[
            Ask("/password/reset/", host=host, method="post", sent={"email": EMAIL})
            for host in (DOMAIN, f"{DOMAIN}:443", SLUG_HOST)
        ]
    )

    origins = [job["origin"] for job in jobs.waiting("accounts.send_password_link")]
    assert origins == [f"https://{SLUG_HOST}"] * 3


def test_the_switcher_carries_a_sign_in_over_to_a_domain_and_none_away_from_it(
    committed: Cast,
) -> None:
    start = "zenith.example.org"
    switched = ask(
        sign_in(start),
        Ask("/switch/acme/", host=start, method="post"),
        sign_in(DOMAIN),
        Ask("/switch/zenith/", host=DOMAIN, method="post"),
    )
    (token,) = set(re.findall(rf"https://{DOMAIN}/handoff/\?token=([\w-]+)", switched[1].body))

    elsewhere, arrived, console = ask(
        Ask("/handoff/", host=start, method="post", sent={"token": token}),
        Ask("/handoff/", host=DOMAIN, method="post", sent={"token": token}),
        Ask("/console/", host=DOMAIN),
    )

    assert elsewhere.status == 409
    assert arrived.headers["Location"] == "/signed-in/"
    assert console.status == 200
    # Who owns the domain may hold the session, too: it opens no other workspace.
    assert 'href="https://zenith.example.org/console/"' in switched[3].body
    assert "token=" not in switched[3].body


def test_behind_two_proxies_the_client_is_known_and_its_inventions_are_not(
    committed: Cast,
) -> None:
    from portico.audit.models import AuditEntry

    headers = {
        "x-forwarded-proto": "https, http",
        "x-forwarded-for": "192.0.2.66, 203.0.113.9, 198.51.100.7",
        "x-forwarded-host": "evil.example",
        "forwarded": "for=192.0.2.66;host=evil.example",
        "origin": f"https://{DOMAIN}",
    }
    typed = {"login": EMAIL, "password": PASSWORD}
    asked = Ask("/sign-in/", host=DOMAIN, method="post", sent=typed, headers=headers, secure=False)

    answer = ask(asked, PORTICO_TRUSTED_PROXIES="2")[0]

    assert (answer.status, answer.headers["Location"]) == (302, "/signed-in/")
    assert AuditEntry.objects.get(action="account.signed_in").ip == "203.0.113.9"
