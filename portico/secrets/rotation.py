"""Moving all secrets to the newest key of the ring, so that older keys can be removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from portico.secrets.errors import SecretUnreadable
from portico.secrets.models import Secret
from portico.secrets.sealing import seal_anew

BATCH = 200


@dataclass(frozen=True)
class Rotation:
    """How many secrets were on an older key (and are on the newest now, after `rotate`), how many
    were on the newest already, and how many no key of the ring opens."""

    older: int = 0
    newest: int = 0
    unreadable: int = 0

    def __add__(self, other: Rotation) -> Rotation:
        return Rotation(
            self.older + other.older,
            self.newest + other.newest,
            self.unreadable + other.unreadable,
        )


def rotate(*, at: datetime) -> Rotation:
    """Encrypt with the newest key whatever an older one closed.

    It is done in batches, each a transaction of its own: whoever is interrupted begins again and
    finds what was done, done. What cannot be opened is left as it is, and counted.
    """
    return sum((_rotate(batch, at=at) for batch in _batches()), Rotation())


def examine() -> Rotation:
    """What `rotate` would find. Changes nothing."""
    return sum((_examine(batch) for batch in _batches()), Rotation())


def _batches() -> Iterator[list[UUID]]:
    """The ids of all secrets that are kept, oldest first, a batch at a time."""
    kept = Secret.objects.filter(forgotten_at__isnull=True).order_by("id")
    last: UUID | None = None
    while True:
        rest = kept if last is None else kept.filter(id__gt=last)
        batch = list(rest.values_list("id", flat=True)[:BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1]


def _rotate(ids: list[UUID], *, at: datetime) -> Rotation:
    done = Rotation()
    with transaction.atomic():
        # The lock keeps off whoever forgets one of them meanwhile: it must stay forgotten.
        locked = Secret.objects.select_for_update().filter(id__in=ids, forgotten_at__isnull=True)
        for secret in locked.order_by("id"):
            found, anew = _look_at(secret)
            if anew is not None:
                secret.ciphertext, secret.sealed_at = anew, at
                secret.save(update_fields=["ciphertext", "sealed_at"])
            done += found
    return done


def _examine(ids: list[UUID]) -> Rotation:
    kept = Secret.objects.filter(id__in=ids, forgotten_at__isnull=True)
    return sum((_look_at(secret)[0] for secret in kept), Rotation())


def _look_at(secret: Secret) -> tuple[Rotation, str | None]:
    try:
        anew = seal_anew(secret.ciphertext)
    except SecretUnreadable:
        return Rotation(unreadable=1), None
    return (Rotation(newest=1), None) if anew is None else (Rotation(older=1), anew)
