from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client, RequestFactory
from pytest_django.fixtures import DjangoAssertNumQueries

from conftest import Cast
from portico.kernel.site import Names, Site, names_of
from portico.workspaces.hosts import (
    address_of,
    host_of,
    origin_of,
    own_address_of,
    workspace_at,
)
from portico.workspaces.services import set_hosts

SITE = Site(base_domain="example.org", scheme="https", port="", default_slug="acme", any_host=False)


@pytest.fixture
def production(settings: Any) -> None:
    """Only hosts that are somebody's are answered."""
    settings.PORTICO_SITE = SITE


def slug_at(host: str) -> str:
    found = workspace_at(host)
    return found.slug if found else ""


@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("zenith.localhost", "zenith"),
        ("zenith.localhost:8000", "zenith"),
        ("ZENITH.LocalHost:8000", "zenith"),
        ("zenith.localhost.", "zenith"),
        ("zenith.localhost.:8000", "zenith"),
        ("localhost", "acme"),
        ("localhost:8000", "acme"),
        ("127.0.0.1:8000", "acme"),
        ("[::1]:8000", "acme"),
        ("[2001:db8::7]", "acme"),
        ("my-server.example.net", "acme"),
        ("nobody.localhost:8000", "acme"),
        ("deep.zenith.localhost", "acme"),
    ],
)
def test_in_development_a_slug_host_is_its_workspaces_and_any_other_the_defaults(
    cast: Cast, host: str, slug: str
) -> None:
    assert slug_at(host) == slug


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("zenith.example.org", "zenith"),
        ("zenith.example.org:443", "zenith"),
        ("Zenith.Example.ORG.", "zenith"),
        ("example.org", "acme"),
        ("EXAMPLE.org.:443", "acme"),
        ("nobody.example.org", ""),
        ("deep.zenith.example.org", ""),
        ("zenith.example.org.evil.example", ""),
        ("zenithexample.org", ""),
        ("evil-example.org", ""),
        ("127.0.0.1", ""),
        ("[::1]", ""),
        ("zenith.localhost", ""),
        ("zenith", ""),
        (".", ""),
        (".example.org", ""),
    ],
)
def test_in_production_a_host_is_somebodys_or_nothing(cast: Cast, host: str, slug: str) -> None:
    assert slug_at(host) == slug


@pytest.mark.usefixtures("production")
def test_without_a_default_the_bare_domain_shows_nothing(cast: Cast, settings: Any) -> None:
    settings.PORTICO_SITE = replace(SITE, default_slug="")

    assert slug_at("example.org") == ""
    assert slug_at("acme.example.org") == "acme"


@pytest.mark.usefixtures("production")
def test_a_proven_domain_is_its_workspaces_and_the_slug_host_stays(cast: Cast) -> None:
    set_hosts(cast.zenith, served="mini.zenith.example.com", canonical=None)

    assert slug_at("mini.zenith.example.com") == "zenith"
    assert slug_at("MINI.zenith.example.com.:443") == "zenith"
    assert slug_at("zenith.example.org") == "zenith"
    assert slug_at("zenith.example.com") == ""
    assert slug_at("a.mini.zenith.example.com") == ""
    assert slug_at("mini.zenith.example.com.evil.example") == ""


@pytest.mark.usefixtures("production")
def test_links_name_the_domain_once_it_was_seen_to_lead_here(cast: Cast) -> None:
    served = set_hosts(cast.zenith, served="mini.zenith.example.com", canonical=None)
    assert host_of(served) == "zenith.example.org"

    active = set_hosts(
        served, served="mini.zenith.example.com", canonical="mini.zenith.example.com"
    )
    assert host_of(active) == "mini.zenith.example.com"


def test_in_development_links_to_a_domain_bear_the_port_and_lookups_ignore_it(cast: Cast) -> None:
    zenith = set_hosts(cast.zenith, served="pay.zenith.test", canonical="pay.zenith.test")

    assert address_of(zenith, "/x/") == "http://pay.zenith.test:8000/x/"
    assert slug_at("PAY.zenith.test.:8000") == "zenith"
    assert slug_at("pay.zenith.test") == "zenith"


def test_a_slug_host_is_never_taken_over_by_somebodys_domain(cast: Cast) -> None:
    set_hosts(cast.zenith, served="acme.localhost", canonical=None)

    assert slug_at("acme.localhost") == "acme"


@pytest.mark.parametrize("host", ["zenith.localhost:8000", "localhost", "10.0.0.1", "x.example"])
def test_the_workspace_of_a_host_costs_one_query(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, host: str
) -> None:
    with django_assert_num_queries(1):
        workspace_at(host)


def test_an_address_bears_scheme_host_and_port(cast: Cast) -> None:
    assert address_of(cast.zenith) == "http://zenith.localhost:8000/"
    assert address_of(cast.zenith, "/handoff/") == "http://zenith.localhost:8000/handoff/"


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("zenith.example.org:8000", Names("zenith", "zenith.example.org", "")),
        ("example.org", Names("", "example.org", "acme")),
        ("a.b.example.org", Names("", "a.b.example.org", "")),
        ("[::1]:8000", Names("", "[::1]", "")),
    ],
)
def test_a_host_name_is_taken_apart_without_a_database(host: str, names: Names) -> None:
    assert names_of(host, SITE) == names


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("path", ["/", "/sign-in/", "/api/v1/me", "/favicon.ico", "/console/"])
def test_an_unknown_host_gets_a_plain_404_that_names_nobody(cast: Cast, path: str) -> None:
    answer = Client(headers={"host": "stranger.example"}).get(path)

    text = answer.content.decode().lower()
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers
    for name in ("acme", "zenith", "portico", "example.org"):
        assert name not in text


@pytest.mark.parametrize(
    "host", ["acme localhost", "acme/localhost", "a_b.localhost", "évil.localhost", "[::1", "a@b"]
)
def test_a_header_that_is_no_host_name_is_refused(cast: Cast, host: str) -> None:
    answer = Client(headers={"host": host}).get("/")

    assert answer.status_code == 400


def test_health_is_answered_whatever_the_host(db: None, settings: Any) -> None:
    settings.PORTICO_SITE = SITE

    for host in ("10.0.0.1:8000", "stranger.example", "no host at all"):
        assert Client(headers={"host": host}).get("/healthz").status_code == 200
        assert Client(headers={"host": host}).get("/readyz").status_code == 200


@pytest.mark.usefixtures("production")
def test_a_link_to_an_account_never_leads_to_a_workspaces_own_domain(
    cast: Cast, rf: RequestFactory
) -> None:
    acme = set_hosts(cast.acme, served="pay.acme.example.com", canonical="pay.acme.example.com")
    request = rf.get("/", headers={"host": "pay.acme.example.com"})

    assert address_of(acme) == "https://pay.acme.example.com/"
    assert origin_of(request, acme) == "https://acme.example.org"
    assert own_address_of(acme, "/x/") == "https://acme.example.org/x/"


@pytest.mark.parametrize(
    ("asked", "origin"),
    [
        ("pay.acme.test:8000", "http://acme.localhost:8000"),
        ("PAY.acme.test.:8000", "http://acme.localhost:8000"),
        ("10.0.0.7:8000", "http://10.0.0.7:8000"),
    ],
)
def test_nor_does_it_in_development_where_it_else_leads_to_the_host_that_was_asked(
    cast: Cast, rf: RequestFactory, asked: str, origin: str
) -> None:
    acme = set_hosts(cast.acme, served="pay.acme.test", canonical=None)

    assert origin_of(rf.get("/", headers={"host": asked}), acme) == origin
