"""The demo's mail server on loopback, a name server beside it, and short limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portico.basic_settings import services
from portico.demo_mail.ports import HOST, PASSWORD, Manner
from portico.egress.configuration import LOOPBACK, Egress
from portico.service_email.section import section
from portico.service_email.smtp.limits import Limits
from portico.workspaces.models import Membership, Workspace
from tests.make import AT, actor
from tests.peers.demo_mail import DemoMailPeer, demo_mail_server
from tests.peers.dns import Zone, dns_server

LIMITS = Limits(connect=2.0, reply=2.0, whole=8.0)
ACCOUNT = "service@acme.example.com"


@dataclass(frozen=True)
class Bench:
    """What a test of a mail server is tried on."""

    peer: DemoMailPeer

    def values(self, manner: Manner = Manner.STARTTLS, **others: object) -> dict[str, Any]:
        """Values of the section, as the API takes them, for one of the server's ports."""
        security = {Manner.IMPLICIT_TLS: "ssl", Manner.NO_TLS: "none"}.get(manner, "starttls")
        return {
            "account": ACCOUNT,
            "nickname": "Acme Mail",
            "host": HOST,
            "port": self.peer.ports[manner],
            "security": security,
            "password": PASSWORD,
            **others,
        }

    def form(self, manner: Manner = Manner.STARTTLS, **others: object) -> dict[str, Any]:
        """The same as the section's form sends them."""
        values = self.values(manner, **others)
        mode = values.pop("security")
        on = {"ssl": "on", "security": mode} if mode != "none" else {}
        return {**values, **on, "opened_on": "live", "held": "", "based_on": "0", "version": "0"}

    def save(
        self, workspace: Workspace, by: Membership, manner: Manner = Manner.STARTTLS, **others: Any
    ) -> None:
        """Save them."""
        live = services.live(workspace, section).number
        values = self.values(manner, **others)
        services.save(workspace, section, values, based_on=live, by=actor(by), at=AT)


@pytest.fixture
def bench(tmp_path: Path, settings: Any) -> Iterator[Bench]:
    """Outgoing calls reach the server and believe in its certificates."""
    zone: Zone = {
        "acme.example.com": {"TXT": ["v=spf1 a:mail.localhost -all"]},
        "_dmarc.acme.example.com": {"TXT": ["v=DMARC1; p=none"]},
    }
    with demo_mail_server(tmp_path) as peer, dns_server(zone) as names:
        settings.PORTICO_EGRESS = names.egress(
            Egress(
                allowed=LOOPBACK,
                mail_ports=frozenset(peer.ports.values()),
                ca_file=peer.authority,
            )
        )
        settings.PORTICO_MAIL_LIMITS = LIMITS
        yield Bench(peer)
