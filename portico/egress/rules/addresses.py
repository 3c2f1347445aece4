"""Which addresses and ports outgoing calls may reach.

The rule: public unicast addresses, and what the operator allows. Python's `is_global` alone does
not say it: it takes NAT64, 6to4, multicast and unassigned ranges for public, and differs between
Python's releases. So the special ranges of IANA's registries are listed here, and whatever the
lists do not name must be global to Python, too.

Check the very address that is then connected to. A name that is looked up again for the
connection can lead elsewhere (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from portico.egress.configuration import Egress, Network
from portico.kernel.errors import Invalid, gettext_noop

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
UNICAST: Final = ipaddress.IPv6Network("2000::/3")  # all of IPv6 that is given out to the public


class AddressRefused(Invalid):
    """An address that outgoing calls must not reach; its kinds follow. `address` is in `facts`."""

    code = "address_refused"
    sentence = gettext_noop(
        "%(address)s is not a public address; it is kept for special purposes. Accepted are "
        "public addresses, and those that the operator of this installation allows."
    )


class PrivateNetwork(AddressRefused):
    code = "address_of_private_network"
    sentence = gettext_noop(
        "%(address)s is an address of a private network, which cannot be reached from here. "
        "Accepted are public addresses. The operator of this installation can allow a range of "
        "its own network (PORTICO_EGRESS_ALLOW)."
    )


class ThisMachine(AddressRefused):
    code = "address_of_this_machine"
    sentence = gettext_noop(
        "%(address)s leads back to the machine that Portico runs on. Accepted are public addresses."
    )


class LinkLocal(AddressRefused):
    code = "address_is_link_local"
    sentence = gettext_noop(
        "%(address)s is a link-local address. Such addresses are known to one cable only, and "
        "clouds hand out secrets of their machines there. Accepted are public addresses."
    )


class SharedSpace(AddressRefused):
    code = "address_of_shared_space"
    sentence = gettext_noop(
        "%(address)s belongs to the address space that providers share inside their networks. "
        "Accepted are public addresses. The operator of this installation can allow a range of "
        "its own network (PORTICO_EGRESS_ALLOW)."
    )


class Multicast(AddressRefused):
    code = "address_is_multicast"
    sentence = gettext_noop(
        "%(address)s speaks to a group of machines at once (multicast or broadcast), not to a "
        "server. Accepted are public addresses of one server."
    )


class Documentation(AddressRefused):
    code = "address_is_documentation"
    sentence = gettext_noop(
        "%(address)s is kept for examples in documents; no server can have it. Write the address "
        "of your server."
    )


class Translated(AddressRefused):
    code = "address_is_translated"
    sentence = gettext_noop(
        "%(address)s wraps another address for a network in between (NAT64, 6to4 or Teredo), so "
        "it may lead anywhere. Write the address of the server itself."
    )


class Unassigned(AddressRefused):
    code = "address_is_unassigned"
    sentence = gettext_noop(
        "%(address)s belongs to a range that is reserved and given out to nobody. Accepted are "
        "public addresses."
    )


class PortRefused(Invalid):
    code = "port_refused"
    sentence = gettext_noop(
        "Port %(port)s is not open for outgoing calls. Accepted are the ports %(accepted)s. The "
        "operator of this installation can allow others (PORTICO_MAIL_PORTS)."
    )


# IANA's registries of special-purpose addresses, and what they only imply. The first match counts.
SPECIAL: Final[tuple[tuple[Network, type[AddressRefused]], ...]] = tuple(
    (ipaddress.ip_network(network), kind)
    for kind, networks in (
        (ThisMachine, "127.0.0.0/8 0.0.0.0/32 ::1/128 ::/128"),
        (LinkLocal, "169.254.0.0/16 fe80::/10"),
        (PrivateNetwork, "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10"),
        (SharedSpace, "100.64.0.0/10"),
        (Multicast, "224.0.0.0/4 255.255.255.255/32 ff00::/8"),
        (Documentation, "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20"),
        # NAT64 (its local prefix too), 6to4 with its relays, Teredo, and IPv4-compatible.
        (Translated, "64:ff9b::/96 64:ff9b:1::/48 2002::/16 192.88.99.0/24 2001::/32"),
        (Translated, "::/96 ::ffff:0:0:0/96"),
        # Benchmarking, protocol assignments, AS112's and AMT's anycast, ORCHID, drones, and SRv6.
        (AddressRefused, "198.18.0.0/15 192.0.0.0/24 2001::/23 5f00::/16 100::/64 100:0:0:1::/64"),
        (AddressRefused, "192.31.196.0/24 192.175.48.0/24 2001:4:112::/48 2620:4f:8000::/48"),
        (AddressRefused, "192.52.193.0/24"),
        (Unassigned, "0.0.0.0/8 240.0.0.0/4"),
    )
    for network in networks.split()
)


@dataclass(frozen=True)
class Sorted:
    """The addresses of a name: those that may be reached, in the given order, and the others."""

    allowed: tuple[Address, ...]
    refused: tuple[AddressRefused, ...]


def check_address(address: Address, egress: Egress) -> None:
    """Raise an AddressRefused unless outgoing calls may reach this address.

    An IPv4 address mapped into IPv6 (`::ffff:10.0.0.1`) is judged as that IPv4 address, for the
    operator's ranges as for the policy. Where the operator allows NAT64's prefix, the IPv4
    address within decides.
    """
    real = _unmapped(address)
    if any(real in network for network in egress.allowed):
        if isinstance(real, ipaddress.IPv6Address) and real in NAT64:
            check_address(ipaddress.IPv4Address(int(real) & 0xFFFFFFFF), egress)
        return
    for network, kind in SPECIAL:
        if real in network:
            raise kind(address=str(address))
    if isinstance(real, ipaddress.IPv6Address) and real not in UNICAST:
        raise Unassigned(address=str(address))
    if not real.is_global or real.is_multicast:
        raise AddressRefused(address=str(address))


def sort_addresses(addresses: Iterable[Address], egress: Egress) -> Sorted:
    """Tell the addresses that may be reached from those that may not, each with its reason.

    Connect to one of `allowed`; the name is refused only if there is none.
    """
    allowed: list[Address] = []
    refused: list[AddressRefused] = []
    for address in addresses:
        try:
            check_address(address, egress)
        except AddressRefused as reason:
            refused.append(reason)
        else:
            allowed.append(address)
    return Sorted(tuple(allowed), tuple(refused))


def check_port(port: int, ports: frozenset[int]) -> None:
    """Raise PortRefused unless the port is one of these, such as `Egress.mail_ports`."""
    if port not in ports:
        raise PortRefused(port=port, accepted=", ".join(str(one) for one in sorted(ports)))


def _unmapped(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
