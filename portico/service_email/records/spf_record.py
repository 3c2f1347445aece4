"""SPF records, taken apart (RFC 7208, section 4.6 and 12)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portico.egress.configuration import Network

MECHANISM = re.compile(
    r"(?P<qualifier>[+?~-]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)"
    r"(?::(?P<value>.+?))?(?P<cidr>(?:/\d{1,3})?(?://\d{1,3})?)",
    re.IGNORECASE,
)
MODIFIER = re.compile(r"(?P<name>[a-z][a-z0-9_.-]*)=(?P<value>.*)", re.IGNORECASE)
MACRO = re.compile(r"%(?:[%_-]|\{[slodiphcrtv]\d*r?[.+,/_=-]*\})", re.IGNORECASE)


class Result(StrEnum):
    """What a receiver makes of a sender's address."""

    PASS = "pass"  # noqa: S105 - SPF's word for "accepted"
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"


QUALIFIERS: Final = {
    "": Result.PASS,
    "+": Result.PASS,
    "-": Result.FAIL,
    "~": Result.SOFTFAIL,
    "?": Result.NEUTRAL,
}


@dataclass(frozen=True)
class Mechanism:
    """Whom it speaks of, and the result for them. `value` is a domain, with macros perhaps."""

    name: str
    result: Result
    value: str = ""
    network: Network | None = None
    v4: int = 32
    v6: int = 128


@dataclass(frozen=True)
class SpfRecord:
    text: str
    mechanisms: tuple[Mechanism, ...]
    redirect: str = ""

    @property
    def rest(self) -> Result | None:
        """The result for everybody whom nothing else names; None: it is not said here."""
        return next((one.result for one in self.mechanisms if one.name == "all"), None)

    @property
    def names_nobody(self) -> bool:
        """Whether it only refuses: the way to say that a domain sends no mail."""
        return self.rest in (Result.FAIL, Result.SOFTFAIL) and all(
            one.name == "all" for one in self.mechanisms
        )


class UnreadableTerm(ValueError):
    """A word that makes the whole record void. It is the error's only argument."""


def is_spf(text: str) -> bool:
    """Whether a TXT record is meant as SPF."""
    return text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")


def parse_spf(text: str) -> SpfRecord:
    """Raises UnreadableTerm."""
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in text.split(" ")[1:]:
        if not term:
            continue
        if modifier := MODIFIER.fullmatch(term):
            name = modifier["name"].lower()
            if name in modifiers and name in {"redirect", "exp"}:
                raise UnreadableTerm(term)
            modifiers[name] = modifier["value"]
        else:
            mechanisms.append(_mechanism(term))
    redirect = modifiers.get("redirect", "")
    if "redirect" in modifiers and not _is_domain(redirect):
        raise UnreadableTerm(f"redirect={redirect}")
    return SpfRecord(text, tuple(mechanisms), redirect)


def _mechanism(term: str) -> Mechanism:
    found = MECHANISM.fullmatch(term)
    if found is None:
        raise UnreadableTerm(term)
    name, value, cidr = found["name"].lower(), found["value"] or "", found["cidr"]
    result = QUALIFIERS[found["qualifier"]]
    if name in {"ip4", "ip6"}:
        return Mechanism(name, result, network=_network(name, value + cidr, term))
    v4, _, v6 = cidr[1:].partition("//") if not cidr.startswith("//") else ("", "", cidr[2:])
    mechanism = Mechanism(name, result, value, None, int(v4 or 32), int(v6 or 128))
    fits = {
        "all": not value and not cidr,
        "include": _is_domain(value) and not cidr,
        "exists": _is_domain(value) and not cidr,
        "ptr": (not value or _is_domain(value)) and not cidr,
    }.get(name, not value or _is_domain(value))
    if not fits or mechanism.v4 > 32 or mechanism.v6 > 128:
        raise UnreadableTerm(term)
    return mechanism


def _network(name: str, text: str, term: str) -> Network:
    family = ipaddress.IPv4Network if name == "ip4" else ipaddress.IPv6Network
    address, slash, length = text.partition("/")
    if slash and not length.isdigit():  # a netmask is none of SPF's business
        raise UnreadableTerm(term)
    try:
        return family(f"{address}{slash}{length}", strict=False)
    except ValueError:
        raise UnreadableTerm(term) from None


def _is_domain(value: str) -> bool:
    """Whether it is a domain, or becomes one when its macros are filled in."""
    plain = MACRO.sub("x", value)
    return bool(plain) and "%" not in plain and plain.isascii() and plain.isprintable()
