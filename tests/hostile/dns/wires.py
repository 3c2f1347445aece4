"""Messages that are not what a name server should send."""

from __future__ import annotations

import struct

from dnslib import CLASS, QTYPE, RR, A, DNSHeader, DNSRecord

from tests.hostile.dns.cases import DOMAIN, THERE

TRUNCATED = 0x0200
FORMERR = 1


def pointer_to_itself(question: bytes, _reply: bytes, _tcp: bool) -> bytes:
    """An answer whose name is a compression pointer to itself."""
    head = question[:2] + b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00"
    asked = DNSRecord.parse(question)
    body = bytes(DNSRecord(q=asked.q).pack()[12:])
    at = len(head) + len(body)
    pointer = struct.pack("!H", 0xC000 | at)
    return head + body + pointer + b"\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01"


def pointer_forward(question: bytes, reply: bytes, tcp: bool) -> bytes:
    """A pointer behind the end of the message."""
    return pointer_to_itself(question, reply, tcp).replace(b"\x00\x01\x00\x01\x00\x00\x00\x3c", b"")


def cut_short(_question: bytes, reply: bytes, _tcp: bool) -> bytes:
    """A message that ends in the middle of a record."""
    return reply[: max(14, len(reply) - 5)]


def one_byte(_question: bytes, _reply: bytes, _tcp: bool) -> bytes:
    """Hardly anything."""
    return b"\x00"


def truncated(_question: bytes, reply: bytes, tcp: bool) -> bytes:
    """Each datagram says that there is more over TCP."""
    if tcp:
        return reply
    flags = struct.unpack("!H", reply[2:4])[0] | TRUNCATED
    return reply[:2] + struct.pack("!H", flags) + reply[4:]


def other_question(_question: bytes, reply: bytes, _tcp: bool) -> bytes:
    """An answer to what nobody asked."""
    message = DNSRecord.parse(reply)
    message.questions[0].qname = "bank.example.net"
    for record in message.rr:
        record.rname = "bank.example.net"
    return bytes(message.pack())


def other_name(_question: bytes, reply: bytes, _tcp: bool) -> bytes:
    """The right question, and records of another name."""
    message = DNSRecord.parse(reply)
    for record in message.rr:
        record.rname = "bank.example.net"
    return bytes(message.pack())


def other_id(_question: bytes, reply: bytes, _tcp: bool) -> bytes:
    """An answer to another message."""
    return bytes([reply[0] ^ 0xFF, reply[1]]) + reply[2:]


def other_class(_question: bytes, reply: bytes, _tcp: bool) -> bytes:
    """Records of the class CHAOS."""
    message = DNSRecord.parse(reply)
    for record in message.rr:
        record.rclass = CLASS.CH
    return bytes(message.pack())


def swapped_case(_question: bytes, reply: bytes, _tcp: bool) -> bytes:
    """Letters in other cases than asked, in the question too."""
    message = DNSRecord.parse(reply)
    for part in (*message.questions, *message.rr):
        name = "qname" if part in message.questions else "rname"
        setattr(part, name, str(getattr(part, name)).swapcase())
    return bytes(message.pack())


def echo(question: bytes, _reply: bytes, _tcp: bool) -> bytes:
    """The question itself."""
    return question


def poison(_question: bytes, reply: bytes, _tcp: bool) -> bytes:
    """An address that nobody asked for, beside the answer."""
    message = DNSRecord.parse(reply)
    message.add_answer(RR("www.bank.example.net", QTYPE.A, rdata=A(THERE), ttl=60))
    message.add_ar(RR(DOMAIN, QTYPE.A, rdata=A(THERE), ttl=60))
    return bytes(message.pack())


def without_edns(question: bytes, reply: bytes, _tcp: bool) -> bytes:
    """An old server: it does not understand extensions."""
    asked = DNSRecord.parse(question)
    if not asked.ar:
        return reply
    header = DNSHeader(id=asked.header.id, qr=1, aa=1, rcode=FORMERR)
    return bytes(DNSRecord(header, q=asked.q).pack())


def alias_and_address(_question: bytes, reply: bytes, _tcp: bool) -> bytes:
    """An alias with an address at the same name, which is not allowed."""
    message = DNSRecord.parse(reply)
    if str(message.q.qname).rstrip(".").lower() == DOMAIN and message.q.qtype == QTYPE.A:
        message.add_answer(RR(DOMAIN, QTYPE.A, rdata=A(THERE), ttl=60))
    return bytes(message.pack())


def not_authoritative(_question: bytes, reply: bytes, _tcp: bool) -> bytes:
    """A server that only passes on what others said."""
    flags = struct.unpack("!H", reply[2:4])[0] & ~0x0400
    return reply[:2] + struct.pack("!H", flags) + reply[4:]
