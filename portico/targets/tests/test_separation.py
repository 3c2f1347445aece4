"""Nothing of a Sandbox target reads or changes Production: a test for each verb."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from conftest import Cast
from portico.kernel.errors import NotFound
from portico.kernel.ids import digest
from portico.targets.models import App, Environment, ReleaseTarget, TargetKey
from portico.targets.queries import key_of, target_of_key
from portico.targets.separation import WrongEnvironment, check_target, require_environment
from portico.targets.services import make_key, revoke_key, rotate_key
from portico.targets.tests.conftest import target
from tests.make import AT, actor, make_app

OTHER = {"sandbox": "production", "production": "sandbox"}
ENVIRONMENTS = ("sandbox", "production")


@pytest.fixture
def keys(
    cast: Cast, production: ReleaseTarget, sandbox: ReleaseTarget
) -> dict[str, tuple[TargetKey, str]]:
    """A key of each environment."""
    return {
        one.environment: make_key(one, "Build server", by=actor(cast.admin), at=AT)
        for one in (production, sandbox)
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_key_resolves_to_its_own_target_alone(
    cast: Cast, keys: dict[str, tuple[TargetKey, str]], environment: str
) -> None:
    found = target_of_key(keys[environment][1], cast.acme, at=AT)

    assert found is not None
    assert found.environment == environment


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_key_that_asks_for_the_other_environment_is_refused_in_words(
    cast: Cast, keys: dict[str, tuple[TargetKey, str]], environment: str
) -> None:
    found = target_of_key(keys[environment][1], cast.acme, at=AT)
    assert found is not None

    require_environment(found, Environment(environment))
    with pytest.raises(WrongEnvironment) as refused:
        require_environment(found, Environment(OTHER[environment]))

    assert refused.value.code == "wrong_environment"
    assert str(refused.value).startswith(
        f"This key belongs to “Pay-Android” in the environment {environment.title()}."
    )
    assert f"environment {OTHER[environment].title()}." in str(refused.value)


def test_a_key_reaches_no_target_but_its_own(
    cast: Cast, production: ReleaseTarget, sandbox: ReleaseTarget
) -> None:
    of_other_app = target(make_app(cast.acme), Environment.SANDBOX)
    of_other_workspace = target(make_app(cast.zenith), Environment.SANDBOX)

    check_target(sandbox, sandbox)
    with pytest.raises(WrongEnvironment):
        check_target(sandbox, production)
    for other in (of_other_app, of_other_workspace):
        with pytest.raises(NotFound):
            check_target(sandbox, other)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_key_is_not_found_through_the_other_target(
    keys: dict[str, tuple[TargetKey, str]],
    production: ReleaseTarget,
    sandbox: ReleaseTarget,
    environment: str,
) -> None:
    targets = {"production": production, "sandbox": sandbox}
    key, _secret = keys[environment]

    assert key_of(targets[environment], key.id) == key
    with pytest.raises(NotFound):
        key_of(targets[OTHER[environment]], key.id)


def test_what_is_done_with_a_sandbox_key_leaves_production_as_it_is(
    cast: Cast, keys: dict[str, tuple[TargetKey, str]], production: ReleaseTarget
) -> None:
    by = actor(cast.admin)
    before = list(TargetKey.objects.filter(target=production).values())

    rotated, _secret = rotate_key(keys["sandbox"][0], overlap=timedelta(days=1), by=by, at=AT)
    revoke_key(rotated, by=by, at=AT)

    assert list(TargetKey.objects.filter(target=production).values()) == before
    assert target_of_key(keys["production"][1], cast.acme, at=AT) == production


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_limit_and_the_names_of_one_target_are_not_those_of_the_other(
    cast: Cast, app: App, environment: str
) -> None:
    by = actor(cast.admin)
    full, other = (
        target(app, Environment(environment)),
        target(app, Environment(OTHER[environment])),
    )
    for number in range(10):
        make_key(full, f"Key {number}", by=by, at=AT)

    key, _secret = make_key(other, "Key 0", by=by, at=AT)

    assert key.target == other


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("verb", ["rotate", "revoke"])
def test_a_page_of_one_target_does_nothing_with_a_key_of_the_other(
    cast: Cast,
    app: App,
    keys: dict[str, tuple[TargetKey, str]],
    browse: Callable[..., Client],
    environment: str,
    verb: str,
) -> None:
    key, _secret = keys[environment]
    address = f"/console/apps/{app.id}/{OTHER[environment]}/keys/{key.id}/{verb}/"

    answer = browse(cast.acme, cast.admin).post(address, {"overlap": 0})

    assert answer.status_code == 404
    key.refresh_from_db()
    assert (key.revoked_at, key.expires_at) == (None, None)
    assert TargetKey.objects.count() == 2


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("verb", ["rotate", "revoke"])
def test_an_operation_on_one_target_does_nothing_with_a_key_of_the_other(
    cast: Cast,
    keys: dict[str, tuple[TargetKey, str]],
    call: Callable[..., Client],
    environment: str,
    verb: str,
) -> None:
    key, _secret = keys[environment]
    address = f"/api/v1/apps/pay-android/targets/{OTHER[environment]}/keys/{key.id}/{verb}"

    answer = call(cast.acme, cast.admin).post(
        address, {"overlap_hours": 0}, content_type="application/json"
    )

    assert answer.status_code == 404
    key.refresh_from_db()
    assert (key.revoked_at, key.expires_at) == (None, None)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_target_lists_and_makes_keys_of_its_own(
    cast: Cast,
    keys: dict[str, tuple[TargetKey, str]],
    call: Callable[..., Client],
    environment: str,
) -> None:
    api = call(cast.acme, cast.admin)
    address = f"/api/v1/apps/pay-android/targets/{environment}/keys"

    made = api.post(address, {"name": "Another"}, content_type="application/json").json()
    listed = api.get(address).json()["items"]

    assert [one["id"] for one in listed] == [made["id"], str(keys[environment][0].id)]
    kept = TargetKey.objects.get(digest=digest(made["secret"]))
    assert kept.target.environment == environment


def test_there_is_no_third_environment(
    cast: Cast, app: App, browse: Callable[..., Client], call: Callable[..., Client]
) -> None:
    page = browse(cast.acme, cast.admin).get(f"/console/apps/{app.id}/staging/keys/new/")
    answer = call(cast.acme, cast.admin).get("/api/v1/apps/pay-android/targets/staging/keys")

    assert (page.status_code, answer.status_code) == (404, 404)
