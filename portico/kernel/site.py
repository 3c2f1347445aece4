"""Where this installation is reached, and what a host name may stand for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """An installation's own addresses.

    `port` is what follows a host name in them: `:8000`, or nothing. `any_host`: names that are
    nobody's show the default workspace (development, where people try things on remote
    machines); else they are a 404. `content_domain` is the zone below which versions of programs
    have hosts of their own; nothing of a workspace is shown there.
    """

    base_domain: str
    scheme: str
    port: str
    default_slug: str
    any_host: bool
    content_domain: str = ""


@dataclass(frozen=True)
class Names:
    """What a host name may stand for. Empty strings stand for nothing."""

    slug: str
    host: str
    default_slug: str


def names_of(host: str, site: Site) -> Names:
    """Take a host name (with or without a port, in any case) apart."""
    if content_label(host, site) is not None:
        return Names(slug="", host="", default_slug="")
    name = _plain(host)
    label = name.removesuffix("." + site.base_domain)
    slug = label if label != name and "." not in label else ""
    default = site.default_slug if site.any_host or name == site.base_domain else ""
    return Names(slug=slug, host=name, default_slug=default)


def content_label(host: str, site: Site) -> str | None:
    """What stands before the content domain in a host name, "" for that domain itself; None: the
    host is not there.

    Of two zones one of which lies in the other, the longer counts.
    """
    name = _plain(host)
    zone = site.content_domain
    if not zone or not _is_in(name, zone):
        return None
    if len(site.base_domain) > len(zone) and _is_in(name, site.base_domain):
        return None
    return name.removesuffix(zone).removesuffix(".")


def _is_in(name: str, zone: str) -> bool:
    return name == zone or name.endswith(f".{zone}")


def _plain(host: str) -> str:
    return _without_port(host).lower().removesuffix(".")


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]
