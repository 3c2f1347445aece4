"""A declared page: runtime, styles and scripts are put into its HTML, whatever that looks like."""

from __future__ import annotations

import json
import re

import pytest

from portico.portal.programs.composing import insert
from portico.portal.programs.rooted import rooted_css, rooted_html
from portico.portal.programs.runtime import RUNTIME
from portico.portal.programs.tests.conftest import Release, body_of, fetch

HEAD, FOOT = b"<H>", b"<F>"


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        (
            "<html><head></head><body>x</body></html>",
            "<html><head><H></head><body>x<F></body></html>",
        ),
        (
            "<HTML><HEAD lang=en></HEAD><BODY>x</BODY ></HTML>",
            "<HTML><HEAD lang=en><H></HEAD><BODY>x<F></BODY ></HTML>",
        ),
        (
            "<!doctype html>\n<title>t</title><p>x",
            "<!doctype html>\n<H><title>t</title><p>x<F>",
        ),
        (
            "<p>x</p>",
            "<H><p>x</p><F>",
        ),
        (
            "",
            "<H><F>",
        ),
        (
            "\ufeff<!DOCTYPE html><html lang='a>b'><body>x",
            "\ufeff<!DOCTYPE html><html lang='a>b'><H><body>x<F>",
        ),
        (
            "<!-- <head> --><html><head>x</head>",
            "<!-- <head> --><html><head><H>x</head><F>",
        ),
        (
            "<html><body><pre>&lt;head></pre></body>",
            "<html><H><body><pre>&lt;head></pre><F></body>",
        ),
        (
            "<body><p><head></p></body>",
            "<H><body><p><head></p><F></body>",
        ),
        (
            "<body>x</body><!-- </body> -->",
            "<H><body>x<F></body><!-- </body> -->",
        ),
        (
            "<body>x</body><script>'</body>'</script>",
            "<H><body>x<F></body><script>'</body>'</script>",
        ),
        (
            "<body><script>var s = '</body>'</script>x</body>",
            "<H><body><script>var s = '</body>'</script>x<F></body>",
        ),
        (
            "<body>x</body></body>",
            "<H><body>x</body><F></body>",
        ),
        (
            "<header>x</header>",
            "<H><header>x</header><F>",
        ),
        (
            "<!-- never ends <head>",
            "<H><!-- never ends <head><F>",
        ),
        (
            '<html data-a="',
            '<H><html data-a="<F>',
        ),
    ],
)
def test_it_is_put_where_the_head_begins_and_the_body_ends(html: str, wanted: str) -> None:
    assert insert(html.encode(), HEAD, FOOT).decode() == wanted


def test_even_a_page_made_to_be_slow_is_not() -> None:
    for hostile in (
        b"<!--" * 300_000,
        b"<html " * 300_000,
        b'<html a="' * 300_000,
        b"</body>" * 100_000 + b"-->",
        b" " * 2_000_000,
    ):
        assert HEAD in insert(hostile, HEAD, FOOT)
    for blank in (b"<img src=", b"<img src", b"<img srcset='", b"url(", b"@import "):
        hostile = blank + b" " * 1_000_000 + b"x"
        assert rooted_html(hostile, "/~t/") == hostile


def test_a_declared_page_has_all_that_the_package_has_for_it_in_order(release: Release) -> None:
    version = release(
        {"pages/index/index.css": "p{}", "pages/index/index.js": "", "pages/index/index.html":
         "<!doctype html><html><head><title>Tips</title></head><body>Hi</body></html>"}
    )  # fmt: skip

    html = body_of(fetch(version, "/pages/index/index")).decode()

    found = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert found == [
        f"/.portico/runtime.js?v={RUNTIME.digest}",
        "/app.css",
        "/pages/index/index.css",
        "/app.js",
        "/pages/index/index.js",
    ]
    assert html.index("/pages/index/index.css") < html.index("<title>")
    assert html.index("Hi") < html.index('src="/app.js"') < html.index("</body>")


