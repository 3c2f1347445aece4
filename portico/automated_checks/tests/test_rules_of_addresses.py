"""The servers that a version talks to, held against its server domains."""

from __future__ import annotations

import pytest

from portico.automated_checks.rules.addresses import Address, addresses_in, covers
from portico.automated_checks.rules.findings import Severity
from portico.automated_checks.tests.looking import found_in, rules_in, subject_with

DECLARED = {
    "api.example.com": "https://api.example.com/v1",
    "*.example.com": "https://eu.api.example.com/v1",
    "api.example.com:8443": "https://api.example.com:8443/v1",
    "https://api.example.com": "wss://api.example.com/live",
    "xn--bcher-kva.example.com": "https://bücher.example.com/",
}
NOT_DECLARED = {
    "api.example.com": "https://api2.example.com/v1",
    "*.example.com": "https://example.com/v1",
    "*.api.example.com": "https://evilapi.example.com/",
    "api.example.com:8443": "https://api.example.com/v1",
    "example.com": "https://example.com.evil.org/",
}


@pytest.mark.parametrize(("domain", "address"), DECLARED.items())
def test_a_declared_server_is_no_finding(domain: str, address: str) -> None:
    subject = subject_with({"app.js": f"fetch('{address}')"}, domains=(domain,))

    assert rules_in(subject, "content") == []


@pytest.mark.parametrize(("domain", "address"), NOT_DECLARED.items())
def test_another_server_is_a_finding(domain: str, address: str) -> None:
    subject = subject_with({"app.js": f"fetch('{address}')"}, domains=(domain,))

    assert rules_in(subject, "content") == ["domain-not-declared"]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("app.js", "\nfetch('https://a.example.com/x')", 2),
        ("app.js", "\n\nfetch(`https://a.example.com/${id}`)", 3),
        ("app.js", r"open('https:\/\/a.example.com\/x')", 1),
        ("app.css", "\n\n.a { background: url(https://a.example.com/x.png) }", 3),
        ("app.js", "\nfetch('//a.example.com/x')", 2),
        ("app.js", "open(`//a.example.com`)", 1),
        ("app.css", "\n@import '//a.example.com/x.css'", 2),
        ("app.css", "\n.a { background: URL( //a.example.com/x.png) }", 2),
        ("part.html", '<img alt="" srcset="/common/icon.svg, //a.example.com/x.png 2x">', 1),
        ("part.html", '<p style="background: url(//a.example.com/x.png)">', 1),
        (
            "part.html",
            '<script type="importmap">\n{"imports":{"x":"https://a.example.com/"}}\n</script>',
            2,
        ),
        ("data.json", '{\n"api": "https://a.example.com"}', 2),
        ("data.json", '{"api": "https:\\/\\/a.example.com"}', 1),
        ("part.html", '<p>\n<img alt="" src="https://a.example.com/x.png">', 2),
        ("part.html", '<img alt="" src="//a.example.com/x.png">', 1),
        ("part.html", '<form action="https://a.example.com/">', 1),
        ("part.html", "<style>\np { background: url(https://a.example.com/x.png) }</style>", 2),
        ("part.html", "<script>\n\nfetch('https://a.example.com/x')</script>", 3),
    ],
)
def test_it_is_found_wherever_it_is_written(name: str, text: str, line: int) -> None:
    found = found_in(subject_with({name: text}), "content")

    (only,) = found
    assert (only.rule, only.file, only.line) == ("domain-not-declared", name, line)
    assert "a.example.com" in found[0].message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app.js", "// see https://a.example.com/"),
        ("app.css", "/* https://a.example.com/ */"),
        ("part.html", "<!-- https://a.example.com/ --><p>https://a.example.com/</p>"),
        ("app.js", "const space = 'http://www.w3.org/2000/svg'"),
        ("part.svg", '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://ns.example.com/"/>'),
        ("app.js", "open(`https://${host}/x`); open('https://' + host)"),
        ("app.js", "open(`https://api.${zone}/x`)"),
        ("i18n/en.json", '{"more": "See https://a.example.com/"}'),
    ],
)
def test_what_is_no_call_is_no_finding(name: str, text: str) -> None:
    assert rules_in(subject_with({name: text}), "content") == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("part.html", '<a href="https://a.example.com/">A</a>'),
        ("app.js", "miniapp.openLink('https://a.example.com/')"),
    ],
)
def test_a_link_is_a_note(name: str, text: str) -> None:
    (found,) = found_in(subject_with({name: text}), "content")

    assert (found.rule, found.severity) == ("domain-linked", Severity.INFO)


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("http://a.example.com/", "address-not-encrypted"),
        ("ws://a.example.com/", "address-not-encrypted"),
        ("http://localhost:3000/", "address-of-a-machine"),
        ("https://10.0.0.7/", "address-of-a-machine"),
        ("https://nas.local/", "address-of-a-machine"),
    ],
)
def test_addresses_that_do_not_do(address: str, rule: str) -> None:
    subject = subject_with({"app.js": f"fetch('{address}')"}, domains=("a.example.com",))

    assert rules_in(subject, "content") == [rule]


def test_a_server_is_named_once_a_file_and_without_what_may_be_a_secret() -> None:
    script = "fetch('https://user:hunter2@a.example.com/?key=12345');" * 3

    found = found_in(subject_with({"app.js": script, "b.js": script}), "content")

    assert [(one.rule, one.file) for one in found] == [
        ("domain-not-declared", "app.js"),
        ("domain-not-declared", "b.js"),
    ]
    assert "hunter2" not in repr(found)
    assert "12345" not in repr(found)


def test_odd_server_domains_cover_nothing() -> None:
    (address,) = addresses_in("https://a.example.com/")

    assert not any(covers(odd, address) for odd in ("", "*", "*.", ":", "a.example.com:x9", "://"))
    assert covers(" A.EXAMPLE.COM ", Address("https", "a.example.com", 0, 0))
