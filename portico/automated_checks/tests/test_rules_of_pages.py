"""Pages, the files they name, and the texts in their languages."""

from __future__ import annotations

import pytest

from portico.automated_checks.tests.conftest import PAGE
from portico.automated_checks.tests.looking import found_in, rules_in, subject_with

INDEX = "pages/index/index.html"
FOUND = {
    "no title": (PAGE.replace("<title>Tips</title>", ""), "page-no-title"),
    "an empty title": (PAGE.replace("Tips", " "), "page-no-title"),
    "no language": (PAGE.replace(' lang="en"', ""), "page-no-language"),
    "no viewport": (PAGE.replace('name="viewport"', 'name="a"'), "page-no-viewport"),
    "a picture without text": (PAGE + '<img src="/common/icon.svg">', "picture-no-text"),
    "a field without label": (PAGE + '<input name="a">', "field-no-label"),
    "code in an attribute": (PAGE + '<p onclick="go()">a</p>', "inline-handler"),
    "an address that is code": (PAGE + '<a href="java\nscript:go()">a</a>', "script-address"),
    "a script from elsewhere": (PAGE + '<script src="//a.org/x.js"></script>', "remote-script"),
    "a script of an old type": (
        PAGE + '<script type="text/jscript">eval(text)</script>',
        "eval",
    ),
    "a script that seems empty": (PAGE + "<script/>eval(text)</script>", "eval"),
    "what follows nonsense": (PAGE + "<![x]><script>eval(text)</script>", "eval"),
    "a style from elsewhere": (PAGE + '<link rel="stylesheet" href="//a.org/x">', "remote-style"),
    "a page from elsewhere": (PAGE + '<iframe src="https://a.org/"></iframe>', "remote-frame"),
    "a base": (PAGE + '<base href="/pages/">', "base-address"),
    "a file that is not there": (PAGE + '<script src="a.js"></script>', "reference-missing"),
    "capital letters": (PAGE + '<link href="/Common/icon.svg">', "reference-missing"),
    "a picture set": (PAGE + '<img alt="" srcset="a.png 1x">', "reference-missing"),
    "a path out of the package": (PAGE + '<a href="../../../a.html">a</a>', "reference-outside"),
    "a path of a disk": (PAGE + '<img alt="" src="file:///home/ada/a.png">', "path-of-a-disk"),
    "a path of Windows": (PAGE + r'<img alt="" src="C:\a.png">', "path-of-a-disk"),
}
NOT_FOUND = {
    "a page that has all": PAGE,
    "a title in an image": PAGE + "<svg><title>A</title></svg>",
    "a picture that decorates": PAGE + '<img alt="" src="/common/icon.svg">',
    "a named picture": PAGE + '<img aria-label="A" src="/common/icon.svg">',
    "a field with a label": PAGE + '<label for="a">A</label><input id="a">',
    "a field in a label": PAGE + "<label>A <input></label>",
    "a field that is not seen": PAGE + '<input type="hidden" name="a"><input type="submit">',
    "a file from the root": PAGE + '<img alt="" src="/common/icon.svg?v=1#a">',
    "a file from here": PAGE + '<img alt="" src="../../common/icon.svg">',
    "an encoded path": PAGE + '<img alt="" src="/common/icon%2Esvg">',
    "a page as the manifest names it": PAGE + '<a href="/pages/index/index">a</a>',
    "a place in the page": PAGE + '<a href="#top">a</a><a href="">b</a>',
    "a mail address": PAGE + '<a href="mailto:ada@example.com">a</a>',
    "a picture that is written out": PAGE + '<img alt="" src="data:image/png;base64,AA==">',
    "a path that is filled in later": PAGE + '<img alt="" src="{{ picture }}">',
    "the runtime": PAGE + '<script src="/.portico/runtime.js"></script>',
}


@pytest.mark.parametrize(("page", "rule"), FOUND.values(), ids=FOUND.keys())
def test_it_is_found(page: str, rule: str) -> None:
    subject = subject_with({INDEX: page}, domains=("a.org",))

    assert rules_in(subject, "content") == [rule]


@pytest.mark.parametrize("page", NOT_FOUND.values(), ids=NOT_FOUND.keys())
def test_it_is_fine(page: str) -> None:
    assert rules_in(subject_with({INDEX: page}), "content") == []


def test_what_is_no_page_needs_no_title() -> None:
    assert rules_in(subject_with({"common/part.html": "<p>a</p>"}), "content") == []


def test_a_style_that_names_a_missing_file() -> None:
    style = "/* url(no.png) */\n.a { background: url('no.png') }\n@import 'no.css';"

    found = found_in(subject_with({"common/app.css": style}), "content")

    assert [one.rule for one in found] == ["reference-missing"] * 2
    assert [one.line for one in found] == [2, 3]


def test_a_script_that_imports_a_missing_module() -> None:
    files = {"common/a.js": "import './b.js'; import '../c.js'; say('./d.js')", "common/b.js": ""}

    (found,) = found_in(subject_with(files), "content")

    assert (found.rule, "../c.js" in found.message) == ("reference-missing", True)


TEXTS = {
    "a text that one language lacks": (
        {"i18n/en.json": '{"a": "A", "b": "B"}', "i18n/de.json": '{"a": "A"}'},
        [("texts-missing", "i18n/de.json")],
    ),
    "an empty text": ({"i18n/en.json": '{"a": " "}'}, [("texts-empty", "i18n/en.json")]),
    "texts that are not JSON": ({"i18n/en.json": "{a}"}, [("texts-unreadable", "i18n/en.json")]),
    "texts within texts": (
        {"i18n/en.json": '{"a": {"b": "B"}}'},
        [("texts-unreadable", "i18n/en.json")],
    ),
    "deep texts": ({"i18n/en.json": "[" * 5_000}, [("texts-unreadable", "i18n/en.json")]),
    "no texts in the default language": (
        {"i18n/de.json": '{"a": "A"}'},
        [("texts-no-default", "manifest.json")],
    ),
    "a key that is nowhere, in a script": (
        {"i18n/en.json": '{"a": "A"}', "app.js": "miniapp.text('b')"},
        [("text-key-unknown", "app.js")],
    ),
    "a key that is nowhere, in a page": (
        {"i18n/en.json": '{"a": "A"}', "part.html": '<p data-text="b"></p>'},
        [("text-key-unknown", "part.html")],
    ),
    "keys without any texts": ({"app.js": "miniapp.text('b')"}, [("text-key-unknown", "app.js")]),
    "keys that are there": (
        {"i18n/en.json": '{"a": "A"}', "app.js": "miniapp.text('a', {n: 1}); x.text('b')"},
        [],
    ),
    "keys that are put together": (
        {"i18n/en.json": '{"a": "A"}', "app.js": "miniapp.text('b.' + x); miniapp.text(`c${x}`)"},
        [],
    ),
}


@pytest.mark.parametrize(("files", "expected"), TEXTS.values(), ids=TEXTS.keys())
def test_texts(files: dict[str, str], expected: list[tuple[str, str]]) -> None:
    found = found_in(subject_with(files), "content")

    assert [(one.rule, one.file) for one in found] == expected


def test_the_default_language_is_that_of_the_manifest() -> None:
    subject = subject_with({"i18n/de.json": '{"a": "A"}'}, default_language="de")

    assert rules_in(subject, "content") == []
