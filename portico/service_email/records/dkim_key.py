"""DKIM keys, taken apart (RFC 6376, section 3.6.1; RFC 8463 for Ed25519)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from portico.service_email.records.tags import UnreadableTags, tags_of


@dataclass(frozen=True)
class DkimKey:
    """`kind` is rsa or ed25519. Not `for_mail`: other services only. Not `sha256`: SHA-1 only."""

    kind: str
    bits: int
    testing: bool = False
    for_mail: bool = True
    sha256: bool = True


class RevokedKey(ValueError):
    """The key was taken back: there is a record, and its `p=` is empty."""


class UnreadableKey(ValueError):
    """Not a key that signatures could be held against."""


def is_dkim(text: str) -> bool:
    """Whether a TXT record is meant as a DKIM key; its version may be left out."""
    return re.match(r"\s*v\s*=\s*DKIM1", text) is not None or re.search(
        r"(^|;)\s*p\s*=", text
    ) is not None  # fmt: skip


def parse_key(text: str) -> DkimKey:
    """Raises RevokedKey or UnreadableKey."""
    try:
        tags = tags_of(text)
    except UnreadableTags as error:
        raise UnreadableKey(str(error)) from None
    if tags.get("v", "DKIM1") != "DKIM1" or "p" not in tags:
        raise UnreadableKey(text)
    material = re.sub(r"\s+", "", tags["p"])
    if not material:
        raise RevokedKey(text)
    kind = tags.get("k", "rsa").lower()
    return DkimKey(
        kind=kind,
        bits=_bits(kind, material),
        testing="y" in _words(tags.get("t", "")),
        for_mail=bool({"*", "email"} & _words(tags.get("s", "*"))),
        sha256="h" not in tags or "sha256" in _words(tags["h"]),
    )


def _bits(kind: str, material: str) -> int:
    try:
        raw = base64.b64decode(material, validate=True)
        if kind == "ed25519":
            Ed25519PublicKey.from_public_bytes(raw)
            return 256
        key = load_der_public_key(raw) if kind == "rsa" else None
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        raise UnreadableKey(material) from None
    if not isinstance(key, RSAPublicKey):
        raise UnreadableKey(material)
    return key.key_size


def _words(value: str) -> set[str]:
    return {word.strip().lower() for word in value.split(":")}
