"""Which addresses an endpoint may have."""

from __future__ import annotations

import ipaddress

import pytest

from portico.egress.configuration import LOOPBACK, Egress
from portico.kernel.errors import Invalid
from portico.webhooks.rules.addresses import PlainRefused, check_url, without_query

STRICT = Egress(call_ports=frozenset({80, 443, 8443}))
INSIDE = Egress(allowed=(ipaddress.ip_network("10.1.0.0/16"),), call_ports=frozenset({80, 443}))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://api.example.com/hooks", "https://api.example.com/hooks"),
        ("  HTTPS://API.Example.COM./hooks ", "https://api.example.com/hooks"),
        ("https://api.example.com", "https://api.example.com/"),
        ("https://api.example.com:443/", "https://api.example.com/"),
        ("https://api.example.com:8443/x?key=1", "https://api.example.com:8443/x?key=1"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://8.8.8.8/x", "https://8.8.8.8/x"),
    ],
)
def test_an_address_is_kept_in_one_spelling_that_stays(text: str, kept: str) -> None:
    assert check_url(text, egress=STRICT) == kept
    assert check_url(kept, egress=STRICT) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "api.example.com",
        "ftp://api.example.com/",
        "javascript:alert(1)",
        "https://user:pass@api.example.com/",
        "https://api.example.com@10.0.0.1/",
        "https://api.example.com/#part",
        "https://api.example.com:22/",
        "https://api.example.com:0/",
        "https://api.example.com:99999/",
        "https://api.example.com:x/",
        "https:///hooks",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/",
        "https://hooks.localhost/",
        "https://10.1.0.1/",
        "https://api.example.com/a b",
        "https://api.example.com\\@evil.example/",
        "https://api.example.com/\nx",
        "https://" + "a" * 2000 + ".example/",
    ],
)
def test_what_is_refused_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_url(text, egress=STRICT)

    assert str(refused.value)


def test_without_encryption_only_an_address_of_ones_own_network_is_called() -> None:
    assert check_url("http://10.1.2.3/x", egress=INSIDE) == "http://10.1.2.3/x"
    for text in ("http://api.example.com/", "http://8.8.8.8/"):
        with pytest.raises(PlainRefused):
            check_url(text, egress=INSIDE)


def test_in_development_it_is() -> None:
    relaxed = Egress(allowed=LOOPBACK)

    assert check_url("http://api.example.com/", egress=relaxed, development=True)
    assert check_url("http://127.0.0.9:5000/", egress=relaxed, development=True)


def test_what_stands_behind_a_question_mark_is_not_shown() -> None:
    assert without_query("https://api.example.com/x?key=1") == "https://api.example.com/x?…"
    assert without_query("https://api.example.com/x") == "https://api.example.com/x"
