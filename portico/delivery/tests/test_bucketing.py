"""Who is early: the published formula, and what follows from it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ulid import ULID

from portico.delivery.bucketing import (
    BUCKETS,
    CONTROL,
    ThresholdOutside,
    bucket_of,
    hash_of,
    prefix_of,
    threshold32_of,
)
from portico.delivery.tests.murmur import murmur3_32

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
thresholds = st.integers(0, BUCKETS)
USERS = [f"user-{number}" for number in range(20_000)]


def salt_of(number: int) -> str:
    """The salt of the release of this number."""
    return str(ULID.from_int(0x0192E4A07D55 << 80 | number * 0x9E3779B97F4A7C15))


def early(salt: str, threshold: int) -> set[str]:
    """Which of the users are early in a release."""
    return {user for user in USERS if bucket_of(salt, user) < threshold}


@given(texts, texts)
@example("", "")
def test_a_bucket_is_what_the_published_formula_says(salt: str, subject: str) -> None:
    hashed = murmur3_32(f"{salt}:{subject}".encode())

    assert hash_of(prefix_of(salt), subject) == hashed
    assert bucket_of(salt, subject) == hashed * 100_000 >> 32


@given(st.integers(0, 2**32 - 1), thresholds)
@example(2**32 - 1, BUCKETS)
@example(0, 0)
@example(0, 1)
def test_comparing_the_hash_decides_as_comparing_the_bucket_does(
    hashed: int, threshold: int
) -> None:
    assert (hashed < threshold32_of(threshold)) is (hashed * BUCKETS >> 32 < threshold)


@given(thresholds)
def test_at_the_very_edge_of_a_threshold_both_decide_alike(threshold: int) -> None:
    edge = threshold32_of(threshold)

    for hashed in {max(edge - 1, 0), min(edge, 2**32 - 1)}:
        assert (hashed < edge) is (hashed * BUCKETS >> 32 < threshold)


@given(texts, texts, thresholds, thresholds)
def test_whoever_is_early_stays_early_as_the_share_grows(
    salt: str, subject: str, one: int, other: int
) -> None:
    less, more = sorted((one, other))
    hashed = hash_of(prefix_of(salt), subject)

    if hashed < threshold32_of(less):
        assert hashed < threshold32_of(more)


@given(texts, texts)
def test_nobody_is_early_at_nothing_and_everybody_at_all(salt: str, subject: str) -> None:
    hashed = hash_of(prefix_of(salt), subject)

    assert not hashed < threshold32_of(0)
    assert hashed < threshold32_of(BUCKETS)


@pytest.mark.parametrize("threshold", [-1, BUCKETS + 1])
def test_a_threshold_outside_is_a_mistake(threshold: int) -> None:
    with pytest.raises(ThresholdOutside):
        threshold32_of(threshold)


def test_a_share_of_the_users_is_early() -> None:
    for threshold in (1_000, 10_000, 20_000, 50_000):
        share = len(early(salt_of(threshold), threshold)) / len(USERS)

        assert share == pytest.approx(threshold / BUCKETS, abs=0.012)


def test_who_is_early_in_one_release_says_nothing_of_the_next() -> None:
    cohorts = [early(salt_of(number), 10_000) for number in range(12)]

    overlaps = [len(before & after) / len(before) for before, after in pairwise(cohorts)]

    assert sum(overlaps) / len(overlaps) == pytest.approx(0.100, abs=0.015)
    assert all(overlap == pytest.approx(0.100, abs=0.03) for overlap in overlaps)


def test_a_second_draw_of_the_same_release_is_another_one() -> None:
    salt = salt_of(1)
    first = early(salt, 10_000)

    both = [user for user in first if bucket_of(salt, user, CONTROL) < 10_000]

    assert prefix_of(salt, CONTROL) == f"{salt}:ctl:".encode()
    assert len(both) / len(first) == pytest.approx(0.100, abs=0.03)
