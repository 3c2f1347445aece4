"""All checks together: who is told, when it ends, and how much is asked."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import dns.resolver
import pytest

from portico.domains.checking import (
    Check,
    CheckName,
    Limits,
    Question,
    Report,
    as_json,
    check_as_json,
    check_from,
    examine,
    report_from,
)
from portico.domains.checking.culprits import culprit_of
from portico.egress.configuration import LOOPBACK, Egress
from tests.peers.dns import DnsServer, Serves, Trouble, Zone, dns_server, dns_servers

DOMAIN, TARGET, TOKEN = "pay.example.com", "acme.portico.example", "portico-42"
CHALLENGE = f"_portico-challenge.{DOMAIN}"
OWN = "127.0.0.51"
ZONE: Zone = {
    "example.com": {"SOA": "ns1.example.com. h.example.com. 7 1 1 1 60", "NS": ["ns1.example.com"]},
    "ns1.example.com": {"A": [OWN]},
    DOMAIN: {"CNAME": TARGET},
    CHALLENGE: {"TXT": [TOKEN]},
}
WORLD: Zone = {**ZONE, TARGET: {"A": ["127.0.0.59"]}}
QUESTION = Question(
    DOMAIN, CHALLENGE, TOKEN, TARGET, issuers=("letsencrypt.org",), marker="m", https_port=1
)
LIMITS = Limits(question=0.4, connect=0.5, answer=0.5, whole=5)


@dataclass
class Watching:
    """Notes what it is told; wants it stopped after so many questions whether to stop."""

    patience: int = 10_000
    begun_checks: list[CheckName] = field(default_factory=list)
    ended: list[Check] = field(default_factory=list)

    def begun(self, name: CheckName) -> None:
        self.begun_checks.append(name)

    def done(self, check: Check) -> None:
        self.ended.append(check)

    def canceled(self) -> bool:
        self.patience -= 1
        return self.patience < 0


@pytest.fixture
def servers() -> Iterator[tuple[DnsServer, DnsServer]]:
    """The zone's own server, and a resolver."""
    with (
        dns_servers({OWN: Serves(dict(ZONE), ("example.com",))}) as own,
        dns_server(dict(WORLD)) as resolver,
    ):
        yield own[OWN], resolver


def egress_of(servers: tuple[DnsServer, DnsServer]) -> Egress:
    """Where the two are asked."""
    own, resolver = servers
    return replace(resolver.egress(Egress(allowed=LOOPBACK)), dns_port=own.name_server.port)


def test_whoever_looks_on_is_told_of_each_check_once(
    servers: tuple[DnsServer, DnsServer],
) -> None:
    watch = Watching()

    report = examine(QUESTION, egress=egress_of(servers), watch=watch, limits=LIMITS)

    assert sorted(watch.begun_checks) == sorted(CheckName)
    assert sorted(watch.ended, key=lambda one: one.name) == sorted(
        report.checks, key=lambda one: one.name
    )
    assert [check.name for check in report.checks] == list(CheckName)


def test_a_report_says_what_it_comes_to(servers: tuple[DnsServer, DnsServer]) -> None:
    report = examine(QUESTION, egress=egress_of(servers), limits=LIMITS)

    assert report.owned
    assert report.leads_here
    assert not report.served  # nobody listens on that port
    assert report.culprit is CheckName.HTTPS


def test_a_report_can_be_stored_and_comes_back_the_same(
    servers: tuple[DnsServer, DnsServer],
) -> None:
    servers[0].zone[CHALLENGE] = {"TXT": ["nul\0 and “marks”"]}
    report = examine(QUESTION, egress=egress_of(servers), limits=LIMITS)

    kept = json.loads(json.dumps(as_json(report)))

    assert report_from(kept) == report
    assert "\\u0000" not in json.dumps(kept)
    for check in report.checks:
        assert check_from(json.loads(json.dumps(check_as_json(check)))) == check


