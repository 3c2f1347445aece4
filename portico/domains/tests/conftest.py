"""A domain's DNS and the web server behind it, both on loopback, with short limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from portico.domains.checking import Limits
from portico.domains.models import AlternativeDomain
from portico.domains.services import marker_of
from portico.domains.tests.findings import NAME
from portico.egress.configuration import LOOPBACK, Egress
from portico.workspaces.models import Workspace
from tests.peers.dns import DnsServer, Zone, dns_server
from tests.peers.https import Authority, Response, WebServer, https_server

LIMITS = Limits(question=1.0, connect=2.0, answer=2.0, whole=8.0)


@dataclass(frozen=True)
class World:
    """What a domain's checks meet."""

    dns: DnsServer
    web: WebServer
    authority: Authority

    def enter_proof(self, domain: AlternativeDomain) -> None:
        """Enter the TXT record."""
        self.dns.zone[f"_portico.{domain.name}"] = {"TXT": [domain.token]}

    def enter_route(self, domain: AlternativeDomain) -> None:
        """Enter the CNAME."""
        self.dns.zone[domain.name] = {"CNAME": f"{domain.workspace.slug}.localhost"}

    def serve(self, workspace: Workspace) -> None:
        """Have the workspace answer over HTTPS, as the program itself does."""
        self.web.answer = Response(200, f"{marker_of(workspace)}\n".encode())

    def set_up(self, domain: AlternativeDomain) -> None:
        """All of it."""
        self.enter_proof(domain)
        self.enter_route(domain)
        self.serve(domain.workspace)

    def withdraw(self, domain: AlternativeDomain) -> None:
        """Take all records out again."""
        for name in (domain.name, f"_portico.{domain.name}"):
            self.dns.zone.pop(name, None)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who makes the certificates."""
    folder: Path = tmp_path_factory.mktemp("domain-authority")
    return Authority(folder)


@pytest.fixture
def world(authority: Authority, settings: Any) -> Iterator[World]:
    """A name server that knows nothing of the domain, and a web server that answers as nobody."""
    zone: Zone = {
        "acme.localhost": {"A": ["127.0.0.1"]},
        "zenith.localhost": {"A": ["127.0.0.1"]},
        # Made once, so that the domain below it is not taken for unregistered.
        NAME.partition(".")[2]: {"TXT": ["here"]},
    }
    with (
        dns_server(zone) as dns,
        https_server(Response(404, b"nobody"), authority=authority) as web,
    ):
        settings.PORTICO_EGRESS = dns.egress(authority.egress(Egress(allowed=LOOPBACK)))
        settings.PORTICO_DOMAINS = replace(settings.PORTICO_DOMAINS, https_port=web.port)
        settings.PORTICO_DOMAIN_LIMITS = LIMITS
        yield World(dns, web, authority)
