"""Where a Portico is, as somebody gives it on a command line, and how it is connected to."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from portico.kernel.errors import Invalid, gettext_noop

LOOPBACK = "127.0.0.1"


class NoPlace(Invalid):
    code = "no_place"
    sentence = gettext_noop(
        "%(text)s is not the address of a workspace. Give it as https://pay.example.com, without a "
        "path."
    )


class NotSecure(Invalid):
    code = "place_not_secure"
    sentence = gettext_noop(
        "%(text)s would send the token and the package unencrypted. Give the address with https://."
    )


@dataclass(frozen=True)
class Place:
    """A workspace's host: `address` for people and as the host of requests, `connects_to` as it is
    connected to. These differ for names under localhost, which browsers resolve by themselves and
    most systems do not."""

    address: str
    host: str
    connects_to: str
    name: str


def place_of(text: str) -> Place:
    """Read an address; raises `NoPlace` or `NotSecure`."""
    given = text.strip().rstrip("/")
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        raise NoPlace(text=text) from None
    name = (parts.hostname or "").rstrip(".")
    extra = parts.path or parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in {"http", "https"} or not name or extra or not name.isascii():
        raise NoPlace(text=_without_user(text))
    is_here = _is_here(name)
    if parts.scheme == "http" and not is_here:
        raise NotSecure(text=given)
    host = (f"[{name}]" if ":" in name else name) + (f":{port}" if port else "")
    under_localhost = name == "localhost" or name.endswith(".localhost")
    reached = (LOOPBACK + (f":{port}" if port else "")) if under_localhost else host
    return Place(
        address=f"{parts.scheme}://{host}",
        host=host,
        connects_to=f"{parts.scheme}://{reached}",
        name=name,
    )


def _is_here(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _without_user(text: str) -> str:
    """What stands before an @ may be a password."""
    return "…@" + text.rpartition("@")[2] if "@" in text else text
