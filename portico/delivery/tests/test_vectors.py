"""The vectors that others test their clients with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from portico.delivery.bucketing import bucket_of, threshold32_of
from portico.delivery.targeting import Context, matches, parse_rules
from portico.delivery.tests.murmur import murmur3_32
from portico.delivery.vectors import COMMITTED, SPECIAL, document, vectors

FILE = Path(__file__).parents[3] / "docs" / "delivery" / "vectors-v1.json"


def test_the_committed_vectors_are_what_the_program_writes() -> None:
    text = FILE.read_text(encoding="ascii")

    assert text == document(COMMITTED), (
        "python -m portico.delivery.vectors writes them; but v1 never changes!"
    )
    assert len(text) < 200_000


def test_the_committed_vectors_hold_for_another_implementation() -> None:
    found = json.loads(FILE.read_text(encoding="ascii"))

    rows = [
        (draw["salt"], subject, hashed, bucket)
        for draw in found["draws"]
        for subject, hashed, bucket in draw["subjects"]
    ]

    assert len(rows) == COMMITTED
    for salt, subject, hashed, bucket in rows:
        assert murmur3_32(f"{salt}:{subject}".encode()) == hashed
        assert hashed * 100_000 // 2**32 == bucket
    assert set(SPECIAL) <= {subject for _salt, subject, _hash, _bucket in rows}


def test_the_other_parts_of_the_vectors_hold_too() -> None:
    found = json.loads(FILE.read_text(encoding="ascii"))

    for salt, subject, bucket in found["control"]:
        assert murmur3_32(f"{salt}:ctl:{subject}".encode()) * 100_000 >> 32 == bucket
    for threshold, edge in found["thresholds"]:
        assert threshold32_of(threshold) == edge
    for rules, region, system, app_version, expected in found["rules"]:
        assert matches(parse_rules(rules), Context(region, system, app_version)) is expected
    assert {expected for *_asked, expected in found["rules"]} == {True, False}


@pytest.mark.soak
def test_a_hundred_thousand_vectors_hold_for_another_implementation() -> None:
    count = 0
    for one in vectors(100_000):
        count += 1
        assert murmur3_32(f"{one.salt}:{one.subject}".encode()) == one.hash
        assert bucket_of(one.salt, one.subject) == one.bucket

    assert count == 100_000
