"""What app and recovery codes are derived from, kept closed.

A seed is sealed for one person and one use, so that a row which was copied to somebody else opens
nothing there. Sealing itself is done above, with the key ring; `portico.config` hands it in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Use(StrEnum):
    """What a seed is for."""

    APP = "second-factor.app"
    APP_BEING_ADDED = "second-factor.app-being-added"
    RECOVERY_CODES = "second-factor.recovery-codes"


# Where it stands in the `data` of an `Authenticator`, under the names that django-allauth uses.
FIELDS = {"totp": "secret", "recovery_codes": "seed"}

Turn = Callable[[str, UUID, str], str]


@dataclass(frozen=True)
class Seals:
    """How to seal a text for a person and a use, and how to open it again for the same."""

    seal: Turn
    unseal: Turn


_seals: Seals | None = None


def keep_seeds_with(seals: Seals) -> None:
    """Have seeds sealed with these; called by `portico.config` at start."""
    global _seals  # noqa: PLW0603 - set once at start
    _seals = seals


def seal_seed(seed: str, person_id: UUID, use: Use) -> str:
    """The seed, closed."""
    return _known().seal(seed, person_id, use)


def open_seed(sealed: str, person_id: UUID, use: Use) -> str:
    """The seed that was sealed for this person and use. Never show, log or store it, but for the
    one page on which an app is added."""
    return _known().unseal(sealed, person_id, use)


def _known() -> Seals:
    if _seals is None:
        raise RuntimeError("Nothing to seal seeds with: portico.config has not wired it.")
    return _seals
