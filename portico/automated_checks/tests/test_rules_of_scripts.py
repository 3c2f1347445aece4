"""Scripts: what makes code of text or brings it from elsewhere, and what only looks like it."""

from __future__ import annotations

import pytest

from portico.automated_checks.tests.looking import found_in, rules_in, subject_with

FOUND = {
    "eval": ("eval(text)", "eval"),
    "eval of the window": ("window.eval(text)", "eval"),
    "eval in brackets": ("globalThis['eval'](text)", "eval"),
    "eval in brackets, as a template": ("window[`eval`](text)", "eval"),
    "eval of a window of a window": ("window.top.eval(text)", "eval"),
    "eval of a frame": ("frame.contentWindow.eval(text)", "eval"),
    "eval on a line before a block": ("go(); eval(text)\n{ }", "eval"),
    "eval, indirectly": ("(0, eval)(text)", "eval"),
    "eval by another name": ("const run = eval; run(text)", "eval"),
    "eval with an escape in its name": (r"\u0065val(text)", "eval"),
    "eval in a template": ("`${eval(text)}`", "eval"),
    "eval after a regular expression": ("/'/.test(a); eval(text)", "eval"),
    "eval after a division that looks like one": ("a = b / c; eval(text); d = e / f", "eval"),
    "eval on a line after a text that is not closed": ("let a = 'x\neval(text)", "eval"),
    "new Function": ("new Function('a', text)", "new-function"),
    "Function without new": ("const f = Function(text)", "new-function"),
    "Function of the window": ("self.Function(text)", "new-function"),
    "Function by a detour": ("Function.apply(null, [text])", "new-function"),
    "Function handed on": ("Reflect.construct(Function, [text])", "new-function"),
    "Function of the window, new": ("new window.Function(text)", "new-function"),
    "Function by way of a function": ("(() => {}).constructor(text)()", "new-function"),
    "Function by way of constructors": ("[].constructor.constructor(text)()", "new-function"),
    "a timer with text": ("setTimeout('go()', 10)", "timer-with-text"),
    "a timer with a template": ("setInterval(`go(${n})`, 10)", "timer-with-text"),
    "a timer of the window": ("window.setTimeout('go()')", "timer-with-text"),
    "document.write": ("document.write(text)", "document-write"),
    "document.writeln, chained": ("document?.writeln(text)", "document-write"),
    "an imported module": ("import x from 'https://cdn.example.com/x.js'", "remote-script"),
    "an import for its effect": ("import 'https://cdn.example.com/x.js'", "remote-script"),
    "an import when needed": ("import('https://cdn.example.com/x.js')", "remote-script"),
    "a module that is passed on": ("export * from '//cdn.example.com/x.js'", "remote-script"),
    "importScripts": ("importScripts('https://cdn.example.com/x.js')", "remote-script"),
    "a worker": ("new Worker('https://cdn.example.com/x.js')", "remote-script"),
    "a script element": ("s.src = 'https://cdn.example.com/x.js'", "remote-script"),
    "a script without an ending": (
        "s.src = 'https://cdn.example.com/gtag/js?id=1'",
        "remote-script",
    ),
    "a script among properties": ("make({src: '//cdn.example.com/x.js'})", "remote-script"),
    "a script with slashes of Windows": (r"import('\\\\cdn.example.com/x.js')", "remote-script"),
    "a script with more slashes": ("import('///cdn.example.com/x.js')", "remote-script"),
    "a script on two lines": (r"import('ht\ntps://cdn.example.com/x.js')", "remote-script"),
    "a module that is computed": ("import(name)", "computed-script"),
}
NOT_FOUND = {
    "eval in a comment": "// eval(text)\n/* eval(text) */",
    "eval in a text": "say('eval(text)')",
    "eval in a template's text": "say(`eval(text)`)",
    "eval in a regular expression": "/eval(text)/.test(a)",
    "a method of something else": "redis.eval(text); this.eval(text)",
    "a private method": "class A { #eval() {} run() { this.#eval() } }",
    "a method of something else's window": "a.self.eval(text)",
    "a property": "const a = {eval: 1, Function: 2}",
    "a method that is declared": "const a = {eval(text) { return text }}",
    "part of a name": "evaluate(text); evalAll(text); retrieval(text)",
    "a type": "a instanceof Function; typeof a === 'function'",
    "Function's own things": "Function.prototype.call.apply(f)",
    "a class's constructor": "class A { constructor() { super() } }",
    "a timer with a function": "setTimeout(() => go(), 10); setInterval(go, 10)",
    "a timer of something else": "clock.setTimeout('go')",
    "write of something else": "stream.write(text); log.document(write)",
    "a module of the package": "import x from './x.js'; import './y.js'; import('./x.js')",
    "what is exported": "export const a = 'https://example.org/'.length; export default a",
    "the module's own address": "const here = import.meta.url",
    "a picture": "img.src = 'pictures/a.png'",
}


@pytest.mark.parametrize(("script", "rule"), FOUND.values(), ids=FOUND.keys())
def test_it_is_found(script: str, rule: str) -> None:
    files = {"app.js": f"\n{script}\n", "x.js": "", "y.js": ""}

    found = found_in(subject_with(files, domains=("cdn.example.com",)), "content")

    assert [one.rule for one in found] == [rule]
    assert found[0].file == "app.js"
    assert found[0].line >= 2
    assert found[0].advice


@pytest.mark.parametrize("script", NOT_FOUND.values(), ids=NOT_FOUND.keys())
def test_it_is_not_taken_for_one(script: str) -> None:
    files = {"app.js": script, "x.js": "", "y.js": ""}

    assert rules_in(subject_with(files, domains=("example.org",)), "content") == []


def test_scripts_in_pages_are_read_with_the_lines_of_the_page() -> None:
    page = (
        '<!doctype html>\n<html lang="en"><title>A</title><meta name="viewport">\n'
        "<script>\n  // eval(a)\n  eval(a)\n</script>\n"
        '<script type="application/json">{"a": "eval(a)"}</script>\n'
        '<button onclick="eval(a)">A</button></html>'
    )

    found = found_in(subject_with({"pages/index/index.html": page}), "content")

    assert sorted((one.rule, one.line) for one in found) == [
        ("eval", 5),
        ("eval", 8),
        ("inline-handler", 8),
    ]


def test_of_one_rule_a_bounded_number_is_listed() -> None:
    found = found_in(subject_with({"app.js": "eval(a)\n" * 60}), "content")

    assert [one.rule for one in found].count("eval") == 50
    assert found[-1].rule == "more-of-the-same"
    assert "10 more" in found[-1].message
