"""Which names can be a workspace's domain, and in which one form they come out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.domains.checking import check_domain, refusals, resembles, shown
from portico.domains.checking.names import is_apex, registered_part

OWN = ("portico.example.org", "programs.example.net")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("pay.example.com", "pay.example.com"),
        ("  Pay.Example.COM.  ", "pay.example.com"),
        ("example.com", "example.com"),
        ("bücher.de", "xn--bcher-kva.de"),
        ("BÜCHER.de", "xn--bcher-kva.de"),
        ("xn--bcher-kva.de", "xn--bcher-kva.de"),
        ("straße.de", "xn--strae-oqa.de"),
        ("pay。example。com", "pay.example.com"),  # the dots of Japanese keyboards
        ("ｐａｙ.example.com", "pay.example.com"),
        ("例え.jp", "xn--r8jz45g.jp"),
        ("日本ーテストa.jp", "xn--a-pfusbj1xn610ao4b.jp"),  # scripts that are mixed by custom
        ("שלום.com", "xn--9dbne9b.com"),
        ("pay.рф", "pay.xn--p1ai"),
        ("shop.github.io", "shop.github.io"),
        ("1.2.3.4.com", "1.2.3.4.com"),
        (f"{'a' * 63}.com", f"{'a' * 63}.com"),
    ],
)
def test_a_name_comes_out_in_one_form(written: str, name: str) -> None:
    assert check_domain(written, own_zones=OWN) == name
    assert check_domain(name, own_zones=OWN) == name


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "domain_missing"),
        ("   ", "domain_missing"),
        ("https://pay.example.com/welcome", "domain_is_url"),
        ("//pay.example.com", "domain_is_url"),
        ("pay.example.com/welcome", "path_in_domain"),
        ("pay.example.com?a=b", "path_in_domain"),
        ("pay.example.com#top", "path_in_domain"),
        ("pay.example.com\\x", "path_in_domain"),
        ("pay.example.com:8443", "port_in_domain"),
        ("me@example.com", "user_in_domain"),
        ("pay example.com", "space_in_domain"),
        ("pay.example.com\nx", "space_in_domain"),
        ("*.example.com", "wildcard_domain"),
        ("192.0.2.7", "domain_is_address"),
        ("2130706433", "domain_is_address"),
        ("0x7f.0.0.1", "domain_is_address"),
        ("0x7f000001", "domain_is_address"),
        ("017700000001", "domain_is_address"),
        ("127.1", "domain_is_address"),
        ("１９２.０.２.７", "domain_is_address"),
        ("999.1.1.1", "domain_is_address"),
        ("example.1", "domain_is_address"),
        ("::1", "domain_is_address"),
        ("[2001:db8::7]", "domain_is_address"),
        ("2001:db8::7", "domain_is_address"),
        ("::ffff:192.0.2.7", "domain_is_address"),
        ("localhost", "single_label"),
        ("com", "single_label"),
        ("intranet", "single_label"),
        ("_dmarc.example.com", "underscore_in_domain"),
        ("pay..example.com", "empty_label"),
        (".example.com", "empty_label"),
        ("-pay.example.com", "domain_refused"),
        ("pay-.example.com", "domain_refused"),
        ("ab--cd.example.com", "domain_refused"),
        ("p%61y.example.com", "domain_refused"),
        ("pay,example.com", "domain_refused"),
        (f"{'a' * 64}.com", "domain_too_long"),
        (f"{'ü' * 60}.com", "domain_too_long"),
        (".".join(["a" * 60] * 5) + ".com", "domain_too_long"),
        ("a" * 5000, "domain_too_long"),
        ("xn--a.com", "letter_refused"),
        ("xn--bcher-kvb.com", "letter_refused"),
        ("XN--80AK6AA92E-.com", "letter_refused"),
        ("pay☃.com", "letter_refused"),
        ("1שלום.com", "letter_refused"),
        ("שלום.1a.com", "letter_refused"),  # it would turn when shown
        ("pаypal.com", "mixed_scripts"),  # a Cyrillic а
        ("exαmple.com", "mixed_scripts"),  # a Greek α
        ("xn--pypal-4ve.com", "mixed_scripts"),
        ("co.uk", "public_suffix"),
        ("com.cn", "public_suffix"),
        ("公司.cn", "public_suffix"),
        ("github.io", "providers_suffix"),
        ("s3.amazonaws.com", "providers_suffix"),
        ("pay.local", "domain_kept"),
        ("pay.internal", "domain_kept"),
        ("pay.example", "domain_kept"),
        ("pay.test", "domain_kept"),
        ("pay.invalid", "domain_kept"),
        ("pay.localhost", "domain_kept"),
        ("pay.home.arpa", "domain_kept"),
        ("pay.onion", "domain_kept"),
        ("pay.nosuchending", "unknown_ending"),
        ("portico.example.org", "own_zone"),
        ("acme.portico.example.org", "own_zone"),
        ("PORTICO.example.org.", "own_zone"),
        ("a.b.programs.example.net", "own_zone"),
        ("example.org", "above_own_zone"),
    ],
)
def test_what_cannot_be_a_domain_is_refused_with_the_reason(written: str, code: str) -> None:
    with pytest.raises(refusals.DomainRefused) as refusal:
        check_domain(written, own_zones=OWN)

    assert refusal.value.code == code
    assert str(refusal.value)


@pytest.mark.parametrize(
    "written",
    [
        "https://user:secret@pay.example.com:8443/welcome?x=1#y",
        "pay.example.com/welcome",
        "pay.example.com:8443",
    ],
)
def test_the_refusal_says_what_to_write_instead(written: str) -> None:
    with pytest.raises(refusals.DomainRefused) as refusal:
        check_domain(written)

    assert refusal.value.facts["instead"] == "pay.example.com"
    assert "secret" not in str(refusal.value)


def test_names_that_only_own_name_servers_know_are_accepted_where_there_are_any() -> None:
    assert check_domain("pay.test", public_only=False) == "pay.test"
    assert check_domain("pay.bank.internal", public_only=False) == "pay.bank.internal"
    with pytest.raises(refusals.KeptDomain):
        check_domain("pay.onion", public_only=False)
    with pytest.raises(refusals.PublicSuffix):
        check_domain("co.uk", public_only=False)


def test_a_name_beside_the_platforms_own_is_accepted() -> None:
    assert check_domain("bank.example.org", own_zones=OWN) == "bank.example.org"
    assert check_domain("notportico.example.org", own_zones=OWN) == "notportico.example.org"


def test_a_name_is_shown_as_people_write_it() -> None:
    assert shown("xn--bcher-kva.de") == "bücher.de"
    assert shown("pay.example.com") == "pay.example.com"
    assert shown("xn--broken-.com") == "xn--broken-.com"


@pytest.mark.parametrize(
    ("written", "twin"),
    [
        ("аррӏе.com", "apple.com"),
        ("ѕсоре.com", "scope.com"),
        ("почта.рф", ""),  # has letters that look like nothing Latin
        ("pay.example.com", ""),
        ("bücher.de", ""),
    ],
)
def test_a_name_of_look_alikes_tells_what_it_looks_like(written: str, twin: str) -> None:
    name = check_domain(written)

    assert resembles(name) == twin


def test_the_top_of_a_zone_is_known_by_the_public_suffixes() -> None:
    assert is_apex("example.com")
    assert is_apex("example.co.uk")
    assert not is_apex("pay.example.com")
    assert not is_apex("pay.test")
    assert registered_part("a.pay.example.co.uk") == "example.co.uk"
    assert registered_part("pay.test") == "pay.test"
    assert registered_part("a.pay.bank.internal") == "bank.internal"


@given(st.text(max_size=80))
def test_whatever_is_written_comes_out_checked_or_is_refused(written: str) -> None:
    try:
        name = check_domain(written)
    except refusals.DomainRefused as refusal:
        assert str(refusal)  # noqa: PT017 - either way is right
    else:
        assert check_domain(name) == name
        assert name.isascii()
        assert name == name.lower()
