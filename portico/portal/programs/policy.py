"""The headers of every answer below the content domain: what a program may load, reach and do.

The origin is written out instead of `'self'`: a sandboxed page is nobody, and browsers do not agree
on who that is. `sandbox` without `allow-same-origin` holds at top level, too, so a program has no
cookies, no storage and no service worker wherever it is opened. `allow-forms` lets it listen to its
own forms; `form-action 'none'` lets it send none.
"""

from __future__ import annotations

import re
from functools import lru_cache

from django.conf import settings

from portico.kernel.site import Site
from portico.portal.programs.seeing import Behind

SANDBOX = "allow-scripts allow-forms"
"""What a program may do. The frame on the landing page says the same."""

# A program gets none of them, whatever the frame around it would let it have. A browser complains
# about those that it does not know, on each answer.
DENIED = (
    "accelerometer", "autoplay", "browsing-topics", "camera",
    "clipboard-read", "clipboard-write", "display-capture", "encrypted-media", "fullscreen",
    "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection",
    "local-fonts", "magnetometer", "microphone", "midi", "otp-credentials", "payment",
    "picture-in-picture", "publickey-credentials-create", "publickey-credentials-get",
    "screen-wake-lock", "serial", "storage-access", "usb", "window-management",
    "xr-spatial-tracking",
)  # fmt: skip
COMMON = (
    ("X-Content-Type-Options", "nosniff"),
    # The page is an opaque origin, to which nothing is its own: neither its pictures (CORP) nor
    # its modules, fonts and requests (CORS). What is served here is public, or has a token.
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("Access-Control-Allow-Origin", "*"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", ", ".join(f"{feature}=()" for feature in DENIED)),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("X-DNS-Prefetch-Control", "off"),
)
NOTHING = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
)
"""The policy of a page of ours that only says something."""

SERVER = re.compile(r"(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?")


def headers(policy: str) -> list[tuple[str, str]]:
    """The headers of every answer."""
    found = [("Content-Security-Policy", policy), *COMMON]
    if settings.SECURE_HSTS_SECONDS:
        seconds = f"max-age={settings.SECURE_HSTS_SECONDS}"
        found.append(("Strict-Transport-Security", seconds))
    return found


def policy_of(found: Behind, origin: str, *, script: str = "") -> str:
    """What a version may do. `script` is a hash of an inline script that we put in ourselves."""
    site: Site = settings.PORTICO_SITE
    return _policy(found.slug, found.served_host, found.server_domains, origin, script, site)


@lru_cache(maxsize=1024)
def _policy(
    slug: str, served_host: str, domains: tuple[str, ...], origin: str, script: str, site: Site
) -> str:
    ours = (site.base_domain, site.content_domain, served_host)
    servers = [one for one in domains if SERVER.fullmatch(one) and not _is_of(one, ours)]
    reached = " ".join(
        [origin, *(f"{scheme}://{domain}" for domain in servers for scheme in ("https", "wss"))]
    )
    seen = " ".join([origin, "data:", "blob:", *(f"https://{domain}" for domain in servers)])
    scripts = f"{origin} '{script}'" if script else origin
    return "; ".join(
        (
            f"sandbox {SANDBOX}",
            f"default-src {origin}",
            f"script-src {scripts}",
            f"style-src {origin} 'unsafe-inline'",
            f"img-src {seen}",
            f"media-src {seen}",
            f"font-src {origin} data:",
            f"connect-src {reached}",
            "frame-src 'none'",
            "worker-src 'none'",
            "object-src 'none'",
            "manifest-src 'none'",
            "form-action 'none'",
            "base-uri 'none'",
            f"frame-ancestors {' '.join(_hosts(slug, served_host, site))}",
        )
    )


def _is_of(domain: str, ours: tuple[str, ...]) -> bool:
    """Whether a server would be one of the platform itself, or another version."""
    name = domain.partition(":")[0]
    plain = name.removeprefix("*.")
    return any(
        plain == zone
        or plain.endswith(f".{zone}")
        or (plain != name and zone.endswith(f".{plain}"))
        for zone in ours
        if zone
    )


def _hosts(slug: str, served_host: str, site: Site) -> list[str]:
    """Where the workspace's landing pages are."""
    hosts = [f"{site.scheme}://{slug}.{site.base_domain}{site.port}"]
    if served_host:
        hosts.append(f"{site.scheme}://{served_host}{site.port}")
    if slug == site.default_slug:
        hosts.append(f"{site.scheme}://{site.base_domain}{site.port}")
        if site.any_host:  # development: the default workspace is shown at whatever name is asked
            hosts.append(f"{site.scheme}://*{site.port}")
    return hosts
