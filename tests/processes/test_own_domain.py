"""A workspace's own domain from the claim to the tombstone: with a name server, Caddy and Portico.

The checks are made as the worker makes them, in this process: in production none may look at
loopback addresses. What they meet is the production itself.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from conftest import Cast, make_cast
from portico.domains.examining import recheck
from portico.domains.models import AlternativeDomain
from portico.domains.rules import MISSES, SUSPENDED_AFTER
from portico.domains.tests.findings import save, the_domain
from portico.egress.configuration import LOOPBACK, Egress
from portico.kernel.clock import now
from portico.kernel.errors import InvalidFields
from portico.kernel.site import Site
from portico.members.links import link_of
from portico.service_email.models import Mail
from tests.jobs import run as run_jobs
from tests.make import make_invitation
from tests.peers.dns import DnsServer, Zone, dns_server
from tests.processes.front import BASE_DOMAIN, SECRET_KEY, Front, front, needs_caddy
from tests.processes.program import answer

__all__ = ["front"]

NAME, SLUG_HOST = "pay.acme.example", f"acme.{BASE_DOMAIN}"
MARKER = "/.well-known/portico-domain"

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("empty_queue"),
    needs_caddy,
]


@dataclass(frozen=True)
class World:
    """What a domain meets: the DNS, and Portico behind Caddy."""

    dns: DnsServer
    front: Front
    cast: Cast

    @property
    def domain(self) -> AlternativeDomain:
        """Acme's, as it stands now."""
        return the_domain(self.cast.acme)

    def check(self) -> tuple[str, str | None]:
        """Check it because it is due: the state that follows, and the culprit."""
        recheck(self.domain.id)
        report = self.domain.report
        assert report is not None
        return self.domain.state, report["culprit"]

    def may_have_certificate(self, name: str = NAME) -> bool:
        """What `ask` says."""
        path = f"/internal/tls/ask?domain={name}&secret={self.front.ask_secret}"
        status, _text = answer(self.front.app_port, path, host="127.0.0.1")
        assert status in {200, 404}
        return status == 200

    def canonical(self, host: str) -> list[str]:
        """Which address the portal at a host names as the one that counts."""
        page = self.front.get(host)
        assert page.status == 200
        return re.findall(r'<link rel="canonical" href="([^"]+)"', page.body)

    def invitation(self) -> str:
        """Where an invitation that is mailed now leads."""
        self.cast.acme.refresh_from_db()
        return link_of(make_invitation(self.cast.acme)).split("/invitations/")[0]

    def mails(self) -> list[str]:
        """Who has been told what of the domain until now, oldest first."""
        run_jobs("outbox.deliver")
        found = Mail.objects.filter(template__startswith="domain_").order_by("id")
        assert set(found.values_list("workspace__slug", flat=True)) <= {"acme"}
        return list(found.values_list("template", flat=True))


@pytest.fixture
def world(front: Front, settings: Any) -> Iterator[World]:
    """The domain does not exist yet; the checks here are those of the installation in `front`."""
    settings.SECRET_KEY = SECRET_KEY
    settings.PORTICO_SITE = Site(BASE_DOMAIN, "https", "", "", any_host=False)
    settings.PORTICO_DOMAINS = replace(settings.PORTICO_DOMAINS, https_port=front.port)
    zone: Zone = {SLUG_HOST: {"A": ["127.0.0.1"]}, "acme.example": {"TXT": ["here"]}}
    with dns_server(zone) as dns:
        settings.PORTICO_EGRESS = dns.egress(Egress(allowed=LOOPBACK, ca_file=front.root))
        yield World(dns, front, make_cast())


def test_a_domain_from_the_claim_to_the_tombstone(world: World) -> None:
    _it_is_claimed_and_nothing_is_served(world)
    _the_record_is_found_and_a_certificate_may_be_made(world)
    _the_marker_is_found_and_links_use_it(world)
    _it_is_suspended_when_its_records_are_gone_for_long(world)
    _it_comes_back_when_they_do(world)
    _removed_it_is_nobodys(world)


