"""Where this installation is reached, and what a host name may stand for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """An installation's own addresses.

    `port` is what follows a host name in them: `:8000`, or nothing. `any_host`: names that are
    nobody's show the default workspace (development, where people try things on remote
    machines); else they are a 404.
    """

    base_domain: str
    scheme: str
    port: str
    default_slug: str
    any_host: bool


@dataclass(frozen=True)
class Names:
    """What a host name may stand for. Empty strings stand for nothing."""

    slug: str
    host: str
    default_slug: str


def names_of(host: str, site: Site) -> Names:
    """Take a host name (with or without a port, in any case) apart."""
    name = _without_port(host).lower().removesuffix(".")
    label = name.removesuffix("." + site.base_domain)
    slug = label if label != name and "." not in label else ""
    default = site.default_slug if site.any_host or name == site.base_domain else ""
    return Names(slug=slug, host=name, default_slug=default)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]
