"""Recovery codes: ten, each good for one sign-in, for who has neither app nor passkey at hand.

They are derived from a seed, so that they can be shown again; which are used is kept beside it.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from hashlib import sha256

from django.utils.crypto import constant_time_compare

COUNT = 10
LENGTH = 10
# Base32 without what reads like something else, and letters that typing easily confuses.
LETTERS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"abcdefgh8jkmnpqrstuvwxyz23456790")


def new_seed() -> str:
    """Something that nobody guesses."""
    return secrets.token_hex(32)


def codes_of(seed: str) -> tuple[str, ...]:
    """All codes of a seed, written as people read them: `k7m2q-x9dwp`, 50 bits each."""
    return tuple(_written(seed, number) for number in range(COUNT))


def number_of(seed: str, typed: str, *, used: int) -> int | None:
    """Which unused code this is, however it is spaced and whatever its case; None: it is none.

    `used` has the bit of each used code set.
    """
    wanted = plain(typed)
    found = None
    for number, code in enumerate(codes_of(seed)):
        if constant_time_compare(plain(code), wanted) and not used & (1 << number):
            found = number
    return found


def plain(typed: str) -> str:
    """A code as it is compared: no spaces, no hyphens, lower case."""
    return "".join(typed.split()).replace("-", "").lower()


def _written(seed: str, number: int) -> str:
    made = hmac.digest(seed.encode(), f"portico recovery code {number}".encode(), sha256)
    text = base64.b32encode(made)[:LENGTH].translate(LETTERS).decode()
    return f"{text[: LENGTH // 2]}-{text[LENGTH // 2 :]}"
