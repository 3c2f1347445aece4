"""Rotating a key: the old one works beside the new one for a while. And revoking."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conftest import Cast
from portico.kernel.errors import NotFound
from portico.targets.models import App, KeyState, ReleaseTarget, TargetKey
from portico.targets.queries import keys_of, target_of_key, working
from portico.targets.rules import OVERLAPS, OverlapRefused
from portico.targets.services import MOST_KEYS, archive_app, make_key, revoke_key, rotate_key
from portico.targets.services.errors import (
    AppArchived,
    KeyEnded,
    KeyRevoked,
    KeyRotated,
    TooManyKeys,
)
from portico.targets.tests.conftest import recorded
from tests.make import AT, actor

DAY = timedelta(days=1)


@pytest.mark.parametrize("overlap", OVERLAPS)
def test_both_keys_work_until_the_old_one_ends(
    cast: Cast, production: ReleaseTarget, overlap: timedelta
) -> None:
    by = actor(cast.admin)
    old, old_secret = make_key(production, "Build server", by=by, at=AT)

    new, new_secret = rotate_key(old, overlap=overlap, by=by, at=AT)

    assert (new.name, new.expires_at) == ("Build server", None)
    just_before, then = AT + overlap - timedelta(seconds=1), AT + overlap
    for at, expected in ((just_before, production if overlap else None), (then, None)):
        if at >= AT:
            assert target_of_key(old_secret, cast.acme, at=at) == expected
    assert target_of_key(new_secret, cast.acme, at=then) == production
    old.refresh_from_db()
    assert old.state(at=then) is KeyState.ENDED
    assert list(working(keys_of([production]), at=then)) == [new]


def test_what_was_rotated_and_for_how_long_is_recorded(
    cast: Cast, production: ReleaseTarget
) -> None:
    old, _secret = make_key(production, "Build server", by=actor(cast.admin), at=AT)

    rotate_key(old, overlap=7 * DAY, by=actor(cast.admin), at=AT)

    assert recorded("target_key.rotated") == [
        {"field": "target", "before": "", "after": "pay-android, production"},
        {"field": "overlap", "before": "", "after": "168"},
    ]


def test_a_request_that_comes_twice_makes_one_key(cast: Cast, production: ReleaseTarget) -> None:
    old, _secret = make_key(production, "Build server", by=actor(cast.admin), at=AT)
    rotate_key(old, overlap=DAY, by=actor(cast.admin), at=AT)

    with pytest.raises(KeyRotated):
        rotate_key(old, overlap=DAY, by=actor(cast.admin), at=AT)

    assert TargetKey.objects.count() == 2


def test_a_rotated_key_can_be_ended_at_once(cast: Cast, production: ReleaseTarget) -> None:
    by = actor(cast.admin)
    old, secret = make_key(production, "Build server", by=by, at=AT)
    rotate_key(old, overlap=DAY, by=by, at=AT)

    revoke_key(old, by=by, at=AT + timedelta(hours=1))

    assert target_of_key(secret, cast.acme, at=AT + timedelta(hours=1)) is None
    old.refresh_from_db()
    assert old.state(at=AT + timedelta(hours=1)) is KeyState.REVOKED


def test_what_works_no_longer_is_neither_rotated_nor_revoked(
    cast: Cast, production: ReleaseTarget
) -> None:
    by = actor(cast.admin)
    ended, _secret = make_key(production, "Ended", by=by, at=AT)
    rotate_key(ended, overlap=timedelta(0), by=by, at=AT)
    revoked, _secret = make_key(production, "Revoked", by=by, at=AT)
    revoke_key(revoked, by=by, at=AT)

    with pytest.raises(KeyEnded):
        rotate_key(ended, overlap=DAY, by=by, at=AT)
    with pytest.raises(KeyEnded):
        revoke_key(ended, by=by, at=AT)
    with pytest.raises(KeyRevoked):
        rotate_key(revoked, overlap=DAY, by=by, at=AT)
    with pytest.raises(KeyRevoked):
        revoke_key(revoked, by=by, at=AT)


def test_an_overlap_beyond_thirty_days_is_refused(cast: Cast, production: ReleaseTarget) -> None:
    old, _secret = make_key(production, "Build server", by=actor(cast.admin), at=AT)

    with pytest.raises(OverlapRefused):
        rotate_key(old, overlap=31 * DAY, by=actor(cast.admin), at=AT)

    old.refresh_from_db()
    assert old.expires_at is None


def test_a_full_target_takes_a_new_key_only_in_the_place_of_one_that_ends_now(
    cast: Cast, production: ReleaseTarget
) -> None:
    by = actor(cast.admin)
    old, *_others = [make_key(production, f"Key {n}", by=by, at=AT)[0] for n in range(MOST_KEYS)]

    with pytest.raises(TooManyKeys):
        rotate_key(old, overlap=DAY, by=by, at=AT)
    rotate_key(old, overlap=timedelta(0), by=by, at=AT)

    assert working(keys_of([production]), at=AT).count() == MOST_KEYS


def test_keys_of_an_archived_app_are_revoked_but_not_rotated(
    cast: Cast, app: App, production: ReleaseTarget
) -> None:
    by = actor(cast.admin)
    key, _secret = make_key(production, "Build server", by=by, at=AT)
    archive_app(cast.acme, app.id, by=by, at=AT)

    with pytest.raises(AppArchived):
        rotate_key(key, overlap=DAY, by=by, at=AT)
    revoke_key(key, by=by, at=AT)

    assert recorded("target_key.revoked") == [
        {"field": "target", "before": "", "after": "pay-android, production"}
    ]


def test_a_key_that_is_gone_is_not_found(cast: Cast, production: ReleaseTarget) -> None:
    key, _secret = make_key(production, "Build server", by=actor(cast.admin), at=AT)
    TargetKey.objects.filter(id=key.id).delete()

    with pytest.raises(NotFound):
        revoke_key(key, by=actor(cast.admin), at=AT)
    with pytest.raises(NotFound):
        rotate_key(key, overlap=DAY, by=actor(cast.admin), at=AT)
