from __future__ import annotations

import contextlib
import ssl
from pathlib import Path

import pytest

from portico.egress.configuration import Egress
from portico.egress.tests.authority import Authority
from portico.egress.trust import tls_context


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
def trusting(authority: Authority, tmp_path: Path) -> Egress:
    """What trusts this authority beside the system's."""
    path = tmp_path / "ca.pem"
    path.write_bytes(authority.pem)
    return Egress(ca_file=path)


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext, host: str) -> str | None:
    """The TLS version that both sides agree on; raises what the client raises."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = client.wrap_bio(to_client, to_server, server_hostname=host)
    there = server.wrap_bio(to_server, to_client, server_side=True)
    for _turn in range(5):
        try:
            here.do_handshake()
        except ssl.SSLWantReadError:
            pass
        else:
            return here.version()
        with contextlib.suppress(ssl.SSLError):  # the other side is told, and says it better
            there.do_handshake()
    raise AssertionError("the handshake never ended")


def test_a_server_of_the_operators_authority_is_trusted(
    authority: Authority, trusting: Egress, tmp_path: Path
) -> None:
    server = authority.server(tmp_path, "mail.example.com", "10.0.0.25")

    assert shake_hands(tls_context(trusting), server, "mail.example.com") == "TLSv1.3"
    assert shake_hands(tls_context(trusting), server, "10.0.0.25") == "TLSv1.3"


def test_the_operators_authority_stands_beside_the_systems(trusting: Egress) -> None:
    own, both = tls_context(Egress()), tls_context(trusting)

    assert both.cert_store_stats()["x509_ca"] == own.cert_store_stats()["x509_ca"] + 1


@pytest.mark.parametrize(
    ("host", "days", "reason"),
    [
        ("mail.example.org", 9, "Hostname mismatch"),
        ("10.0.0.26", 9, "IP address mismatch"),
        ("mail.example.com", -1, "certificate has expired"),
    ],
)
def test_other_names_and_expired_certificates_are_refused(
    host: str, days: int, reason: str, authority: Authority, trusting: Egress, tmp_path: Path
) -> None:
    server = authority.server(tmp_path, "mail.example.com", "10.0.0.25", days=days)

    with pytest.raises(ssl.SSLCertVerificationError, match=reason):
        shake_hands(tls_context(trusting), server, host)


def test_an_authority_that_nobody_named_is_refused(authority: Authority, tmp_path: Path) -> None:
    server = authority.server(tmp_path, "mail.example.com")

    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
        shake_hands(tls_context(Egress()), server, "mail.example.com")


def test_tls_older_than_1_2_is_not_spoken(
    authority: Authority, trusting: Egress, tmp_path: Path
) -> None:
    server = authority.server(tmp_path, "mail.example.com")
    with pytest.deprecated_call():
        server.minimum_version = server.maximum_version = ssl.TLSVersion.TLSv1_1
    server.set_ciphers("ALL:@SECLEVEL=0")

    with pytest.raises(ssl.SSLError, match=r"protocol version|unsupported protocol"):
        shake_hands(tls_context(trusting), server, "mail.example.com")
