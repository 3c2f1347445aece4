"""What an operator says about domains of workspaces."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Domains:
    """Where domains have to lead, and who makes their certificates.

    `addresses` are those at which this installation is reached from outside, for names that cannot
    be aliases (CNAME). `certificate_issuers` are the names that CAA records have to allow.
    `ask_secret` is what the program that makes certificates proves itself with; empty: it is
    refused. `content_domain` is the zone below which programs have origins of their own.
    `https_port` is where domains are looked at; browsers know no other than 443.
    """

    addresses: tuple[Address, ...] = ()
    certificate_issuers: tuple[str, ...] = ()
    ask_secret: str = ""
    content_domain: str = ""
    https_port: int = 443

    def __repr__(self) -> str:
        return f"Domains({self.addresses}, {self.certificate_issuers}, {self.content_domain!r})"


def addresses_in(text: str) -> tuple[Address, ...]:
    """Addresses separated by commas; raises ValueError."""
    parts = (part.strip() for part in text.split(","))
    return tuple(ipaddress.ip_address(part) for part in parts if part)


def registrable(domain: str) -> str:
    """The part of a domain that somebody registered: what browsers take for one site.

    By the list of public suffixes that comes with the library; nothing is fetched. Of a name that
    the list does not know, as inside a company, the last two labels.
    """
    import tldextract  # noqa: PLC0415 - slow, and for production alone

    extract = tldextract.TLDExtract(
        suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
    )
    found = extract(domain)
    if found.suffix and found.domain:
        return f"{found.domain}.{found.suffix}"
    return ".".join(domain.split(".")[-2:])


def issuers_in(text: str) -> tuple[str, ...]:
    """Names of certificate authorities, as CAA records spell them; raises ValueError."""
    issuers = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    for issuer in issuers:
        if "." not in issuer or not issuer.replace(".", "").replace("-", "").isalnum():
            raise ValueError(f"“{issuer}” is no name of an authority, such as letsencrypt.org.")
    return issuers
