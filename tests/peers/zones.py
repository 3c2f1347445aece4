"""What name servers on loopback know, or do in the place of knowing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum

from dnslib import QTYPE, RR, TXT


class Trouble(StrEnum):
    """What a name server does in the place of answering."""

    SERVFAIL = "SERVFAIL"
    REFUSED = "REFUSED"
    NXDOMAIN = "NXDOMAIN"
    LAME = "LAME"  # knows nothing of the zone and points to the root
    SILENCE = "SILENCE"  # no answer at all: the asker waits until it gives up
    GARBAGE = "GARBAGE"  # bytes that are no message


class Successive:
    """Answers that differ from question to question; the last one stays."""

    def __init__(self, *answers: Sequence[str] | Trouble) -> None:
        self._answers = list(answers)

    def next(self) -> Sequence[str] | Trouble:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


class Kept:
    """Records that resolvers may keep for so many seconds."""

    def __init__(self, ttl: int, *values: str) -> None:
        self.ttl = ttl
        self.values = values


Records = str | Sequence[str] | Trouble | Successive | Kept
Zone = dict[str, Mapping[str, Records] | Trouble]
# Makes something else of a reply: the question, the reply, and whether it is asked over TCP.
Twist = Callable[[bytes, bytes, bool], bytes | None]


def values_in(records: Records) -> list[str]:
    if isinstance(records, str):
        return [records]
    if isinstance(records, Kept):
        return list(records.values)
    if isinstance(records, Trouble | Successive):
        return []
    return list(records)


def is_within(name: str, zone: str) -> bool:
    return name == zone or name.endswith(f".{zone}") or not zone


def upward(name: str) -> Iterator[str]:
    """The name and all above it, without the root."""
    labels = name.split(".")
    return (".".join(labels[at:]) for at in range(len(labels)))


def record_of(name: str, kind: str, value: str, ttl: int = 0) -> RR:
    if kind == "TXT":
        raw = value.encode()
        parts = [raw[at : at + 255] for at in range(0, len(raw), 255)] or [b""]
        return RR(f"{name}.", QTYPE.TXT, rdata=TXT(parts), ttl=ttl)
    if kind in ("CNAME", "MX", "NS", "PTR"):
        value = value.rstrip(".") + "."
    return RR.fromZone(f"{name}. {ttl} IN {kind} {value}")[0]
