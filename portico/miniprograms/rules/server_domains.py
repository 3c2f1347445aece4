"""The servers that a mini program talks to: hosts that it reaches over HTTPS.

An entry is a host, optionally with `*.` before it (any one or more labels in that place) and a port
behind it: `api.example.com`, `*.example.com`, `api.example.com:8443`. It is stored as browsers
write an origin: in ASCII and lower case, without `https://` and without the port 443.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from portico.domains.checking.names import check_domain
from portico.domains.checking.refusals import DomainRefused
from portico.kernel.errors import Invalid, gettext_noop

MOST: Final = 20
HTTPS_PORT: Final = 443
SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
PORT: Final = re.compile(r"(.*):([^:\]]*)", re.DOTALL)


class ServerDomainRefused(Invalid):
    """An entry that cannot be used; its kinds follow."""

    code = "server_domain_refused"
    sentence = gettext_noop("“%(entry)s” is not the host of a server. An example: api.example.com.")


class NotHttps(ServerDomainRefused):
    code = "server_domain_not_https"
    sentence = gettext_noop(
        "“%(entry)s”: servers are reached over https alone. Write the host by itself, such as "
        "api.example.com."
    )


class HasPath(ServerDomainRefused):
    code = "server_domain_has_path"
    sentence = gettext_noop(
        "“%(entry)s”: write the host alone, without what follows it: %(instead)s."
    )


class BadPort(ServerDomainRefused):
    code = "server_domain_port"
    sentence = gettext_noop("“%(entry)s”: a port is a number from 1 to 65535.")


class BadWildcard(ServerDomainRefused):
    code = "server_domain_wildcard"
    sentence = gettext_noop(
        "“%(entry)s”: a star stands for whole names and comes first, as in *.example.com."
    )


class PlatformsHost(ServerDomainRefused):
    code = "server_domain_of_platform"
    sentence = gettext_noop(
        "“%(entry)s” reaches hosts of this platform itself (%(zone)s), which is no server of a "
        "mini program. Write a host of your own."
    )


class TooManyDomains(Invalid):
    code = "too_many_server_domains"
    sentence = gettext_noop("These are %(count)s server domains; at most %(most)s are accepted.")


def check_server_domain(
    text: str, *, public_only: bool = True, own_zones: Sequence[str] = ()
) -> str:
    """An entry as it is stored. What comes out goes in again unchanged.

    `own_zones` are the platform's: no entry reaches them, or a host below them.
    Where not `public_only`, names that no public name server knows are accepted, such as
    `api.bank.internal`. Raises a `ServerDomainRefused` or a `DomainRefused`.
    """
    entry = text.strip()
    host = _without_scheme(entry)
    if any(sign in host for sign in "/?#\\"):
        instead = re.split(r"[/?#\\]", host)[0] or "api.example.com"
        raise HasPath(entry=_short(entry), instead=_short(instead))
    host, port = _split_port(host, entry)
    star = "*." if host.startswith("*.") else ""
    host = host.removeprefix("*.")
    if "*" in host:
        raise BadWildcard(entry=_short(entry))
    name = check_domain(host, public_only=public_only)
    for zone in own_zones:
        within = name == zone or name.endswith(f".{zone}")
        if within or (star and zone.endswith(f".{name}")):
            raise PlatformsHost(entry=_short(entry), zone=zone)
    return f"{star}{name}{port}"


def check_server_domains(
    entries: Sequence[str], *, public_only: bool = True, own_zones: Sequence[str] = ()
) -> tuple[tuple[str, ...], dict[int, Invalid]]:
    """What is stored of these entries, each once, in their order; and what is wrong, by the number
    of the entry, counted from 1. Empty entries are passed over."""
    good: dict[str, None] = {}
    bad: dict[int, Invalid] = {}
    for number, entry in enumerate(entries, start=1):
        if not entry.strip():
            continue
        try:
            checked = check_server_domain(entry, public_only=public_only, own_zones=own_zones)
            good[checked] = None
        except (ServerDomainRefused, DomainRefused) as error:
            bad[number] = error
    if len(good) > MOST and not bad:
        bad[0] = TooManyDomains(count=len(good), most=MOST)
    return tuple(good), bad


def _without_scheme(entry: str) -> str:
    found = SCHEME.fullmatch(entry)
    if found is None:
        return entry
    if found[1].lower() != "https":
        raise NotHttps(entry=_short(entry))
    rest: str = found[2]
    return rest.removesuffix("/")


def _split_port(host: str, entry: str) -> tuple[str, str]:
    """The host, and the port with its colon; empty for the port that https has anyway."""
    found = PORT.fullmatch(host)
    if found is None or ":" in found[1]:  # none, or an IPv6 address, which is refused as one
        return host, ""
    digits = found[2]
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 5
    if not is_number or not 1 <= int(digits) <= 65535:
        raise BadPort(entry=_short(entry))
    number = int(digits)
    return found[1], "" if number == HTTPS_PORT else f":{number}"


def _short(text: str) -> str:
    return "".join(sign if sign.isprintable() else "�" for sign in text[:100])
