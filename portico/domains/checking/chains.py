"""Aliases followed one by one, where resolvers give up on them."""

from __future__ import annotations

from typing import Final

from portico.domains.checking.asking import Word
from portico.domains.checking.lookups import Lookups

MOST_HOPS: Final = 17


def broken_chain(name: str, lookups: Lookups) -> tuple[tuple[str, ...], bool]:
    """The aliases that lead on from a name, as far as they can be followed, and whether they lead
    in a circle. A resolver that follows them itself says no more than that it failed."""
    chain: list[str] = []
    for _hop in range(MOST_HOPS):
        reply = lookups.first(chain[-1] if chain else name, "CNAME")
        if reply.word is not Word.RECORDS:
            return tuple(chain), False
        alias = reply.values[0]
        chain.append(alias)
        if alias == name or alias in chain[:-1]:
            return tuple(chain), True
    return tuple(chain), False
