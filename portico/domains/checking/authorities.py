"""The name servers of a zone itself: what is entered there now, whatever resolvers still keep.

Who they are is said by the tenant's own DNS, so their addresses are held against the policy for
outgoing calls before anything is sent there.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from portico.domains.checking.asking import Reply, Server, Word
from portico.domains.checking.lookups import Lookups, spawn
from portico.domains.checking.reports import Seen
from portico.egress.rules import Address, AddressRefused, HostRefused, check_address, check_host
from portico.kernel.errors import gettext_noop
from portico.kernel.sentences import Sentence

MOST_ASKED: Final = 3
MOST_STEPS: Final = 12  # from a name up to its zone
MOST_HOPS: Final = 4  # from alias to alias, each in a zone of its own
NO_ADDRESS = gettext_noop("No address of this name server can be found, so it cannot be asked.")
NOT_ASKED = gettext_noop("So this name server is not asked.")


@dataclass(frozen=True)
class Zone:
    """A zone and its name servers.

    `servers` are those that can be asked, `unasked` the others, each with its reason.
    """

    apex: str
    servers: tuple[Server, ...] = ()
    unasked: tuple[Seen, ...] = ()


@dataclass(frozen=True)
class Look:
    """What one server said. `leads_on`: no more than an alias into a zone that nobody could be
    asked about."""

    server: Server
    reply: Reply
    leads_on: bool = False

    @property
    def definite(self) -> bool:
        """Whether it tells of the name itself."""
        return self.reply.definite and not self.leads_on


class Authorities:
    """Finds zones, and asks their servers."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups

    def zone_of(self, name: str) -> Zone:
        """The zone that a name belongs to; without servers where none can be found."""
        candidate = name
        for _step in range(MOST_STEPS):
            if "." not in candidate:
                return Zone(candidate)
            reply = self._lookups.first(candidate, "NS")
            if reply.word is Word.RECORDS and not reply.chain:
                return self._zone(candidate, reply.values, ())
            if not reply.definite:
                return self._referred(candidate, name)
            candidate = _next_candidate(candidate, reply)
        return Zone(name)

    def ask(self, name: str, *kinds: str) -> tuple[Zone, list[tuple[Server, list[Reply]]]]:
        """What each server of the name's zone says of it, for each kind."""
        zone = self.zone_of(name)
        replies = self._lookups.all_of(zone.servers, name, *kinds)
        return zone, list(zip(zone.servers, replies, strict=True))

    def follow(self, name: str, kind: str) -> tuple[Zone, list[Look]]:
        """The same for one kind, through aliases into other zones. The zone is the name's own."""
        zone, asked = self.ask(name, kind)
        looks = [Look(server, replies[0]) for server, replies in asked]
        chain: tuple[str, ...] = ()
        for _hop in range(MOST_HOPS):
            further = _common_alias(looks)
            if not further:
                break
            _zone, asked = self.ask(further[-1], kind)
            if not any(replies[0].definite for _server, replies in asked):
                looks = [replace(look, leads_on=True) for look in looks]
                break
            chain = (*chain, *further)
            looks = [Look(server, replies[0]) for server, replies in asked]
        return zone, [_through(look, chain) for look in looks] if chain else looks

    def _referred(self, candidate: str, name: str) -> Zone:
        """The servers that the zone above names, where resolvers cannot reach the zone itself."""
        above = candidate
        while "." in above:
            above = above.partition(".")[2]
            reply = self._lookups.first(above, "NS")
            if not reply.definite:
                continue
            if reply.word is not Word.RECORDS or reply.chain:
                continue
            parent = self._zone(above, reply.values, ())
            for server in parent.servers:
                said = self._lookups.one(server, name, "NS")
                if said.servers and said.zone and is_within(name, said.zone):
                    return self._zone(said.zone, said.servers, said.glue)
                if said.definite:  # it is no zone of its own
                    return parent
            return Zone(candidate)
        return Zone(candidate)

    def _zone(self, apex: str, names: Sequence[str], glue: Sequence[tuple[str, str]]) -> Zone:
        chosen = sorted(names)[:MOST_ASKED]
        found = [spawn(partial(self._server, name, glue)) for name in chosen]
        results = [self._lookups.waited(future) for future in found]
        servers = tuple(one for one in results if isinstance(one, Server))
        unasked = tuple(one for one in results if isinstance(one, Seen))
        return Zone(apex, servers, unasked)

    def _server(self, name: str, glue: Sequence[tuple[str, str]]) -> Server | Seen:
        """Where to ask a name server, or why not."""
        egress = self._lookups.egress
        refusal: AddressRefused | None = None
        for address in self._addresses(name, glue):
            try:
                check_address(address, egress)
            except AddressRefused as reason:
                refusal = refusal or reason
            else:
                return Server(str(address), egress.dns_port, name)
        if refusal is None:
            return Seen(name, trouble=Sentence(NO_ADDRESS), authoritative=True)
        refused = str(refusal.facts["address"])
        return Seen(
            f"{name} ({refused})",
            trouble=Sentence(refusal.sentence, {"address": refused}),
            notes=(Sentence(NOT_ASKED),),
            authoritative=True,
        )

    def _addresses(self, name: str, glue: Sequence[tuple[str, str]]) -> list[Address]:
        """IPv4 first: every machine has it."""
        try:
            host = check_host(name)
        except HostRefused:
            return []
        given = [address for owner, address in glue if owner == host]
        for kind in () if given else ("A", "AAAA"):
            given = given or list(self._lookups.first(host, kind).values)
        addresses = [ipaddress.ip_address(address) for address in given]
        return sorted(addresses, key=lambda address: address.version)


def _next_candidate(candidate: str, reply: Reply) -> str:
    """The zone that the answer itself names, or one step up. An alias tells of another zone."""
    named = reply.zone if not reply.chain else ""
    if named and named != candidate and is_within(candidate, named):
        return named
    return candidate.partition(".")[2]


def is_within(name: str, zone: str) -> bool:
    """Whether a name is a zone's, by its spelling."""
    return name == zone or name.endswith(f".{zone}")


def _common_alias(looks: Sequence[Look]) -> tuple[str, ...]:
    """The aliases at whose end all servers stop; none: they know more, or disagree."""
    replies = [look.reply for look in looks if look.reply.definite]
    ends = {reply.chain for reply in replies}
    if len(ends) != 1 or any(reply.word is not Word.NONE for reply in replies):
        return ()
    return ends.pop()


def _through(look: Look, chain: tuple[str, ...]) -> Look:
    return replace(look, reply=replace(look.reply, chain=(*chain, *look.reply.chain)))
