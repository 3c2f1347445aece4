"""A situation in the DNS: what its servers know, and what a check has to find out.

`pay.example.com` of the zone `example.com` is to lead to `acme.portico.example`. Two servers have
the zone, resolvers ask them; where nothing is said otherwise, all is in order. A case changes
that: names that are named anew, `None`: without this name.

What is expected of a check is written `+code` (right), `-code` (wrong) or `?code` (cannot be said).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portico.domains.checking import CheckName, Limits
from tests.peers.dns import Kept, Records, Trouble, Twist, Zone

DOMAIN = "pay.example.com"
CHALLENGE = f"_portico-challenge.{DOMAIN}"
TARGET = "acme.portico.example"
TOKEN = "portico-0123456789abcdef0123456789abcdef"
MARKER = "0f" * 32
HERE = "127.0.0.30"  # where this installation answers
THERE = "127.0.0.39"  # where nobody does
SOA = "ns1.example.com. host.example.com. 7 3600 600 86400 300"
NAME_SERVERS = {"ns1.example.com": "127.0.0.21", "ns2.example.com": "127.0.0.22"}
REGISTRY = "127.0.0.25"
USUAL = Limits(question=2.0, connect=2.0, answer=2.0, whole=10.0)
QUICK = Limits(question=0.3, connect=1.0, answer=1.0, whole=4.0)

Changes = Mapping[str, Mapping[str, Records] | Trouble | None]


def zone_kept(seconds: int, serial: int = 7) -> dict[str, Records]:
    """The top of the zone, where resolvers keep a no for so many seconds."""
    soa = SOA.replace(" 300", f" {seconds}").replace(" 7 ", f" {serial} ")
    return {"SOA": Kept(seconds, soa), "NS": list(NAME_SERVERS)}


GOOD: Zone = {
    "com": {"SOA": "a.registry.com. host.registry.com. 1 900 300 600 60", "NS": ["a.registry.com"]},
    "a.registry.com": {"A": [REGISTRY]},
    "example.com": zone_kept(0),
    **{name: {"A": [address]} for name, address in NAME_SERVERS.items()},
    DOMAIN: {"CNAME": TARGET},
    CHALLENGE: {"TXT": [TOKEN]},
}
PLATFORM: Zone = {
    "portico.example": {"SOA": SOA.replace("example.com", "portico.example")},
    TARGET: {"A": [HERE]},
}


@dataclass(frozen=True)
class Case:
    """One situation.

    `zone` is what everybody knows; `second` what the second server of the zone knows instead,
    `resolver` the first resolver, `second_resolver` a second one (None: there is none). `twists`
    have the last word at `resolver`, `first` or `second`; those in `no_tcp` speak UDP only.
    `question` changes what is asked. `says`: what has to be said somewhere in the report.
    """

    name: str
    zone: Changes = field(default_factory=dict)
    second: Changes = field(default_factory=dict)
    resolver: Changes = field(default_factory=dict)
    second_resolver: Changes | None = None
    twists: Mapping[str, Twist] = field(default_factory=dict)
    no_tcp: tuple[str, ...] = ()
    question: Mapping[str, object] = field(default_factory=dict)
    production: bool = False  # the policy of an installation that allows nothing private
    limits: Limits = USUAL
    ownership: str = "+proven"
    routing: str = "+right"
    addresses: str = "+clean"
    caa: str = "+free"
    https: str = "+served"
    culprit: CheckName | None = None
    says: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name

    def expected(self) -> dict[CheckName, str]:
        """By check."""
        return {name: str(getattr(self, name.value)) for name in CheckName}


def changed(zone: Zone, *changes: Changes) -> Zone:
    """A zone with these changes."""
    names: dict[str, Mapping[str, Records] | Trouble | None] = dict(zone)
    for change in changes:
        names.update(change)
    return {name: records for name, records in names.items() if records is not None}