def test_what_the_package_lacks_is_left_out(release: Release) -> None:
    html = body_of(fetch(release(), "/pages/index/index.html")).decode()

    assert "index.css" not in html
    assert "index.js" not in html


def test_a_page_that_is_not_declared_is_served_as_it_is(release: Release) -> None:
    version = release({"about.html": "<p>About</p>"})

    assert body_of(fetch(version, "/about.html")) == b"<p>About</p>"
    assert fetch(version, "/about").status_code == 404


def test_a_page_is_asked_for_again_and_not_sent_again(release: Release) -> None:
    version = release()

    first = fetch(version, "/pages/index/index.html", accept_encoding="gzip")
    again = fetch(
        version,
        "/pages/index/index.html",
        accept_encoding="gzip",
        if_none_match=first.headers["ETag"],
    )

    assert first.headers["Cache-Control"] == "public, no-cache"
    assert again.status_code == 304
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


def test_the_root_leads_to_the_first_page_with_the_query(release: Release) -> None:
    answer = fetch(release(pages=["pages/index/index"]), "/?table=7")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/pages/index/index.html?table=7"


def test_the_texts_of_all_languages_come_along_and_hold_no_surprises(release: Release) -> None:
    version = release(
        {
            "i18n/de.json": '{"hello": "Hallo", "bye": "Tsch\\u00fcs", "list": ["no text"]}',
            "i18n/zh-Hans.json": '{"hello": "</script><script>你好"}',
            "i18n/fr.json": "not JSON",
            "i18n/it.json": "[" * 100_000,
            "i18n/large.json": json.dumps({"hello": "x" * 600_000}),
        },
        default_language="de",
    )

    html = body_of(fetch(version, "/pages/index/index.html")).decode()
    block = re.findall(r'<script type="application/json">(.*?)</script>', html)[0]

    facts = json.loads(block)
    assert facts["language"] == "de"
    assert facts["texts"] == {
        "de": {"hello": "Hallo", "bye": "Tschüs"},
        "fr": {},
        "it": {},
        "zh-Hans": {"hello": "</script><script>你好"},
    }
    assert next(iter(facts["texts"])) == "de"


def test_the_runtime_is_kept_for_ever_at_its_own_address_alone(release: Release) -> None:
    version = release()

    named = fetch(version, f"/.portico/runtime.js?v={RUNTIME.digest}")
    bare = fetch(version, "/.portico/runtime.js")
    other = fetch(version, "/.portico/runtime.js?v=other")

    assert body_of(named) == body_of(bare) == RUNTIME.body
    assert named.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert bare.headers["Cache-Control"] == other.headers["Cache-Control"] == "public, no-cache"
    assert fetch(version, "/.portico/").status_code == 404


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ('<img src="/a.png">', '<img src="/~t/a.png">'),
        ("<a HREF=/b.html>", "<a HREF=/~t/b.html>"),
        ('<img src="//other.example/a.png">', '<img src="//other.example/a.png">'),
        ('<img src="a.png" data-x="/a">', '<img src="a.png" data-x="/a">'),
        ('<img srcset="/a.png 1x, /b.png 2x">', '<img srcset="/~t/a.png 1x, /~t/b.png 2x">'),
        ('<p style="background: url(/a.png)">', '<p style="background: url(/~t/a.png)">'),
        ('<img src="/~t/a.png">', '<img src="/~t/a.png">'),
    ],
)
def test_in_a_preview_paths_from_the_root_lead_behind_the_token(html: str, wanted: str) -> None:
    assert rooted_html(html.encode(), "/~t/").decode() == wanted


def test_in_a_preview_so_do_those_of_style_sheets() -> None:
    css = b"@import '/a.css'; p { background: url( \"/a.png\" ) } q { background: url(b.png) }"

    assert rooted_css(css, "/~t/") == (
        b"@import '/~t/a.css'; p { background: url( \"/~t/a.png\" ) } q { background: url(b.png) }"
    )
