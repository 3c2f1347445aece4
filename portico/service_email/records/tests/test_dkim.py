from __future__ import annotations

import base64
import functools

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from portico.service_email.records.dkim_key import (
    RevokedKey,
    UnreadableKey,
    is_dkim,
    parse_key,
)
from portico.service_email.records.publishing import selectors_to_try
from portico.service_email.records.tests.looking import DOMAIN, look, said
from portico.service_email.smtp.stages import Stage, StageName
from tests.peers.dns import Trouble, Zone

NAME = f"s7._domainkey.{DOMAIN}"


@functools.cache
def rsa_key(bits: int, form: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> str:
    """The p= of an RSA key. Any odd number of that length will do: nothing is signed with it."""
    key = rsa.RSAPublicNumbers(65537, (1 << (bits - 1)) + 1).public_key()
    return base64.b64encode(key.public_bytes(Encoding.DER, form)).decode()


def ed25519_key() -> str:
    raw = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    return base64.b64encode(raw).decode()


def ec_key() -> str:
    key = ec.derive_private_key(7, ec.SECP256R1()).public_key()
    raw = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(raw).decode()


def dkim(*records: str, selector: str = "s7") -> Stage:
    zone: Zone = {NAME: {"TXT": list(records)}, DOMAIN: {"TXT": ["v=spf1 -all"]}}
    return look(zone, StageName.DKIM, selector=selector)


@pytest.mark.parametrize(
    "record",
    [
        f"v=DKIM1; k=rsa; p={rsa_key(2048)}",
        f"v=DKIM1;p={rsa_key(2048)};",
        f"p={rsa_key(2048)}",
        f"k=rsa; t=s; s=email; h=sha1:sha256; p={rsa_key(4096)}",
        f"v = DKIM1 ; n=a note ; p= {rsa_key(2048)[:99]} {rsa_key(2048)[99:]}",
        f"v=DKIM1; p={rsa_key(2048, PublicFormat.PKCS1)}",
    ],
)
def test_a_key_of_good_length_is_found(record: str) -> None:
    stage = dkim(record, "unrelated")

    assert (stage.ok, stage.code, stage.advice) == (True, "dkim_found", None)
    assert "There is a DKIM key at s7._domainkey.acme.example (RSA, " in said(stage.meaning)
    assert said(stage.seen[0]).startswith("s7._domainkey.acme.example: ")


@pytest.mark.parametrize("selector", ["S7", " s7 ", "s7._domainkey", f"s7._domainkey.{DOMAIN}."])
def test_a_selector_is_taken_as_people_copy_it(selector: str) -> None:
    assert dkim(f"p={rsa_key(2048)}", selector=selector).code == "dkim_found"


def test_a_selector_may_have_dots_and_lead_elsewhere() -> None:
    zone: Zone = {
        f"eu.s7._domainkey.{DOMAIN}": {"CNAME": "s7.dkim.sender.example"},
        "s7.dkim.sender.example": {"TXT": [f"p={rsa_key(2048)}"]},
    }

    assert look(zone, StageName.DKIM, selector="eu.s7").ok is True


@pytest.mark.parametrize(
    ("record", "code", "advice"),
    [
        (f"p={rsa_key(1024)}", "dkim_short", "2048 bits"),
        (f"k=ed25519; p={ed25519_key()}", "dkim_ed25519", "RSA key of 2048 bits as well"),
        (f"t=y:s; p={rsa_key(2048)}", "dkim_testing", "Remove t=y"),
    ],
)
def test_a_key_that_could_be_better_is_found_with_advice(
    record: str, code: str, advice: str
) -> None:
    stage = dkim(record)

    assert (stage.ok, stage.code) == (True, code)
    assert advice in said(stage.advice)


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ("v=DKIM1; p=", "dkim_revoked"),
        ("p= ;", "dkim_revoked"),
        (f"p={rsa_key(768)}", "dkim_too_short"),
        (f"p={rsa_key(1016)}", "dkim_too_short"),
        (f"s=tlsrpt; p={rsa_key(2048)}", "dkim_other_service"),
        (f"h=sha1; p={rsa_key(2048)}", "dkim_old_hash"),
        (f"p={rsa_key(2048)[:-40]}", "dkim_unreadable"),
        (f'p="{rsa_key(2048)}"', "dkim_unreadable"),
        ("p=AAAA", "dkim_unreadable"),
        ("p=é", "dkim_unreadable"),
        (f"p={ec_key()}", "dkim_unreadable"),
        (f"k=ed25519; p={rsa_key(2048)}", "dkim_unreadable"),
        (f"k=dsa; p={rsa_key(2048)}", "dkim_unreadable"),
        (f"v=DKIM2; p={rsa_key(2048)}", "dkim_unreadable"),
        (f"p={rsa_key(2048)}; p={rsa_key(1024)}", "dkim_unreadable"),
        (f"v=DKIM1 k=rsa p={rsa_key(2048)}", "dkim_unreadable"),
        ("v=DKIM1; k=rsa", "dkim_unreadable"),
        ("v=spf1 -all", "dkim_missing"),
    ],
)
def test_a_key_that_receivers_cannot_use_is_refused(record: str, code: str) -> None:
    stage = dkim(record)

    assert (stage.ok, stage.code) == (False, code)
    assert NAME in said(stage.meaning)


