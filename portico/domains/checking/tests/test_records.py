"""What has to be entered, as a list and as lines of a zone file."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

import dns.zone

from portico.domains.checking import Question, bind_snippet, instructions

QUESTION = Question(
    "pay.example.com", "_portico-challenge.pay.example.com", "portico-42", "acme.portico.example"
)
APEX = Question(
    "example.com", "_portico-challenge.example.com", "portico-42", "acme.portico.example"
)


def test_a_domain_gets_a_proof_and_an_alias() -> None:
    proof, route = instructions(QUESTION)

    assert (proof.name, proof.type) == ("_portico-challenge.pay.example.com", "TXT")
    assert proof.value == "portico-42"
    assert (route.name, route.type) == ("pay.example.com", "CNAME")
    assert route.value == "acme.portico.example"
    assert route.note.text % route.note.facts


def test_the_top_of_a_zone_gets_addresses() -> None:
    addresses = (ipaddress.ip_address("192.0.2.7"), ipaddress.ip_address("2001:db8::7"))
    question = replace(APEX, addresses=addresses)

    _proof, v4, v6 = instructions(question)

    assert (v4.name, v4.type, v4.value) == ("example.com", "A", "192.0.2.7")
    assert (v6.name, v6.type, v6.value) == ("example.com", "AAAA", "2001:db8::7")


def test_without_addresses_the_top_of_a_zone_gets_what_providers_call_alias() -> None:
    _proof, route = instructions(APEX)

    assert route.type == "ALIAS"
    assert "www.example.com" in route.note.text % route.note.facts
    assert "\n; example.com. 300 IN ALIAS" in bind_snippet(APEX)  # no line of a zone file


def test_behind_a_load_balancer_the_proof_is_all() -> None:
    (proof,) = instructions(replace(QUESTION, tls_elsewhere=True))

    assert proof.type == "TXT"


def test_the_lines_fit_into_any_zone() -> None:
    zone = dns.zone.from_text(
        bind_snippet(QUESTION), origin="example.org", check_origin=False, relativize=False
    )

    # Outside of the zone example.org they are left out, so its origin was not added to any name.
    assert not list(zone.iterate_rdatas())
    zone = dns.zone.from_text(bind_snippet(QUESTION), origin="example.com", check_origin=False)
    (txt,) = zone.find_rdataset("_portico-challenge.pay", "TXT")
    (alias,) = zone.find_rdataset("pay", "CNAME")
    assert b"".join(txt.strings) == b"portico-42"
    assert alias.target.to_text() == "acme.portico.example."


def test_a_token_is_quoted_as_zone_files_want_it() -> None:
    token = 'a"b\\c;d é' + "x" * 300
    question = replace(QUESTION, token=token)

    zone = dns.zone.from_text(bind_snippet(question), origin="example.com", check_origin=False)

    (txt,) = zone.find_rdataset("_portico-challenge.pay", "TXT")
    assert b"".join(txt.strings) == token.encode()
