"""Identifiers and secrets."""

from __future__ import annotations

import hashlib
import secrets
import uuid

from ulid import ULID

from portico.kernel.errors import NotFound


def new_id() -> uuid.UUID:
    """A new identifier: a ULID as a UUID, so that ids sort by the time they were made."""
    return ULID().to_uuid()


def id_in(text: str | None) -> uuid.UUID | None:
    """The identifier that an address names, None where it names none; raises `NotFound` for what
    is not one."""
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound from None


def new_secret(prefix: str = "") -> str:
    """A secret with 256 bits of randomness, URL-safe, with a prefix that names its kind."""
    return prefix + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored in place of a random secret: its SHA-256 in hex.

    Only for secrets made by `new_secret`. They have no structure to guess, so a slow hash would
    cost time and add nothing; passwords chosen by people go through argon2 instead.
    """
    return hashlib.sha256(secret.encode()).hexdigest()