def test_no_question_is_put_twice_and_none_is_kept_for_the_next_run(
    servers: tuple[DnsServer, DnsServer],
) -> None:
    own, resolver = servers

    examine(QUESTION, egress=egress_of(servers), limits=LIMITS)
    first = sorted(q for q in resolver.questions if not q[0].startswith("portico-"))
    examine(QUESTION, egress=egress_of(servers), limits=LIMITS)

    assert len(first) == len(set(first))
    assert len(first) <= 16
    again = [q for q in resolver.questions if not q[0].startswith("portico-")]
    assert sorted(again) == sorted(first * 2)
    assert own.count(CHALLENGE, "TXT") == 2


def test_a_zones_own_server_is_not_asked_to_ask_others(
    servers: tuple[DnsServer, DnsServer],
) -> None:
    own, resolver = servers

    examine(QUESTION, egress=egress_of(servers), limits=LIMITS)

    assert own.questions
    assert own.recursive == 0
    assert resolver.recursive == len(resolver.questions)


def test_whoever_wants_it_stopped_gets_what_was_found_out_by_then(
    servers: tuple[DnsServer, DnsServer],
) -> None:
    for server in servers:
        server.zone[DOMAIN] = Trouble.SILENCE
    patient = replace(LIMITS, question=20.0, whole=60.0)
    watch = Watching(patience=6)

    began = time.monotonic()
    report = examine(QUESTION, egress=egress_of(servers), watch=watch, limits=patient)
    took = time.monotonic() - began

    assert took < 10  # and not the minute that it may take
    routing = report.check(CheckName.ROUTING)
    assert (routing.ok, routing.code) == (None, "stopped")
    assert routing.meaning.text
    assert {check.name for check in watch.ended} == set(CheckName)


def test_it_ends_in_time_whatever_the_servers_do(servers: tuple[DnsServer, DnsServer]) -> None:
    for server in servers:
        server.zone.update(dict.fromkeys((DOMAIN, CHALLENGE, TARGET, "com"), Trouble.SILENCE))
    hurried = replace(LIMITS, question=30.0, whole=0.5)

    began = time.monotonic()
    report = examine(QUESTION, egress=egress_of(servers), limits=hurried)
    took = time.monotonic() - began

    assert took < 5
    assert {check.ok for check in report.checks} == {None}
    assert "too_slow" in {check.code for check in report.checks}
    assert report.culprit is None  # what cannot be said is nobody's fault


def test_silent_resolvers_are_not_waited_for_again_and_again() -> None:
    with dns_server(dict.fromkeys(("com", *WORLD), Trouble.SILENCE)) as resolver:
        egress = resolver.egress(Egress(allowed=LOOPBACK))

        report = examine(QUESTION, egress=egress, limits=replace(LIMITS, whole=30))

    assert resolver.count(DOMAIN, "NS")
    assert not resolver.count("com", "NS")
    assert {check.ok for check in report.checks} == {None}


def test_a_machine_without_resolvers_gets_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_args: object, **_kwargs: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver, "Resolver", none)

    report = examine(QUESTION, egress=Egress(), limits=LIMITS)

    assert {check.ok for check in report.checks} == {None}


def test_a_caa_record_is_the_culprit_of_a_missing_certificate_only() -> None:
    def checks(https: str) -> tuple[Check, ...]:
        return (
            Check(CheckName.OWNERSHIP, True),
            Check(CheckName.ROUTING, True),
            Check(CheckName.ADDRESSES, True),
            Check(CheckName.CAA, False, code="forbidden"),
            Check(CheckName.HTTPS, False, code=https),
        )

    assert culprit_of(checks("no_tls_refused")) is CheckName.CAA
    assert culprit_of(checks("certificate_expired")) is CheckName.CAA
    assert culprit_of(checks("closed_timed_out")) is CheckName.HTTPS
    assert Report(checks("x"), None).owned
