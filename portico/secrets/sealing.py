"""Closing secrets with the key ring, and opening them again for what they were given for.

Everything that is sealed says inside the encryption what it is for. Opening it needs the same, so
a sealed text is worth nothing in another place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import TypeAlias

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from portico.secrets.errors import SecretNotBound, SecretUnreadable

Facts: TypeAlias = Mapping[str, str | int]


@dataclass(frozen=True)
class Binding:
    """What a secret is for: `equal` facts must be the same when it is asked for; those in
    `at_least` may have grown, never shrunk."""

    equal: Facts
    at_least: Mapping[str, int] = field(default_factory=dict)

    def allows(self, asked: Binding) -> bool:
        """Whether what was given for this may be used for what is asked."""
        return (
            dict(self.equal) == dict(asked.equal)
            and self.at_least.keys() == asked.at_least.keys()
            and all(asked.at_least[name] >= least for name, least in self.at_least.items())
        )


def seal(plain: str, binding: Binding) -> str:
    """This text, closed with the newest key, for this use alone."""
    content = {
        "equal": dict(binding.equal),
        "at_least": dict(binding.at_least),
        "secret": plain,
    }
    return _ring().encrypt(json.dumps(content).encode()).decode()


def unseal(sealed: str, binding: Binding, *, lasts: timedelta | None = None) -> str:
    """What was sealed. Raises `SecretNotBound`, or `SecretUnreadable`, also where it was sealed
    longer ago than `lasts`."""
    ttl = None if lasts is None else int(lasts.total_seconds())
    try:
        content = json.loads(_ring().decrypt(sealed, ttl=ttl))
    except (InvalidToken, TypeError):
        raise SecretUnreadable from None
    if not Binding(content["equal"], content["at_least"]).allows(binding):
        raise SecretNotBound
    return str(content["secret"])


def seal_anew(sealed: str) -> str | None:
    """The same, closed with the newest key; None where it is so already.

    Raises `SecretUnreadable` where no key of the ring opens it.
    """
    try:
        if _opens(_newest(), sealed):
            return None
        return _ring().rotate(sealed).decode()
    except (InvalidToken, TypeError):
        raise SecretUnreadable from None


def _opens(key: Fernet, sealed: str) -> bool:
    try:
        key.decrypt(sealed)
    except InvalidToken:
        return False
    return True


def _newest() -> Fernet:
    return Fernet(settings.PORTICO_KEY_RING[0])


def _ring() -> MultiFernet:
    return _ring_of(tuple(settings.PORTICO_KEY_RING))


@lru_cache(maxsize=4)
def _ring_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
