"""Which addresses an endpoint may have. Plain Python.

What is judged here is how the address is written. Where its name leads is judged with each call,
by the guarded client: names change.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from portico.egress.calls import check_url as check_may_be_called
from portico.egress.configuration import Egress
from portico.egress.rules import address_in, check_host
from portico.kernel.errors import Invalid, gettext_noop

MOST_CHARACTERS: Final = 2000
MOST_IN_ONE_SPELLING: Final = 2300  # a host of other letters gets longer in ASCII


class UrlMissing(Invalid):
    code = "webhook_url_missing"
    sentence = gettext_noop("Give the address, for example https://api.example.com/webhooks.")


class UrlTooLong(Invalid):
    code = "webhook_url_too_long"
    sentence = gettext_noop(
        "The address has %(length)s characters; at most %(most)s are taken. Shorten it."
    )


class PlainRefused(Invalid):
    code = "webhook_url_not_encrypted"
    sentence = gettext_noop(
        "The address begins with http://: everybody on the way could read and change events. Write "
        "https://. Without encryption, only addresses of this installation's own network can be "
        "called, if its operator allows them (PORTICO_EGRESS_ALLOW)."
    )


def check_url(text: str, *, egress: Egress, development: bool = False) -> str:
    """The address in one spelling, as it is kept and called. Raises an Invalid.

    http is taken in development, and for an address (no name) in a range that the operator allows.
    What comes out goes in again unchanged.
    """
    url = text.strip()
    if not url:
        raise UrlMissing
    if len(url) > MOST_CHARACTERS:
        raise UrlTooLong(length=len(url), most=MOST_CHARACTERS)
    checked = check_may_be_called(url, egress)
    if is_plain(checked) and not (development or _is_allowed(host_of(checked), egress)):
        raise PlainRefused
    return checked


def is_plain(url: str) -> bool:
    """Whether a checked address is called without encryption."""
    return url.startswith("http://")


def host_of(url: str) -> str:
    """The host of a checked address."""
    return urlsplit(url).hostname or ""


def without_query(url: str) -> str:
    """A checked address as it is shown and written down: what stands behind a question mark is
    often a key."""
    path, mark, _query = url.partition("?")
    return f"{path}?…" if mark else path


def _is_allowed(host: str, egress: Egress) -> bool:
    address = address_in(check_host(host))
    return address is not None and any(address in network for network in egress.allowed)
