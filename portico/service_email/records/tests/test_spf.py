from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.service_email.records.lookups import Lookups
from portico.service_email.records.spf_check import result_for
from portico.service_email.records.spf_record import Result, UnreadableTerm, parse_spf
from portico.service_email.records.tests.looking import DOMAIN, HOST, SOON, look, said
from portico.service_email.smtp.stages import Stage, StageName
from tests.peers.dns import Trouble, Zone, dns_server

OURS, OURS6, OTHER = "9.9.9.9", "2620:fe::9", "8.8.4.4"


def spf(*records: str, more: Zone | None = None, host: str = HOST, timeout: float = SOON) -> Stage:
    zone: Zone = {DOMAIN: {"TXT": [*records, "site-verification=1"]}, HOST: {"A": [OURS]}}
    return look(zone | (more or {}), StageName.SPF, host=host, timeout=timeout)


@pytest.mark.parametrize(
    "record",
    [
        f"v=spf1 ip4:{OURS} -all",
        "v=spf1 ip4:9.9.9.0/24 ~all",
        "V=SPF1  IP4:9.9.9.9  -ALL ",
        f"v=spf1 a:{HOST} -all",
        f"v=spf1 a:{HOST}/24//64 -all",
        "v=spf1 mx -all",
        "v=spf1 include:_spf.sender.example -all",
        "v=spf1 redirect=_spf.sender.example",
        "v=spf1 exists:%{i}.allowed.example -all",
        "v=spf1 include:%{d1r}.sender.example exp=why.acme.example -all",
        "v=spf1 ip6:2620:fe::/48 ip4:9.0.0.0/8 unknown=thing -all",
    ],
)
def test_a_record_that_names_the_server_is_found_good(record: str) -> None:
    stage = spf(
        record,
        more={
            DOMAIN: {"TXT": [record], "MX": ["10 mx.acme.example"]},
            "mx.acme.example": {"A": [OURS]},
            "_spf.sender.example": {"TXT": ["v=spf1 ip4:9.9.9.9 ~all"]},
            "acme.sender.example": {"TXT": ["v=spf1 ip4:9.9.9.9 ~all"]},
            "9.9.9.9.allowed.example": {"A": ["127.0.0.2"]},
        },
    )

    assert (stage.ok, stage.code) == (True, "spf_names_server")
    assert said(stage.meaning) == (
        "acme.example lets the server smtp.acme.example (9.9.9.9) send for it."
    )
    assert said(stage.seen[0]) == f"acme.example: {record}"


def test_all_addresses_of_the_server_are_compared() -> None:
    both: Zone = {HOST: {"A": [OURS], "AAAA": [OURS6]}}

    whole = spf(f"v=spf1 ip4:{OURS} ip6:{OURS6} -all", more=both)
    part = spf(f"v=spf1 ip4:{OURS} -all", more=both)

    assert whole.code == "spf_names_server"
    assert part.code == "spf_names_server_in_part"
    assert "from 9.9.9.9, but not from 2620:fe::9" in said(part.meaning)


def test_a_record_that_does_not_name_the_server_is_no_failure_and_worded_with_care() -> None:
    stage = spf(f"v=spf1 ip4:{OTHER} -all")

    assert (stage.ok, stage.code) == (True, "spf_server_not_named")
    assert "That may be right" in said(stage.meaning)
    assert "spf=pass" in said(stage.advice)


def test_the_include_of_a_known_provider_counts_for_its_servers() -> None:
    google: Zone = {
        "_spf.google.com": {"TXT": [f"v=spf1 ip4:{OTHER} ~all"]},
        "smtp.gmail.com": {"A": [OURS]},
    }

    there = spf("v=spf1 include:_spf.google.com ~all", more=google, host="smtp.gmail.com")
    missing = spf(f"v=spf1 ip4:{OTHER} ~all", more=google, host="SMTP.gmail.com.")

    assert (there.ok, there.code) == (True, "spf_includes_provider")
    assert missing.code == "spf_server_not_named"
    assert "“include:_spf.google.com”" in said(missing.advice)


def test_a_provider_with_a_return_path_of_its_own_is_told_so() -> None:
    stage = spf("v=spf1 -all", host="email-smtp.us-east-1.amazonaws.com")

    assert stage.ok is True
    assert "return address of its own" in said(stage.advice)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.9", "nowhere.example", "a b"])
def test_a_server_whose_public_address_is_unknown_is_not_compared(host: str) -> None:
    stage = spf("v=spf1 ip4:10.0.0.0/8 ip4:127.0.0.1 -all", host=host)

    assert (stage.ok, stage.code) == (True, "spf_server_not_named")
    assert "is not known" in said(stage.meaning)


def test_a_record_that_names_nobody_is_refused() -> None:
    stage = spf("v=spf1 -all")

    assert (stage.ok, stage.code) == (False, "spf_names_nobody")
    assert "“v=spf1 mx ~all”" in said(stage.advice)


