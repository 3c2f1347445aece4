"""What an operator can say about outgoing calls, taken apart from text."""

from __future__ import annotations

import ipaddress
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
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
class OutboundAddress:
    """A public address that calls can leave from, and what makes them leave from there.

    Either `local`, an address of this machine that calls are bound to, or `proxy`, the `host:port`
    of an HTTP proxy that calls go through (CONNECT). Neither: all that this machine sends is given
    the public address on its way (NAT), and nothing need be done.
    """

    public: Address
    local: Address | None = None
    proxy: str = ""


@dataclass(frozen=True)
class Egress:
    """What outgoing calls may reach, where from, how names are looked up, and whom they trust.

    `allowed` ranges are reached although they are not public. `mail_ports` and `call_ports` (None:
    any) are the ports of mail servers and of HTTP calls. No `name_servers`: the system's resolver.
    `dns_port` is where the name servers of a zone itself are asked. `ca_file`: certificate
    authorities beside the system's. `outbound` are all the addresses that the operator offers;
    `sources` those of them that these calls must leave from, None: from any address.
    """

    allowed: tuple[Network, ...] = ()
    mail_ports: frozenset[int] = frozenset({25, 465, 587, 2525})
    name_servers: tuple[NameServer, ...] = ()
    ca_file: Path | None = None
    call_ports: frozenset[int] | None = None
    dns_port: int = 53
    outbound: tuple[OutboundAddress, ...] = ()
    sources: tuple[OutboundAddress, ...] | None = None


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


def outbound_in(text: str) -> tuple[OutboundAddress, ...]:
    """Addresses that calls can leave from, separated by commas; raises ValueError.

    `198.51.100.7=10.0.0.7`: calls bound to the local 10.0.0.7 leave from the public 198.51.100.7.
    `198.51.100.8=http://10.0.0.9:3128`: calls through that proxy do. `198.51.100.9=nat`: whatever
    this machine sends does. `198.51.100.10` alone: the address is this machine's own.
    """
    found = tuple(_outbound(part) for part in _parts(text))
    publics = [address.public for address in found]
    for public in publics:
        if publics.count(public) > 1:
            raise ValueError(f"{public} is named twice.")
    return found


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


def _outbound(text: str) -> OutboundAddress:
    public, _equals, way = (part.strip() for part in text.partition("="))
    address = _outbound_address(public)
    if way == "nat":
        return OutboundAddress(address)
    if way.startswith("http://"):
        return OutboundAddress(address, proxy=_proxy(way))
    local = _outbound_address(way or public)
    if local.version != address.version:
        raise ValueError(f"{address} and {local} are of different kinds (IPv4 and IPv6).")
    return OutboundAddress(address, local=local)


def _outbound_address(text: str) -> Address:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise ValueError(
            f"“{text}” is no address. Write 198.51.100.7=10.0.0.7 (public=local), "
            "198.51.100.8=http://10.0.0.9:3128 (public=proxy) or 198.51.100.9=nat."
        ) from None
    if address.is_unspecified or address.is_multicast or "%" in text:
        raise ValueError(f"no call can leave from {address}.")
    return address


def _proxy(text: str) -> str:
    if "@" in text:  # not repeated: it may hold a password
        raise ValueError(
            "a proxy has no user name and password; it looks like http://10.0.0.9:3128."
        )
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port or text != f"http://{parts.netloc}" or "@" in parts.netloc:
        raise ValueError(f"“{text}” is not a proxy; it looks like http://10.0.0.9:3128.")
    return parts.netloc


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
