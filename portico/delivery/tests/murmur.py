"""MurmurHash3 (x86, 32 bit) written out, to hold the library's against: slow, and plain to read."""

from __future__ import annotations

MASK = 0xFFFFFFFF


def murmur3_32(data: bytes) -> int:
    """The unsigned hash with the seed 0."""
    hashed = 0
    whole = len(data) & ~3
    for place in range(0, whole, 4):
        hashed ^= _mixed(int.from_bytes(data[place : place + 4], "little"))
        hashed = (_rotated(hashed, 13) * 5 + 0xE6546B64) & MASK
    if data[whole:]:
        hashed ^= _mixed(int.from_bytes(data[whole:], "little"))
    hashed ^= len(data)
    hashed ^= hashed >> 16
    hashed = hashed * 0x85EBCA6B & MASK
    hashed ^= hashed >> 13
    hashed = hashed * 0xC2B2AE35 & MASK
    return hashed ^ hashed >> 16


def _mixed(block: int) -> int:
    return _rotated(block * 0xCC9E2D51 & MASK, 15) * 0x1B873593 & MASK


def _rotated(number: int, by: int) -> int:
    return (number << by | number >> 32 - by) & MASK
