"""Who answers at the domain over HTTPS, told apart by real servers with real certificates."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portico.domains.checking import Check, CheckName, Limits, Question, Report, examine
from portico.egress.configuration import LOOPBACK, Egress, OutboundAddress
from tests.peers.dns import DnsServer, Zone, dns_server
from tests.peers.https import (
    Answer,
    Authority,
    Behavior,
    Certificates,
    Response,
    WebServer,
    http_server,
    https_server,
)

DOMAIN, TARGET, TOKEN = "pay.example.com", "acme.portico.example", "portico-42"
MARKER = "0f" * 32
HERE, THERE = "127.0.0.40", "127.0.0.41"
LIMITS = Limits(question=2, connect=0.6, answer=0.6, whole=6)
ZONE: Zone = {
    DOMAIN: {"CNAME": TARGET},
    TARGET: {"A": [HERE]},
    f"_portico-challenge.{DOMAIN}": {"TXT": [TOKEN]},
}
RIGHT = Response(200, MARKER.encode() + b"\n")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def names() -> Iterator[DnsServer]:
    with dns_server(ZONE) as server:
        yield server


@pytest.fixture
def ask(authority: Authority, names: DnsServer) -> Callable[..., Report]:
    """Examine the domain; the site's port is that of the given server."""

    def examined(
        site: WebServer,
        egress: Egress | None = None,
        at: datetime | None = None,
        **changes: object,
    ) -> Report:
        question = Question(
            DOMAIN,
            f"_portico-challenge.{DOMAIN}",
            TOKEN,
            TARGET,
            marker=MARKER,
            https_port=site.port,
        )
        question = replace(question, **changes)  # type: ignore[arg-type]
        usual = names.egress(authority.egress(egress or Egress(allowed=LOOPBACK)))
        return examine(question, egress=usual, limits=LIMITS, at=at)

    return examined


def said(check: Check) -> str:
    """All that is said, in English."""
    sentences = [check.meaning, check.advice, *check.notes]
    for seen in check.seen:
        sentences += [*seen.notes, *filter(None, [seen.trouble])]
    return " | ".join(sentence.text % sentence.facts for sentence in sentences)


def site(
    authority: Authority, answer: Answer = RIGHT, kind: Certificates | None = None
) -> contextlib.AbstractContextManager[WebServer]:
    """A server at the address that the domain leads to."""
    return https_server(answer, authority=authority, certificate_for=kind, host=HERE)


def test_the_marker_with_a_good_certificate_proves_it(
    authority: Authority, ask: Callable[..., Report]
) -> None:
    with site(authority) as server:
        report = ask(server)

    check = report.check(CheckName.HTTPS)
    assert check.ok is True
    assert report.served
    assert "issued by Test Root" in said(check)
    assert "days left: 60" in said(check)
    (request,) = server.requests
    assert (request.method, request.path) == ("GET", "/.well-known/portico-domain")
    assert request.host == request.server_name == DOMAIN


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        (Authority.expired, "certificate_expired", "expired on"),
        (Authority.not_yet, "certificate_not_yet_valid", "not valid yet"),
        (Authority.self_signed, "certificate_self_signed", "signed by itself"),
        (Authority.wrong_name, "certificate_wrong_name", "a certificate for parking.example.net"),
    ],
)
def test_a_bad_certificate_is_told_with_what_it_says(
    authority: Authority, ask: Callable[..., Report], kind: Certificates, code: str, words: str
) -> None:
    with site(authority, kind=lambda name: kind(authority, name)) as server:  # type: ignore[call-arg, arg-type]
        report = ask(server)

    check = report.check(CheckName.HTTPS)
    assert (check.ok, check.code) == (False, code)
    assert words in said(check)
    assert report.culprit is CheckName.HTTPS
    assert not server.requests  # nothing is said to who shows a bad certificate


def test_a_certificate_of_an_unknown_authority_is_told(
    ask: Callable[..., Report], tmp_path: Path
) -> None:
    with site(Authority(tmp_path, name="Somebody")) as server:
        check = ask(server).check(CheckName.HTTPS)

    assert (check.ok, check.code) == (False, "certificate_unknown_issuer")
    assert "issued by Somebody" in said(check)


def test_a_server_without_a_certificate_for_the_name_is_told(
    authority: Authority, ask: Callable[..., Report]
) -> None:
    with https_server(RIGHT, authority=authority, certificate_for={}, host=HERE) as server:
        first = ask(server)
        before = ask(server, verified=False)

    check = first.check(CheckName.HTTPS)
    assert (check.ok, check.code) == (False, "no_tls_refused")
    assert "shows no certificate" in said(check)
    # As long as nothing is proven, it has to be so.
    check = before.check(CheckName.HTTPS)
    assert (check.ok, check.code) == (None, "not_yet")
    assert before.culprit is None
    assert before.owned


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (Response(200, b"f0" * 32), "other_workspace", "Another workspace"),
        (Response(200, MARKER.encode()[:-1]), "other_site", "Somebody else answers"),
        (Response(404, MARKER.encode()), "other_site", "HTTP 404"),
        (Response(200, b""), "other_site", "HTTP 200"),
        (
            Response(200, b"<title>Welcome to nginx!</title>", (("Server", "nginx/1.24"),)),
            "other_site",
            "nginx shows when nothing is set up",
        ),
        (Response(200, b"<title>Domain parked</title>"), "other_site", "parking page"),
        (Response(503, b"", (("Server", "awselb/2.0"),)), "other_site", "load balancer"),
        (
            Response(302, b"", (("Location", "https://www.example.com/"),)),
            "redirect",
            "leading on to https://www.example.com/",
        ),
        (Behavior.GARBAGE, "broken_not_http", "is not HTTP"),
        (Behavior.HANG_UP, "broken_not_http", "is not HTTP"),
        (Behavior.SILENCE, "broken_call_timed_out", "did not answer in full"),
        (Behavior.DRIP, "broken_call_timed_out", "did not answer in full"),
        (Behavior.FLOOD, "other_site", "Somebody else"),
        (Response(200, b"<script>\x1b[31m\x00" * 99), "other_site", "Somebody else"),
    ],
    ids=str,
)
def test_whoever_else_answers_is_told_apart(
    authority: Authority, ask: Callable[..., Report], answer: Answer, code: str, words: str
) -> None:
    with site(authority, answer) as server:
        check = ask(server).check(CheckName.HTTPS)

    assert (check.ok, check.code) == (False, code)
    assert words in said(check)
    assert "\x1b" not in said(check)


