"""Test vectors for whoever evaluates plans themselves, in any language.

    python -m portico.delivery.vectors --count 100000 > vectors.json

The same count gives the same vectors everywhere and for ever: what is random in them comes from a
hash. `docs/delivery/vectors-v1.json` holds the first 2,000.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ulid import ULID

from portico.delivery.bucketing import (
    BUCKETS,
    CONTROL,
    bucket_of,
    hash_of,
    prefix_of,
    threshold32_of,
)
from portico.delivery.targeting import Context, matches, parse_rules

COMMITTED: Final = 2_000
NAME: Final = "portico-bucketing-v1"
A_GROUP: Final = 100
"""Vectors with the same salt; a JSON document writes it once."""

DIGITS: Final = "0123456789"
CJK: Final = "的一是不了人我在有他這中大來上國個到說們為子和你地出道也時年得就那要下以"
EMOJI: Final = "😀🎉🚀🧧💳🌏🐼🍜👍❤✅🔑🏦"
SPECIAL: Final = (
    "", " ", "a", "ab", "abc", "abcd", "abcde", "0", "00", ":", "::", "ctl:1", "\u0000", "\t\n",
    "é", "e\u0301", "\u00df", "ss", "İ", "ı", "Ω", "\u2126", "\u202eabc", "שלום", "مرحبا", "ไทย",
    "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇸🇬", "\U0010ffff", "\ufeff", "x" * 127, "x" * 128, "字" * 300, "💳" * 250,
)  # fmt: skip
RULES: Final[tuple[tuple[object, Context], ...]] = (
    ({}, Context()),
    ({}, Context("sg", "android", "8.2")),
    ({"regions": ["sg", "my"]}, Context(region="SG")),
    ({"regions": ["sg", "my"]}, Context(region="id")),
    ({"regions": ["sg", "my"]}, Context()),
    ({"systems": ["ios"]}, Context(os="iOS")),
    ({"systems": ["ios"]}, Context(os="android")),
    ({"app_version": {"from": "8.2"}}, Context(app_version="8.10")),
    ({"app_version": {"from": "8.2"}}, Context(app_version="8.2.0")),
    ({"app_version": {"from": "8.2.0"}}, Context(app_version="8.2")),
    ({"app_version": {"from": "8.2"}}, Context(app_version="8.1.99")),
    ({"app_version": {"to": "8.9"}}, Context(app_version="8.8.99")),
    ({"app_version": {"to": "8.9"}}, Context(app_version="8.9.3")),
    ({"app_version": {"to": "8.9"}}, Context(app_version="8.10")),
    ({"app_version": {"to": "8.9.0"}}, Context(app_version="8.9")),
    ({"app_version": {"to": "8.9.0"}}, Context(app_version="8.9.1")),
    ({"app_version": {"to": "8.9.0"}}, Context(app_version="8.9.0.1")),
    ({"app_version": {"from": "8.9.1", "to": "8.9"}}, Context(app_version="8.9.2")),
    ({"app_version": {"from": "0"}}, Context(app_version="0.0")),
    ({"app_version": {"from": "0"}}, Context(app_version="8.2-beta")),
    ({"app_version": {"from": "0"}}, Context(app_version="v8.2")),
    ({"app_version": {"from": "0"}}, Context(app_version="8..2")),
    ({"app_version": {"from": "0"}}, Context(app_version="")),
    ({"regions": ["sg"], "systems": ["ios"]}, Context("sg", "ios")),
    ({"regions": ["sg"], "systems": ["ios"]}, Context("sg", "android")),
    ({"regions": ["sg"], "systems": ["ios"]}, Context("sg")),
)


@dataclass(frozen=True, slots=True)
class Vector:
    """A salt and a subject, and what comes out."""

    salt: str
    subject: str
    hash: int
    bucket: int


class Draws:
    """Numbers that look random, in an order that depends on a name alone."""

    def __init__(self, name: str) -> None:
        self._name, self._count, self._left = name, 0, b""

    def below(self, bound: int) -> int:
        """A number from 0 to one below the bound, which is far smaller than 2**32."""
        if not self._left:
            self._left = hashlib.shake_256(f"{self._name}:{self._count}".encode()).digest(512)
            self._count += 1
        number, self._left = int.from_bytes(self._left[:4], "big"), self._left[4:]
        return number * bound >> 32

    def text(self, signs: str, shortest: int, longest: int) -> str:
        """Some of the signs, one after the other."""
        length = shortest + self.below(longest - shortest + 1)
        return "".join(signs[self.below(len(signs))] for _place in range(length))


KINDS: Final[tuple[Callable[[Draws], str], ...]] = (
    lambda draws: draws.text(DIGITS, 1, 19),
    lambda draws: f"user-{draws.text(DIGITS, 6, 6)}",
    lambda draws: f"{draws.text(DIGITS, 3, 8)}@example.com",
    lambda draws: draws.text("0123456789abcdef", 32, 32),
    lambda draws: draws.text(CJK, 1, 8),
    lambda draws: draws.text(EMOJI, 1, 4),
    lambda draws: draws.text(f"{DIGITS}é{CJK}{EMOJI}", 1, 12),
)


def vectors(count: int) -> Iterator[Vector]:
    """So many of them: first each of the special subjects, then all kinds in turns."""
    draws, salt = Draws(NAME), ""
    for number in range(count):
        if number % A_GROUP == 0:
            salt = str(ULID(hashlib.shake_256(f"{NAME}:salt:{number}".encode()).digest(16)))
        special = number < len(SPECIAL)
        subject = SPECIAL[number] if special else KINDS[number % len(KINDS)](draws)
        yield vector_of(salt, subject)


def vector_of(salt: str, subject: str) -> Vector:
    """What comes out for these."""
    return Vector(salt, subject, hash_of(prefix_of(salt), subject), bucket_of(salt, subject))


def document(count: int) -> str:
    """The vectors as JSON, a line each; ASCII, so that no editor changes them on the way."""
    groups: dict[str, list[str]] = {}
    for one in vectors(count):
        line = json.dumps([one.subject, one.hash, one.bucket])
        groups.setdefault(one.salt, []).append(line)
    control = [[salt, "user-1", bucket_of(salt, "user-1", CONTROL)] for salt in list(groups)[:20]]
    thresholds = [
        [threshold, threshold32_of(threshold)]
        for threshold in (0, 1, 2, 999, 1_000, 5_000, 20_000, 50_000, 99_999, BUCKETS)
    ]
    rules = [
        [given, context.region, context.os, context.app_version,
         matches(parse_rules(given), context)]
        for given, context in RULES
    ]  # fmt: skip
    parts = [
        f'"algorithm": {json.dumps(NAME)}',
        '"draws": [\n' + ",\n".join(_group(*one) for one in groups.items()) + "\n]",
        '"control": ' + _lines(control),
        '"thresholds": ' + _lines(thresholds),
        '"rules": ' + _lines(rules),
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _group(salt: str, lines: list[str]) -> str:
    return f'{{"salt": {json.dumps(salt)}, "subjects": [\n' + ",\n".join(lines) + "\n]}"


def _lines(rows: Sequence[Sequence[object]]) -> str:
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"


def main() -> None:
    """Write as many as are asked for."""
    parser = argparse.ArgumentParser(description="Test vectors of bucketing v1, as JSON.")
    parser.add_argument("--count", type=int, default=COMMITTED)
    sys.stdout.write(document(parser.parse_args().count))


if __name__ == "__main__":
    main()
