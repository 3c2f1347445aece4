"""From a checked address to a connection that leaves from where it must.

Mail and HTTP calls both connect here. A socket is bound to one of `Egress.sources`, or goes
through its proxy, before it connects; where there are sources and none can be used, nothing
connects at all.
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
import socket
import sys
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from portico.egress.configuration import Address, Egress, OutboundAddress
from portico.egress.resolving import LookupTrouble, resolve
from portico.egress.rules import HostRefused
from portico.egress.tunnels import TunnelLate, TunnelRefused, Wait, open_tunnel
from portico.kernel.errors import gettext_noop

# Without it a bound socket takes a port before it is known where to, and ports run out: 28,000
# connections in all instead of 28,000 to each server. Python knows the name from 3.14 on.
IP_BIND_ADDRESS_NO_PORT: Final = 24
MOST_PROXY_ADDRESSES: Final = 2


class Obstacle(StrEnum):
    """What was met in the place of a connection."""

    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    NO_SOURCE = "no_source"  # none of those that were chosen is left
    OTHER_FAMILY = "other_family"  # only IPv4 where the address is IPv6, or the other way round
    NOT_LOCAL = "not_local"  # this machine does not have the source address
    PROXY_AWAY = "proxy_away"
    PROXY_REFUSED = "proxy_refused"


# Said with `address`, `source` (the public one) and `reason`.
SENTENCES: Final = {
    Obstacle.REFUSED: gettext_noop("%(address)s refused the connection."),
    Obstacle.TIMED_OUT: gettext_noop("%(address)s did not answer."),
    Obstacle.UNREACHABLE: gettext_noop("There is no way to %(address)s: %(reason)s."),
    Obstacle.NO_SOURCE: gettext_noop(
        "The outbound addresses that this workspace has chosen are no longer offered by the "
        "operator of this installation, so nothing is called. Choose others under Domain "
        "Preference."
    ),
    Obstacle.OTHER_FAMILY: gettext_noop(
        "No outbound address of this workspace can reach %(address)s: IPv4 reaches IPv4 only, and "
        "IPv6 reaches IPv6 only. Choose an outbound address of the other kind, too."
    ),
    Obstacle.NOT_LOCAL: gettext_noop(
        "The machine that Portico runs on does not have the address that calls from %(source)s "
        "leave from, so nothing was called. The operator of this installation has to mend it "
        "(PORTICO_EGRESS_IPS)."
    ),
    Obstacle.PROXY_AWAY: gettext_noop(
        "The proxy that calls from %(source)s go through cannot be reached: %(reason)s. The "
        "operator of this installation has to mend it (PORTICO_EGRESS_IPS)."
    ),
    Obstacle.PROXY_REFUSED: gettext_noop(
        "The proxy that calls from %(source)s go through did not lead to %(address)s: %(reason)s."
    ),
}
# Not the fault of whoever is called: another source may do.
OF_THE_SOURCE: Final = (Obstacle.NOT_LOCAL, Obstacle.PROXY_AWAY)
_CODES: Final = {
    errno.ECONNREFUSED: Obstacle.REFUSED,
    errno.ETIMEDOUT: Obstacle.TIMED_OUT,
}


class NotReached(Exception):
    """No connection. `SENTENCES` says why, with `facts`."""

    def __init__(
        self, obstacle: Obstacle, address: Address | str, reason: str = "", source: str = ""
    ) -> None:
        self.obstacle = obstacle
        self.source = source
        self.reason = reason
        self.facts = {"address": str(address), "reason": reason, "source": source}
        super().__init__(SENTENCES[obstacle] % self.facts)


@dataclass(frozen=True)
class Reached:
    """A connected, non-blocking socket. `source`: where it leaves from; None: from anywhere."""

    socket: socket.socket
    address: Address
    source: OutboundAddress | None

    @property
    def public(self) -> str:
        """The public address that it leaves from; empty where nothing is said about it."""
        return str(self.source.public) if self.source else ""


def reach(address: Address, port: int, egress: Egress, *, wait: Wait, ends: float) -> Reached:
    """Connect to a checked address from one of the sources, chosen at random.

    Another source is taken only where one fails by itself: this machine does not have its
    address, or its proxy is away. `ends` is a time of the monotonic clock. Raises NotReached.
    """
    target = _unmapped(address)
    faults: list[NotReached] = []
    for source in _candidates(target, egress):
        try:
            sock = _connect(target, port, source, egress, wait=wait, ends=ends)
        except NotReached as obstacle:
            if obstacle.obstacle not in OF_THE_SOURCE:
                raise
            faults.append(obstacle)
        else:
            return Reached(sock, target, source)
    raise faults[0]


def _candidates(address: Address, egress: Egress) -> list[OutboundAddress] | list[None]:
    if egress.sources is None:
        return [None]
    if not egress.sources:
        raise NotReached(Obstacle.NO_SOURCE, address)
    fitting = [one for one in egress.sources if one.public.version == address.version]
    if not fitting:
        raise NotReached(Obstacle.OTHER_FAMILY, address)
    random.shuffle(fitting)
    return fitting


def _connect(
    address: Address,
    port: int,
    source: OutboundAddress | None,
    egress: Egress,
    *,
    wait: Wait,
    ends: float,
) -> socket.socket:
    public = str(source.public) if source else ""
    if source is None or not source.proxy:
        local = source.local if source else None
        try:
            return _plainly(address, port, local, wait=wait, ends=ends)
        except NotReached as met:
            raise NotReached(met.obstacle, address, met.reason, public) from None
    sock = _to_proxy(source.proxy, public, egress, wait=wait, ends=ends)
    try:
        open_tunnel(sock, address, port, wait=wait, ends=ends)
    except BaseException as error:
        sock.close()
        if isinstance(error, TunnelRefused):
            said = f"{error.status} {error.reason}".strip() if error.status else "no HTTP"
            raise NotReached(Obstacle.PROXY_REFUSED, address, said, public) from None
        if isinstance(error, TunnelLate):
            raise NotReached(Obstacle.TIMED_OUT, address, source=public) from None
        if isinstance(error, OSError):
            said = os.strerror(error.errno or 0)
            raise NotReached(Obstacle.PROXY_AWAY, address, said, public) from None
        raise
    return sock


def _to_proxy(proxy: str, public: str, egress: Egress, *, wait: Wait, ends: float) -> socket.socket:
    """A connection with the proxy. The operator named it, so no policy holds it back."""
    parts = urlsplit(f"//{proxy}")
    try:
        timeout = max(0.0, ends - time.monotonic())
        addresses = resolve(parts.hostname or "", egress, timeout=timeout)
    except (HostRefused, LookupTrouble) as unknown:
        raise NotReached(Obstacle.PROXY_AWAY, proxy, str(unknown).rstrip("."), public) from None
    tried = addresses[:MOST_PROXY_ADDRESSES]
    met: NotReached | None = None
    for number, address in enumerate(tried):
        share = (ends - time.monotonic()) / (len(tried) - number)
        until = time.monotonic() + share
        try:
            return _plainly(_unmapped(address), parts.port or 0, None, wait=wait, ends=until)
        except NotReached as obstacle:
            met = met or NotReached(Obstacle.PROXY_AWAY, address, obstacle.reason, public)
    raise met or NotReached(Obstacle.PROXY_AWAY, tried[0], "", public)


def _plainly(
    address: Address, port: int, local: Address | None, *, wait: Wait, ends: float
) -> socket.socket:
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:  # a machine without IPv6
        raise _met(error.errno or 0, address) from None
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if local is not None:
            _bind(sock, local, address)
        code = _try(sock, address, port, wait=wait, ends=ends)
    except BaseException:
        sock.close()
        raise
    if code in (0, errno.ECONNRESET):  # accepted, and cut off since: the reader will notice
        return sock
    sock.close()
    raise _met(code, address)


def _try(sock: socket.socket, address: Address, port: int, *, wait: Wait, ends: float) -> int:
    """What the system says of the attempt; 0: connected."""
    code = sock.connect_ex((str(address), port))
    if code != errno.EINPROGRESS:
        return code
    if not wait(sock, ends=ends, to_write=True):
        return errno.ETIMEDOUT
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


def _bind(sock: socket.socket, local: Address, address: Address) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    try:
        sock.bind((str(local), 0))
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise NotReached(Obstacle.NOT_LOCAL, address, reason) from None


def _met(code: int, address: Address) -> NotReached:
    return NotReached(_CODES.get(code, Obstacle.UNREACHABLE), address, os.strerror(code))


def _unmapped(address: Address) -> Address:
    """An IPv4 address mapped into IPv6 is reached over IPv4, and from IPv4 sources."""
    if address.version == 6 and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
