"""What each server said, as a report shows it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from portico.domains.checking.asking import Reply, Server, Word
from portico.domains.checking.reports import Seen
from portico.kernel.errors import gettext_noop
from portico.kernel.sentences import Sentence

LONGEST_VALUE: Final = 300
MOST_SHOWN: Final = 12
TROUBLES: Final = {
    Word.NONE: gettext_noop("No such record."),
    Word.NO_NAME: gettext_noop("There is no such name (NXDOMAIN)."),
    Word.LOOP: gettext_noop("The aliases (CNAME) lead in a circle."),
    Word.FAILED: gettext_noop("It could not find an answer (SERVFAIL)."),
    Word.REFUSED: gettext_noop("It refuses to answer."),
    Word.LAME: gettext_noop("It does not know the zone, although it should (lame delegation)."),
    Word.SILENT: gettext_noop("It did not answer in time."),
    Word.UNREACHABLE: gettext_noop("It cannot be reached."),
    Word.CUT: gettext_noop(
        "Its answer is too long for one datagram, and it gives no longer ones over TCP."
    ),
    Word.NONSENSE: gettext_noop(
        "Its answer makes no sense: it is malformed, or of something else."
    ),
}
MIXED: Final = gettext_noop("An alias (CNAME) and other records stand at the same name.")


def seen_by(
    server: Server, kinds: Sequence[str], replies: Sequence[Reply], *, leads_on: bool = False
) -> Seen:
    """What a server said of a name, for each of these kinds of records.

    `leads_on`: an alias that leads out of the server's zones is all that it can say.
    """
    values: list[str] = []
    troubles: list[Word] = []
    for kind, reply in zip(kinds, replies, strict=True):
        values += [f"CNAME {name}" for name in reply.chain]
        values += [_value(kind, value) for value in reply.values]
        if reply.word is not Word.RECORDS:
            troubles.append(reply.word)
    ttls = [reply.ttl for reply in replies if reply.ttl is not None]
    return Seen(
        where=server.where,
        values=tuple(dict.fromkeys(values))[:MOST_SHOWN],
        trouble=_trouble(troubles, len(replies), has_alias=leads_on and bool(values)),
        notes=(Sentence(MIXED),) if any(reply.mixed for reply in replies) else (),
        ttl=max(ttls, default=None) if not server.name else None,
        authoritative=bool(server.name),
    )


def minutes(ttls: Iterable[int | None]) -> int:
    """In how many minutes the last of these answers is forgotten; 0: nobody said so."""
    return math.ceil(max((ttl for ttl in ttls if ttl), default=0) / 60)


def listed(values: Iterable[str], most: int = 6) -> str:
    """Several values in a sentence."""
    every = list(dict.fromkeys(values))
    shown = ", ".join(_short(value) for value in every[:most])
    return f"{shown} …" if len(every) > most else shown or "–"


def _value(kind: str, value: str) -> str:
    return _short(value) if kind in ("TXT", "CAA") else f"{kind} {value}"


def _short(value: str) -> str:
    """Printable, and not endless: it is a stranger's."""
    shown = "".join(sign if sign.isprintable() else "�" for sign in value[:LONGEST_VALUE])
    return f"{shown}…" if len(value) > LONGEST_VALUE else shown


def _trouble(troubles: Sequence[Word], asked: int, *, has_alias: bool) -> Sentence | None:
    """What is to be said where something is missing: the gravest that was met. A name that has
    addresses of one family only is in order."""
    grave = [word for word in troubles if word is not Word.NONE]
    if grave:
        return Sentence(TROUBLES[grave[0]])
    if len(troubles) == asked and not has_alias:
        return Sentence(TROUBLES[Word.NONE])
    return None
