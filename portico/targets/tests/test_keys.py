"""Making keys, and finding the target that one opens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.kernel.errors import InvalidFields
from portico.kernel.ids import digest
from portico.targets.models import Environment, ReleaseTarget, TargetKey
from portico.targets.queries import SEEN_EVERY, target_of_key
from portico.targets.services import MOST_KEYS, make_key, revoke_key
from portico.targets.services.errors import TooManyKeys
from portico.targets.tests.conftest import recorded
from tests.make import AT, actor


@pytest.mark.parametrize(
    ("environment", "prefix"), [("production", "pk_prod_"), ("sandbox", "pk_sand_")]
)
def test_a_key_says_what_it_is_and_is_kept_as_a_digest(
    cast: Cast, production: ReleaseTarget, environment: str, prefix: str
) -> None:
    target = production.app.targets.get(environment=environment)

    key, secret = make_key(target, " Build  server ", by=actor(cast.admin), at=AT)

    assert secret.startswith(prefix)
    assert len(secret) == len(prefix) + 43  # 256 bits, in base64
    kept = TargetKey.objects.get(id=key.id)
    assert (kept.name, kept.digest) == ("Build server", digest(secret))
    assert kept.hint == secret[: len(prefix) + 4]
    assert kept.created_by_id == cast.admin.person_id
    assert secret not in repr([vars(kept), str(kept)])


def test_no_two_keys_are_alike(cast: Cast, production: ReleaseTarget) -> None:
    by = actor(cast.admin)

    secrets = {make_key(production, f"Key {n}", by=by, at=AT)[1] for n in range(MOST_KEYS)}

    assert len(secrets) == MOST_KEYS


def test_that_a_key_was_made_is_recorded_without_the_key(
    cast: Cast, production: ReleaseTarget
) -> None:
    _key, secret = make_key(production, "Build server", by=actor(cast.admin), at=AT)

    changes = recorded("target_key.made")
    assert changes == [{"field": "target", "before": "", "after": "pay-android, production"}]
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(a::text, ' ') FROM audit_auditentry a")
        assert secret not in cursor.fetchone()[0]


def test_a_target_has_ten_working_keys_and_no_more(cast: Cast, production: ReleaseTarget) -> None:
    by = actor(cast.admin)
    first, *_others = [make_key(production, f"Key {n}", by=by, at=AT)[0] for n in range(MOST_KEYS)]

    with pytest.raises(TooManyKeys):
        make_key(production, "One more", by=by, at=AT)
    revoke_key(first, by=by, at=AT)

    make_key(production, "One more", by=by, at=AT)


@pytest.mark.parametrize(
    ("name", "because"),
    [
        ("", "name_out_of_bounds"),
        ("x" * 101, "name_out_of_bounds"),
        ("\u202e!", "unreadable_name"),
        ("BUILD server", "key_name_taken"),
    ],
)
def test_a_name_is_readable_and_not_taken(
    cast: Cast, production: ReleaseTarget, name: str, because: str
) -> None:
    make_key(production, "Build server", by=actor(cast.admin), at=AT)

    with pytest.raises(InvalidFields) as refused:
        make_key(production, name, by=actor(cast.admin), at=AT)

    assert refused.value.errors["name"].code == because
    assert TargetKey.objects.count() == 1


def test_a_name_is_free_again_once_its_key_is_revoked(
    cast: Cast, production: ReleaseTarget
) -> None:
    by = actor(cast.admin)
    key, _secret = make_key(production, "Build server", by=by, at=AT)
    revoke_key(key, by=by, at=AT)

    make_key(production, "Build server", by=by, at=AT)

    assert TargetKey.objects.count() == 2


def test_a_key_opens_its_target_in_one_query(cast: Cast, production: ReleaseTarget) -> None:
    _key, secret = make_key(production, "Build server", by=actor(cast.admin), at=AT)
    target_of_key(secret, cast.acme, at=AT)  # notes that it was used

    with CaptureQueriesContext(connection) as asked:
        found = target_of_key(secret, cast.acme, at=AT + timedelta(minutes=1))
        assert found is not None
        assert (found.app.code, found.workspace.slug) == ("pay-android", "acme")

    assert len(asked) == 1
    assert (found, found.environment) == (production, Environment.PRODUCTION)


def test_that_a_key_is_used_is_noted_now_and_then(cast: Cast, production: ReleaseTarget) -> None:
    key, secret = make_key(production, "Build server", by=actor(cast.admin), at=AT)

    def used(*, at: timedelta) -> timedelta | None:
        target_of_key(secret, cast.acme, at=AT + at)
        key.refresh_from_db()
        return key.last_used_at - AT if key.last_used_at else None

    assert used(at=timedelta(seconds=1)) == timedelta(seconds=1)
    assert used(at=SEEN_EVERY) == timedelta(seconds=1)
    assert used(at=2 * SEEN_EVERY) == 2 * SEEN_EVERY


def test_a_key_opens_nothing_in_another_workspace(cast: Cast, production: ReleaseTarget) -> None:
    key, secret = make_key(production, "Build server", by=actor(cast.admin), at=AT)

    assert target_of_key(secret, cast.zenith, at=AT) is None

    key.refresh_from_db()
    assert key.last_used_at is None


@pytest.mark.parametrize("change", ["", "x", "prefix", "case"])
def test_what_is_not_the_key_opens_nothing(
    cast: Cast, production: ReleaseTarget, change: str
) -> None:
    _key, secret = make_key(production, "Build server", by=actor(cast.admin), at=AT)
    others = {
        "": "",
        "x": f"{secret}x",
        "prefix": secret.replace("pk_prod_", "pk_sand_"),
        "case": secret.swapcase(),
    }

    assert target_of_key(others[change], cast.acme, at=AT) is None


def test_a_revoked_key_opens_nothing(cast: Cast, production: ReleaseTarget) -> None:
    key, secret = make_key(production, "Build server", by=actor(cast.admin), at=AT)

    revoke_key(key, by=actor(cast.admin), at=AT)

    assert target_of_key(secret, cast.acme, at=AT) is None
