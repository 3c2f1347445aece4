"""JavaScript taken apart into tokens, so that a word in a comment or a text is no word of code.

A lexer and no parser: it needs no grammar, takes any text and never fails. The tokens, one after
the other, are the whole text. The one thing that takes context is a slash, which divides or begins
a regular expression; what stands before it decides, and for parentheses and braces what stood
before those. Where that is not enough to know, it is taken for a division if no regular expression
could end on its line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a token is. The pieces of a template literal are tokens of their own: what stands in
    its `${}` is code."""

    SPACE = "space"
    COMMENT = "comment"
    STRING = "string"
    TEMPLATE = "template"
    REGEX = "regex"
    NUMBER = "number"
    NAME = "name"
    SIGN = "sign"


class Token(NamedTuple):
    """A piece of the text, and where it begins."""

    kind: Kind
    text: str
    start: int

    @property
    def name(self) -> str:
        """What a name says once its escapes are read: `\\u0065val` is `eval`."""
        return unescaped(self.text) if "\\" in self.text else self.text

    @property
    def content(self) -> str:
        """What a string or a piece of a template says, its escapes read as far as they matter."""
        text = self.text[1:]
        if self.kind is Kind.STRING:
            text = text.removesuffix(self.text[0])
        else:
            text = text.removesuffix("${").removesuffix("`")
        return unescaped(text) if "\\" in text else text


COMMENT = re.compile(r"//[^\n\r\u2028\u2029]*+|/\*.*?(?:\*/|\Z)", re.DOTALL)
# A string ends with its line, unless the line's end is escaped.
STRING = re.compile(
    r"""'(?:[^'\\\n\r]++|\\(?:\r\n|.))*+'?|"(?:[^"\\\n\r]++|\\(?:\r\n|.))*+"?""", re.DOTALL
)
PIECE = re.compile(r"(?:[^`\\$]++|\\.|\$(?!\{))*+(?:`|\$\{|\\?\Z)", re.DOTALL)
REGEX = re.compile(
    r"/(?![*/])(?:[^/\\\[\n\r]++|\\[^\n\r]|\[(?:[^\]\\\n\r]++|\\[^\n\r])*+\])++/[\w$]*+"
)
OTHER = re.compile(
    r"(?P<space>[\s\ufeff]++)"
    r"|(?P<number>0[xXbBoO]\w++|(?:\d[\d_]*+(?:\.[\d_]*+)?+|\.\d[\d_]*+)(?:[eE][+-]?+[\d_]++)?+n?+)"
    r"|(?P<name>(?:[^\W\d]|[$#]|\\u(?:\{0*+[^}\n]{0,8}+\})?+)"
    r"(?:[\w$\u200c\u200d]|\\u(?:\{0*+[^}\n]{0,8}+\})?+)*+)"
    r"|(?P<sign>\.\.\.|=>|\?\.(?!\d)|\+\+|--|\*\*|&&|\|\||\?\?|[=!]==?+|<=|>=|.)",
    re.DOTALL,
)
LINE_END = re.compile(r"\r\n|\r|\n")
# Characters of slashes that turned out to begin no regular expression, for each of the text:
# without an end to the trying, a text of many slashes in one line takes for ever.
MOST_TRIES = 20
ESCAPE = re.compile(
    r"\\(?:u\{0*([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL
)
NAMED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}

# After these a slash begins a regular expression, though they look like the end of a value.
BEFORE_VALUE = frozenset(
    "return typeof instanceof in of new delete void throw case do else yield await extends".split()
)
# What stands in parentheses after these is no value, so that what follows may be one.
WITH_HEAD = frozenset(("if", "while", "for", "with"))
# A brace after these opens a block, not an object.
BEFORE_BLOCK = frozenset((")", ";", "{", "}", "=>", "else", "do", "try", "finally", ""))

# Where a value may begin (a slash begins a regular expression), or has just ended (it divides).
_VALUE_MAY_BEGIN, _VALUE_ENDED = True, False


def tokens_of(text: str) -> Iterator[Token]:
    """The tokens of a script, one after the other; together they are the text."""
    return _Lexer(text).tokens()


def code_of(text: str) -> list[Token]:
    """The tokens that do something: without spaces and comments."""
    return [one for one in tokens_of(text) if one.kind not in {Kind.SPACE, Kind.COMMENT}]


