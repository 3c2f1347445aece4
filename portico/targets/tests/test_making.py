"""Making an app."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.kernel.errors import InvalidFields
from portico.targets.models import App, Environment, ReleaseTarget
from portico.targets.queries import targets_of, web_target_of
from portico.targets.services import Wanted, make_app
from portico.targets.tests.conftest import recorded
from tests import make
from tests.make import AT, actor

WANTED = Wanted("Acme Pay for Android", "pay-android")


def test_an_app_comes_with_both_of_its_targets(cast: Cast) -> None:
    app = make_app(cast.acme, WANTED, by=actor(cast.admin), at=AT)

    assert [(one.app_id, one.environment) for one in targets_of(cast.acme)] == [
        (app.id, Environment.PRODUCTION),
        (app.id, Environment.SANDBOX),
    ]
    assert (app.created_by_id, app.revision) == (cast.admin.person_id, 1)


def test_that_it_was_made_is_recorded(cast: Cast) -> None:
    app = make_app(cast.acme, WANTED, by=actor(cast.admin), at=AT)

    entry = AuditEntry.objects.get(action="app.made")
    assert (entry.workspace_id, entry.subject_id) == (cast.acme.id, str(app.id))
    assert {change["field"]: change["after"] for change in recorded("app.made")} == {
        "name": "Acme Pay for Android",
        "app_code": "pay-android",
    }


def test_a_code_is_taken_once_in_a_workspace_and_again_in_another(cast: Cast) -> None:
    make.make_app(cast.acme, "pay-android")

    with pytest.raises(InvalidFields) as refused:
        make_app(cast.acme, WANTED, by=actor(cast.admin), at=AT)
    make_app(cast.zenith, WANTED, by=actor(cast.outsider), at=AT)

    assert refused.value.errors["code"].code == "app_code_taken"
    assert "“Pay-Android”" in str(refused.value)
    assert App.objects.filter(code="pay-android").count() == 2


def test_a_second_web_app_is_refused_and_told_which_one_it_is(cast: Cast) -> None:
    make.make_app(cast.acme, "first-web", is_web=True)

    with pytest.raises(InvalidFields) as refused:
        make_app(cast.acme, Wanted("Web", "web", is_web=True), by=actor(cast.admin), at=AT)

    assert refused.value.errors["is_web"].code == "web_app_taken"
    assert "“First-Web” (first-web)" in str(refused.value)
    assert not App.objects.filter(code="web").exists()


def test_the_database_knows_one_web_app_and_one_target_for_an_environment(cast: Cast) -> None:
    app = make.make_app(cast.acme, is_web=True)

    with pytest.raises(IntegrityError, match="a_workspace_has_one_web_app"), transaction.atomic():
        make.make_app(cast.acme, is_web=True)
    with pytest.raises(IntegrityError, match="an_app_has_a_target_once"), transaction.atomic():
        ReleaseTarget.objects.create(workspace=cast.acme, app=app, environment="sandbox")


def test_all_that_is_wrong_is_said_at_once(cast: Cast) -> None:
    wanted = Wanted("", "No Code", icon="0" * 64)

    with pytest.raises(InvalidFields) as refused:
        make_app(cast.acme, wanted, by=actor(cast.admin), at=AT)

    assert {field: error.code for field, error in refused.value.errors.items()} == {
        "name": "name_out_of_bounds",
        "code": "unusable_app_code",
        "icon": "no_such_picture",
    }


def test_the_web_target_is_that_of_the_web_app(cast: Cast) -> None:
    assert web_target_of(cast.acme) is None

    app = make_app(cast.acme, Wanted("Web", "web", is_web=True), by=actor(cast.admin), at=AT)

    found = web_target_of(cast.acme)
    assert found is not None
    assert (found.app_id, found.is_production) == (app.id, True)
    other = web_target_of(cast.acme, Environment.SANDBOX)
    assert other is not None
    assert other.environment == Environment.SANDBOX
    assert web_target_of(cast.zenith) is None
