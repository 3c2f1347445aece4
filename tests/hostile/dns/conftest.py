from __future__ import annotations

from collections.abc import Iterator

import pytest

from portico.egress.configuration import LOOPBACK, Egress
from tests.hostile.dns.cases import DOMAIN, HERE, MARKER
from tests.peers.https import Authority, Response, WebServer, https_server


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whom the installation trusts."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def site(authority: Authority) -> Iterator[WebServer]:
    """This installation, answering for the workspace."""
    names = {DOMAIN: authority.good, "example.com": authority.good}
    with https_server(
        Response(200, MARKER.encode()), authority=authority, certificate_for=names, host=HERE
    ) as server:
        yield server


@pytest.fixture(scope="module")
def development(authority: Authority) -> Egress:
    """May call this machine."""
    return authority.egress(Egress(allowed=LOOPBACK))


@pytest.fixture(scope="module")
def production(authority: Authority) -> Egress:
    """May call what is public only."""
    return authority.egress(Egress())
