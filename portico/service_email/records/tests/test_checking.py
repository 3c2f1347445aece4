from __future__ import annotations

import pytest

from portico.egress.configuration import Egress
from portico.service_email.records import check_sender_domain
from portico.service_email.records.tests.looking import SOON, check_is_whole, look, said
from portico.service_email.smtp.stages import StageName
from tests.peers.dns import Trouble, Zone, dns_server, unused_name_server

GOOD: Zone = {
    "acme.example": {"TXT": ["v=spf1 ip4:9.9.9.9 -all"]},
    "_dmarc.acme.example": {"TXT": ["v=DMARC1; p=reject"]},
}


def test_one_look_without_answers_takes_no_time_from_the_others() -> None:
    zone: Zone = {**GOOD, "s1._domainkey.acme.example": Trouble.SILENCE}
    with dns_server(zone) as server:
        spf, dkim, dmarc = check_sender_domain(
            "acme.example",
            egress=server.egress(),
            sending_host="9.9.9.9",
            dkim_selector="s1",
            timeout=1,
        )

    assert (spf.ok, dkim.ok, dmarc.ok) == (True, None, True)
    assert dkim.code == "lookup_timed_out"


def test_no_name_server_at_all_leaves_everything_open() -> None:
    stages = check_sender_domain(
        "acme.example",
        egress=Egress(name_servers=(unused_name_server(),)),
        sending_host="smtp.acme.example",
        timeout=0.2,
    )

    assert [(one.ok, one.code) for one in stages] == [(None, "lookup_timed_out")] * 3


def test_an_international_domain_is_looked_up_in_ascii() -> None:
    zone: Zone = {
        "xn--bcher-kva.example": {"TXT": ["v=spf1 ip4:9.9.9.9 -all"]},
        "_dmarc.xn--bcher-kva.example": {"TXT": ["v=DMARC1; p=reject"]},
    }

    assert look(zone, StageName.SPF, domain="Bücher.example", host="9.9.9.9").code == (
        "spf_names_server"
    )
    assert look(zone, StageName.DMARC, domain="bücher.example.").code == "dmarc_found"


@pytest.mark.parametrize(
    "domain", ["localhost", "acme.localhost", "mailhost", "127.0.0.1", "[::1]", "", "a b", "a@b.c"]
)
def test_what_is_no_domain_of_the_internet_is_not_asked_for(domain: str) -> None:
    with dns_server(GOOD) as server:
        stages = check_sender_domain(
            domain, egress=server.egress(), sending_host="9.9.9.9", timeout=SOON
        )

        assert server.questions == []
    for stage in stages:
        check_is_whole(stage)
        assert stage.ok is None


def test_a_sentence_says_why_a_domain_is_not_checked() -> None:
    stage = look(GOOD, StageName.SPF, domain="mailhost")

    assert said(stage.meaning) == (
        "Not checked: mailhost is not a domain of the Internet, so it has no such records."
    )


def test_nothing_but_the_dns_is_asked_and_only_about_the_domain() -> None:
    with dns_server(GOOD) as server:
        check_sender_domain(
            "acme.example", egress=server.egress(), sending_host="9.9.9.9", timeout=SOON
        )

        assert all(name.endswith("acme.example") for name, _kind in server.questions)
        assert {kind for _name, kind in server.questions} == {"TXT"}


def test_what_is_mended_is_seen_in_the_next_look() -> None:
    with dns_server({}) as server:
        egress = server.egress()
        first = check_sender_domain(
            "acme.example", egress=egress, sending_host="9.9.9.9", timeout=SOON
        )
        server.zone.update(GOOD)
        second = check_sender_domain(
            "acme.example", egress=egress, sending_host="9.9.9.9", timeout=SOON
        )

    assert [first[0].ok, first[2].ok] == [False, False]
    assert [second[0].ok, second[2].ok] == [True, True]
