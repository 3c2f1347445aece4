"""The lexer: what is code, what is text, what is a comment, and that it takes anything."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portico.automated_checks.rules.javascript import Kind, Lines, code_of, tokens_of, unescaped

# Pieces that matter to a lexer, so that what hypothesis puts together is full of edges.
PIECES = st.sampled_from(
    [
        *(
            "/",
            "*",
            "//",
            "/*",
            "*/",
            "'",
            '"',
            "`",
            "${",
            "}",
            "{",
            "(",
            ")",
            "[",
            "]",
            "\\",
            "\n",
        ),
        *("\r", "\u2028", "a", "eval", "return", "if", "=", "=>", "++", ".", "?.", "1", "1.5e3"),
        *("\\u0065", "\\u{65}", "$", "#", " ", "\ufeff", "é", "𝒳", "\x00", "<!--", ";", "?", "#!"),
    ]
)

CODE = {
    "a call": ("eval(x)", ["eval", "(", "x", ")"]),
    "a comment to the end of the line": ("a // eval(x)\nb", ["a", "b"]),
    "a comment of several lines": ("a /* eval(\nx) */ b", ["a", "b"]),
    "a comment that never ends": ("a /* eval(x)", ["a"]),
    "a text in single quotes": ("'eval(x)'", ["'eval(x)'"]),
    "an escaped quote": (r"'it\'s eval' + b", [r"'it\'s eval'", "+", "b"]),
    "an escaped end of line": ("'a\\\nb' + c", ["'a\\\nb'", "+", "c"]),
    "a text that is not closed ends with its line": ("'a\nb", ["'a", "b"]),
    "a template": ("`eval(x)` + b", ["`eval(x)`", "+", "b"]),
    "code in a template": ("`a ${eval(x)} b`", ["`a ${", "eval", "(", "x", ")", "} b`"]),
    "templates in templates": ("`${`${x}`}`", ["`${", "`${", "x", "}`", "}`"]),
    "an object in a template": ("`${{a: 1}.a}`", ["`${", "{", "a", ":", "1", "}", ".", "a", "}`"]),
    "an escaped opening in a template": (r"`\${eval(x)}`", [r"`\${eval(x)}`"]),
    "an escaped backslash before one": (r"`\\${x}`", [r"`\\${", "x", "}`"]),
    "a division": ("a / b / c", ["a", "/", "b", "/", "c"]),
    "a regular expression": (
        "x = /eval(/.test(y)",
        ["x", "=", "/eval(/", ".", "test", *list("(y)")],
    ),
    "one with a slash in a class": ('x = /[/"]/g', ["x", "=", '/[/"]/g']),
    "one with an escaped slash": (r"x = /a\/b/", ["x", "=", r"/a\/b/"]),
    "one after return": ("return /'/", ["return", "/'/"]),
    "one after the head of an if": (
        "if (a) /'/.test(b)",
        ["if", "(", "a", ")", "/'/", ".", "test", "(", "b", ")"],
    ),
    "a division after a call": ("f(a) / b / c", ["f", "(", "a", ")", "/", "b", "/", "c"]),
    "a division after an object": ("x = {} / 1", ["x", "=", "{", "}", "/", "1"]),
    "a regular expression after a block": (
        "{ }\n/'/.test(a)",
        ["{", "}", "/'/", ".", "test", *list("(a)")],
    ),
    "a division after an element": ("a[0] / b / c", ["a", "[", "0", "]", "/", "b", "/", "c"]),
    "a division after ++": ("a++ / b / c", ["a", "++", "/", "b", "/", "c"]),
    "a property named return": ("a.return / b / c", ["a", ".", "return", "/", "b", "/", "c"]),
    "three dots": ("[...eval]", ["[", "...", "eval", "]"]),
    "a number and a property": ("1..a", ["1.", ".", "a"]),
    "optional chaining": ("a?.b", ["a", "?.", "b"]),
    "a choice of numbers": ("a?.5:1", ["a", "?", ".5", ":", "1"]),
    "a first line for shells": ("#!/usr/bin/env node\na", ["a"]),
    "a private name": ("this.#eval()", ["this", ".", "#eval", "(", ")"]),
}


@pytest.mark.parametrize(("text", "expected"), CODE.values(), ids=CODE.keys())
def test_a_script_is_taken_apart(text: str, expected: list[str]) -> None:
    assert [token.text for token in code_of(text)] == expected


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_the_tokens_of_any_text_are_that_text(text: str) -> None:
    tokens = list(tokens_of(text))

    assert "".join(token.text for token in tokens) == text
    assert all(token.text for token in tokens)
    assert [token.start for token in tokens] == sorted({token.start for token in tokens})


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_is_taken(text: str) -> None:
    assert "".join(token.text for token in tokens_of(text)) == text


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="*/\\'\"`\n\r\u2028\u2029")))
def test_nothing_in_a_comment_or_a_text_is_code(text: str) -> None:
    script = f"a; // {text}\n/* {text} */ '{text}'; `{text.replace('$', '')}`"

    words = [token.text for token in code_of(script) if token.kind is Kind.NAME]

    assert words == ["a"]


@pytest.mark.parametrize("piece", ["/[", "(/", "`${", "/*", "'\\", "\\", "a=/", "[{("])
def test_a_text_made_to_take_long_does_not(piece: str) -> None:
    text = piece * 20_000

    assert sum(len(token.text) for token in tokens_of(text)) == len(text)


def test_escapes_of_names_are_read() -> None:
    assert [token.name for token in code_of(r"\u0065val \u{65}val")] == ["eval", "eval"]
    assert unescaped(r"\x65\u{110000}\ud800\n") == "e��\n"


def test_places_are_told_by_lines_whatever_ends_them() -> None:
    text = "a\r\nb\rc\n\nd"

    lines = Lines(text, first=10)

    assert [lines.at(text.index(letter)) for letter in "abcd"] == [10, 11, 12, 14]