def test_no_record_is_missing_with_an_example_for_the_provider() -> None:
    plain, gmail = spf(), spf(host="smtp.gmail.com")

    assert (plain.ok, plain.code) == (False, "spf_missing")
    assert "“v=spf1 mx ~all”" in said(plain.advice)
    assert "“v=spf1 include:_spf.google.com ~all”" in said(gmail.advice)


def test_a_domain_that_does_not_exist_has_no_record() -> None:
    assert look({}, StageName.SPF).code == "spf_missing"


def test_look_alikes_of_a_record_do_not_count() -> None:
    assert spf("v=spf10 -all", " v=spf1 -all", "v=spf1;-all", "spf2.0/pra -all").code == (
        "spf_missing"
    )


def test_several_records_are_refused() -> None:
    stage = spf("v=spf1 -all", "v=spf1 mx -all")

    assert (stage.ok, stage.code) == (False, "spf_several")
    assert len(stage.seen) == 2


@pytest.mark.parametrize("record", ["v=spf1 +all", "v=spf1 mx all", "v=spf1 include:open.example"])
def test_everybody_allowed_is_refused(record: str) -> None:
    more: Zone = {"open.example": {"TXT": ["v=spf1 +all"]}}

    assert (spf(record, more=more).ok, spf(record, more=more).code) == (False, "spf_lets_anybody")


@pytest.mark.parametrize("record", [f"v=spf1 ip4:{OURS} ?all", f"v=spf1 ip4:{OURS}"])
def test_a_record_that_says_nothing_of_others_is_told_to(record: str) -> None:
    stage = spf(record)

    assert (stage.ok, stage.code) == (True, "spf_says_nothing")
    assert "“~all”" in said(stage.advice)


@pytest.mark.parametrize(
    "term",
    [
        "-al",
        "mx;",
        "ip4:300.1.1.1",
        "ip4:1.2.3.4/33",
        "ip4:1.2.3.4/255.255.255.0",
        "ip4:",
        "ip4",
        "ip6:1.2.3.4",
        "include:",
        "include",
        "include:a.example/24",
        "all:x",
        "a:%{z}.example",
        "a:%example",
        "exists:bücher.example",
        "a/33",
        "mx//129",
        "redirect=",
        "-redirect=a.example",
        "ip4:9.9.9.9~all",
        "\tmx",
        '"mx"',
    ],
)
def test_a_word_that_spf_does_not_know_is_named(term: str) -> None:
    stage = spf(f"v=spf1 {term} -all")

    assert (stage.ok, stage.code) == (False, "spf_unreadable")
    assert term.strip() in said(stage.cause)


def test_a_redirect_that_is_there_twice_is_refused() -> None:
    assert spf("v=spf1 redirect=a.example redirect=b.example").code == "spf_unreadable"


def test_a_fault_in_what_is_included_is_named_with_its_place() -> None:
    stage = spf(
        "v=spf1 include:sender.example -all", more={"sender.example": {"TXT": ["v=spf1 ip5:1"]}}
    )

    assert stage.code == "spf_unreadable"
    assert said(stage.cause) == (
        "“ip5:1” in the record of sender.example is not a word that SPF knows."
    )


@pytest.mark.parametrize("word", ["include:gone.example -all", "redirect=gone.example"])
def test_what_is_included_and_does_not_exist_is_named(word: str) -> None:
    stage = spf(f"v=spf1 {word}")

    assert (stage.ok, stage.code) == (False, "spf_includes_nothing")
    assert said(stage.cause) == ("acme.example refers to gone.example, which has no SPF record.")


def test_ten_lookups_are_accepted_and_eleven_are_not() -> None:
    def chain(length: int) -> Zone:
        zone: Zone = {
            f"{number}.example": {"TXT": [f"v=spf1 include:{number + 1}.example -all"]}
            for number in range(1, length)
        }
        return zone | {f"{length}.example": {"TXT": ["v=spf1 -all"]}}

    ten = spf("v=spf1 include:1.example -all", more=chain(10))
    eleven = spf("v=spf1 include:1.example -all", more=chain(11))

    assert ten.ok is True
    assert said(ten.seen[-1]) == "Lookups that it takes: 10 of 10 that are allowed."
    assert (eleven.ok, eleven.code) == (False, "spf_too_many_lookups")


@pytest.mark.parametrize(
    "record", [f"v=spf1 include:{DOMAIN} -all", f"v=spf1 redirect={DOMAIN}", "v=spf1 a mx ptr" * 9]
)
def test_loops_and_lists_without_end_are_cut(record: str) -> None:
    assert spf(record).code in {"spf_too_many_lookups", "spf_unreadable"}


def test_more_than_two_names_that_lead_nowhere_are_refused() -> None:
    stage = spf("v=spf1 a:x.example a:y.example a:z.example -all")

    assert (stage.ok, stage.code) == (False, "spf_too_many_void_lookups")
    assert "z.example" in said(stage.cause)


