"""Where a name leads, by what one server says of it."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from portico.domains.checking.asking import Reply, Server, Word
from portico.domains.checking.authorities import Authorities
from portico.domains.checking.lookups import Lookups, spawn
from portico.domains.checking.places import seen_by
from portico.domains.checking.reports import Question, Seen
from portico.egress.rules import Address

MOST_ALIASES: Final = 8  # in a row; resolvers give up sooner or later
KINDS: Final = ("A", "AAAA")


class Lead(StrEnum):
    """Where it leads."""

    BY_ALIAS = "by alias"  # right: through the target
    BY_ADDRESS = "by address"  # right: to an address of this installation
    ELSEWHERE = "elsewhere"
    NOWHERE = "nowhere"  # the name exists, and leads to nothing
    NO_NAME = "no name"
    DANGLING = "dangling"  # an alias of a name that is not there, or has no address
    TARGET_GONE = "target gone"  # an alias of the target, which itself leads to nothing
    TOO_LONG = "too long"
    LOOP = "loop"
    UNKNOWN = "unknown"  # trouble with the server


RIGHT: Final = (Lead.BY_ALIAS, Lead.BY_ADDRESS)


@dataclass(frozen=True)
class View:
    """What one server says. `addresses`: where the name ends, as far as the server says."""

    server: Server
    lead: Lead
    word: Word
    chain: tuple[str, ...]
    addresses: tuple[Address, ...]
    ttl: int | None
    mixed: bool
    seen: Seen

    @property
    def right(self) -> bool:
        """Whether visitors who ask this server arrive."""
        return self.lead in RIGHT


@dataclass(frozen=True)
class Target:
    """Where the domain has to lead. `addresses`: the installation's, and those of the target.

    `answered`: the resolver could say something of the target, so it works.
    """

    name: str
    addresses: frozenset[Address]
    exists: bool
    answered: bool


@dataclass(frozen=True)
class Routes:
    """All views, and what they are measured by. `apex`: of the zone; empty where not found."""

    target: Target
    own: tuple[View, ...]
    resolvers: tuple[View, ...]
    apex: str
    unasked: tuple[Seen, ...] = ()

    @property
    def seen(self) -> tuple[Seen, ...]:
        """For a report."""
        own = tuple(view.seen for view in self.own)
        return (*own, *self.unasked, *(view.seen for view in self.resolvers))

    @property
    def addresses(self) -> tuple[Address, ...]:
        """All addresses that visitors may come to, IPv4 first."""
        found = {a for view in (*self.resolvers, *self.own) for a in view.addresses}
        return tuple(sorted(found, key=lambda one: (one.version, int(one))))


def find_routes(question: Question, lookups: Lookups, authorities: Authorities) -> Routes:
    """Ask everybody where the domain leads."""
    name = question.domain
    own = spawn(lambda: authorities.ask(name, *KINDS))
    aim = spawn(lambda: find_target(question, lookups))
    rows = lookups.all_of(lookups.resolvers, name, *KINDS)
    target = lookups.waited(aim)
    zone, asked = lookups.waited(own)
    resolvers = zip(lookups.resolvers, rows, strict=True)
    world = tuple(_view(server, replies, target) for server, replies in resolvers)
    return Routes(
        target,
        tuple(_settled(_view(server, replies, target), world) for server, replies in asked),
        world,
        zone.apex if zone.servers or zone.unasked else "",
        zone.unasked,
    )


def find_target(question: Question, lookups: Lookups) -> Target:
    """What the target is, as resolvers see it."""
    name = question.target
    known = frozenset(question.addresses)
    if not lookups.resolvers:
        return Target(name, known, exists=False, answered=False)
    replies: list[Reply] = []
    for resolver in lookups.resolvers:
        replies = lookups.all_of([resolver], name, *KINDS)[0]
        if any(reply.definite for reply in replies):
            break
    found = _addresses(replies)
    return Target(
        name,
        known | frozenset(found),
        exists=bool(found),
        answered=any(reply.definite for reply in replies),
    )


def _view(server: Server, replies: Sequence[Reply], target: Target) -> View:
    """One server's answers taken together."""
    said = [reply for reply in replies if reply.definite]
    chain = max((reply.chain for reply in said), key=len, default=())
    addresses = _addresses(replies)
    leads_on = bool(server.name) and bool(chain)
    word = _word(said, replies)
    ttls = [reply.ttl for reply in said if reply.ttl is not None]
    return View(
        server=server,
        lead=_lead(word, chain, addresses, target, of_zone=bool(server.name)),
        word=word,
        chain=chain,
        addresses=addresses,
        ttl=max(ttls, default=None),
        mixed=any(reply.mixed for reply in said),
        seen=seen_by(server, KINDS, replies, leads_on=leads_on),
    )


def _settled(own: View, world: Sequence[View]) -> View:
    """A view of the zone's own server. Where it ends with an alias out of the zone, resolvers say
    where that leads."""
    if own.lead is not Lead.DANGLING:
        return own
    known = [view for view in world if view.lead is not Lead.UNKNOWN]
    same = [view for view in known if view.chain[: len(own.chain)] == own.chain]
    if same:
        return replace(own, lead=same[0].lead)
    return replace(own, lead=Lead.ELSEWHERE if known else Lead.UNKNOWN)


def _word(said: Sequence[Reply], replies: Sequence[Reply]) -> Word:
    words = [reply.word for reply in said]
    for word in (Word.RECORDS, Word.LOOP, Word.NO_NAME, Word.NONE):
        if word in words:
            return word
    return replies[0].word


def _lead(
    word: Word,
    chain: Sequence[str],
    addresses: Sequence[Address],
    target: Target,
    *,
    of_zone: bool,
) -> Lead:
    if word is Word.LOOP:
        return Lead.LOOP
    if target.name in chain[:MOST_ALIASES]:
        # A server of the tenant's zone knows nothing of the target; resolvers do.
        there = bool(addresses) or (of_zone and (target.exists or not target.answered))
        return Lead.BY_ALIAS if there else Lead.TARGET_GONE
    if len(chain) > MOST_ALIASES:
        return Lead.TOO_LONG
    if addresses:
        return Lead.BY_ADDRESS if set(addresses) & target.addresses else Lead.ELSEWHERE
    if chain and word in (Word.NONE, Word.NO_NAME):
        return Lead.DANGLING
    return {Word.NO_NAME: Lead.NO_NAME, Word.NONE: Lead.NOWHERE}.get(word, Lead.UNKNOWN)


def _addresses(replies: Sequence[Reply]) -> tuple[Address, ...]:
    found = [v for r in replies if r.word is Word.RECORDS for v in r.values]
    return tuple(ipaddress.ip_address(value) for value in dict.fromkeys(found))
