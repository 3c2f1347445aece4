"""A name server on loopback (UDP and TCP) that answers what a test says, or misbehaves.

    zone = {
        "mail.example.com": {"A": ["192.0.2.1", "192.0.2.2"], "AAAA": ["2001:db8::1"]},
        "www.example.com": {"CNAME": "mail.example.com"},
        "example.com": {"TXT": ["v=spf1 -all"], "MX": ["10 mail.example.com"]},
        "broken.example.com": Trouble.SERVFAIL,             # whatever is asked
        "half.example.com": {"A": ["192.0.2.1"], "AAAA": Trouble.SILENCE},
        "rebinds.example.com": {"A": Successive(["192.0.2.1"], ["127.0.0.1"])},
    }
    with dns_server(zone) as server:
        resolve("mail.example.com", server.egress(), timeout=2)
        assert server.count("mail.example.com", "A") == 1
        server.zone["mail.example.com"] = {"A": ["192.0.2.9"]}   # from now on

A name that is not in the zone does not exist (NXDOMAIN), unless another one lies below it, or a
wildcard (`*.example.com`) above. Aliases are followed as a resolver does it; what does not fit
into a datagram is cut and asked for again over TCP. A TXT value longer than 255 bytes is split
into strings, as on the wire. Answers may be kept for 0 seconds; `Kept(300, "192.0.2.1")` for more.
Where a name above has an SOA, answers that say no carry it.

A server that `serves` zones is authoritative: it knows these and nothing else, follows no alias
out of them, and refers to the name servers of a zone below (`{"NS": [...]}` inside its own zone).
Several servers of one port, each on an address of its own:

    with dns_servers({"127.0.0.2": Serves(zone, ("example.com",)), "127.0.0.3": ...}) as two:
        egress = replace(egress, dns_port=two["127.0.0.2"].name_server.port)
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dnslib import QTYPE, RCODE, RR, DNSRecord

from portico.egress.configuration import LOOPBACK, Egress, NameServer
from tests.peers.messages import serve, sockets
from tests.peers.zones import (
    Kept,
    Records,
    Successive,
    Trouble,
    Twist,
    Zone,
    is_within,
    record_of,
    upward,
    values_in,
)

__all__ = [
    "DnsServer",
    "Kept",
    "Records",
    "Serves",
    "Successive",
    "Trouble",
    "Twist",
    "Zone",
    "dns_server",
    "dns_servers",
    "unused_name_server",
]


@dataclass
class DnsServer:
    """A running server. `zone` may be changed while it runs; `questions` is what it was asked.

    `serves`: the zones of an authoritative server; none: it is a resolver. `twist` has the last
    word about each reply. `recursive`: how many questions wanted it to ask others. Where not
    `speaks_tcp`, connections are closed at once.
    """

    name_server: NameServer
    zone: Zone
    questions: list[tuple[str, str]] = field(default_factory=list)
    over_tcp: int = 0
    serves: tuple[str, ...] = ()
    twist: Twist | None = None
    speaks_tcp: bool = True
    recursive: int = 0

    def count(self, name: str, kind: str = "") -> int:
        """How often this name (and record type) was asked for."""
        return sum(n == name.lower() and kind in ("", k) for n, k in self.questions)

    def egress(self, egress: Egress | None = None) -> Egress:
        """Where names are looked up here. Loopback is allowed unless `egress` says otherwise."""
        return replace(egress or Egress(allowed=LOOPBACK), name_servers=(self.name_server,))

    def answer(self, question: bytes, *, limit: int | None) -> bytes | None:
        """The reply to one message; None: silence. `limit`: the size of a datagram."""
        plain = self._answer(question, limit=limit)
        if self.twist is None or plain is None:
            return plain
        return self.twist(question, plain, limit is None)

    def _answer(self, question: bytes, *, limit: int | None) -> bytes | None:
        request = DNSRecord.parse(question)
        name, kind = str(request.q.qname).rstrip(".").lower(), str(QTYPE[request.q.qtype])
        self.questions.append((name, kind))
        self.recursive += request.header.rd
        flags = {"ra": 0, "aa": 1} if self.serves else {"ra": 1, "aa": 0}
        reply = request.reply(**flags)
        trouble = self._authority(reply, name, kind) if self.serves else None
        if trouble is None and not reply.auth:
            trouble = self._fill(reply, name, kind)
        if trouble is Trouble.SILENCE:
            return None
        if trouble is Trouble.GARBAGE:
            return question[:2] + b"\xff" * 20
        if trouble is Trouble.LAME:
            reply.header.ra = reply.header.aa = 0
            reply.add_auth(*RR.fromZone(". 60 IN NS a.root-servers.net."))
        elif trouble is not None:
            reply.header.rcode = getattr(RCODE, trouble.value)
        packed: bytes = reply.pack()
        if limit is not None and len(packed) > limit:
            cut = request.reply(**flags)
            cut.header.tc = 1
            packed = cut.pack()
        return packed

    def _authority(self, reply: DNSRecord, name: str, kind: str) -> Trouble | None:
        """Refuse what is of other zones; refer to the servers of a zone below."""
        apex = next((zone for zone in self.serves if is_within(name, zone)), None)
        if apex is None:
            return Trouble.REFUSED
        for cut in upward(name):
            if cut == apex:
                break
            known = self.zone.get(cut)
            if isinstance(known, Mapping) and "NS" in known and (cut, kind) != (name, "DS"):
                self._refer(reply, cut, values_in(known["NS"]))
                break
        return None

    def _refer(self, reply: DNSRecord, cut: str, servers: Sequence[str]) -> None:
        reply.header.aa = 0
        for server in servers:
            reply.add_auth(record_of(cut, "NS", server))
            glue = self.zone.get(server.rstrip(".").lower())
            if isinstance(glue, Mapping):
                for kind in ("A", "AAAA"):
                    for value in values_in(glue.get(kind, ())):
                        reply.add_ar(record_of(server.rstrip("."), kind, value))

    def _fill(self, reply: DNSRecord, name: str, kind: str) -> Trouble | None:
        """Add the records, through aliases; says what went wrong instead."""
        seen: set[str] = set()
        while name not in seen:
            seen.add(name)
            if self.serves and not any(is_within(name, zone) for zone in self.serves):
                return None  # the rest is others' to say
            known = self._known(name)
            if known is None:
                self._say_no(reply, name)
                below = any(other.endswith(f".{name}") for other in list(self.zone))
                return None if below else Trouble.NXDOMAIN
            if isinstance(known, Trouble):
                return known
            asked = kind if kind in known else "CNAME"
            records = known.get(asked, ())
            if isinstance(records, Successive):
                records = records.next()
            if isinstance(records, Trouble):
                return records
            values, ttl = values_in(records), records.ttl if isinstance(records, Kept) else 0
            for value in values:
                reply.add_answer(record_of(name, asked, value, ttl))
            if not values:
                self._say_no(reply, name)
            if asked == kind or not values:
                return None
            name = values[0].rstrip(".").lower()
        return None

    def _known(self, name: str) -> Mapping[str, Records] | Trouble | None:
        """What the zone has for a name, by a wildcard if need be (RFC 4592)."""
        zone = dict(self.zone)
        if name in zone or any(other.endswith(f".{name}") for other in zone):
            return zone.get(name)
        for above in list(upward(name))[1:]:
            if f"*.{above}" in zone:
                return zone[f"*.{above}"]
            if above in zone or any(other.endswith(f".{above}") for other in zone):
                return None
        return None

    def _say_no(self, reply: DNSRecord, name: str) -> None:
        for above in upward(name):
            known = self.zone.get(above)
            if isinstance(known, Mapping) and "SOA" in known:
                (value,) = values_in(known["SOA"])
                soa = known["SOA"]
                ttl = soa.ttl if isinstance(soa, Kept) else 0
                reply.add_auth(record_of(above, "SOA", value, ttl))
                return


@dataclass(frozen=True)
class Serves:
    """What one of several servers knows: a zone's records, and of which zones it is a server."""

    zone: Zone
    zones: tuple[str, ...] = ()
    twist: Twist | None = None
    speaks_tcp: bool = True


