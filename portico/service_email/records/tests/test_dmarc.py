from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.service_email.records.dmarc import check_dmarc
from portico.service_email.records.dmarc_policy import UnreadablePolicy, is_dmarc, parse_policy
from portico.service_email.records.lookups import Lookups
from portico.service_email.records.tests.looking import DOMAIN, SOON, look, said
from portico.service_email.smtp.stages import Stage, StageName
from tests.peers.dns import Trouble, Zone, dns_server


def dmarc(*records: str, more: Zone | None = None, domain: str = DOMAIN) -> Stage:
    zone: Zone = {DOMAIN: {"TXT": ["v=spf1 -all"]}}
    if records:
        zone[f"_dmarc.{DOMAIN}"] = {"TXT": list(records)}
    return look(zone | (more or {}), StageName.DMARC, domain=domain)


@pytest.mark.parametrize(
    ("record", "asked"),
    [
        ("v=DMARC1; p=reject", "to refuse mail"),
        ("v=DMARC1;p=reject;", "to refuse mail"),
        (" v = DMARC1 ; p = Reject ; rua=mailto:a@acme.example,mailto:b@x.example!10m", "refuse"),
        ("v=DMARC1; p=quarantine; sp=none; adkim=s; aspf=r; ri=86400", "set mail aside"),
        ("v=DMARC1; p=reject; pct=100; ri=1; x-own=1", "to refuse mail"),
    ],
)
def test_a_policy_is_found_and_said_in_words(record: str, asked: str) -> None:
    stage = dmarc(record, "unrelated")

    assert (stage.ok, stage.code, stage.advice) == (True, "dmarc_found", None)
    assert asked in said(stage.meaning)
    assert said(stage.seen[0]).startswith("_dmarc.acme.example: ")


@pytest.mark.parametrize(
    ("record", "code", "advice"),
    [
        ("v=DMARC1; p=none; rua=mailto:a@acme.example", "dmarc_watches", "Once the reports"),
        ("v=DMARC1; p=none", "dmarc_watches", "Nobody receives reports"),
        ("v=DMARC1; p=reject; t=y", "dmarc_tests", "Remove t=y"),
        ("v=DMARC1; p=reject; pct=20", "dmarc_in_part", "20% of the mail only"),
    ],
)
def test_a_policy_that_does_little_is_found_with_advice(
    record: str, code: str, advice: str
) -> None:
    stage = dmarc(record)

    assert (stage.ok, stage.code) == (True, code)
    assert advice in said(stage.advice)


def test_no_policy_is_missing_with_a_record_to_begin_with() -> None:
    stage = dmarc()

    assert (stage.ok, stage.code) == (False, "dmarc_missing")
    assert "“v=DMARC1; p=none; rua=mailto:postmaster@acme.example”" in said(stage.advice)


def test_other_texts_at_the_name_are_no_policy() -> None:
    assert dmarc("v=spf1 -all", "hello").code == "dmarc_missing"


def test_several_policies_are_refused() -> None:
    stage = dmarc("v=DMARC1; p=none", "v=DMARC1; p=reject")

    assert (stage.ok, stage.code) == (False, "dmarc_several")
    assert len(stage.seen) == 2


@pytest.mark.parametrize(
    ("record", "part"),
    [
        ("v=DMARC1", "p="),
        ("v=DMARC1; rua=mailto:a@acme.example", "p="),
        ("v=DMARC1; p=", "p="),
        ("v=DMARC1; p=block", "p=block"),
        ("v=DMARC1; p=none p=reject", "p=none p=reject"),
        ("v=DMARC1; p=none; p=reject", "p=reject"),
        ("v=DMARC1; none", "none"),
        ("v=DMARC1 p=none", "v=DMARC1 p=none"),
        ("v=dmarc1; p=none", "v=dmarc1"),
        ("V=DMARC2; p=none", "V=DMARC2"),
        ('"v=DMARC1; p=none"', '"v=DMARC1'),
    ],
)
def test_a_policy_that_receivers_cannot_read_is_refused_with_the_word(
    record: str, part: str
) -> None:
    stage = dmarc(record)

    assert (stage.ok, stage.code) == (False, "dmarc_unreadable")
    assert f"“{part}” is wrong" in said(stage.meaning)


