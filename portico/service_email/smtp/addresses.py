"""Mail addresses as they go over the wire."""

from __future__ import annotations

import re

import idna

LONGEST = 254  # bytes; RFC 5321 leaves room for no more in a path

_UNUSABLE = re.compile(r"[\x00-\x20\x7f-\x9f<>\s\ud800-\udfff]")


def wire_address(address: str) -> str | None:
    """The address for MAIL FROM or RCPT TO; None if it could not be sent as one word.

    Its domain comes out in ASCII (A-labels), so that only a local part beyond ASCII is left to
    need SMTPUTF8.
    """
    local, _at, domain = address.rpartition("@")
    if not (local and domain) or _UNUSABLE.search(address):
        return None
    try:
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except UnicodeError:
        return None
    found = f"{local}@{ascii_domain}"
    return found if len(found.encode()) <= LONGEST else None
