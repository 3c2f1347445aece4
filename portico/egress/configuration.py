"""What an operator can say about outgoing calls, taken apart from text."""

from __future__ import annotations

import ipaddress
import re
import ssl
from dataclasses import dataclass
from pathlib import Path

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LOOPBACK: tuple[Network, ...] = (
    ipaddress.ip_network("127.0.0.0/8"),
    ipaddress.ip_network("::1/128"),
)
# To connect to the unspecified address is to connect to oneself.
THIS_MACHINE: tuple[Network, ...] = (
    *LOOPBACK,
    ipaddress.ip_network("0.0.0.0/32"),
    ipaddress.ip_network("::/128"),
)
MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
NAME_SERVER = re.compile(r"\[(?P<v6>[^\[\]]+)\](:(?P<v6port>\d+))?|(?P<v4>[^:\[\]]+):(?P<port>\d+)")


@dataclass(frozen=True)
class NameServer:
    """Where names are looked up."""

    address: str
    port: int = 53


@dataclass(frozen=True)
class Egress:
    """What outgoing calls may reach, how names are looked up, and whom they trust.

    `allowed` ranges are reached although they are not public. No `name_servers`: the system's
    resolver. `ca_file`: certificate authorities beside the system's.
    """

    allowed: tuple[Network, ...] = ()
    mail_ports: frozenset[int] = frozenset({25, 465, 587, 2525})
    name_servers: tuple[NameServer, ...] = ()
    ca_file: Path | None = None


def ports_in(text: str) -> frozenset[int]:
    """Ports separated by commas; raises ValueError."""
    ports = frozenset(_port(part) for part in _parts(text))
    if not ports:
        raise ValueError("name at least one port, such as 587.")
    return ports


def networks_in(text: str) -> tuple[Network, ...]:
    """Address ranges separated by commas; raises ValueError.

    IPv4 ranges mapped into IPv6 are the IPv4 ranges they mean, as addresses are.
    """
    try:
        return tuple(_network(part) for part in _parts(text))
    except ValueError as error:
        raise ValueError(f"{error}. A range looks like 10.1.0.0/16.") from None


def includes_loopback(networks: tuple[Network, ...]) -> bool:
    """Whether a range holds addresses of this machine itself."""
    return any(
        network.version == own.version and network.overlaps(own)
        for network in networks
        for own in THIS_MACHINE
    )


def name_servers_in(text: str) -> tuple[NameServer, ...]:
    """Name servers separated by commas: `10.0.0.2`, `10.0.0.2:5353`, `[::1]:5353`."""
    return tuple(_name_server(part) for part in _parts(text))


def check_ca_file(path: Path) -> None:
    """Raise ValueError unless the file holds certificates in PEM."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise ValueError(f"{path} holds no certificates in PEM.") from None
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror or error}).") from None
    if not context.cert_store_stats()["x509"]:
        raise ValueError(f"{path} holds no certificates in PEM.")


def _network(text: str) -> Network:
    if "%" in text:
        raise ValueError(f"{text!r} names a network interface of one machine")
    network = ipaddress.ip_network(text)
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(MAPPED):
        within = int(network.network_address) & 0xFFFFFFFF
        return ipaddress.IPv4Network((within, network.prefixlen - MAPPED.prefixlen))
    return network


def _name_server(text: str) -> NameServer:
    apart = NAME_SERVER.fullmatch(text)
    address = (apart["v6"] or apart["v4"]) if apart else text
    port = (apart["v6port"] or apart["port"] or "53") if apart else "53"
    try:
        return NameServer(str(ipaddress.ip_address(address)), _port(port))
    except ValueError:
        raise ValueError(
            f"“{text}” is not a name server; it looks like 10.0.0.2 or 10.0.0.2:5353."
        ) from None


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        raise ValueError(f"“{text[:20]}” is not a port; a port is a number from 1 to 65535.")
    return int(text)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in (piece.strip() for piece in text.split(",")) if part)
