"""A workspace at a domain of its own: everything works there, and nothing is carried over."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from conftest import Cast
from portico.members.links import link_of
from portico.workspaces.models import Handoff, Workspace
from portico.workspaces.services import set_hosts
from tests import jobs
from tests.make import PASSWORD, make_invitation, make_member, make_token

SLUG_HOST, DOMAIN = "acme.localhost:8000", "pay.acme.test:8000"
ZENITH_HOST, ZENITH_DOMAIN = "zenith.localhost:8000", "mini.zenith.test:8000"
BOTH = pytest.mark.parametrize("host", [SLUG_HOST, DOMAIN])
EMAIL = "admin@acme.example.com"


@pytest.fixture(autouse=True)
def acme_has_a_domain(cast: Cast, settings: Any) -> Workspace:
    """Its admin has a password."""
    settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]
    cast.admin.person.set_password(PASSWORD)
    cast.admin.person.save()
    return set_hosts(cast.acme, served="pay.acme.test", canonical="pay.acme.test")


def at(host: str, *, strict: bool = False) -> Client:
    """A browser; a strict one is held to the rules against forged forms."""
    return Client(headers={"host": host}, enforce_csrf_checks=strict)


def signed_in(host: str) -> Client:
    client = at(host)
    answer = client.post("/sign-in/", {"login": EMAIL, "password": PASSWORD})
    assert answer.headers["Location"] == "/signed-in/"
    return client


def status(client: Client, path: str = "/console/") -> int:
    return int(client.get(path).status_code)


@BOTH
def test_portal_sign_in_console_settings_and_api_work(cast: Cast, host: str) -> None:
    assert "Welcome to Acme Pay" in at(host).get("/").content.decode()
    assert status(at(host), "/favicon.ico") == 200

    member = signed_in(host)
    token = f"Bearer {make_token(cast.admin)[1]}"

    assert [status(member, path) for path in ("/console/", "/settings/tenant/")] == [200, 200]
    assert at(host).get("/api/v1/me", headers={"authorization": token}).status_code == 200


def test_a_token_of_one_workspace_opens_nothing_on_anothers_domain(cast: Cast) -> None:
    set_hosts(cast.zenith, served="mini.zenith.test", canonical=None)
    token = f"Bearer {make_token(cast.admin)[1]}"

    answer = at(ZENITH_DOMAIN).get("/api/v1/me", headers={"authorization": token})

    assert answer.status_code == 401


@BOTH
def test_a_sign_in_counts_on_its_own_host_alone(host: str) -> None:
    other = DOMAIN if host == SLUG_HOST else SLUG_HOST
    here = signed_in(host)

    carried = at(other)
    carried.cookies["portico-session"] = str(here.session.session_key)

    assert (status(here), status(carried)) == (200, 302)
    cookie = here.cookies["portico-session"]
    assert (cookie["domain"], cookie["path"]) == ("", "/")


def test_a_session_ends_where_the_domain_goes_to_another_workspace(cast: Cast) -> None:
    make_member(cast.zenith, person=cast.admin.person)
    here = signed_in(DOMAIN)

    set_hosts(cast.acme, served=None, canonical=None)
    set_hosts(cast.zenith, served="pay.acme.test", canonical=None)

    assert status(here) == 302


def test_the_switcher_leads_to_another_workspaces_domain(cast: Cast) -> None:
    make_member(cast.zenith, person=cast.admin.person)
    set_hosts(cast.zenith, served="mini.zenith.test", canonical="mini.zenith.test")

    token = switched(signed_in(SLUG_HOST), "zenith", ZENITH_DOMAIN)

    assert status(at(ZENITH_HOST), f"/handoff/?token={token}") == 409
    assert arrives(ZENITH_DOMAIN, token)


def test_the_switcher_leads_to_the_slug_host_of_a_domain_that_is_not_active_yet(
    cast: Cast,
) -> None:
    make_member(cast.zenith, person=cast.admin.person)
    set_hosts(cast.zenith, served="mini.zenith.test", canonical=None)

    assert arrives(ZENITH_HOST, switched(signed_in(SLUG_HOST), "zenith", ZENITH_HOST))


@pytest.mark.parametrize("canonical", [None, "mini.zenith.test"])
def test_who_holds_a_session_at_a_domain_gets_into_no_other_workspace_by_it(
    cast: Cast, canonical: str | None
) -> None:
    make_member(cast.zenith, person=cast.admin.person)
    set_hosts(cast.zenith, served="mini.zenith.test", canonical=canonical)
    here = signed_in(DOMAIN)

    page = here.post("/switch/zenith/").content.decode()

    goal = ZENITH_DOMAIN if canonical else ZENITH_HOST
    assert f'<a href="http://{goal}/console/">' in page
    assert "token=" not in page
    assert not Handoff.objects.exists()
    assert status(at(goal)) == 302  # one signs in there


def test_from_a_domain_too_one_learns_of_no_workspace_that_one_is_no_member_of(cast: Cast) -> None:
    here = signed_in(DOMAIN)

    assert [here.post(f"/switch/{slug}/").status_code for slug in ("zenith", "nobody")] == [404] * 2


def switched(client: Client, slug: str, host: str) -> str:
    """The secret in the link by which the switcher leads to this host."""
    page = client.post(f"/switch/{slug}/").content.decode()
    found = re.search(rf"http://{re.escape(host)}/handoff/\?token=([\w-]+)", page)
    assert found, page
    return found[1]


def arrives(host: str, token: str) -> bool:
    """Whether the handoff opens the console there, to a browser that heeds forged forms."""
    there = at(host, strict=True)
    page = there.get("/handoff/", {"token": token}).content.decode()
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', page))
    there.post("/handoff/", form, headers={"origin": f"http://{host}"})
    return status(there) == 200


@BOTH
def test_a_form_counts_from_the_host_it_was_on_alone(host: str) -> None:
    other = DOMAIN if host == SLUG_HOST else SLUG_HOST

    for origin, expected in ((host, 302), (other, 403), ("evil.example", 403)):
        browser = at(host, strict=True)
        page = browser.get("/sign-in/").content.decode()
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
        form = {"login": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": token}
        answer = browser.post("/sign-in/", form, headers={"origin": f"http://{origin}"})
        assert answer.status_code == expected, origin


@BOTH
@pytest.mark.parametrize(
    "goal",
    [
        "http://pay.acme.test:8000/console/",
        "http://acme.localhost:8000/console/",
        "//pay.acme.test:8000/",
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "http:///evil.example/",
    ],
)
def test_after_signing_in_one_stays_on_the_host(host: str, goal: str) -> None:
    client = at(host)
    form = {"login": EMAIL, "password": PASSWORD, "next": goal}

    goes = client.post("/sign-in/", form).headers["Location"]
    chosen = client.post("/language/", {"language": "en", "next": goal}).headers["Location"]

    for location in (goes, chosen):
        assert "\\" not in location
        assert urlsplit(urljoin(f"http://{host}/sign-in/", location)).netloc == host


@BOTH
def test_who_must_sign_in_stays_on_the_host(host: str) -> None:
    assert at(host).get("/console/").headers["Location"] == "/sign-in/?next=/console/"


@BOTH
@pytest.mark.parametrize("path", ["/", "/sign-in/"])
def test_public_pages_name_the_address_that_counts(host: str, path: str) -> None:
    page = at(host).get(f"{path}?from=a%22b").content.decode()

    assert re.findall(r'<link rel="canonical" href="([^"]+)"', page) == [f"http://{DOMAIN}{path}"]


def test_until_the_domain_is_active_the_slug_host_counts(cast: Cast) -> None:
    set_hosts(cast.acme, served="pay.acme.test", canonical=None)

    for host in (SLUG_HOST, DOMAIN, "10.0.0.7:8000"):
        page = at(host).get("/").content.decode()
        assert f'<link rel="canonical" href="http://{SLUG_HOST}/">' in page


def test_pages_that_are_nobodys_to_find_name_no_address(cast: Cast) -> None:
    invitation = link_of(make_invitation(cast.acme)).split(DOMAIN)[1]

    for path in ("/nothing/", "/password/reset/", "/handoff/?token=x", invitation):
        assert 'rel="canonical"' not in at(DOMAIN).get(path).content.decode(), path
    assert 'rel="canonical"' not in signed_in(DOMAIN).get("/console/").content.decode()


@BOTH
def test_links_into_an_account_lead_to_the_slug_host_and_others_to_the_domain(
    cast: Cast, host: str
) -> None:
    at(host).post("/password/reset/", {"email": EMAIL})

    (job,) = jobs.waiting("accounts.send_password_link")
    assert job["origin"] == f"http://{SLUG_HOST}"
    assert link_of(make_invitation(cast.acme)).startswith(f"http://{DOMAIN}/invitations/")


def test_a_page_costs_as_many_queries_on_the_domain_as_on_the_slug_host(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for host in (SLUG_HOST, DOMAIN):
        at(host).get("/")  # kept from now on
        with django_assert_num_queries(1):
            at(host).get("/")
