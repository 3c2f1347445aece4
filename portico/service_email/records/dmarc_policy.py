"""DMARC policies, taken apart, and where the one of a domain is found (RFC 7489 and RFC 9989)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from portico.service_email.records.lookups import Lookups
from portico.service_email.records.tags import UnreadableTags, tags_of

POLICIES: Final = ("none", "quarantine", "reject")
MOST_STEPS: Final = 8  # lookups on the way up


@dataclass(frozen=True)
class Policy:
    """`at`: the domain that it was entered for; `inherited`: it stands at a domain above.

    `asked`: what receivers shall do with mail that fails: none, quarantine or reject.
    """

    at: str
    text: str
    asked: str
    inherited: bool = False
    reports: bool = False
    testing: bool = False
    share: int = 100


class UnreadablePolicy(ValueError):
    """A record that receivers skip; `at` is where, `part` the word that is wrong."""

    def __init__(self, at: str, part: str) -> None:
        self.at, self.part = at, part
        super().__init__(at, part)


class SeveralPolicies(ValueError):
    """More than one record at one name: receivers skip them all. Its argument is the domain."""


def is_dmarc(text: str) -> bool:
    """Whether receivers take a TXT record for a DMARC policy."""
    return re.match(r"\s*v\s*=\s*DMARC1\s*(;|$)", text) is not None


def policy_of(domain: str, lookups: Lookups) -> Policy | None:
    """The policy that counts for mail from this domain: its own, or that of the organization.

    Raises UnreadablePolicy and SeveralPolicies for the domain's own, LookupTimedOut and
    LookupFailed.
    """
    own = _text_at(domain, lookups)
    if own is not None:
        return parse_policy(own, at=domain)
    found = [(above, text) for above in _above(domain) if (text := _text_above(above, lookups))]
    above = _organization(found)
    return parse_policy(above[1], at=above[0], inherited=True) if above else None


def parse_policy(text: str, *, at: str, inherited: bool = False) -> Policy:
    """Raises UnreadablePolicy."""
    try:
        tags = tags_of(text)
    except UnreadableTags as error:
        raise UnreadablePolicy(at, str(error)) from None
    own = tags.get("p", "").lower()
    if own not in POLICIES:
        raise UnreadablePolicy(at, f"p={tags['p']}" if "p" in tags else "p=")
    below = tags.get("sp", own).lower() if inherited else own
    if below not in POLICIES:
        raise UnreadablePolicy(at, f"sp={tags['sp']}")
    share = tags.get("pct", "100")
    return Policy(
        at=at,
        text=text,
        asked=below,
        inherited=inherited,
        reports=bool(tags.get("rua")),
        testing=tags.get("t", "n").lower() == "y",
        share=int(share) if re.fullmatch(r"\d{1,3}", share) and int(share) <= 100 else 100,
    )


def _text_at(domain: str, lookups: Lookups) -> str | None:
    texts = lookups.records(f"_dmarc.{domain}", "TXT")
    policies = [text for text in texts if is_dmarc(text)]
    if len(policies) > 1:
        raise SeveralPolicies(domain)
    meant = [text for text in texts if re.match(r"\W*v\s*=\s*dmarc", text, re.IGNORECASE)]
    if meant and not policies:
        raise UnreadablePolicy(domain, meant[0].partition(";")[0])
    return policies[0] if policies else None


def _text_above(domain: str, lookups: Lookups) -> str | None:
    """Further up receivers skip what they cannot use, and go on."""
    try:
        return _text_at(domain, lookups)
    except (SeveralPolicies, UnreadablePolicy):
        return None


def _above(domain: str) -> Iterator[str]:
    labels = domain.split(".")
    # Long names are shortened at once, so that nobody can have receivers ask for hours.
    for start in range(max(1, len(labels) - MOST_STEPS + 1), len(labels)):
        yield ".".join(labels[start:])


def _organization(found: list[tuple[str, str]]) -> tuple[str, str] | None:
    """Where the organization's policy stands, of those found on the way up: where a record says so
    (psd=n), or else the highest one, but a registry's (psd=y) only if it is the only one."""
    for number, (at, text) in enumerate(found):
        mark = _mark(text)
        if mark == "n":
            return at, text
        if mark == "y":
            below = [one for one in found[:number] if one[0].count(".") == at.count(".") + 1]
            return below[0] if below else (at, text)
    return found[-1] if found else None


def _mark(text: str) -> str:
    try:
        return tags_of(text).get("psd", "u").lower()
    except UnreadableTags:
        return "u"
