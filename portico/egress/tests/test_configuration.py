from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest

from portico.egress.configuration import (
    NameServer,
    check_ca_file,
    includes_loopback,
    name_servers_in,
    networks_in,
    ports_in,
)
from portico.egress.tests.authority import Authority


def networks(*texts: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


def test_ports_are_numbers_between_commas() -> None:
    assert ports_in(" 25, 587,,2525 ,587") == {25, 587, 2525}


@pytest.mark.parametrize(
    "text",
    ["", " , ", "0", "65536", "-1", "５８７", "587 465", "587;465", "smtp", "9" * 5000],
)
def test_what_is_no_port_is_refused_in_a_short_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"port") as refused:
        ports_in(text)
    assert len(str(refused.value)) < 120
    assert "limit" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", networks()),
        ("10.1.0.0/16", networks("10.1.0.0/16")),
        ("10.0.0.1, fd00::/8,", networks("10.0.0.1/32", "fd00::/8")),
        ("10.0.0.0/255.0.0.0", networks("10.0.0.0/8")),
        ("::ffff:10.0.0.0/104", networks("10.0.0.0/8")),
        ("::ffff:10.0.0.7", networks("10.0.0.7/32")),
        ("::ffff:0:0/96", networks("0.0.0.0/0")),
        ("::/0", networks("::/0")),
    ],
)
def test_ranges_are_read(
    text: str, found: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
) -> None:
    assert networks_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "10.1.2.3/8",
        "10/8",
        "10.0.0.0/33",
        "10.0.0.0-10.0.0.9",
        "localhost",
        "167772160",
        "010.0.0.0/8",
        "fe80::%eth0/64",
        "[fd00::]/8",
    ],
)
def test_what_is_no_range_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"10\.1\.0\.0/16"):
        networks_in(text)


@pytest.mark.parametrize(
    ("text", "included"),
    [
        ("10.0.0.0/8,fd00::/8", False),
        ("127.0.0.1", True),
        ("127.64.0.0/10", True),
        ("0.0.0.0/0", True),
        ("0.0.0.0", True),
        ("::/0", True),
        ("::", True),
        ("::1", True),
        ("::ffff:127.0.0.0/104", True),
    ],
)
def test_a_range_that_holds_this_machine_is_known(text: str, included: bool) -> None:
    assert includes_loopback(networks_in(text)) is included


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10.0.0.2", (NameServer("10.0.0.2"),)),
        ("10.0.0.2:5353", (NameServer("10.0.0.2", 5353),)),
        ("::1", (NameServer("::1"),)),
        ("[::1]", (NameServer("::1"),)),
        ("[0:0::1]:5353 , 10.0.0.2", (NameServer("::1", 5353), NameServer("10.0.0.2"))),
        ("fe80::1%eth0", (NameServer("fe80::1%eth0"),)),
        ("", ()),
    ],
)
def test_name_servers_are_read(text: str, found: tuple[NameServer, ...]) -> None:
    assert name_servers_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "dns.example.com",
        "10.0.0.2:0",
        "10.0.0.2:",
        "10.0.0.2:53:53",
        "10.0.0.2:65536",
        ":53",
        "[::1",
        "[::1]:",
        "[::1]x",
        "::1]",
        "[]:53",
    ],
)
def test_what_is_no_name_server_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"looks like 10\.0\.0\.2"):
        name_servers_in(text)


def test_a_file_of_authorities_in_pem_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(b"# Acme's own\n" + Authority().pem * 2)

    check_ca_file(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage",
        bytes(range(256)),
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ],
)
def test_a_file_without_certificates_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(content)

    with pytest.raises(ValueError, match="holds no certificates in PEM") as refused:
        check_ca_file(path)
    assert "_ssl" not in str(refused.value)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.pem"):
        with pytest.raises(ValueError, match="cannot be read"):
            check_ca_file(path)