@pytest.mark.parametrize("trouble", [Trouble.SERVFAIL, Trouble.REFUSED, Trouble.LAME])
def test_name_servers_that_fail_leave_it_open(trouble: Trouble) -> None:
    stage = look({DOMAIN: trouble}, StageName.SPF)

    assert (stage.ok, stage.code) == (None, "lookup_failed")
    assert stage.meaning is not None


def test_a_record_whose_parts_cannot_be_looked_up_leaves_it_open() -> None:
    stage = spf("v=spf1 include:silent.example -all", more={"silent.example": Trouble.SERVFAIL})

    assert (stage.ok, stage.code) == (None, "lookup_failed")
    assert "silent.example" in said(stage.meaning)
    assert said(stage.seen[0]) == "The name server said SERVFAIL."


def test_silence_leaves_it_open_in_time() -> None:
    stage = look({DOMAIN: Trouble.SILENCE}, StageName.SPF, timeout=0.2)

    assert (stage.ok, stage.code) == (None, "lookup_timed_out")


def test_only_the_configured_name_server_is_asked_and_each_question_once() -> None:
    zone: Zone = {
        DOMAIN: {"TXT": ["v=spf1 include:a.example include:a.example exp=why.example -all"]},
        "a.example": {"TXT": ["v=spf1 ip4:1.2.3.4 -all"]},
        HOST: {"A": [OURS]},
    }
    with dns_server(zone) as server:
        lookups = Lookups(server.egress(), timeout=SOON)
        for address in (OURS, OTHER):
            result_for(ipaddress.ip_address(address), DOMAIN, lookups)

        assert server.questions == [(DOMAIN, "TXT"), ("a.example", "TXT")]


@pytest.mark.parametrize(
    ("record", "address", "result"),
    [
        ("v=spf1 ip4:9.9.9.0/24 -all", "9.9.9.200", Result.PASS),
        ("v=spf1 ip4:9.9.9.0/24 -all", "9.9.8.1", Result.FAIL),
        ("v=spf1 ~ip4:9.9.9.0/24 -all", "9.9.9.200", Result.SOFTFAIL),
        ("v=spf1 ip4:9.9.9.0/24 ~all", "::ffff:9.9.9.1", Result.PASS),
        ("v=spf1 -ip4:9.9.9.9 +ip4:9.9.9.0/24 ?all", "9.9.9.9", Result.FAIL),
        ("v=spf1 a -all", "1.0.0.1", Result.PASS),
        ("v=spf1 a/24 -all", "1.0.0.77", Result.PASS),
        ("v=spf1 a//32 -all", "2620:fe::1", Result.PASS),
        ("v=spf1 a/24 -all", "2620:fe::1", Result.FAIL),
        ("v=spf1 mx -all", "1.1.1.1", Result.PASS),
        ("v=spf1 ptr -all", "1.1.1.1", Result.FAIL),
        ("v=spf1 -include:in.example ~all", "7.7.7.7", Result.FAIL),
        ("v=spf1 include:in.example ~all", "6.6.6.6", Result.SOFTFAIL),
        ("v=spf1 redirect=in.example", "6.6.6.6", Result.FAIL),
        ("v=spf1 exists:%{ir}.%{v}.x.example -all", "4.3.2.1", Result.PASS),
        ("v=spf1 exists:%{o1}.%{h2}%-%% -all", "1.1.1.1", Result.FAIL),
        ("v=spf1 exists:%{i}.x.example -all", "2620::1", Result.PASS),
        ("v=spf1", "1.1.1.1", Result.NEUTRAL),
    ],
)
def test_an_address_is_judged_as_receivers_do(record: str, address: str, result: Result) -> None:
    zone: Zone = {
        DOMAIN: {
            "TXT": [record],
            "A": ["1.0.0.1"],
            "AAAA": ["2620:fe::9"],
            "MX": ["10 mx.acme.example", "0 ."],
        },
        "mx.acme.example": {"A": ["1.1.1.1"]},
        "in.example": {"TXT": ["v=spf1 ip4:7.7.7.7 -all"]},
        "1.2.3.4.in-addr.x.example": {"A": ["127.0.0.2"]},
        ".".join("26200000000000000000000000000001") + ".x.example": {"A": ["127.0.0.2"]},
    }
    with dns_server(zone) as server:
        lookups = Lookups(server.egress(), timeout=SOON)

        assert result_for(ipaddress.ip_address(address), DOMAIN, lookups) is result


WORDS = st.sampled_from(
    "all -all ~all include:a.example ip4:1.2.3.4 ip6:::1 a mx/24 a:b.example//64 ptr exists:%{i}.x "
    "redirect=a.example exp=x ip4:x %{ / // : + x=y a/99".split()
)


@given(st.lists(WORDS | st.text(max_size=8), max_size=12))
def test_whatever_a_record_holds_it_is_read_or_refused(words: list[str]) -> None:
    try:
        record = parse_spf(" ".join(["v=spf1", *words]))
    except UnreadableTerm:
        return

    named = [word for word in " ".join(words).split(" ") if word and "=" not in word]
    assert len(record.mechanisms) == len(named)
