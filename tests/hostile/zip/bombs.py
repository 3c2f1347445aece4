"""Packages that are too much: of bytes, of entries, of nesting."""

from __future__ import annotations

import random
from functools import cache

from portico.miniprograms.packages import Rule
from tests.hostile.zip.building import Piece, deflated, package
from tests.hostile.zip.cases import Case, accepted, refused

MIB = 1024 * 1024


@cache
def zeros(mib: int) -> bytes:
    return deflated(bytes(mib * MIB))


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def bomb(mib: int, *, says: int | None = None) -> bytes:
    """An entry of zeros, which may say that it is smaller."""
    content = bytes(mib * MIB)
    return package(Piece("bomb.txt", content, packed_data=zeros(mib), size=says))


def nested() -> bytes:
    """A ZIP of bombs in a ZIP: one more file, which nobody opens."""
    inner = package(*(Piece(f"{number}.txt", bytes(MIB)) for number in range(4)))
    return package(Piece("inner.zip", inner, method=0))


def many(count: int) -> bytes:
    return package(*(Piece(f"{number:05}.txt", method=0) for number in range(count)))


def small_bombs() -> bytes:
    """Each too small to be one, together more than may be."""
    content = bytes(64 * 1024)
    packed = deflated(content)
    return package(*(Piece(f"{number}.txt", content, packed_data=packed) for number in range(400)))


def many_large() -> bytes:
    """150 MiB that are no bomb by their ratio."""
    content = noise(30 * 1024) * 100
    piece = deflated(content)
    return package(*(Piece(f"{number}.bin", content, packed_data=piece) for number in range(50)))


def long_extras() -> bytes:
    """A list that is long by what it carries, not by its entries."""
    extra = b"\xfe\xca\x00\xf0" + bytes(0xF000)
    return package(*(Piece(f"{n}", method=0, extra=extra, local_extra=b"") for n in range(300)))


CASES: tuple[Case, ...] = (
    refused("a bomb", lambda: bomb(50), Rule.ZIP_BOMB, "bomb.txt"),
    refused("a bomb that says it is small", lambda: bomb(50, says=2_000), Rule.WRONG_SIZE,
            "bomb.txt"),
    refused("a bomb that says it is small enough", lambda: bomb(90, says=8 * MIB), Rule.WRONG_SIZE,
            "bomb.txt"),
    refused("a nested bomb, deflated",
            lambda: package(Piece("inner.zip", bomb(90) * 2)), Rule.ZIP_BOMB, "inner.zip"),
    accepted("a nested bomb, stored", nested),
    refused("many small bombs", small_bombs, Rule.ZIP_BOMB, "ZIP"),
    accepted("a short file that compresses well",
             lambda: package(Piece("spaces.txt", b" " * 64 * 1024))),
    refused("150 MiB unpacked", many_large, Rule.TOO_LARGE_UNPACKED),
    refused("4 GiB that are not there",
            lambda: package(Piece("x.txt", b"x", size=0xFFFFFFFE)), Rule.TOO_LARGE_UNPACKED),
    refused("20 MiB and a byte", lambda: noise(20 * MIB + 1), Rule.TOO_LARGE_PACKED),
    refused("10,000 entries", lambda: many(10_000), Rule.TOO_MANY_ENTRIES),
    refused("5,001 entries", lambda: many(4_996), Rule.TOO_MANY_ENTRIES),
    accepted("5,000 entries", lambda: many(4_995)),
    accepted("a list of 18 MiB", long_extras),
)  # fmt: skip
