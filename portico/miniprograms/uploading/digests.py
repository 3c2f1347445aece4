"""What a sender says that its package hashes to: `Content-Digest` (RFC 9530), `Digest` (RFC 3230).

Both may name several algorithms, of which SHA-256 is looked at. The others are left alone, as the
RFCs say. No Django.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

from portico.miniprograms.uploading.rules import DigestDiffers, UnreadableDigest

ALGORITHM: Final = "sha-256"
BYTES: Final = re.compile(r":(?P<base64>[A-Za-z0-9+/]+={0,2}):(;.*)?")
ACCEPTED: Final = {
    "Content-Digest": f"“{ALGORITHM}=:…:”",
    "Digest": f"“{ALGORITHM}=…”",
}


def named_digests(headers: Mapping[str, str]) -> frozenset[str]:
    """The SHA-256 that the headers name, in hexadecimal: none, one, or two where they disagree.

    Raises `UnreadableDigest` where one names an SHA-256 that is none.
    """
    return frozenset(
        _sha256_in(header, text)
        for header in ACCEPTED
        for text in _members(headers.get(header, ""))
        if _name_of(text) == ALGORITHM
    )


def check_digests(found: str, named: frozenset[str]) -> None:
    """Raises `DigestDiffers` where a digest was named that is not this one."""
    if named - {found}:
        raise DigestDiffers(found=f"{ALGORITHM}=:{as_base64(found)}:")


def as_base64(hexadecimal: str) -> str:
    """A digest as HTTP headers hold it."""
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()


def _members(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _name_of(member: str) -> str:
    return member.partition("=")[0].strip().lower()


def _sha256_in(header: str, member: str) -> str:
    value = member.partition("=")[2].strip()
    if header == "Content-Digest":
        matched = BYTES.fullmatch(value)
        value = matched["base64"] if matched else ""
    try:
        digest = base64.b64decode(value, validate=True)
    except binascii.Error:
        digest = b""
    if len(digest) != 32:
        raise UnreadableDigest(header=header, accepted=ACCEPTED[header])
    return digest.hex()
