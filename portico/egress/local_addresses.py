"""Addresses of this machine, which calls can be bound to. Plain Python."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from portico.egress.configuration import Address, OutboundAddress

IPV6_OF_LINUX: Final = Path("/proc/net/if_inet6")
SIOCGIFCONF: Final = 0x8912  # asks Linux for the IPv4 addresses of all interfaces
IFREQ: Final = 40  # bytes of one of its answers: a name of 16, and a socket address
MOST_ANSWERS: Final = 1024


def is_here(address: Address) -> bool:
    """Whether a socket can be bound to this address on this machine."""
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.bind((str(address), 0))
    except OSError:
        return False
    return True


def missing_here(outbound: tuple[OutboundAddress, ...]) -> tuple[OutboundAddress, ...]:
    """Those that are to leave from a local address which this machine does not have."""
    return tuple(one for one in outbound if one.local is not None and not is_here(one.local))


def addresses_here() -> tuple[Address, ...]:
    """The addresses that this machine has, IPv4 first, as far as the system tells."""
    found: set[Address] = set()
    for text in (*_ipv4(), *_ipv6(), *_by_name()):
        with contextlib.suppress(ValueError):
            address = ipaddress.ip_address(text)
            if not address.is_link_local:  # of use only together with an interface
                found.add(address)
    return tuple(sorted(found, key=lambda one: (one.version, int(one))))


def _ipv4() -> Iterator[str]:
    if sys.platform != "linux":
        return
    import array  # noqa: PLC0415 - only here, and only on Linux
    import fcntl  # noqa: PLC0415

    room = array.array("B", bytes(IFREQ * MOST_ANSWERS))
    where, length = room.buffer_info()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            answer = fcntl.ioctl(sock, SIOCGIFCONF, struct.pack("iL", length, where))
        except OSError:
            return
    used = int(struct.unpack("iL", answer)[0])
    content = room.tobytes()[:used]
    for at in range(0, used, IFREQ):
        yield socket.inet_ntoa(content[at + 20 : at + 24])


def _ipv6() -> Iterator[str]:
    with contextlib.suppress(OSError):
        for line in IPV6_OF_LINUX.read_text(encoding="ascii").splitlines():
            yield socket.inet_ntop(socket.AF_INET6, bytes.fromhex(line.split()[0]))


def _by_name() -> Iterator[str]:
    """What the machine's own name leads to: all that systems without /proc tell easily."""
    if IPV6_OF_LINUX.exists():
        return
    with contextlib.suppress(OSError):
        for entry in socket.getaddrinfo(os.uname().nodename, None, type=socket.SOCK_STREAM):
            yield str(entry[4][0])