@contextlib.contextmanager
def dns_server(
    zone: Zone | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    serves: Sequence[str] = (),
    twist: Twist | None = None,
    speaks_tcp: bool = True,
) -> Iterator[DnsServer]:
    """A name server for as long as the block lasts, on a loopback address; on a free port unless
    one is named. `serves`: the zones of an authoritative server."""
    with contextlib.ExitStack() as stack:
        udp, tcp = sockets(host, port)
        stack.enter_context(udp)
        stack.enter_context(tcp)
        stop, stopped = socket.socketpair()
        stack.enter_context(stop)
        stack.enter_context(stopped)
        names = {name.rstrip(".").lower(): records for name, records in (zone or {}).items()}
        server = DnsServer(
            NameServer(host, udp.getsockname()[1]),
            names,
            serves=tuple(serves),
            twist=twist,
            speaks_tcp=speaks_tcp,
        )
        thread = threading.Thread(target=serve, args=(server, udp, tcp, stopped), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            stop.close()
            thread.join()


@contextlib.contextmanager
def dns_servers(hosts: Mapping[str, Serves]) -> Iterator[dict[str, DnsServer]]:
    """Several servers by their addresses, all on one port, as the servers of real zones are."""
    for attempt in range(20):
        with contextlib.ExitStack() as stack:
            port, running = 0, dict[str, DnsServer]()
            try:
                for host, what in hosts.items():
                    running[host] = stack.enter_context(
                        dns_server(
                            what.zone,
                            host=host,
                            port=port,
                            serves=what.zones,
                            twist=what.twist,
                            speaks_tcp=what.speaks_tcp,
                        )
                    )
                    port = running[host].name_server.port
            except OSError:  # somebody else has this port on one of the addresses
                if attempt == 19:
                    raise
                continue
            yield running
            return


def unused_name_server(host: str = "127.0.0.1") -> NameServer:
    """Where no server listens: questions to it are refused by the machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind((host, 0))
        return NameServer(host, udp.getsockname()[1])
