"""`/internal/tls/ask`: which names may have a certificate."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import DjangoAssertNumQueries

from conftest import Cast
from portico.config.logging import path_for_log
from portico.domains.certificates import may_have_certificate
from portico.domains.configuration import Domains
from portico.kernel.site import Site
from portico.workspaces.models import Workspace
from portico.workspaces.services import set_hosts
from tests.make import make_program, make_version

SECRET = "a-secret-of-the-web-server-in-front"
SITE = Site("example.org", "https", "", default_slug="", any_host=False)
PATH = "/internal/tls/ask"
NO_VERSION = "0" * 26


@pytest.fixture(autouse=True)
def configured(settings: Any) -> None:
    """As production is."""
    settings.PORTICO_SITE = SITE
    settings.PORTICO_DOMAINS = Domains(ask_secret=SECRET, content_domain="content.example")


def ask(domain: str | None, secret: str | None = SECRET, host: str = "127.0.0.1:8000") -> int:
    """The status of the answer."""
    named = {"domain": domain, "secret": secret}
    asked = {name: value for name, value in named.items() if value is not None}
    return int(Client(headers={"host": host}).get(PATH, asked).status_code)


@pytest.mark.parametrize(
    "domain",
    [
        "example.org",
        "acme.example.org",
        "zenith.example.org",
        "pay.acme.example",
        "xn--bcher-kva.example",
        "PAY.Acme.Example",
        "pay.acme.example.",
        "EXAMPLE.org.",
    ],
)
def test_names_that_lead_somewhere_may_have_one(cast: Cast, domain: str) -> None:
    set_hosts(cast.acme, served="pay.acme.example", canonical=None)
    set_hosts(cast.zenith, served="xn--bcher-kva.example", canonical="xn--bcher-kva.example")

    assert ask(domain) == 200


def test_the_host_of_a_version_may_have_one_live_or_not(cast: Cast) -> None:
    version = make_version(make_program(cast.acme))

    assert ask(f"{version.label}.content.example") == 200
    assert ask(f"{version.label.upper()}.Content.Example.") == 200
    assert ask(f"a.{version.label}.content.example") == 404
    assert ask(f"{version.label}.example.org") == 404
    assert ask(f"{version.label}x.content.example") == 404


@pytest.mark.parametrize(
    "domain",
    [
        None,
        "",
        ".",
        "nobody.example.org",
        "a.acme.example.org",
        "acme.example.org.evil.example",
        "evil-example.org",
        "stranger.example",
        "www.pay.acme.example",
        "content.example",
        "v1-abc.content.example",
        f"{NO_VERSION}.content.example",
        "acme.content.example",
        "a.b.content.example",
        "-a.content.example",
        "a_b.content.example",
        "*.example.org",
        "*.content.example",
        "*",
        "acme",
        "localhost",
        "127.0.0.1",
        "::1",
        "[::1]",
        "acme.example.org:443",
        "acme.example.org..",
        ".acme.example.org",
        " acme.example.org",
        "acme.example.org\n",
        "acme.example.org\x00",
        "acme.example.org/",
        "https://acme.example.org",
        "bücher.example",
        "pay.acme.example\u3002",
        "' OR 1=1 --",
        "\ud800.example".encode("utf-8", "replace").decode(),
        f"{'a' * 64}.content.example",
        f"{'a.' * 126}example",
        "a" * 100_000,
    ],
)
def test_all_others_may_not(cast: Cast, domain: str | None) -> None:
    set_hosts(cast.acme, served="pay.acme.example", canonical=None)

    assert ask(domain) == 404


def test_a_name_that_is_not_served_any_more_may_not(cast: Cast) -> None:
    set_hosts(cast.acme, served="pay.acme.example", canonical="pay.acme.example")
    assert ask("pay.acme.example") == 200

    set_hosts(cast.acme, served=None, canonical=None)

    assert ask("pay.acme.example") == 404


@pytest.mark.parametrize("domain", ["acme.example.org", "stranger.example", "", "a" * 300])
@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], "gehéim"])
def test_without_the_secret_the_answer_is_the_same_for_every_name_and_nothing_is_looked_up(
    cast: Cast, domain: str, secret: str | None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert ask(domain, secret) == 403


@pytest.mark.parametrize("secret", [None, "", "None", SECRET])
def test_where_no_secret_is_set_nobody_is_answered(
    cast: Cast, settings: Any, secret: str | None
) -> None:
    settings.PORTICO_DOMAINS = replace(settings.PORTICO_DOMAINS, ask_secret="")

    assert ask("acme.example.org", secret) == 403


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost", "acme.example.org", "stranger.example", "no host!"]
)
def test_it_is_answered_on_any_host_over_plain_http(cast: Cast, host: str) -> None:
    assert ask("acme.example.org", host=host) == 200
    assert ask("acme.example.org", "wrong", host=host) == 403


@pytest.mark.parametrize("path", ["/internal/", "/internal/tls/ask/", "/internal/tls/"])
def test_nothing_else_is_below_internal(cast: Cast, path: str) -> None:
    answer = Client(headers={"host": "acme.example.org"}).get(path, secure=True)

    assert answer.status_code == 404


def test_asking_takes_a_get(cast: Cast) -> None:
    client = Client(headers={"host": "localhost"})

    answer = client.post(f"{PATH}?domain=acme.example.org&secret={SECRET}")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert client.head(f"{PATH}?domain=acme.example.org&secret={SECRET}").status_code == 200


@pytest.mark.parametrize(
    ("domain", "queries"),
    [
        ("acme.example.org", 1),
        ("nobody.example.org", 1),
        ("pay.acme.example", 1),
        ("stranger.example", 1),
        ("example.org", 0),
        ("v1.content.example", 0),
        (f"{NO_VERSION}.content.example", 1),
        ("a.b.example.org", 0),
        ("garbage", 0),
        ("a" * 300, 0),
    ],
)
def test_an_answer_costs_one_query_at_most_and_garbage_none(
    cast: Cast, domain: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    set_hosts(cast.acme, served="pay.acme.example", canonical=None)

    with django_assert_num_queries(queries):
        ask(domain)


@pytest.mark.parametrize("domain", ["tenant-77.example.org", "d77.tenants.example"])
def test_the_query_goes_by_an_index(cast: Cast, domain: str) -> None:
    Workspace.objects.bulk_create(
        Workspace(slug=f"tenant-{number}", name="T", served_host=f"d{number}.tenants.example")
        for number in range(1000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE workspaces_workspace")

    with CaptureQueriesContext(connection) as asked:
        assert ask(domain) == 200
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked.captured_queries[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "Index" in plan, plan
    assert "Seq Scan" not in plan, plan


def test_without_a_database_the_answer_is_neither_yes_nor_no(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_arguments: object, **_more: object) -> bool:
        raise OperationalError("the database system is shutting down")

    monkeypatch.setattr("portico.domains.certificates.may_have_certificate", gone)

    assert ask("acme.example.org") == 503


@pytest.mark.parametrize(
    ("base", "content", "domain", "may"),
    [
        ("localhost", "content.localhost", "v1.content.localhost", False),
        ("localhost", "content.localhost", "VERSION.content.localhost", True),
        ("localhost", "content.localhost", "acme.localhost", True),
        ("localhost", "content.localhost", "a.b.content.localhost", False),
        ("portico.example.org", "example.org", "acme.portico.example.org", True),
        ("portico.example.org", "example.org", "no.portico.example.org", False),
        ("portico.example.org", "example.org", "VERSION.example.org", True),
        ("portico.example.org", "", "VERSION.content.example", False),
    ],
)
def test_of_two_zones_the_closer_one_counts(
    cast: Cast, settings: Any, base: str, content: str, domain: str, may: bool
) -> None:
    settings.PORTICO_DOMAINS = Domains(content_domain=content)
    domain = domain.replace("VERSION", make_version(make_program(cast.acme)).label)

    assert may_have_certificate(domain, site=replace(SITE, base_domain=base)) is may


def test_the_secret_is_in_no_line_of_the_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    misspelt = (f"{PATH}&secret={SECRET}", f"{PATH}/{SECRET}", f"/INTERNAL/tls/ask%3F{SECRET}")

    ask("acme.example.org")
    ask("stranger.example")
    ask("acme.example.org", SECRET + "-old")
    for path in misspelt:
        Client(headers={"host": "acme.example.org"}).get(path, secure=True)

    lines = [record.getMessage() for record in caplog.records]
    assert any("/internal/tls/ask" in line for line in lines)
    assert not any(SECRET in line for line in lines), lines
    assert all(SECRET not in path_for_log(path) for path in misspelt)
    assert SECRET not in repr(Domains(ask_secret=SECRET))
