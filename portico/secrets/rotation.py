"""Moving all secrets to the newest key of the ring, so that older keys can be removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet

from portico.accounts.second_factor.seeds import FIELDS
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
    """Encrypt with the newest key whatever an older one closed: secrets of workspaces, and the
    seeds of people's second factors.

    It is done in batches, each a transaction of its own: whoever is interrupted begins again and
    finds what was done, done. What cannot be opened is left as it is, and counted.
    """
    done = sum((_rotate(ids, at=at) for ids in _batches(_secrets())), Rotation())
    return sum((_rotate_seeds(ids) for ids in _batches(_seeds())), done)


def examine() -> Rotation:
    """What `rotate` would find. Changes nothing."""
    found = Rotation()
    for ids in _batches(_secrets()):
        for secret in _secrets().filter(id__in=ids):
            found += _look_at(secret.ciphertext)[0]
    for ids in _batches(_seeds()):
        for row in _seeds().filter(id__in=ids):
            found += _look_at(row.data[FIELDS[row.type]])[0]
    return found


def _secrets() -> QuerySet[Secret]:
    return Secret.objects.filter(forgotten_at__isnull=True)


def _seeds() -> QuerySet[Authenticator]:
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(type__in=FIELDS)
    return rows


def _batches(kept: QuerySet[Any]) -> Iterator[list[Any]]:
    """The ids of all that are kept, oldest first, a batch at a time."""
    last: object = None
    while True:
        rest = kept if last is None else kept.filter(id__gt=last)
        batch = list(rest.order_by("id").values_list("id", flat=True)[:BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1]


def _rotate(ids: list[Any], *, at: datetime) -> Rotation:
    done = Rotation()
    with transaction.atomic():
        # The lock keeps off whoever forgets one of them meanwhile: it must stay forgotten.
        for secret in _secrets().select_for_update().filter(id__in=ids).order_by("id"):
            found, anew = _look_at(secret.ciphertext)
            if anew is not None:
                secret.ciphertext, secret.sealed_at = anew, at
                secret.save(update_fields=["ciphertext", "sealed_at"])
            done += found
    return done


def _rotate_seeds(ids: list[Any]) -> Rotation:
    done = Rotation()
    with transaction.atomic():
        # Locked against who uses a code meanwhile: that it was used stands in the same column.
        for row in _seeds().select_for_update().filter(id__in=ids).order_by("id"):
            field = FIELDS[row.type]
            found, anew = _look_at(row.data[field])
            if anew is not None:
                row.data[field] = anew
                row.save(update_fields=["data"])
            done += found
    return done


def _look_at(sealed: str) -> tuple[Rotation, str | None]:
    try:
        anew = seal_anew(sealed)
    except SecretUnreadable:
        return Rotation(unreadable=1), None
    return (Rotation(newest=1), None) if anew is None else (Rotation(older=1), anew)
