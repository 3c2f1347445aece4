"""Who is asking, behind proxies: what they add counts, and what clients write does not."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.config.proxies import settle
from tests.make import PASSWORD

PEER = "10.0.0.1"
CLIENT, OUTER = "203.0.113.9", "198.51.100.7"
FAKE = "192.0.2.66"


def settled(proxies: int, **headers: str) -> tuple[str, str]:
    """Address and scheme of a request with these headers."""
    environ = {"REMOTE_ADDR": PEER, "wsgi.url_scheme": "http"}
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    settle(environ, proxies=proxies)
    once = dict(environ)
    settle(environ, proxies=proxies)
    assert environ == once
    assert set(environ) == {"REMOTE_ADDR", "wsgi.url_scheme"}
    return environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]


@pytest.mark.parametrize(
    ("proxies", "forwarded_for", "address"),
    [
        (0, CLIENT, PEER),
        (0, f"{FAKE}, {CLIENT}", PEER),
        (1, CLIENT, CLIENT),
        (1, f"{FAKE}, {CLIENT}", CLIENT),
        (1, f"{FAKE},{FAKE},{FAKE}, {CLIENT}", CLIENT),
        (2, f"{CLIENT}, {OUTER}", CLIENT),
        (2, f"{FAKE}, {CLIENT}, {OUTER}", CLIENT),
        (2, CLIENT, PEER),  # it did not come through both: whoever sent it may have written it
        (1, "", PEER),
        (1, "unknown", PEER),
        (1, f"{CLIENT}, ", PEER),
        (1, "_hidden", PEER),
        (1, "203.0.113.9:4711", CLIENT),
        (1, "2001:db8::9", "2001:db8::9"),
        (1, "[2001:db8::9]:4711", "2001:db8::9"),
        (1, "[2001:db8::9]", "2001:db8::9"),
        (1, "fe80::1%eth0", PEER),
        (1, "203.0.113.9'; DROP TABLE", PEER),
    ],
)
def test_the_address_is_what_the_outermost_trusted_proxy_saw(
    proxies: int, forwarded_for: str, address: str
) -> None:
    assert settled(proxies, x_forwarded_for=forwarded_for)[0] == address


@pytest.mark.parametrize(
    ("proxies", "forwarded_proto", "scheme"),
    [
        (0, "https", "http"),
        (1, "https", "https"),
        (1, "HTTPS", "https"),
        (1, "http", "http"),
        (1, "https, http", "http"),  # the left one is the client's word
        (1, "http, https", "https"),
        (2, "https, http", "https"),  # HTTPS to the outer one, plain to the inner one
        (2, "https, http, http", "http"),
        (2, "https", "https"),  # the inner one wrote it anew
        (1, "", "http"),
        (1, "wss", "http"),
    ],
)
def test_the_scheme_is_what_the_outermost_trusted_proxy_saw(
    proxies: int, forwarded_proto: str, scheme: str
) -> None:
    assert settled(proxies, x_forwarded_proto=forwarded_proto)[1] == scheme


@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_no_other_header_counts(proxies: int) -> None:
    found = settled(
        proxies,
        forwarded=f"for={FAKE};proto=https;host=evil.example",
        x_real_ip=FAKE,
        x_forwarded_host="evil.example",
        x_forwarded_port="443",
        x_forwarded_server="evil.example",
    )

    assert found == (PEER, "http")


@pytest.mark.parametrize(("proxies", "address"), [(0, PEER), (1, OUTER), (2, CLIENT), (4, PEER)])
def test_the_log_and_the_limits_count_by_that_address(
    cast: Cast, settings: Any, proxies: int, address: str
) -> None:
    settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]
    settings.PORTICO_TRUSTED_PROXIES = proxies
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "2/m/ip"}
    cast.admin.person.set_password(PASSWORD)
    cast.admin.person.save()
    typed = {"login": "admin@acme.example.com", "password": PASSWORD}

    def sign_in(forwarded_for: str) -> int:
        client = Client(
            headers={"host": "acme.localhost:8000", "x-forwarded-for": forwarded_for},
            REMOTE_ADDR=PEER,
        )
        return int(client.post("/sign-in/", typed).status_code)

    through = [sign_in(f"{FAKE[:-1]}{number}, {CLIENT}, {OUTER}") for number in range(3)]

    assert through == [302, 302, 429]  # what the client writes makes nobody of it anew
    assert {entry.ip for entry in AuditEntry.objects.filter(action="account.signed_in")} == {
        address
    }


def test_the_host_is_what_the_client_asked_for(cast: Cast, settings: Any) -> None:
    settings.PORTICO_TRUSTED_PROXIES = 1
    client = Client(headers={"host": "acme.localhost:8000", "x-forwarded-host": "zenith.localhost"})

    page = client.get("/").content.decode()

    assert "Welcome to Acme Pay" in page
    assert "zenith" not in page
