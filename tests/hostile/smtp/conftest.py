"""What all mail servers of a run share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile.smtp.authority import HOST, Authority
from tests.peers.dns import DnsServer, Trouble, Zone, dns_server


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whom our side trusts."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def names() -> Iterator[DnsServer]:
    """Where our side looks names up."""
    here = {"A": ["127.0.0.1"]}
    zone: Zone = {
        HOST: here,
        "deaf.test": here,
        "mx.wild.test": here,
        "two.test": {"A": ["127.0.0.66", "127.0.0.1"]},
        "mixed.test": {"A": ["10.1.2.3", "127.0.0.1"]},
        "six.test": {"AAAA": ["::1"]},
        "mailless.test": {"TXT": ["v=spf1 -all"]},
        "private.test": {"A": ["10.1.2.3"]},
        "private-six.test": {"AAAA": ["fd00::1"]},
        "metadata.test": {"A": ["169.254.169.254"]},
        "nowhere-to-go.test": {"A": ["255.255.255.255"]},
        "silent.test": Trouble.SILENCE,
        "broken.test": Trouble.SERVFAIL,
    }
    with dns_server(zone) as server:
        yield server
