"""`call` over TLS: verified against the name, over a connection with the checked address."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from portico.egress.calls import CallTrouble
from portico.egress.configuration import LOOPBACK, Egress
from portico.egress.tests.calling import LOCAL, get, trouble_with
from tests.peers.dns import Zone, dns_server
from tests.peers.https import Authority, Response, http_server, https_server

Certificate = Callable[[str], Path]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def test_the_certificate_is_held_against_the_name_and_not_the_address(authority: Authority) -> None:
    zone: Zone = {"api.example.com": {"A": ["127.0.0.1"]}}
    with https_server(Response(200, b"ok"), authority=authority) as server, dns_server(zone) as dns:
        answer = get(f"https://API.example.com.:{server.port}/", authority.egress(dns.egress()))

    assert (answer.status, answer.body, answer.peer) == (200, b"ok", "127.0.0.1")
    assert server.handshakes == ["api.example.com"]
    assert server.requests[0].host == f"api.example.com:{server.port}"


def test_an_address_is_verified_as_an_address(authority: Authority) -> None:
    with https_server(Response(200), authority=authority) as server:
        assert get(f"https://127.0.0.1:{server.port}/", authority.egress()).status == 200


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("expired", "tls_certificate_expired"),
        ("not_yet", "tls_certificate_not_yet_valid"),
        ("self_signed", "tls_certificate_self_signed"),
        ("wrong_name", "tls_certificate_wrong_name"),
    ],
)
def test_a_wrong_certificate_is_told_apart_and_nothing_is_sent(
    kind: str, code: str, authority: Authority
) -> None:
    certificate: Certificate = getattr(authority, kind)
    with https_server(authority=authority, certificate_for=certificate) as server:
        trouble = trouble_with(f"https://localhost:{server.port}/", authority.egress())

    assert trouble.code == code
    assert "localhost" in str(trouble)
    assert server.requests == []


def test_an_authority_that_nobody_named_is_not_trusted(authority: Authority) -> None:
    with https_server(authority=authority) as server:
        trouble = trouble_with(f"https://localhost:{server.port}/", LOCAL)

    assert trouble.code == "tls_certificate_unknown_issuer"
    assert server.requests == []


def test_authorities_are_read_anew_when_their_file_changes(
    authority: Authority, tmp_path: Path
) -> None:
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(Authority(tmp_path, name="Another Root").ca_file.read_bytes())
    egress = Egress(allowed=LOOPBACK, ca_file=ca_file)
    with https_server(authority=authority) as server:
        url = f"https://localhost:{server.port}/"
        assert trouble_with(url, egress).code == "tls_certificate_unknown_issuer"

        ca_file.write_bytes(ca_file.read_bytes() + authority.ca_file.read_bytes())

        assert get(url, egress).status == 200


def test_authorities_that_cannot_be_read_are_an_error_of_the_installation(tmp_path: Path) -> None:
    egress = Egress(allowed=LOOPBACK, ca_file=tmp_path / "gone.pem")
    with http_server() as server:
        trouble = trouble_with(f"https://localhost:{server.port}/", egress)

    assert trouble.code == "tls_trust_unreadable"
    assert "PORTICO_CA_FILE" in str(trouble)


def test_a_server_that_speaks_plainly_is_told_so() -> None:
    with http_server() as server:
        trouble = trouble_with(f"https://127.0.0.1:{server.port}/")

    assert trouble.code in {"tls_failed", "connection_lost"}
    assert isinstance(trouble, CallTrouble)
    assert server.requests == []


def test_a_redirect_from_https_to_http_is_not_followed(authority: Authority) -> None:
    with http_server() as plain:
        location = (("Location", f"http://localhost:{plain.port}/"),)
        moved = Response(301, b"", location)
        with https_server(moved, authority=authority) as server:
            answer = get(f"https://localhost:{server.port}/", authority.egress())

    assert (answer.status, plain.connections) == (301, 0)
