"""How a host is written: a name or an address, in one form only.

Programs disagree about odd spellings (`127.1`, `0x7f.1`, `2130706433`, full-width digits), and
what is checked by one reading may be connected to by another. So only spellings that everybody
reads alike come through.
"""

from __future__ import annotations

import ipaddress
import re

import idna

from portico.egress.rules.addresses import Address
from portico.kernel.errors import Invalid, gettext_noop

LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?")
# Where a name ends like this, programs take it for an IPv4 address in one of its old notations.
NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:/", re.IGNORECASE)
PORT = re.compile(r"(\[.*\]|[^:]*):\d*")
MOST_CHARACTERS = 253
MOST_IN_LABEL = 63


class HostRefused(Invalid):
    """A host that cannot be used as it is written; its kinds follow."""

    code = "host_refused"
    sentence = gettext_noop(
        "“%(host)s” is not a host. Accepted are a name such as smtp.example.com, and an address "
        "such as 203.0.113.25 or 2001:db8::25."
    )


class HostMissing(HostRefused):
    code = "host_missing"
    sentence = gettext_noop("Name the host, for example smtp.example.com.")


class SpaceInHost(HostRefused):
    code = "space_in_host"
    sentence = gettext_noop("“%(host)s” holds a space. A host has none: remove it.")


class SchemeInHost(HostRefused):
    code = "scheme_in_host"
    sentence = gettext_noop(
        "“%(host)s” is a whole address. Write the host alone, without what stands before and "
        "with the two slashes."
    )


class UserInHost(HostRefused):
    code = "user_in_host"
    sentence = gettext_noop(
        "“%(host)s” holds an @. Write the host alone, without a user name and the @, for example "
        "smtp.example.com."
    )


class PathInHost(HostRefused):
    code = "path_in_host"
    sentence = gettext_noop(
        "“%(host)s” holds more than a host. Write the host alone, without a slash and what "
        "follows it."
    )


class PortInHost(HostRefused):
    code = "port_in_host"
    sentence = gettext_noop(
        "“%(host)s” ends with a port. Write the host alone; the port is given apart from it."
    )


class ZoneInHost(HostRefused):
    code = "zone_in_host"
    sentence = gettext_noop(
        "“%(host)s” names a network interface of one machine after the %%. Write the address "
        "without it."
    )


class NumberAsHost(HostRefused):
    code = "number_as_host"
    sentence = gettext_noop(
        "“%(host)s” reads as a number, and programs disagree about the address it stands for. "
        "Write an address with four numbers from 0 to 255, without zeros in front, such as "
        "203.0.113.25, or a name."
    )


class HostTooLong(HostRefused):
    code = "host_too_long"
    sentence = gettext_noop(
        "This host is too long. A name has at most 253 characters, and at most 63 between its dots."
    )


def check_host(host: str) -> str:
    """The host as names are looked up and certificates are compared: a name in lower case, without
    a dot at its end, in ASCII (`bücher.example` becomes `xn--bcher-kva.example`), or an address
    without brackets. Raises a HostRefused. What comes out goes in again unchanged.
    """
    text = host.strip()
    if not text:
        raise HostMissing
    if len(text) > 4 * MOST_CHARACTERS:  # longer than any spelling of a host, and slow to read
        raise HostTooLong
    _check_is_host_alone(text)
    if text.startswith("[") or ":" in text:
        return _ipv6(text)
    name = _in_ascii(text)
    if not name:
        raise HostMissing
    labels = name.split(".")
    if NUMBER.fullmatch(labels[-1]):
        return _ipv4(name, text)
    if len(name) > MOST_CHARACTERS or any(len(label) > MOST_IN_LABEL for label in labels):
        raise HostTooLong
    if not all(LABEL.fullmatch(label) for label in labels):
        raise HostRefused(host=_short(text))
    return name


def address_in(host: str) -> Address | None:
    """The address, if a checked host is one; None: a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_this_machine(host: str) -> bool:
    """Whether a checked host is a name that means loopback everywhere (RFC 6761)."""
    return host == "localhost" or host.endswith(".localhost")


def _check_is_host_alone(text: str) -> None:
    # First, and without what stands before the @: it may be a password.
    if "@" in text:
        raise UserInHost(host=_short(text.rpartition("@")[2], cut="…@"))
    if SCHEME.match(text):
        raise SchemeInHost(host=_short(text))
    if any(character in text for character in "/\\?#"):
        raise PathInHost(host=_short(text))
    if any(character.isspace() for character in text):
        raise SpaceInHost(host=_short(text))
    if PORT.fullmatch(text):
        raise PortInHost(host=_short(text))


def _ipv6(text: str) -> str:
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if "%" in bare:
        raise ZoneInHost(host=_short(text))
    try:
        return str(ipaddress.IPv6Address(bare))
    except ValueError:
        raise HostRefused(host=_short(text)) from None


def _ipv4(name: str, text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(name))
    except ValueError:
        raise NumberAsHost(host=_short(text)) from None


def _in_ascii(text: str) -> str:
    """In lower case and ASCII. Look-alikes (full-width letters, 。) become what they look like
    before anything is judged, as browsers do it."""
    try:
        mapped = idna.uts46_remap(text, std3_rules=False, transitional=False)
        name = mapped.removesuffix(".")
        if name.isascii():
            return name.lower()
        return ".".join(
            label if label.isascii() else idna.alabel(label).decode() for label in name.split(".")
        ).lower()
    except UnicodeError:
        raise HostRefused(host=_short(text)) from None


def _short(text: str, *, cut: str = "") -> str:
    """What to show of it: printable, and not endless."""
    shown = "".join(character if character.isprintable() else "�" for character in text[:80])
    return f"{cut}{shown}…" if len(text) > 80 else f"{cut}{shown}"
