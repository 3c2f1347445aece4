"""Rules about scripts that make code of text, or bring code from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from portico.automated_checks.rules.findings import Finding, Rule, Severity
from portico.automated_checks.rules.javascript import Kind, Lines, Token, code_of
from portico.kernel.errors import gettext_noop

GLOBALS: Final = frozenset("window globalThis self top parent frames global".split())
WINDOWS: Final = frozenset(("contentWindow", "defaultView"))  # of whatever they are
CALLING: Final = frozenset(("call", "apply", "bind"))
TIMERS: Final = frozenset(("setTimeout", "setInterval", "setImmediate", "execScript"))
LOADING: Final = frozenset(("import", "export", "importScripts", "Worker", "SharedWorker"))
WRITING: Final = frozenset(("write", "writeln"))
# None of these stands between such a statement and the name of its module; of two statements the
# second one is looked at by itself.
NO_MODULE: Final = frozenset(
    ("import", "export", ";", "=", "(", "function", "class", "const", "let", "var", "default")
)
DOTS: Final = frozenset((".", "?."))
OUTSIDE: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//+([^/?#]+)", re.IGNORECASE)
NOT_READ: Final = re.compile(r"^[\0-\x20]+|[\t\n\r]")  # browsers leave these out of addresses
SCRIPT_FILE: Final = re.compile(r"[./]m?js(?:[?#]|$)", re.IGNORECASE)

EVAL = Rule(
    "eval",
    Severity.ERROR,
    gettext_noop("“eval” runs text as code. Whoever can change the text can run anything."),
    gettext_noop("Read data with JSON.parse; choose code by a name from a list of your own."),
)
NEW_FUNCTION = Rule(
    "new-function",
    Severity.ERROR,
    gettext_noop("“Function” makes code of text, as “eval” does."),
    gettext_noop("Write the function out. Templates can be compiled when the package is built."),
)
TEXT_TIMER = Rule(
    "timer-with-text",
    Severity.ERROR,
    gettext_noop("“%(timer)s” is given text, which it runs as code."),
    gettext_noop("Give it a function: %(timer)s(() => …)."),
)
DOCUMENT_WRITE = Rule(
    "document-write",
    Severity.WARNING,
    gettext_noop("“document.write” puts text into the page as markup, and can empty the page."),
    gettext_noop("Make elements, and set their textContent."),
)
REMOTE_SCRIPT = Rule(
    "remote-script",
    Severity.ERROR,
    gettext_noop("A script is loaded from elsewhere (%(host)s). What it does can change any day."),
    gettext_noop("Put the script into the package and load it from there."),
)
UNKNOWN_SCRIPT = Rule(
    "computed-script",
    Severity.INFO,
    gettext_noop("Which script is loaded here is only known when the program runs."),
    gettext_noop("Name the script in the code, so that it can be seen what runs."),
)

RULES = (EVAL, NEW_FUNCTION, TEXT_TIMER, DOCUMENT_WRITE, REMOTE_SCRIPT, UNKNOWN_SCRIPT)


@dataclass(frozen=True)
class Script:
    """A script: a file, or what stands in one. `tokens` are without spaces and comments."""

    file: str
    tokens: Sequence[Token]
    lines: Lines

    def line(self, at: int) -> int:
        """The line of a token."""
        return self.lines.at(self.tokens[at].start)

    def text(self, at: int) -> str:
        """What a token says, its escapes read; empty outside of the script, and for texts."""
        if not 0 <= at < len(self.tokens):
            return ""
        token = self.tokens[at]
        return token.name if token.kind in {Kind.NAME, Kind.SIGN} else ""

    def literal(self, at: int) -> str | None:
        """What a string or the first piece of a template says; None for any other token."""
        if not 0 <= at < len(self.tokens):
            return None
        token = self.tokens[at]
        begins = token.kind is Kind.TEMPLATE and token.text.startswith("`")
        return token.content if token.kind is Kind.STRING or begins else None


def script_of(file: str, text: str, *, first_line: int = 1) -> Script:
    """A script, taken apart."""
    return Script(file, code_of(text), Lines(text, first=first_line))


def check_script(script: Script) -> Iterator[Finding]:
    """What a script does that it should not."""
    for at, token in enumerate(script.tokens):
        if token.kind is Kind.NAME:
            yield from _name(script, at)
        elif script.text(at - 1) == "[" and script.literal(at) is not None:
            yield from _in_brackets(script, at)


def host_in(address: str) -> str:
    """The host of an address elsewhere; empty for one within the package."""
    found = OUTSIDE.match(NOT_READ.sub("", address).replace("\\", "/"))
    return found[1].rpartition("@")[2].strip() if found else ""


def _name(script: Script, at: int) -> Iterator[Finding]:
    name = script.text(at)
    if name in LOADING:
        yield from _loads(script, at, name)
    elif name in TIMERS:
        if script.text(at + 1) == "(" and _is_global(script, at) and _is_text(script, at + 2):
            yield TEXT_TIMER.found(script.file, script.line(at), timer=name)
    elif name in WRITING:
        if script.text(at - 1) in DOTS and script.text(at - 2) == "document":
            yield DOCUMENT_WRITE.found(script.file, script.line(at))
    elif name == "src":
        yield from _source_set(script, at)
    else:
        yield from _makes_code(script, at, name)


def _makes_code(script: Script, at: int, name: str) -> Iterator[Finding]:
    if name == "eval" and _is_global(script, at) and not _is_declared(script, at):
        yield EVAL.found(script.file, script.line(at))
    called = name == "Function" and _is_global(script, at) and _is_used(script, at)
    if called or (name == "constructor" and _is_function_constructor(script, at)):
        yield NEW_FUNCTION.found(script.file, script.line(at))


def _is_used(script: Script, at: int) -> bool:
    """Whether what is named here is called, by itself or by a detour."""
    if script.text(at + 1) in DOTS and script.text(at + 2) in CALLING:
        return True
    handed = script.text(at - 1) == "(" and script.text(at - 2) == "construct"
    return handed or script.text(at + 1) in {"(", "?."}


def _is_global(script: Script, at: int) -> bool:
    """Whether a name is that of the platform, and no property of something else."""
    if script.text(at - 1) in DOTS:
        while script.text(at - 1) in DOTS and script.text(at - 2) in GLOBALS:
            at -= 2  # `window.top.eval`
        return script.text(at - 1) not in DOTS or script.text(at - 2) in WINDOWS
    # `{eval: 1}` names a property; `a ? eval : b` and `case eval:` do not.
    return not (script.text(at + 1) == ":" and script.text(at - 1) in {"{", ","})


def _is_declared(script: Script, at: int) -> bool:
    """Whether a method of this name is declared here: `{ eval(text) { … } }`."""
    if script.text(at - 1) not in {"{", ",", "}", ";", "async", "static", "get", "set", "*"}:
        return False
    if script.text(at + 1) != "(":
        return False
    depth = 0
    for place in range(at + 1, min(at + 50, len(script.tokens))):
        sign = script.text(place)
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            # On the next line it is a block: `eval(text)` stands alone before it.
            method = script.text(place + 1) == "{"
            return method and script.line(place) == script.line(place + 1)
    return False


def _is_function_constructor(script: Script, at: int) -> bool:
    """Whether this is `constructor.constructor(…)` or `(() => {}).constructor(…)`: the way to
    Function without its name."""
    if script.text(at - 1) not in DOTS or script.text(at + 1) != "(":
        return False
    before = script.text(at - 2)
    return before == "constructor" or (before == ")" and script.text(at - 3) == "}")


def _is_text(script: Script, at: int) -> bool:
    """Whether what begins here is a text, put together or not, and no function."""
    return script.literal(at) is not None


def _in_brackets(script: Script, at: int) -> Iterator[Finding]:
    """`window["eval"]`: the same by another spelling."""
    if script.text(at + 1) != "]" or script.text(at - 2) not in GLOBALS:
        return
    said = script.literal(at)
    if said == "eval":
        yield EVAL.found(script.file, script.line(at))
    elif said == "Function":
        yield NEW_FUNCTION.found(script.file, script.line(at))


def _loads(script: Script, at: int, name: str) -> Iterator[Finding]:
    """Scripts that are brought by a statement or a call."""
    if script.text(at - 1) in DOTS:
        return
    if name in {"import", "export"} and script.text(at + 1) != "(":
        place = _module_of(script, at)
    elif script.text(at + 1) == "(":
        place = at + 2
    else:
        return
    if place is None:
        return
    said = script.literal(place)
    host = host_in(said) if said is not None else ""
    if host:
        yield REMOTE_SCRIPT.found(script.file, script.line(at), host=host)
    elif said is None and script.text(at - 1) != "function":
        yield UNKNOWN_SCRIPT.found(script.file, script.line(at))


def _module_of(script: Script, at: int) -> int | None:
    """Where a statement that imports or exports names its module; None: it names none."""
    if script.literal(at + 1) is not None:
        return at + 1 if script.text(at) == "import" else None
    for place in range(at + 1, min(at + 2_000, len(script.tokens))):
        text = script.text(place)
        if text == "from" and script.literal(place + 1) is not None:
            return place + 1
        if text in NO_MODULE:
            return None
    return None


def _source_set(script: Script, at: int) -> Iterator[Finding]:
    """`element.src = "https://…/x.js"`, also among properties that are handed on."""
    if script.text(at - 1) not in {*DOTS, "{", ","} or script.text(at + 1) not in {"=", ":"}:
        return
    said = script.literal(at + 2) or ""
    if host_in(said) and SCRIPT_FILE.search(said):
        yield REMOTE_SCRIPT.found(script.file, script.line(at), host=host_in(said))
