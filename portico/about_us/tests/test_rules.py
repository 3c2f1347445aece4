"""Which addresses the About Us link may lead to."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portico.about_us.rules import (
    AddressTooLong,
    BackslashInAddress,
    HasCredentials,
    InvisibleCharacter,
    LanguageInHost,
    NoHost,
    NotAWholeAddress,
    OtherScheme,
    RefusedCharacter,
    SpaceInAddress,
    UnknownPlaceholder,
    UnusableHost,
    UnusablePort,
    check_url,
    for_language,
)
from portico.kernel.errors import Invalid

ACCEPTED = [
    "https://www.example.com/about",
    "http://example.com",
    "HTTPS://WWW.EXAMPLE.COM/About",
    "https://example.com/",
    "https://example.com?page=about",
    "https://example.com#about",
    "https://example.com/about?x=1&y=2#top",
    "https://example.com/a//b/../c",
    "https://example.com/%E5%85%B3%E4%BA%8E",
    "https://example.com/%zz",
    "https://example.com/关于我们",
    "https://example.com/من-نحن",
    "https://example.com/über-uns?q=müller",
    "https://example.com/about;v=1,2(3)*!$'",
    "https://example.com/o'brien",
    "https://example.com/a|b^c`d",
    "https://example.com/user@host:80",
    "https://example.com/?next=https://other.example/",
    "https://example.com/?next=javascript:alert(1)",
    "https://example.com:443/about",
    "https://example.com:1/",
    "https://example.com:65535/",
    "https://example.com:0080/",
    "https://example.com:/about",
    "https://example.com./about",
    "https://a.b.c.d.e.example.co.uk/",
    "https://my_site.example.com/",
    "https://_x.example.com/",
    "https://r3---sn-4g5e.example.com/",
    "https://3m.com/",
    "https://example.museum/",
    "https://1.example/",
    "https://0x7f.example/",
    "https://intranet/about",
    "http://localhost/about",
    "http://localhost:8000/about",
    "http://acme.localhost:8000/",
    "http://192.0.2.10/about",
    "http://192.0.2.10:8080/about",
    "http://127.0.0.1/",
    "http://[2001:db8::10]/about",
    "http://[::1]:8000/",
    "http://[::ffff:192.0.2.10]/",
    "https://xn--bcher-kva.example/",
    "https://XN--BCHER-KVA.example/",
    "https://xn--ls8h.example/",
    "https://xn--fiq228c5hs.xn--fiqs8s/",
    "https://bücher.example/",
    "https://straße.example/",
    "https://中文网站.中国/关于",
    "https://中文网站。中国/",
    "https://пример.испытание/",
    "https://موقع.وزارة-الاتصالات.مصر/",
    "https://i❤.example/",
    "https://www.example.com/{lang}/about",
    "https://www.example.com/{lang}",
    "https://www.example.com?lang={lang}",
    "https://www.example.com/about?l={lang}&again={lang}",
    "https://www.example.com/about#{lang}",
    "https://www.example.com/about-{lang}.html",
]

REFUSED = [
    ("www.example.com", NotAWholeAddress),
    ("www.example.com/about", NotAWholeAddress),
    ("example.com:8080/about", NotAWholeAddress),
    ("localhost:8000", NotAWholeAddress),
    ("//www.example.com/about", NotAWholeAddress),
    ("/about", NotAWholeAddress),
    ("about", NotAWholeAddress),
    ("?about", NotAWholeAddress),
    ("#about", NotAWholeAddress),
    ("https", NotAWholeAddress),
    ("https:", NotAWholeAddress),
    ("https:/example.com", NotAWholeAddress),
    ("https:example.com", NotAWholeAddress),
    ("://example.com", NotAWholeAddress),
    ("admin@example.com", NotAWholeAddress),
    ("关于我们", NotAWholeAddress),
    ("{lang}://example.com", NotAWholeAddress),
    ("javascript:alert(1)", OtherScheme),
    ("JaVaScRiPt:alert(document.cookie)", OtherScheme),
    ("javascript://example.com/%0aalert(1)", OtherScheme),
    ("data:text/html;base64,PHNjcmlwdD4=", OtherScheme),
    ("vbscript:msgbox(1)", OtherScheme),
    ("ftp://example.com/about", OtherScheme),
    ("file:///etc/passwd", OtherScheme),
    ("mailto:about@example.com", OtherScheme),
    ("blob:https://example.com/1", OtherScheme),
    ("view-source:https://example.com", OtherScheme),
    ("httpss://example.com", OtherScheme),
    ("intent://example.com#Intent;end", OtherScheme),
    ("https://", NoHost),
    ("https:///about", NoHost),
    ("https://?about", NoHost),
    ("https://#about", NoHost),
    ("https://:8000/", NoHost),
    ("https://user:secret@example.com/", HasCredentials),
    ("https://user@example.com/", HasCredentials),
    ("https://@example.com/", HasCredentials),
    ("https://:@example.com/", HasCredentials),
    ("https://www.example.com@evil.example/", HasCredentials),
    ("https://a@b@example.com/", HasCredentials),
    ("https://[::1]@example.com/", HasCredentials),
    ("https://example.com/about us", SpaceInAddress),
    ("https://exa mple.com/", SpaceInAddress),
    (" https://example.com/", SpaceInAddress),
    ("https://example.com/ ", SpaceInAddress),
    ("https://example.com/\u00a0", SpaceInAddress),
    ("https://example.com/\u3000about", SpaceInAddress),
    ("https://example.com\\about", BackslashInAddress),
    ("https:\\\\example.com", BackslashInAddress),
    ("https://example.com\\@evil.example/", BackslashInAddress),
    ("https://example.com/\tabout", InvisibleCharacter),
    ("https://example.com/\nabout", InvisibleCharacter),
    ("https://example.com/\r\nSet-Cookie: x=1", InvisibleCharacter),
    ("java\nscript:alert(1)", InvisibleCharacter),
    ("\x01javascript:alert(1)", InvisibleCharacter),
    ("https://example.com/\x00", InvisibleCharacter),
    ("https://example.com/\x7f", InvisibleCharacter),
    ("https://example.com/\x85", InvisibleCharacter),
    ("https://example.com/\u200b", InvisibleCharacter),
    ("https://example\u200b.com/", InvisibleCharacter),
    ("https://exam\u00adple.com/", InvisibleCharacter),
    ("\ufeffhttps://example.com/", InvisibleCharacter),
    ("https://example.com/\u202egnp.exe", InvisibleCharacter),
    ("https://example.com/\u2066x\u2069", InvisibleCharacter),
    ("https://example.com/\u2028", InvisibleCharacter),
    ("https://example.com/\ud800", InvisibleCharacter),
    ('https://example.com/"onclick="alert(1)', RefusedCharacter),
    ("https://example.com/<script>", RefusedCharacter),
    ("<https://example.com/>", RefusedCharacter),
    ("https://{lang}.example.com/about", LanguageInHost),
    ("https://www.example.{lang}/", LanguageInHost),
    ("https://example.com:{lang}/", LanguageInHost),
    ("https://{lang}@example.com/", LanguageInHost),
    ("https://{lang}", LanguageInHost),
    ("https://example.com/{language}/about", UnknownPlaceholder),
    ("https://example.com/{LANG}/about", UnknownPlaceholder),
    ("https://example.com/{}/about", UnknownPlaceholder),
    ("https://example.com/{{lang}}/about", UnknownPlaceholder),
    ("https://example.com/{la{lang}ng}/about", UnknownPlaceholder),
    ("https://example.com/{lang", UnknownPlaceholder),
    ("https://example.com/lang}", UnknownPlaceholder),
    ("https://{host}/about", UnknownPlaceholder),
    ("https://example..com/", UnusableHost),
    ("https://.example.com/", UnusableHost),
    ("https://./", UnusableHost),
    ("https://-example.com/", UnusableHost),
    ("https://example-.com/", UnusableHost),
    ("https://exam!ple.com/", UnusableHost),
    ("https://exam%70le.com/", UnusableHost),
    ("https://%65xample.com/", UnusableHost),
    ("https://www.example.com,other.example/", UnusableHost),
    (f"https://{'a' * 64}.example/", UnusableHost),
    (f"https://{'ü' * 60}.example/", UnusableHost),
    (f"https://{'a.' * 127}example/", UnusableHost),
    ("https://example.com／about", UnusableHost),
    ("https://example.com＠evil.example/", UnusableHost),
    ("https://example℀.com/", UnusableHost),
    ("https://xn--/", UnusableHost),
    ("https://xn--a/", UnusableHost),
    ("https://xn--abc-/", UnusableHost),
    ("https://xn--99999999.example/", UnusableHost),
    ("https://\u0300a.example/", UnusableHost),
    ("http://256.1.1.1/", UnusableHost),
    ("http://1.2.3/", UnusableHost),
    ("http://1.2.3.4.5/", UnusableHost),
    ("http://2130706433/", UnusableHost),
    ("http://0x7f000001/", UnusableHost),
    ("http://0177.0.0.1/", UnusableHost),
    ("http://0x7f.0.0.0x1/", UnusableHost),
    ("http://example.com.0/", UnusableHost),
    ("http://①②⑦.0.0.999/", UnusableHost),
    ("http://::1/", UnusableHost),
    ("http://[::1/", UnusableHost),
    ("http://::1]/", UnusableHost),
    ("http://[]/", UnusableHost),
    ("http://[::1]x/", UnusableHost),
    ("http://[fe80::1%eth0]/", UnusableHost),
    ("http://[v1.x]/", UnusableHost),
    ("http://[192.0.2.10]/", UnusableHost),
    ("http://[example.com]/", UnusableHost),
    ("https://example.com:80:80/", UnusableHost),
    ("https://example.com:0/", UnusablePort),
    ("https://example.com:65536/", UnusablePort),
    ("https://example.com:99999999999/", UnusablePort),
    ("https://example.com:-1/", UnusablePort),
    ("https://example.com:+80/", UnusablePort),
    ("https://example.com:http/", UnusablePort),
    ("https://example.com:８０/", UnusablePort),
    ("https://example.com:²/", UnusablePort),
]


@pytest.mark.parametrize("url", ACCEPTED)
def test_an_address_that_a_browser_opens_is_kept_as_it_is(url: str) -> None:
    assert check_url(url) == url


@pytest.mark.parametrize(("url", "reason"), REFUSED)
def test_any_other_address_is_refused_for_its_own_reason(url: str, reason: type[Invalid]) -> None:
    with pytest.raises(Invalid) as refusal:
        check_url(url)

    assert type(refusal.value) is reason


def test_no_address_at_all_is_allowed() -> None:
    assert check_url("") == ""


def test_an_address_may_have_2048_characters_and_not_one_more() -> None:
    longest = "https://example.com/".ljust(2048, "a")

    assert check_url(longest) == longest
    with pytest.raises(AddressTooLong) as refusal:
        check_url(longest + "a")
    assert str(refusal.value) == "This address has 2,049 characters. At most 2,048 are accepted."


def test_a_refusal_says_what_was_met_and_what_would_be_accepted() -> None:
    met = {}
    for url in (
        "ftp://example.com",
        "https://example.com/<b>",
        "https://example.com/\u200b",
        "https://example.com/{language}",
        "https://example.com:x/",
        "https://exam!ple.com/",
        "https://example.com/about us",
    ):
        with pytest.raises(Invalid) as refusal:
            check_url(url)
        met[url] = str(refusal.value)

    assert met == {
        "ftp://example.com": "An address that begins with “ftp:” cannot be used here. "
        "Accepted are addresses that begin with https:// or http://.",
        "https://example.com/<b>": "An address cannot hold the character <. "
        "Write %3C in its place.",
        "https://example.com/\u200b": "This address holds an invisible character (U+200B). "
        "Remove it, or type the address by hand.",
        "https://example.com/{language}": "{language} cannot be filled in: {lang} is the only word "
        "in braces that is known. Write %7B and %7D for braces that belong to the address.",
        "https://example.com:x/": "“x” is not a port. Write a number from 1 to 65535, or leave it "
        "out with its colon.",
        "https://exam!ple.com/": "“exam!ple.com” is not a host. Accepted are a name "
        "such as www.example.com, an IPv4 address such as 192.0.2.10, and an IPv6 address in "
        "brackets such as [2001:db8::10].",
        "https://example.com/about us": "An address has no spaces. Remove the space, or write %20 "
        "where it belongs to the address.",
    }


@pytest.mark.parametrize(
    ("url", "language", "expected"),
    [
        ("https://example.com/{lang}/about", "en", "https://example.com/en/about"),
        ("https://example.com/{lang}/about", "zh-hans", "https://example.com/zh-hans/about"),
        ("https://example.com/{lang}?l={lang}", "en", "https://example.com/en?l=en"),
        ("https://example.com/about", "en", "https://example.com/about"),
        ("https://example.com/%7Blang%7D", "en", "https://example.com/%7Blang%7D"),
        ("", "en", ""),
    ],
)
def test_the_language_of_the_page_stands_in_its_place(
    url: str, language: str, expected: str
) -> None:
    assert for_language(url, language) == expected


PIECES = st.sampled_from(
    [
        *"aé中/\\:@?#[].%{}<>\"' \t\n\x00\x7f\u200b\u202e\u3000／＠。️",
        *("http", "https", "javascript", "data", "://", ":/", "//", "xn--", "example.com"),
        *("localhost", "127.0.0.1", "[::1]", "{lang}", "%40", ":80", ":65536", "user:pass@"),
    ]
)
ADDRESSES = st.one_of(
    st.lists(PIECES, max_size=12).map("".join),
    st.lists(PIECES, max_size=12).map(lambda pieces: "https://" + "".join(pieces)),
    st.text(max_size=40).map(lambda text: "https://" + text),
    st.tuples(st.sampled_from(ACCEPTED), st.text(max_size=8), st.integers(0, 60)).map(
        lambda mixed: mixed[0][: mixed[2]] + mixed[1] + mixed[0][mixed[2] :]
    ),
)


@given(url=ADDRESSES, language=st.sampled_from(["en", "zh-hans", "pt-br"]))
@example(url="https://example.com/{lang}", language="en")
def test_whatever_passes_is_a_plain_web_address_in_every_language(url: str, language: str) -> None:
    try:
        passed = check_url(url)
    except Invalid:
        return

    shown = for_language(passed, language)

    if not shown:
        return
    parts = urlsplit(shown)
    assert parts.scheme in {"http", "https"}
    assert parts.hostname
    assert parts.username is None
    assert parts.password is None
    assert parts.port is None or 1 <= parts.port <= 65535
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Zs"} for character in shown)
    assert not set(shown) & set('\\"<>{}')
    assert check_url(shown) == shown
