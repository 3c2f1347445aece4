"""Which names a workspace can have as its domain.

One form of each name comes through, the one that the DNS and certificates use: lower case, ASCII
(`bücher.example` is `xn--bcher-kva.example`), no dot at its end. Everything that could be read as
something else, or could never have a certificate, is refused with what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final
from urllib.parse import urlsplit

import idna
import tldextract

from portico.domains.checking import refusals
from portico.domains.checking.scripts import mixed_scripts, runs_both_ways, twin_in_latin

EXAMPLE: Final = "pay.example.com"
MOST_CHARACTERS: Final = 253
MOST_IN_LABEL: Final = 63
# Where a name ends like this, programs take it for an IPv4 address in one of its old notations.
NUMBER: Final = re.compile(r"\d+|0x[0-9a-f]*")
LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
PORT: Final = re.compile(r"[^:]*:\d*")
# Kept from the public DNS for ever (RFC 6761, 6762, 7686, 8375, 9476, and ICANN's resolution).
KEPT_NAMES: Final = frozenset(
    "alt arpa corp example home internal intranet invalid lan local localdomain localhost mail"
    " onion private test".split()
)


def check_domain(text: str, *, own_zones: Sequence[str] = (), public_only: bool = True) -> str:
    """The domain as it is stored and looked up. What comes out goes in again unchanged.

    `own_zones` are the platform's: they, all below and all above them are refused. Where not
    `public_only` (in development, or with name servers of the operator's own), names that no
    public name server knows are accepted, such as `pay.test` or `pay.bank.internal`. Raises a
    DomainRefused.
    """
    written = text.strip()
    if not written:
        raise refusals.DomainMissing
    if len(written) > 4 * MOST_CHARACTERS:  # longer than any spelling, and slow to read
        raise refusals.DomainTooLong
    _check_is_name_alone(written)
    name = _in_ascii(written)
    _check_shape(name, written)
    _check_labels(name)
    _check_is_public(name, public_only=public_only)
    _check_is_not_ours(name, own_zones)
    return name


def shown(name: str) -> str:
    """The name as people write it: `bücher.example` for `xn--bcher-kva.example`. Show it beside
    the checked name, never in its place; look-alikes differ in the checked name only."""
    return ".".join(_unicode(label) for label in name.split("."))


def resembles(name: str) -> str:
    """The name in Latin letters that a checked name can be mistaken for; empty: none.

    Every letter of a label is of one other script and looks like a Latin one (whole-script
    confusable), such as `аррӏе.com` in Cyrillic. That may well be meant; whoever enters it should
    be asked.
    """
    twins = [twin_in_latin(_unicode(label)) for label in name.split(".")]
    if not any(twins):
        return ""
    labels = [_unicode(label) for label in name.split(".")]
    return ".".join(twin or label for twin, label in zip(twins, labels, strict=True))


def is_apex(name: str) -> bool:
    """Whether a checked name stands directly below a public suffix, so that it is the top of a
    zone of its own and cannot have a CNAME."""
    found = _suffixes()(name)
    return bool(found.suffix and found.domain and not found.subdomain)


def registered_part(name: str) -> str:
    """The part of a checked name that was registered: `example.com` of `pay.example.com`. Below
    a top-level domain that the public list does not know, the last two labels."""
    return _suffixes()(name).top_domain_under_public_suffix or ".".join(name.split(".")[-2:])


def _check_is_name_alone(written: str) -> None:
    if "://" in written or written.startswith("//"):
        raise refusals.AddressOfPage(instead=_host_in(written))
    if "@" in written:
        raise refusals.UserInDomain(instead=_short(written.rpartition("@")[2].split("/")[0]))
    if written.startswith("[") or written.count(":") > 1:
        raise refusals.IsAddress(address=_short(written))
    if any(sign in written for sign in "/\\?#"):
        raise refusals.PathInDomain(instead=_host_in(f"//{written}"))
    if PORT.fullmatch(written):
        raise refusals.PortInDomain(instead=_short(written.partition(":")[0]))
    if any(sign.isspace() for sign in written):
        raise refusals.SpaceInDomain(domain=_short(written))
    if "*" in written:
        raise refusals.WildcardDomain(domain=_short(written))
    if "%" in written:
        raise refusals.DomainRefused(domain=_short(written))


def _in_ascii(written: str) -> str:
    """In ASCII, as browsers read it: look-alikes of letters and dots (full-width ones, 。) become
    what they look like before anything is judged."""
    try:
        mapped = idna.uts46_remap(written, std3_rules=False, transitional=False)
    except UnicodeError:
        raise refusals.LetterRefused(domain=_short(written)) from None
    labels = mapped.lower().removesuffix(".").split(".")
    if "_" in mapped:
        raise refusals.UnderscoreInDomain(domain=_short(written))
    if not all(labels):
        raise refusals.EmptyLabel(domain=_short(written))
    return ".".join(_a_label(label, written) for label in labels)


def _a_label(label: str, written: str) -> str:
    if label.isascii() and not label.startswith("xn--"):
        return label
    try:
        # There and back: a label in ASCII that does not come out as it went in is a fake.
        ascii_label = idna.alabel(label).decode() if not label.isascii() else label
        if idna.alabel(idna.ulabel(ascii_label)).decode() != ascii_label:
            raise refusals.LetterRefused(domain=_short(written))
    except UnicodeError as error:
        if len(label) > MOST_IN_LABEL or "too long" in str(error).lower():
            raise refusals.DomainTooLong from None
        raise refusals.LetterRefused(domain=_short(written)) from None
    return ascii_label


def _check_shape(name: str, written: str) -> None:
    labels = name.split(".")
    if NUMBER.fullmatch(labels[-1]):
        raise refusals.IsAddress(address=_short(written))
    if len(name) > MOST_CHARACTERS or any(len(label) > MOST_IN_LABEL for label in labels):
        raise refusals.DomainTooLong
    for label in labels:
        if not LABEL.fullmatch(label) or (label[2:4] == "--" and not label.startswith("xn--")):
            raise refusals.DomainRefused(domain=_short(written))
    if len(labels) == 1:
        raise refusals.SingleLabel(domain=_short(written))


def _check_labels(name: str) -> None:
    labels = [_unicode(label) for label in name.split(".")]
    for label in labels:
        if scripts := mixed_scripts(label):
            raise refusals.MixedScripts(label=label, scripts=", ".join(scripts))
    if not runs_both_ways(labels):
        raise refusals.LetterRefused(domain=".".join(labels))


def _check_is_public(name: str, *, public_only: bool) -> None:
    labels = name.split(".")
    if labels[-1] == "onion":  # whatever name servers there are, they must not know it
        raise refusals.KeptDomain(domain=name, ending="onion")
    found = _suffixes()(name)
    if public_only:
        if labels[-1] in KEPT_NAMES or (labels[-2:] == ["home", "arpa"]):
            raise refusals.KeptDomain(domain=name, ending=labels[-1])
        if not found.suffix:
            raise refusals.UnknownEnding(domain=shown(name), ending=shown(labels[-1]))
    if found.suffix and not found.domain:
        kind = refusals.ProvidersSuffix if found.is_private else refusals.PublicSuffix
        raise kind(domain=shown(name))


def _check_is_not_ours(name: str, own_zones: Sequence[str]) -> None:
    for zone in (own.lower().strip(".") for own in own_zones):
        if not zone:
            continue
        if name == zone or name.endswith(f".{zone}"):
            raise refusals.OwnZone(domain=shown(name), zone=zone)
        if zone.endswith(f".{name}"):
            raise refusals.AboveOwnZone(domain=shown(name), zone=zone)


@cache
def _suffixes() -> tldextract.TLDExtract:
    """The list of public suffixes that comes with the library; nothing is fetched or written."""
    return tldextract.TLDExtract(
        suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
    )


def _unicode(label: str) -> str:
    try:
        return idna.ulabel(label) if label.startswith("xn--") else label
    except UnicodeError:
        return label


def _host_in(written: str) -> str:
    """The host that a whole address names, to write instead."""
    try:
        host = urlsplit(written.replace("\\", "/")).hostname or ""
    except ValueError:
        host = ""
    return _short(host) or EXAMPLE


def _short(text: str) -> str:
    """What to show of it: printable, and not endless."""
    shown_text = "".join(sign if sign.isprintable() else "�" for sign in text[:80])
    return f"{shown_text}…" if len(text) > 80 else shown_text