def _it_is_claimed_and_nothing_is_served(world: World) -> None:
    save(world.cast.acme, world.cast.admin, NAME, at=now())

    assert world.check() == ("pending", "ownership")
    assert not world.may_have_certificate()
    assert world.front.refuses(NAME)
    assert world.canonical(SLUG_HOST) == [f"https://{SLUG_HOST}/"]


def _the_record_is_found_and_a_certificate_may_be_made(world: World) -> None:
    world.dns.zone[f"_portico.{NAME}"] = {"TXT": ["v=spf1 -all", world.domain.token]}

    assert world.check() == ("verified", "routing")
    assert world.may_have_certificate()
    assert not world.may_have_certificate(f"www.{NAME}")
    assert world.invitation() == f"https://{SLUG_HOST}"


def _the_marker_is_found_and_links_use_it(world: World) -> None:
    world.dns.zone[NAME] = {"CNAME": SLUG_HOST}

    assert not world.front.has_certificate(NAME)
    assert world.check() == ("active", None)  # the check is the first that asks for one
    assert world.front.has_certificate(NAME)
    assert world.front.get(NAME, MARKER).body == world.front.get(SLUG_HOST, MARKER).body
    for host in (NAME, SLUG_HOST):
        assert world.canonical(host) == [f"https://{NAME}/"]
    assert world.invitation() == f"https://{NAME}"
    assert world.mails() == ["domain_active"]


def _it_is_suspended_when_its_records_are_gone_for_long(world: World) -> None:
    withdrawn = dict(world.dns.zone)
    del world.dns.zone[NAME], world.dns.zone[f"_portico.{NAME}"]

    states = [world.check() for _miss in range(MISSES)]

    assert states == [("active", "ownership")] * (MISSES - 1) + [("degraded", "ownership")]
    assert world.may_have_certificate()
    assert world.canonical(SLUG_HOST) == [f"https://{NAME}/"]

    # As if so much time had passed.
    long_ago = now() - SUSPENDED_AFTER - timedelta(minutes=1)
    AlternativeDomain.objects.filter(id=world.domain.id).update(since=long_ago)

    assert world.check() == ("suspended", "ownership")
    assert not world.may_have_certificate()
    assert world.front.get(NAME).status == 404  # the certificate that was made lasts on
    assert world.canonical(SLUG_HOST) == [f"https://{SLUG_HOST}/"]
    assert world.invitation() == f"https://{SLUG_HOST}"
    assert world.mails() == ["domain_active", "domain_degraded", "domain_suspended"]

    world.dns.zone.update(withdrawn)


def _it_comes_back_when_they_do(world: World) -> None:
    assert world.check() == ("verified", None)
    # Served, and not named as the address that counts until it was seen to work.
    assert world.canonical(NAME) == [f"https://{SLUG_HOST}/"]
    assert world.check() == ("active", None)
    assert world.canonical(SLUG_HOST) == [f"https://{NAME}/"]


def _removed_it_is_nobodys(world: World) -> None:
    cast, removed = world.cast, world.domain
    save(cast.acme, cast.admin, "", at=now())

    assert not world.may_have_certificate()
    assert world.front.get(NAME).status == 404
    assert world.canonical(SLUG_HOST) == [f"https://{SLUG_HOST}/"]
    with pytest.raises(InvalidFields) as refused:
        save(cast.zenith, cast.outsider, NAME, at=now())
    assert "belongs to another workspace" in str(refused.value)

    # Its records are still there: however long it is looked at, it stays blocked.
    recheck(removed.id)
    removed.refresh_from_db()
    assert (removed.state, removed.held) == ("removed", True)

    with pytest.raises((ssl.SSLError, ConnectionError)):
        world.front.get(f"other.{NAME}")
