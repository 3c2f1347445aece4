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

A name that is not in the zone does not exist (NXDOMAIN), unless another one lies below it.
Aliases are followed as a resolver does it; what does not fit into a datagram is cut and asked
for again over TCP. A TXT value longer than 255 bytes is split into strings, as on the wire.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from dnslib import QTYPE, RCODE, RR, TXT, DNSError, DNSRecord

from portico.egress.configuration import LOOPBACK, Egress, NameServer

LARGEST_DATAGRAM = 512


class Trouble(StrEnum):
    """What a name server does in the place of answering."""

    SERVFAIL = "SERVFAIL"
    REFUSED = "REFUSED"
    NXDOMAIN = "NXDOMAIN"
    LAME = "LAME"  # knows nothing of the zone and points to the root
    SILENCE = "SILENCE"  # no answer at all: the asker waits until it gives up
    GARBAGE = "GARBAGE"  # bytes that are no message


class Successive:
    """Answers that differ from question to question; the last one stays."""

    def __init__(self, *answers: Sequence[str] | Trouble) -> None:
        self._answers = list(answers)

    def next(self) -> Sequence[str] | Trouble:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


Records = str | Sequence[str] | Trouble | Successive
Zone = dict[str, Mapping[str, Records] | Trouble]


@dataclass
class DnsServer:
    """A running server. `zone` may be changed while it runs; `questions` is what it was asked."""

    name_server: NameServer
    zone: Zone
    questions: list[tuple[str, str]] = field(default_factory=list)
    over_tcp: int = 0

    def count(self, name: str, kind: str = "") -> int:
        """How often this name (and record type) was asked for."""
        return sum(n == name.lower() and kind in ("", k) for n, k in self.questions)

    def egress(self, egress: Egress | None = None) -> Egress:
        """Where names are looked up here. Loopback is allowed unless `egress` says otherwise."""
        return replace(egress or Egress(allowed=LOOPBACK), name_servers=(self.name_server,))

    def answer(self, question: bytes, *, limit: int | None) -> bytes | None:
        """The reply to one message; None: silence. `limit`: the size of a datagram."""
        request = DNSRecord.parse(question)
        name, kind = str(request.q.qname).rstrip(".").lower(), str(QTYPE[request.q.qtype])
        self.questions.append((name, kind))
        reply = request.reply(ra=1, aa=0)
        trouble = self._fill(reply, name, kind)
        if trouble is Trouble.SILENCE:
            return None
        if trouble is Trouble.GARBAGE:
            return question[:2] + b"\xff" * 20
        if trouble is Trouble.LAME:
            reply.header.ra = 0
            reply.add_auth(*RR.fromZone(". 60 IN NS a.root-servers.net."))
        elif trouble is not None:
            reply.header.rcode = getattr(RCODE, trouble.value)
        packed: bytes = reply.pack()
        if limit is not None and len(packed) > limit:
            cut = request.reply(ra=1, aa=0)
            cut.header.tc = 1
            packed = cut.pack()
        return packed

    def _fill(self, reply: DNSRecord, name: str, kind: str) -> Trouble | None:
        """Add the records, through aliases; says what went wrong instead."""
        seen: set[str] = set()
        while name not in seen:
            seen.add(name)
            known = self.zone.get(name)
            if known is None:
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
            values = [records] if isinstance(records, str) else list(records)
            for value in values:
                reply.add_answer(_record(name, asked, value))
            if asked == kind or not values:
                return None
            name = values[0].rstrip(".").lower()
        return None


def _record(name: str, kind: str, value: str) -> RR:
    if kind == "TXT":
        raw = value.encode()
        parts = [raw[at : at + 255] for at in range(0, len(raw), 255)] or [b""]
        return RR(f"{name}.", QTYPE.TXT, rdata=TXT(parts), ttl=0)
    if kind in ("CNAME", "MX", "NS", "PTR"):
        value = value.rstrip(".") + "."
    return RR.fromZone(f"{name}. 0 IN {kind} {value}")[0]


@contextlib.contextmanager
def dns_server(zone: Zone | None = None, *, host: str = "127.0.0.1") -> Iterator[DnsServer]:
    """A name server for as long as the block lasts, on a free port of a loopback address."""
    with contextlib.ExitStack() as stack:
        udp, tcp = _sockets(host)
        stack.enter_context(udp)
        stack.enter_context(tcp)
        stop, stopped = socket.socketpair()
        stack.enter_context(stop)
        stack.enter_context(stopped)
        names = {name.rstrip(".").lower(): records for name, records in (zone or {}).items()}
        server = DnsServer(NameServer(host, udp.getsockname()[1]), names)
        thread = threading.Thread(target=_serve, args=(server, udp, tcp, stopped), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            stop.close()
            thread.join()


def unused_name_server(host: str = "127.0.0.1") -> NameServer:
    """Where no server listens: questions to it are refused by the machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind((host, 0))
        return NameServer(host, udp.getsockname()[1])


def _sockets(host: str) -> tuple[socket.socket, socket.socket]:
    """Both of one port, which the other kind of socket may have taken already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for attempt in range(20):
        udp = socket.socket(family, socket.SOCK_DGRAM)
        tcp = socket.socket(family, socket.SOCK_STREAM)
        try:
            udp.bind((host, 0))
            tcp.bind(udp.getsockname())
        except OSError:
            udp.close()
            tcp.close()
            if attempt == 19:
                raise
            continue
        tcp.listen(16)
        return udp, tcp
    raise AssertionError("unreachable")


def _serve(
    server: DnsServer, udp: socket.socket, tcp: socket.socket, stopped: socket.socket
) -> None:
    with selectors.DefaultSelector() as selector:
        for sock in (udp, tcp, stopped):
            selector.register(sock, selectors.EVENT_READ)
        while True:
            ready = [key.fileobj for key, _events in selector.select()]
            if stopped in ready:
                return
            # A broken question, or an asker who is gone, is not the server's trouble.
            with contextlib.suppress(OSError, DNSError):
                if udp in ready:
                    _answer_datagram(server, udp)
                if tcp in ready:
                    _answer_connection(server, tcp)


def _answer_datagram(server: DnsServer, udp: socket.socket) -> None:
    question, asker = udp.recvfrom(4096)
    answer = server.answer(question, limit=LARGEST_DATAGRAM)
    if answer is not None:
        udp.sendto(answer, asker)


def _answer_connection(server: DnsServer, tcp: socket.socket) -> None:
    connection, _asker = tcp.accept()
    with connection, connection.makefile("rb") as stream:
        connection.settimeout(2)
        (length,) = struct.unpack("!H", stream.read(2))
        server.over_tcp += 1
        answer = server.answer(stream.read(length), limit=None)
        if answer is not None:
            connection.sendall(struct.pack("!H", len(answer)) + answer)
