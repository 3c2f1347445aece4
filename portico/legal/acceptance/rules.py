"""What a member must accept, decided from plain facts.

A version of the Terms of Service or the Privacy Policy that is material asks everybody. The first
version of a kind is material by nature, whatever it is called: before it there was nothing. Whoever
accepted it, or any version after it, is not asked. A correction asks nobody; but who is asked
anyway accepts the text that counts today, the newest in force, corrections included.

Versions are ordered by the moment from which they count, then by number. Withdrawn ones are none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

# By the values of `LegalKind`: these are agreed to, the Cookie Notice is only told.
AGREED = ("terms-of-service", "privacy-policy")
COOKIES = "cookie-notice"


@dataclass(frozen=True)
class Published:
    """A version that was not withdrawn, and whether the member in question accepted it."""

    id: UUID
    kind: str
    number: int
    material: bool
    effective_at: datetime
    accepted: bool = False

    @property
    def order(self) -> tuple[datetime, int]:
        """What comes later counts instead of what came before."""
        return (self.effective_at, self.number)


@dataclass(frozen=True)
class Asked:
    """What a member has not accepted: `now` closes the gate, `soon` is announced. One a kind."""

    now: tuple[Published, ...] = ()
    soon: tuple[Published, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.now or self.soon)


NOTHING = Asked()


def asked_of(versions: Iterable[Published], *, exempt: bool, at: datetime) -> Asked:
    """What a member is asked to accept; nothing of who is exempt."""
    known = list(versions)
    if exempt or not known:
        return NOTHING
    by_kind = {kind: [one for one in known if one.kind == kind] for kind in AGREED}
    now = [_asked_now(kind, of_kind, at=at) for kind, of_kind in by_kind.items()]
    soon = [_asked_soon(of_kind, at=at) for of_kind in by_kind.values()]
    return Asked(
        now=tuple(one for one in now if one is not None),
        soon=tuple(one for one in soon if one is not None),
    )


def in_force(versions: Iterable[Published], kind: str, *, at: datetime) -> Published | None:
    """The version of a kind that counts at a moment."""
    begun = [one for one in versions if one.kind == kind and one.effective_at <= at]
    return max(begun, key=lambda one: one.order, default=None)


def required(versions: Iterable[Published], kind: str, *, at: datetime) -> Published | None:
    """The newest version of a kind in force that asks everybody."""
    of_kind = [one for one in versions if one.kind == kind]
    asking = [one for one in _asking(of_kind) if one.effective_at <= at]
    return max(asking, key=lambda one: one.order, default=None)


def asks(version: Published, versions: Iterable[Published]) -> bool:
    """Whether this version, being one of these, asks everybody to accept it."""
    return version in _asking([one for one in versions if one.kind == version.kind])


def covering(version: Published, versions: Iterable[Published]) -> tuple[Published, ...]:
    """The versions by which a member has accepted this one: itself and all after it."""
    return tuple(one for one in versions if one.kind == version.kind and one.order >= version.order)


def _asked_now(kind: str, of_kind: list[Published], *, at: datetime) -> Published | None:
    needed = required(of_kind, kind, at=at)
    if needed is None or _is_accepted(needed, of_kind):
        return None
    return in_force(of_kind, kind, at=at)


def _asked_soon(of_kind: list[Published], *, at: datetime) -> Published | None:
    """The next one to come; the one after it is announced once this one is answered."""
    coming = [
        one for one in _asking(of_kind) if one.effective_at > at and not _is_accepted(one, of_kind)
    ]
    return min(coming, key=lambda one: one.order, default=None)


def _asking(of_kind: list[Published]) -> list[Published]:
    first = min(of_kind, key=lambda one: one.order, default=None)
    return [one for one in of_kind if one.material or one is first]


def _is_accepted(version: Published, versions: Iterable[Published]) -> bool:
    return any(one.accepted for one in covering(version, versions))
