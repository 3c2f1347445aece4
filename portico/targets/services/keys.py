"""Keys of targets: shown once, hashed at rest, rotated with an overlap, revoked at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower

from portico.audit.services import Actor, Change, named
from portico.kernel.errors import Invalid, InvalidFields
from portico.kernel.ids import digest, new_secret
from portico.targets.models import Environment, KeyState, ReleaseTarget, TargetKey
from portico.targets.notices import KeyEvent, tell_admins_of_key
from portico.targets.queries import keys_of, working
from portico.targets.rules import check_name, check_overlap
from portico.targets.services.errors import (
    AppArchived,
    KeyEnded,
    KeyNameTaken,
    KeyRevoked,
    KeyRotated,
    TooManyKeys,
)
from portico.targets.services.holding import locked_app, locked_key, record_key

MOST_KEYS: Final = 10
PREFIXES: Mapping[str, str] = {
    Environment.PRODUCTION: "pk_prod_",
    Environment.SANDBOX: "pk_sand_",
}
HINTED: Final = 4  # characters of the secret that are shown, of 43


def make_key(target: ReleaseTarget, name: str, *, by: Actor, at: datetime) -> tuple[TargetKey, str]:
    """A new key of a target, and the key itself: show it once, it cannot be read again.

    All admins are mailed about one for Production. Raises `NotFound`, `AppArchived`, `TooManyKeys`,
    or `InvalidFields`: also where a key of this name is there that does not end.
    """
    with transaction.atomic():
        target.app = locked_app(target.workspace, target.app_id)
        _refuse_archived(target)
        name = _free_name(target, name)
        _refuse_too_many(target, at=at)
        key, secret = _made(target, name, by=by, at=at)
        record_key("target_key.made", key, by=by, at=at)
        tell_admins_of_key(KeyEvent.MADE, key, by=by, at=at)
    return key, secret


def rotate_key(
    key: TargetKey, *, overlap: timedelta, by: Actor, at: datetime
) -> tuple[TargetKey, str]:
    """A key in the place of another, of the same name; show the second thing that is returned once.

    The old one works for `overlap` yet (nothing: it ends now), at most 30 days. Asked twice, it
    raises: one that was rotated cannot be rotated again. Raises `NotFound`, `AppArchived`,
    `OverlapRefused`, `KeyRevoked`, `KeyEnded`, `KeyRotated` or `TooManyKeys`.
    """
    check_overlap(overlap)
    with transaction.atomic():
        old = locked_key(key)
        target = old.target
        _refuse_archived(target)
        _refuse_over(old, at=at)
        if old.expires_at is not None:
            raise KeyRotated(key=old.name)
        if overlap:
            _refuse_too_many(target, at=at)
        old.expires_at = at + overlap
        old.save(update_fields=["expires_at"])
        made, secret = _made(target, old.name, by=by, at=at)
        hours = Change(field="overlap", before="", after=f"{overlap / timedelta(hours=1):g}")
        record_key("target_key.rotated", old, by=by, at=at, changes=[hours])
        tell_admins_of_key(KeyEvent.ROTATED, old, by=by, at=at)
    return made, secret


def revoke_key(key: TargetKey, *, by: Actor, at: datetime) -> TargetKey:
    """End a key at once: also one that was rotated and still works. It works with archived apps,
    too. Raises `NotFound`, `KeyRevoked` or `KeyEnded`."""
    with transaction.atomic():
        key = locked_key(key)
        _refuse_over(key, at=at)
        key.revoked_at = at
        key.save(update_fields=["revoked_at"])
        record_key("target_key.revoked", key, by=by, at=at)
        tell_admins_of_key(KeyEvent.REVOKED, key, by=by, at=at)
    return key


def _made(target: ReleaseTarget, name: str, *, by: Actor, at: datetime) -> tuple[TargetKey, str]:
    prefix = PREFIXES[target.environment]
    secret = new_secret(prefix)
    key = TargetKey.objects.create(
        target=target,
        name=name,
        digest=digest(secret),
        hint=secret[: len(prefix) + HINTED],
        created_at=at,
        created_by=named(by),
    )
    return key, secret


def _free_name(target: ReleaseTarget, name: str) -> str:
    try:
        name = check_name(name)
        lasting = keys_of([target]).filter(revoked_at=None, expires_at=None)
        if lasting.annotate(lower=Lower("name")).filter(lower=Lower(Value(name))).exists():
            raise KeyNameTaken(name=name)
    except Invalid as error:
        raise InvalidFields({"name": error}) from error
    return name


def _refuse_archived(target: ReleaseTarget) -> None:
    if target.app.archived_at:
        raise AppArchived(app=target.app.name)


def _refuse_too_many(target: ReleaseTarget, *, at: datetime) -> None:
    if working(keys_of([target]), at=at).count() >= MOST_KEYS:
        raise TooManyKeys(most=MOST_KEYS)


def _refuse_over(key: TargetKey, *, at: datetime) -> None:
    state = key.state(at=at)
    if state is KeyState.REVOKED:
        raise KeyRevoked(key=key.name)
    if state is KeyState.ENDED:
        raise KeyEnded(key=key.name)
