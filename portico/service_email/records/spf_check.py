"""What SPF says of one sending address (RFC 7208), and what it takes to find out."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from portico.egress.configuration import Network
from portico.egress.resolving import RecordKind
from portico.egress.rules import Address
from portico.service_email.records.lookups import Lookups
from portico.service_email.records.spf_record import (
    Mechanism,
    Result,
    SpfRecord,
    UnreadableTerm,
    is_spf,
    parse_spf,
)

MOST_LOOKUPS: Final = 10
MOST_VOID_LOOKUPS: Final = 2
MOST_HOSTS: Final = 10
MACRO = re.compile(
    r"%(?:(?P<plain>[%_-])|\{(?P<letter>\w)(?P<keep>\d*)(?P<turn>[rR]?)(?P<at>[^}]*)\})"
)
ESCAPES: Final = {"%": "%", "_": " ", "-": "%20"}


class NoSpf(Exception):
    """There is no SPF record at `domain`."""

    def __init__(self, domain: str) -> None:
        self.domain = domain
        super().__init__(domain)


class VoidSpf(Exception):
    """Receivers take no notice of the policy ("permerror"). `domain` is where the fault lies."""

    def __init__(self, domain: str, term: str = "") -> None:
        self.domain, self.term = domain, term
        super().__init__(domain, term)


class SeveralRecords(VoidSpf):
    """More than one SPF record at a domain."""


class Unreadable(VoidSpf):
    """A word of the record cannot be read: `term`."""


class NothingIncluded(VoidSpf):
    """`domain` includes, or redirects to, a domain without SPF record: `term`."""


class TooManyLookups(VoidSpf):
    """It takes more than ten lookups."""


class TooManyVoidLookups(VoidSpf):
    """More than two lookups led nowhere."""


@dataclass(frozen=True)
class Survey:
    """A policy as a whole: its record, and how many lookups a receiver needs at most."""

    record: SpfRecord
    lookups: int
    rest: Result


def spf_record_at(domain: str, lookups: Lookups) -> SpfRecord:
    """Raises NoSpf, SeveralRecords, Unreadable, LookupTimedOut or LookupFailed."""
    found = [text for text in lookups.records(domain, "TXT") if is_spf(text)]
    if not found:
        raise NoSpf(domain)
    if len(found) > 1:
        raise SeveralRecords(domain)
    try:
        return parse_spf(found[0])
    except UnreadableTerm as error:
        raise Unreadable(domain, str(error)) from None


def survey(domain: str, lookups: Lookups) -> Survey:
    """Look at the whole policy, with all that it includes. Raises as `spf_record_at` does, and
    NothingIncluded or TooManyLookups."""
    evaluation = _Evaluation(domain, None, lookups)
    record = spf_record_at(domain, lookups)
    rest = evaluation.result_of(domain, record)
    return Survey(record, evaluation.count, rest)


def result_for(address: Address, domain: str, lookups: Lookups) -> Result:
    """What a receiver makes of mail from `domain` that comes from this address. Raises as `survey`
    does, and TooManyVoidLookups."""
    evaluation = _Evaluation(domain, address, lookups)
    return evaluation.result_of(domain, spf_record_at(domain, lookups))


class _Evaluation:
    """One run. Without an address nothing matches but `all`, so that everything is gone through."""

    def __init__(self, sender: str, address: Address | None, lookups: Lookups) -> None:
        self.sender, self.lookups = sender, lookups
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        self.address = mapped or address
        self.count = self.void = 0

    def result_of(self, domain: str, record: SpfRecord) -> Result:
        for mechanism in record.mechanisms:
            if self._matches(mechanism, domain):
                return mechanism.result
        if not record.redirect:
            return Result.NEUTRAL
        self._count(domain)
        target = self._expand(record.redirect, domain)
        return self._follow(target, domain)

    def _follow(self, target: str, domain: str) -> Result:
        if not target:  # its macros speak of an address, and there is none
            return Result.NEUTRAL
        try:
            return self.result_of(target, spf_record_at(target, self.lookups))
        except NoSpf:
            raise NothingIncluded(domain, target) from None

    def _matches(self, mechanism: Mechanism, domain: str) -> bool:
        if mechanism.name == "all":
            return True
        if mechanism.network is not None:
            return self.address is not None and self.address in mechanism.network
        self._count(domain)
        target = self._expand(mechanism.value, domain) if mechanism.value else domain
        if mechanism.name == "include":
            return self._follow(target, domain) is Result.PASS
        if self.address is None or not target:
            return False
        return self._is_named(self.address, mechanism, target)

    def _is_named(self, address: Address, mechanism: Mechanism, target: str) -> bool:
        match mechanism.name:
            case "exists":
                return bool(self._records(target, "A"))
            case "mx":
                hosts = self._records(target, "MX")[:MOST_HOSTS]
                return any(self._is_at(host, mechanism, address) for host in hosts if host != ".")
            case "a":
                return self._is_at(target, mechanism, address)
        return False  # ptr: "do not use", and many receivers skip it

    def _is_at(self, host: str, mechanism: Mechanism, address: Address) -> bool:
        if isinstance(address, ipaddress.IPv4Address):
            found, length = self._records(host, "A"), mechanism.v4
        else:
            found, length = self._records(host, "AAAA"), mechanism.v6
        networks: list[Network] = [
            ipaddress.ip_network(f"{one}/{length}", strict=False) for one in found
        ]
        return any(address in network for network in networks)

    def _records(self, name: str, kind: RecordKind) -> tuple[str, ...]:
        found = self.lookups.records(name, kind)
        if not found:
            self.void += 1
            if self.void > MOST_VOID_LOOKUPS:
                raise TooManyVoidLookups(self.sender, name)
        return found

    def _count(self, domain: str) -> None:
        self.count += 1
        if self.count > MOST_LOOKUPS:
            raise TooManyLookups(domain)

    def _expand(self, text: str, domain: str) -> str:
        """Fill in the macros; empty where that needs an address and there is none."""
        if self.address is None and "{" in text:
            return ""
        return MACRO.sub(lambda found: self._macro(found, domain), text)[-253:].lstrip(".")

    def _macro(self, found: re.Match[str], domain: str) -> str:
        if found["plain"]:
            return ESCAPES[found["plain"]]
        address = self.address
        dotted = str(address)
        if isinstance(address, ipaddress.IPv6Address):
            dotted = ".".join(address.exploded.replace(":", ""))
        value = {
            "s": f"postmaster@{self.sender}",
            "l": "postmaster",
            "o": self.sender,
            "d": domain,
            "i": dotted,
            "h": self.sender,
            "v": "in-addr" if isinstance(address, ipaddress.IPv4Address) else "ip6",
        }.get(found["letter"].lower(), "unknown")
        parts = re.split(f"[{re.escape(found['at'])}]" if found["at"] else r"\.", value)
        if found["turn"]:
            parts.reverse()
        if found["keep"]:
            parts = parts[-int(found["keep"]) :]
        return ".".join(parts)
