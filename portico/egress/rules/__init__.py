"""What outgoing calls may reach: addresses, ports, and how a host is written. Plain Python."""

from __future__ import annotations

from portico.egress.rules.addresses import (
    Address,
    AddressRefused,
    PortRefused,
    Sorted,
    check_address,
    check_port,
    sort_addresses,
)
from portico.egress.rules.hosts import HostRefused, address_in, check_host, is_this_machine

__all__ = [
    "Address",
    "AddressRefused",
    "HostRefused",
    "PortRefused",
    "Sorted",
    "address_in",
    "check_address",
    "check_host",
    "check_port",
    "is_this_machine",
    "sort_addresses",
]
