"""Bucketing v1: who is early in a release. Published, and frozen for ever.

    h      = murmur3_x86_32(utf8(salt + ":" + subject), seed 0), unsigned
    bucket = (h * 100000) >> 32                                              0..99999
    early  = bucket < threshold                      thousandths of a percent, 0..100000

The salt is a release's own, so who is early in one says nothing of the next. A changed formula
would give thousands of people another version at once: what is to differ gets another number.
"""

from __future__ import annotations

from typing import Final

from mmh3 import mmh3_32_uintdigest

BUCKETS: Final = 100_000
"""Buckets, and thresholds, are thousandths of a percent: 1,000 is one percent."""

CONTROL: Final = "ctl"
"""The label of the second draw that picks who is compared with whom."""


class ThresholdOutside(ValueError):
    """A threshold that is not between 0 and 100,000 is a mistake of the caller."""


def prefix_of(salt: str, label: str = "") -> bytes:
    """What stands before the subject in what is hashed. Another draw from the same
    release has a label: never the same text again with another modulus."""
    return (f"{salt}:{label}:" if label else f"{salt}:").encode()


def hash_of(prefix: bytes, subject: str) -> int:
    """The hash of a subject, 0 to 2**32 - 1, of its UTF-8 as it is: nothing is trimmed, folded or
    normalized. Raises `UnicodeEncodeError` for half a surrogate pair, which has no UTF-8."""
    return mmh3_32_uintdigest(prefix + subject.encode())


def bucket_of(salt: str, subject: str, label: str = "") -> int:
    """Where a subject stands in a release: 0 to 99,999, the same for ever."""
    return (hash_of(prefix_of(salt, label), subject) * BUCKETS) >> 32


def threshold32_of(threshold: int) -> int:
    """The same threshold for the hash itself, so that one comparison of integers decides:
    `hash < threshold32` exactly where `bucket < threshold`. Raises `ThresholdOutside`."""
    if not 0 <= threshold <= BUCKETS:
        raise ThresholdOutside(f"{threshold} is not between 0 and {BUCKETS}.")
    return -((-threshold << 32) // BUCKETS)
