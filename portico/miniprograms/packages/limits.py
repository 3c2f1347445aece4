"""How large a package may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MIB: Final = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """`packed` and `unpacked` are bytes, `ratio` the most unpacked bytes for each packed one, of
    each file and of all together.

    A file that unpacks to no more than `ratio_from` bytes may have any ratio, and all together up
    to `ratio_of_all_from`: a short file of spaces compresses well, and is no bomb.
    """

    packed: int = 20 * MIB
    unpacked: int = 100 * MIB
    entries: int = 5_000
    ratio: int = 100
    ratio_from: int = 64 * 1024
    ratio_of_all_from: int = MIB
    manifest: int = 256 * 1024


LIMITS: Final = Limits()