@pytest.mark.parametrize(
    ("above", "at", "asked"),
    [
        ({"acme.example": "v=DMARC1; p=reject"}, "acme.example", "refuse"),
        ({"acme.example": "v=DMARC1; p=reject; sp=none"}, "acme.example", "only watches"),
        ({"acme.example": "v=DMARC1; p=none; sp=quarantine"}, "acme.example", "aside"),
        # The highest one is the organization's ...
        (
            {"mail.acme.example": "v=DMARC1; p=none", "acme.example": "v=DMARC1; p=reject"},
            "acme.example",
            "refuse",
        ),
        # ... unless a lower one says that it is, or the higher one is a registry's.
        (
            {
                "mail.acme.example": "v=DMARC1; p=quarantine; psd=n",
                "acme.example": "v=DMARC1; p=reject",
            },
            "mail.acme.example",
            "aside",
        ),
        (
            {"acme.example": "v=DMARC1; p=reject", "example": "v=DMARC1; p=none; psd=y"},
            "acme.example",
            "refuse",
        ),
        ({"example": "v=DMARC1; p=quarantine; psd=y"}, "example", "aside"),
        # What cannot be read on the way is skipped.
        (
            {"mail.acme.example": "v=DMARC1; p=oops", "acme.example": "v=DMARC1; p=reject"},
            "acme.example",
            "refuse",
        ),
    ],
)
def test_without_one_of_its_own_the_organizations_policy_counts(
    above: dict[str, str], at: str, asked: str
) -> None:
    zone: Zone = {f"_dmarc.{name}": {"TXT": [text]} for name, text in above.items()}

    stage = dmarc(more=zone, domain="eu.mail.acme.example")

    assert stage.ok is True
    assert f"that of {at} counts" in said(stage.meaning)
    assert asked in said(stage.meaning)


def test_an_unreadable_policy_of_the_organization_is_named() -> None:
    stage = dmarc("v=DMARC1; sp=none", domain="mail.acme.example")

    assert (stage.ok, stage.code) == (False, "dmarc_unreadable")
    assert said(stage.meaning).startswith("The DMARC policy of acme.example cannot be read")


def test_the_way_up_is_short_however_long_the_name() -> None:
    domain = ".".join([*(str(number) + "x" for number in range(40)), DOMAIN])
    with dns_server({f"_dmarc.{DOMAIN}": {"TXT": ["v=DMARC1; p=none"]}}) as server:
        stage = check_dmarc(domain, lookups=Lookups(server.egress(), timeout=SOON))

        assert stage.ok is True
        assert len(server.questions) == 8


@pytest.mark.parametrize("trouble", [Trouble.SERVFAIL, Trouble.REFUSED])
@pytest.mark.parametrize("at", [f"mail.{DOMAIN}", DOMAIN])
def test_name_servers_that_fail_leave_it_open(at: str, trouble: Trouble) -> None:
    stage = dmarc(more={f"_dmarc.{at}": trouble}, domain=f"mail.{DOMAIN}")

    assert (stage.ok, stage.code) == (None, "lookup_failed")


def test_silence_leaves_it_open_in_time() -> None:
    zone: Zone = {f"_dmarc.{DOMAIN}": Trouble.SILENCE}

    stage = look(zone, StageName.DMARC, timeout=0.2)

    assert (stage.ok, stage.code) == (None, "lookup_timed_out")


RECORDS = st.from_regex(r"v=DMARC1(; ?(p|sp|pct|rua|t)=[a-z0-9:@ ]*){0,5}", fullmatch=True)


@given(st.text() | RECORDS)
def test_whatever_a_record_holds_it_is_read_or_refused(text: str) -> None:
    is_dmarc(text)
    try:
        policy = parse_policy(text, at=DOMAIN)
    except UnreadablePolicy:
        return

    assert policy.asked in {"none", "quarantine", "reject"}
    assert 0 <= policy.share <= 100
