"""A case's servers, and what `examine` says of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from portico.domains.checking import Question, Report, Sentence, examine
from portico.egress.configuration import Egress
from tests.hostile.dns.cases import (
    CHALLENGE,
    DOMAIN,
    GOOD,
    MARKER,
    NAME_SERVERS,
    PLATFORM,
    REGISTRY,
    TARGET,
    TOKEN,
    Case,
    changed,
)
from tests.peers.dns import DnsServer, Serves, Zone, dns_server, dns_servers
from tests.peers.https import WebServer


@dataclass(frozen=True)
class World:
    """The servers of a case while it runs."""

    own: dict[str, DnsServer]
    resolvers: list[DnsServer]

    def egress(self, egress: Egress) -> Egress:
        """Where these servers are asked."""
        port = next(iter(self.own.values())).name_server.port
        names = tuple(one.name_server for one in self.resolvers)
        return replace(egress, name_servers=names, dns_port=port)


@contextlib.contextmanager
def world_of(case: Case) -> Iterator[World]:
    """Start a case's servers."""
    zone = changed(GOOD, case.zone)
    first, second = NAME_SERVERS.values()
    own = {
        first: _served(case, "first", zone),
        second: _served(case, "second", changed(zone, case.second)),
        REGISTRY: Serves(zone, ("com", "example.net")),
    }
    views = [changed({**zone, **PLATFORM}, case.zone, case.resolver)]
    if case.second_resolver is not None:
        views.append(changed({**zone, **PLATFORM}, case.zone, case.second_resolver))
    with contextlib.ExitStack() as stack:
        servers = stack.enter_context(dns_servers(own))
        twists = [case.twists.get("resolver"), case.twists.get("second_resolver")]
        resolvers = [
            stack.enter_context(
                dns_server(view, twist=twist, speaks_tcp="resolver" not in case.no_tcp)
            )
            for view, twist in zip(views, twists, strict=False)
        ]
        yield World(servers, resolvers)


def report_of(case: Case, world: World, egress: Egress, site: WebServer) -> Report:
    """What is found out."""
    return examine(question_of(case, site), egress=world.egress(egress), limits=case.limits)


def question_of(case: Case, site: WebServer) -> Question:
    """What is asked in a case."""
    usual = Question(
        domain=DOMAIN,
        record_name=CHALLENGE,
        token=TOKEN,
        target=TARGET,
        issuers=("letsencrypt.org",),
        marker=MARKER,
        https_port=site.port,
    )
    return replace(usual, **case.question)  # type: ignore[arg-type]


def said(sentence: Sentence | None) -> str:
    """A sentence in English; fails where a fact is missing."""
    return sentence.text % sentence.facts if sentence else ""


def words_of(report: Report) -> list[str]:
    """All that is said in a report, each sentence filled in."""
    words = []
    for check in report.checks:
        words += [said(check.meaning), said(check.advice), *map(said, check.notes)]
        for seen in check.seen:
            words += [seen.where, *seen.values, said(seen.trouble), *map(said, seen.notes)]
    return words


def _served(case: Case, which: str, zone: Zone) -> Serves:
    return Serves(
        zone, ("example.com",), case.twists.get(which), speaks_tcp=which not in case.no_tcp
    )