def unescaped(text: str) -> str:
    """A text with the escapes of JavaScript read."""
    return ESCAPE.sub(_letter, text)


class Lines:
    """From a place in a text to its line."""

    def __init__(self, text: str, *, first: int = 1) -> None:
        self._ends = [found.end() for found in LINE_END.finditer(text)]
        self._first = first

    def at(self, place: int) -> int:
        """The number of the line in which the text has this place."""
        return bisect_right(self._ends, place) + self._first


class _Lexer:
    """Remembers what stood before, as far as a slash needs it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.tries = MOST_TRIES * len(text) + 1000
        self.before = ""  # the token before, without spaces and comments; "" at the beginning
        self.value_may_begin = True
        # For each open parenthesis, whether a value may begin after it; for each open brace too,
        # and None where the brace is that of a template's `${`.
        self.parentheses: list[bool] = []
        self.braces: list[bool | None] = []

    def tokens(self) -> Iterator[Token]:
        if self.text.startswith("#!"):
            end = min((self.text + "\n").index("\n"), len(self.text))
            yield Token(Kind.COMMENT, self.text[:end], 0)
            self.at = end
        while self.at < len(self.text):
            start = self.at
            kind, end = self._next()
            self.at = end
            token = Token(kind, self.text[start:end], start)
            if kind not in {Kind.SPACE, Kind.COMMENT}:
                self._remember(token)
            yield token

    def _next(self) -> tuple[Kind, int]:
        one = self.text[self.at]
        if one in "'\"":
            return Kind.STRING, self._end(STRING)
        if one == "`":
            return Kind.TEMPLATE, self._end(PIECE, skip=1)
        if one == "}" and self.braces and self.braces[-1] is None:
            return Kind.TEMPLATE, self._end(PIECE, skip=1)
        if one == "/":
            return self._slash()
        found = OTHER.match(self.text, self.at)
        if found is None or found.lastgroup is None:  # there is no such text
            return Kind.SIGN, self.at + 1
        return Kind(found.lastgroup), found.end()

    def _slash(self) -> tuple[Kind, int]:
        if found := COMMENT.match(self.text, self.at):
            return Kind.COMMENT, found.end()
        if self.value_may_begin and self.tries > 0:
            if found := REGEX.match(self.text, self.at):
                return Kind.REGEX, found.end()
            end = LINE_END.search(self.text, self.at)
            self.tries -= (end.start() if end else len(self.text)) - self.at
        return Kind.SIGN, self.at + 1

    def _end(self, pattern: re.Pattern[str], *, skip: int = 0) -> int:
        found = pattern.match(self.text, self.at + skip)
        return max(found.end() if found else 0, self.at + 1)

    def _remember(self, token: Token) -> None:
        if token.kind is Kind.SIGN:
            self._remember_sign(token.text)
        elif token.kind is Kind.TEMPLATE:
            self._remember_piece(token.text)
        elif token.kind is Kind.NAME:
            is_property = self.before in {".", "?."}
            self.value_may_begin = not is_property and token.text in BEFORE_VALUE
        else:
            self.value_may_begin = _VALUE_ENDED
        self.before = token.text

    def _remember_sign(self, sign: str) -> None:
        if sign == "(":
            self.parentheses.append(self.before in WITH_HEAD)
        elif sign == "{":
            # What was a value before makes it a block; after `=` or `(` it is an object.
            self.braces.append(self.before in BEFORE_BLOCK or not self.value_may_begin)
        if sign == ")":
            self.value_may_begin = self.parentheses.pop() if self.parentheses else _VALUE_ENDED
        elif sign == "}":
            self.value_may_begin = bool(self.braces.pop()) if self.braces else _VALUE_MAY_BEGIN
        elif sign == "]":
            self.value_may_begin = _VALUE_ENDED
        elif sign not in {"++", "--"}:  # those leave it as it is, before a value and after it
            self.value_may_begin = _VALUE_MAY_BEGIN

    def _remember_piece(self, piece: str) -> None:
        if piece.startswith("}") and self.braces:
            self.braces.pop()
        opens = piece.endswith("${")  # a piece goes on after an escaped one
        if opens:
            self.braces.append(None)
        self.value_may_begin = opens


def _letter(found: re.Match[str]) -> str:
    wide, four, two, other = found.groups()
    if other is not None:
        return NAMED.get(other, other)
    code = int(wide or four or two, 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "�"
