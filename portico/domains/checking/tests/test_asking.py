"""One question to one server, whatever comes back."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from portico.domains.checking.asking import Reply, Server, Word, ask
from tests.peers.dns import DnsServer, Kept, Trouble, Zone, dns_server, unused_name_server

ZONE: Zone = {
    "a.example.com": {"A": Kept(300, "192.0.2.1", "192.0.2.2"), "TXT": ["one", "x" * 600]},
    "b.example.com": {"CNAME": Kept(60, "a.example.com")},
    "example.com": {"SOA": Kept(900, "ns. host. 1 2 3 4 120"), "CAA": ['0 issue "ca.example"']},
    "broken.example.com": Trouble.SERVFAIL,
}


@pytest.fixture
def server() -> Iterator[DnsServer]:
    with dns_server(dict(ZONE)) as running:
        yield running


def answer(server: DnsServer, name: str, kind: str = "A", *, own: str = "") -> Reply:
    """What it says within two seconds."""
    at = Server(server.name_server.address, server.name_server.port, own)
    return ask(at, name, kind, ends=time.monotonic() + 30, patience=2)


def test_records_come_with_the_aliases_to_them_and_the_shortest_time(server: DnsServer) -> None:
    reply = answer(server, "B.example.com.")

    assert reply.word is Word.RECORDS
    assert reply.chain == ("a.example.com",)
    assert sorted(reply.values) == ["192.0.2.1", "192.0.2.2"]
    assert reply.ttl == 60


def test_a_text_comes_in_one_piece_over_tcp_if_need_be(server: DnsServer) -> None:
    reply = answer(server, "a.example.com", "TXT")

    assert sorted(reply.values) == ["one", "x" * 600]
    assert server.over_tcp == 1


def test_a_no_comes_with_its_zone_and_how_long_it_is_kept(server: DnsServer) -> None:
    missing = answer(server, "c.example.com")
    without = answer(server, "a.example.com", "AAAA")

    assert (missing.word, missing.zone, missing.ttl) == (Word.NO_NAME, "example.com", 120)
    assert (without.word, without.zone, without.ttl) == (Word.NONE, "example.com", 120)


def test_trouble_has_a_word_of_its_own(server: DnsServer) -> None:
    assert answer(server, "broken.example.com").word is Word.FAILED
    server.zone["broken.example.com"] = Trouble.REFUSED
    assert answer(server, "broken.example.com").word is Word.REFUSED
    # Of a zone's own server it means that it does not know its zone.
    assert answer(server, "broken.example.com", own="ns.example.com").word is Word.LAME
    server.zone["broken.example.com"] = Trouble.GARBAGE
    assert answer(server, "broken.example.com").word is Word.NONSENSE


def test_where_nobody_listens_nobody_answers() -> None:
    unused = unused_name_server()
    at = Server(unused.address, unused.port)

    reply = ask(at, "a.example.com", "A", ends=time.monotonic() + 30, patience=0.2)

    assert reply.word in (Word.SILENT, Word.UNREACHABLE)


def test_a_lost_question_is_put_again(server: DnsServer) -> None:
    asked: list[bytes] = []

    def first_is_lost(question: bytes, reply: bytes, _tcp: bool) -> bytes | None:
        asked.append(question)
        return reply if len(asked) > 1 else None

    server.twist = first_is_lost

    assert answer(server, "a.example.com").word is Word.RECORDS
    assert len(asked) == 2


def test_no_question_is_put_once_time_is_up(server: DnsServer) -> None:
    at = Server(server.name_server.address, server.name_server.port)

    reply = ask(at, "a.example.com", "A", ends=time.monotonic() - 1, patience=2)

    assert reply.word is Word.SILENT
    assert not server.questions


@pytest.mark.parametrize("name", ["a" * 64 + ".com", "a..com", ".".join(["a" * 60] * 5), ".com"])
def test_a_name_that_nobody_can_have_is_a_name_that_is_not_there(
    server: DnsServer, name: str
) -> None:
    assert answer(server, name).word is Word.NO_NAME
    assert not server.questions


def test_whatever_is_changed_in_an_answer_it_is_read_or_refused(server: DnsServer) -> None:
    chance = random.Random(4)

    def spoilt(_question: bytes, reply: bytes, _tcp: bool) -> bytes:
        changed = bytearray(reply)
        for _change in range(chance.randint(1, 6)):
            changed[chance.randrange(2, len(changed))] = chance.randrange(256)
        length = chance.randint(4, len(changed)) if chance.random() < 0.3 else len(changed)
        return bytes(changed[:length])

    server.twist = spoilt
    names = ["a.example.com", "b.example.com", "example.com", "c.example.com"]

    for at in range(400):
        kind = chance.choice(["A", "TXT", "CAA", "NS", "SOA", "CNAME"])
        reply = answer(server, names[at % 4], kind)

        assert reply.word in Word
        assert replace(reply) == reply