def test_no_key_at_the_selector_is_missing() -> None:
    stage = dkim(selector="s8")

    assert (stage.ok, stage.code) == (False, "dkim_missing")
    assert said(stage.meaning) == "There is no DKIM key at s8._domainkey.acme.example."


def test_several_keys_at_one_selector_are_refused() -> None:
    assert dkim(f"p={rsa_key(2048)}", f"p={rsa_key(4096)}").code == "dkim_several"


@pytest.mark.parametrize("selector", ["a b", "-s", "s;1", "*", "a..b", "ü", "x" * 64, "._"])
def test_what_is_no_selector_is_not_asked_for(selector: str) -> None:
    stage = dkim(selector=selector)

    assert (stage.ok, stage.code) == (None, "dkim_not_a_selector")


def test_without_a_selector_the_usual_ones_are_tried_and_said_to_be_a_guess() -> None:
    zone: Zone = {f"selector2._domainkey.{DOMAIN}": {"TXT": [f"p={rsa_key(2048)}"]}}

    stage = look(zone, StageName.DKIM, host="smtp.office365.com")

    assert (stage.ok, stage.code) == (True, "dkim_guessed")
    assert "guessed" in said(stage.cause)


def test_without_a_selector_and_any_key_it_is_not_checked() -> None:
    zone: Zone = {
        DOMAIN: {"TXT": ["v=spf1 -all"]},
        f"default._domainkey.{DOMAIN}": {"TXT": ["v=DKIM1; p="]},
    }
    stage = look(zone, StageName.DKIM)

    assert (stage.ok, stage.code) == (None, "dkim_no_selector")
    assert said(stage.meaning).startswith("Not checked: no DKIM selector is set")
    assert "default, dkim, mail" in said(stage.meaning)


def test_the_providers_selectors_come_first_and_the_list_stays_short() -> None:
    assert selectors_to_try("smtp.sendgrid.net")[:2] == ("s1", "s2")
    assert max(len(selectors_to_try(host)) for host in ("smtp.mailgun.org", "mx.example")) < 16


@pytest.mark.parametrize("selector", ["", "s7"])
def test_name_servers_that_fail_leave_it_open(selector: str) -> None:
    zone: Zone = {
        f"{one}._domainkey.{DOMAIN}": Trouble.SERVFAIL for one in ("s7", *selectors_to_try(""))
    }

    stage = look(zone, StageName.DKIM, selector=selector)

    assert (stage.ok, stage.code) == (None, "lookup_failed")


def test_silence_at_the_first_guess_leaves_it_open_in_time() -> None:
    zone: Zone = {f"{one}._domainkey.{DOMAIN}": Trouble.SILENCE for one in selectors_to_try("")}

    stage = look(zone, StageName.DKIM, timeout=0.2)

    assert (stage.ok, stage.code) == (None, "lookup_timed_out")


@given(st.text() | st.from_regex(r"([vkpths]=[A-Za-z0-9+/=: ]*;? ?){1,6}", fullmatch=True))
def test_whatever_a_record_holds_it_is_read_or_refused(text: str) -> None:
    is_dkim(text)
    try:
        key = parse_key(text)
    except (RevokedKey, UnreadableKey):
        return

    assert key.bits > 0