def test_a_server_that_speaks_no_tls_is_told(ask: Callable[..., Report]) -> None:
    with http_server(RIGHT, host=HERE) as server:
        check = ask(server).check(CheckName.HTTPS)

    assert (check.ok, check.code.split("_")[0]) == (False, "no")
    assert not server.requests


def test_a_silent_handshake_ends_in_time(authority: Authority, ask: Callable[..., Report]) -> None:
    with site(authority) as server:
        server.silent_tls = True
        check = ask(server).check(CheckName.HTTPS)

    assert (check.ok, check.code) == (False, "no_tls_closed")
    assert check.milliseconds < 3000


def test_nobody_listening_is_told_even_before_anything_is_proven(
    authority: Authority, ask: Callable[..., Report]
) -> None:
    with site(authority) as server:
        pass

    check = ask(server, verified=False).check(CheckName.HTTPS)
    assert (check.ok, check.code) == (False, "closed_refused")
    assert "no firewall closes port" in said(check)


def test_each_address_is_visited_and_the_bad_one_named(
    authority: Authority,
    ask: Callable[..., Report],
    names: DnsServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(names.zone, DOMAIN, {"A": [HERE, THERE]})
    addresses = (ipaddress.ip_address(HERE), ipaddress.ip_address(THERE))
    with (
        site(authority) as good,
        https_server(Response(200, b"old"), authority=authority, host=THERE, port=good.port),
    ):
        check = ask(good, addresses=addresses).check(CheckName.HTTPS)

    assert (check.ok, check.code) == (False, "other_site")
    assert f"({THERE})" in said(check)
    assert f"At {HERE} everything is right." in said(check)


def test_a_load_balancer_that_passes_on_proves_it_and_one_that_does_not_is_told(
    authority: Authority, ask: Callable[..., Report]
) -> None:
    with site(authority) as server:
        passing = ask(server, tls_elsewhere=True)
        server.answer = Response(404, b"default backend")
        stuck = ask(server, tls_elsewhere=True)

    assert passing.served
    assert passing.culprit is None
    check = stuck.check(CheckName.HTTPS)
    assert check.ok is False
    assert "pass requests for pay.example.com on to acme.portico.example" in said(check)
    assert "PORTICO_TRUSTED_PROXIES" in said(check)


def test_addresses_that_must_not_be_called_are_left_alone(
    authority: Authority, ask: Callable[..., Report]
) -> None:
    with site(authority) as server:
        check = ask(server, egress=Egress()).check(CheckName.HTTPS)

    assert check.ok is None
    assert "leads back to the machine" in said(check)
    assert server.connections == 0


def test_a_port_that_is_not_open_for_calls_is_left_alone(
    authority: Authority, ask: Callable[..., Report]
) -> None:
    egress = Egress(allowed=LOOPBACK, call_ports=frozenset({443}))
    with site(authority) as server:
        check = ask(server, egress=egress).check(CheckName.HTTPS)

    assert (check.ok, check.code) == (None, "not_allowed")
    assert server.connections == 0


def test_the_visit_leaves_from_the_outbound_address_of_the_workspace(
    authority: Authority, ask: Callable[..., Report]
) -> None:
    source = OutboundAddress(
        ipaddress.ip_address("198.51.100.7"), local=ipaddress.ip_address("127.0.0.77")
    )
    with site(authority) as server:
        report = ask(server, egress=Egress(allowed=LOOPBACK, sources=(source,)))

    assert report.served
    assert server.requests[0].peer == "127.0.0.77"


def test_a_certificate_that_ends_soon_is_a_remark(
    authority: Authority, ask: Callable[..., Report]
) -> None:
    with site(authority) as server:
        later = datetime.now(UTC) + timedelta(days=50)
        check = ask(server, at=later).check(CheckName.HTTPS)

    assert check.ok is True
    assert "ends in 10 days and should have been renewed" in said(check)


@pytest.mark.parametrize(("hours", "overdue"), [(43, False), (41, True)])
def test_a_certificate_of_a_few_days_is_remarked_on_when_a_quarter_of_them_is_left(
    authority: Authority, ask: Callable[..., Report], hours: int, overdue: bool
) -> None:
    with site(
        authority, kind=lambda name: authority.certificate(name, starts=-2, days=5)
    ) as server:
        later = datetime.now(UTC) + timedelta(days=5) - timedelta(hours=hours)
        check = ask(server, at=later).check(CheckName.HTTPS)

    assert check.ok is True
    assert ("should have been renewed" in said(check)) is overdue
