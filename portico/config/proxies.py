"""Who is asking, and by HTTPS or not, where proxies stand in front.

A proxy says so in headers, and so can anybody. Here they are read once, before anything else looks
at the request; from then on `REMOTE_ADDR` and the scheme are the client's, and the headers gone,
so that no library reads them in a way of its own.

Each proxy adds what it saw at the right end of `X-Forwarded-For`. Behind `n` trusted proxies the
n-th entry from the right is what the outermost of them saw; whatever stands left of it, a client
may have written.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

FORWARDED_FOR, FORWARDED_PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
# The host is what `Host` says, whatever stands in these: a proxy passes it on as it came.
IGNORED = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_SERVER",
    "HTTP_X_REAL_IP",
)


class ProxyMiddleware:
    """Settle who is asking, for everything behind it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand the request on as the client made it."""
        settle(request.META, proxies=settings.PORTICO_TRUSTED_PROXIES)
        return self.get_response(request)


def settle(environ: MutableMapping[str, Any], *, proxies: int) -> None:
    """Put the client's address and scheme into a request that came through so many proxies.

    Settling it once more changes nothing. Where the headers are missing, too short or unreadable,
    the request did not come the whole way, and only what we see ourselves counts.
    """
    addresses = _entries(environ.pop(FORWARDED_FOR, ""))
    schemes = _entries(environ.pop(FORWARDED_PROTO, ""))
    for name in IGNORED:
        environ.pop(name, None)
    if not proxies:
        return
    if len(addresses) >= proxies and (address := _address(addresses[-proxies])):
        environ["REMOTE_ADDR"] = address
    if schemes:
        # Most proxies write this header anew instead of adding to it.
        scheme = schemes[-min(proxies, len(schemes))].lower()
        environ["wsgi.url_scheme"] = "https" if scheme == "https" else "http"


def _entries(header: str) -> list[str]:
    return [entry.strip() for entry in header.split(",")] if header else []


def _address(entry: str) -> str:
    """The address in an entry, which some proxies write with a port; empty where there is none."""
    if entry.startswith("["):
        entry = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]
    try:
        address = ipaddress.ip_address(entry)
    except ValueError:
        return ""
    # A zone ("fe80::1%eth0") means something on one machine only, and no column takes it.
    return "" if getattr(address, "scope_id", None) else str(address)
