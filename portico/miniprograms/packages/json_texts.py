"""Reading JSON of strangers strictly: what two readers could take differently is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final, TypeAlias

from portico.miniprograms.packages.problems import Problems
from portico.miniprograms.packages.rules import Rule

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

MOST_LEVELS: Final = 32
MOST_DIGITS: Final = 40
# Strings are skipped whole; what is not closed runs to the end and is refused by the parser.
STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def read_json(raw: bytes, name: str, problems: Problems) -> Json:
    """What a JSON text in UTF-8 says (a byte order mark is skipped, as browsers do).

    Raises `PackageRefused` where it is none, has a key twice in one object, is nested deeply, has
    a number that JSON does not know, or text that a database cannot keep.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        problems.refuse(Rule.MANIFEST_ENCODING, name)
    if raw.startswith((b"{\x00", b"\x00{", b"\x00\x00")):
        problems.refuse(Rule.MANIFEST_ENCODING, name)
    if _is_deep(text):
        problems.refuse(Rule.MANIFEST_TOO_DEEP, name, most=MOST_LEVELS)
    reading = _Reading(name, problems)
    try:
        found: Json = json.loads(
            text,
            object_pairs_hook=reading.object_of,
            parse_constant=reading.refuse_number,
            parse_int=reading.integer,
            parse_float=reading.decimal,
        )
    except json.JSONDecodeError as error:
        problems.refuse(Rule.MANIFEST_JSON, name, line=error.lineno, column=error.colno)
    for path, said in _texts(found, ""):
        unkeepable = UNKEEPABLE.search(said)
        if unkeepable:
            code_point = f"U+{ord(unkeepable[0]):04X}"
            problems.refuse(Rule.MANIFEST_TEXT, name, member=path, code_point=code_point)
    return found


class _Reading:
    """What the parser asks on its way."""

    def __init__(self, name: str, problems: Problems) -> None:
        self._name, self._problems = name, problems

    def object_of(self, pairs: list[tuple[str, Json]]) -> Json:
        found: dict[str, Json] = {}
        for key, value in pairs:
            if key in found:
                self._problems.refuse(Rule.MANIFEST_DUPLICATE_KEY, self._name, member=key[:100])
            found[key] = value
        return found

    def refuse_number(self, number: str) -> float:
        self._problems.refuse(Rule.MANIFEST_NUMBER, self._name, number=number[:MOST_DIGITS])

    def integer(self, number: str) -> int:
        if len(number) > MOST_DIGITS:
            self.refuse_number(number)
        return int(number)

    def decimal(self, number: str) -> float:
        found = float(number)
        # A database writes 1e308 out, with all its zeros.
        if found and not 10**-MOST_DIGITS < abs(found) < 10**MOST_DIGITS:
            self.refuse_number(number)
        return found


def _is_deep(text: str) -> bool:
    """Whether it is nested too deeply for the parser to be let near it."""
    level = 0
    for token in STRING_OR_BRACKET.finditer(text):
        if token[0] in "[{":
            level += 1
            if level > MOST_LEVELS:
                return True
        elif token[0] in "]}":
            level -= 1
    return False


def _texts(value: Json, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _texts(one, f"{path}[{number}]")
    elif isinstance(value, dict):
        for key, one in value.items():
            below = f"{path}.{key}" if path else key
            yield path, key
            yield from _texts(one, below)
