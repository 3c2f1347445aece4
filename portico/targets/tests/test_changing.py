"""Changing an app: nobody's change is lost."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from conftest import Cast
from portico.kernel.errors import InvalidFields, NotFound
from portico.targets.models import App
from portico.targets.services import Wanted, archive_app, change_app
from portico.targets.services.errors import AppArchived, AppChanged
from portico.targets.tests.conftest import recorded
from tests.make import AT, actor, make_app

WANTED = Wanted("Acme Pay 2", "pay-2")


def test_a_change_is_kept_and_recorded(cast: Cast, app: App) -> None:
    changed = change_app(cast.acme, app.id, WANTED, based_on=1, by=actor(cast.admin), at=AT)

    app.refresh_from_db()
    assert (app.name, app.code, app.revision) == ("Acme Pay 2", "pay-2", 2)
    assert changed.revision == 2
    assert recorded("app.changed") == [
        {"field": "name", "before": "Pay-Android", "after": "Acme Pay 2"},
        {"field": "app_code", "before": "pay-android", "after": "pay-2"},
    ]


def test_a_stale_write_is_refused_with_what_is_there_now(cast: Cast, app: App) -> None:
    by = actor(cast.admin)
    change_app(cast.acme, app.id, WANTED, based_on=1, by=by, at=AT)

    with pytest.raises(AppChanged) as refused:
        change_app(cast.acme, app.id, Wanted("Mine", "mine"), based_on=1, by=by, at=AT)

    assert "“Acme Pay 2”" in str(refused.value)
    assert "“pay-2”" in str(refused.value)
    assert App.objects.get(id=app.id).name == "Acme Pay 2"


def test_it_may_keep_its_own_code_and_not_take_that_of_another(cast: Cast, app: App) -> None:
    by = actor(cast.admin)
    make_app(cast.acme, "taken")

    change_app(cast.acme, app.id, Wanted("New", "pay-android"), based_on=1, by=by, at=AT)
    with pytest.raises(InvalidFields) as refused:
        change_app(cast.acme, app.id, Wanted("New", "taken"), based_on=2, by=by, at=AT)

    assert refused.value.errors["code"].code == "app_code_taken"


def test_an_app_of_another_workspace_and_one_that_is_not_there_are_not_found(
    cast: Cast, app: App
) -> None:
    by = actor(cast.outsider)
    for app_id in (app.id, uuid4()):
        with pytest.raises(NotFound):
            change_app(cast.zenith, app_id, WANTED, based_on=1, by=by, at=AT)


def test_an_archived_app_is_not_changed(cast: Cast, app: App) -> None:
    archive_app(cast.acme, app.id, by=actor(cast.admin), at=AT)

    with pytest.raises(AppArchived):
        change_app(cast.acme, app.id, WANTED, based_on=2, by=actor(cast.admin), at=AT)


def test_the_page_keeps_what_was_typed_shows_what_is_different_and_saves_on_top(
    cast: Cast, app: App, browse: object
) -> None:
    client: Client = browse(cast.acme, cast.admin)  # type: ignore[operator]
    change_app(cast.acme, app.id, WANTED, based_on=1, by=actor(cast.admin), at=AT)
    address = f"/console/apps/{app.id}/edit/"

    stale = client.post(address, {"name": "Mine", "code": "pay-android", "based_on": 1})

    assert stale.status_code == 409
    page = stale.content.decode()
    assert 'value="Mine"' in page
    assert "Acme Pay 2" in page
    assert '<input type="hidden" name="based_on" value="2">' in page

    saved = client.post(address, {"name": "Mine", "code": "pay-android", "based_on": 2})

    assert saved.status_code == 302
    assert App.objects.get(id=app.id).name == "Mine"


@pytest.mark.parametrize("based_on", ["", "x", "²", "9" * 30])
def test_a_form_without_a_readable_revision_is_stale(
    cast: Cast, app: App, browse: object, based_on: str
) -> None:
    client: Client = browse(cast.acme, cast.admin)  # type: ignore[operator]

    answer = client.post(
        f"/console/apps/{app.id}/edit/", {"name": "Mine", "code": "mine", "based_on": based_on}
    )

    assert answer.status_code == 409
    assert App.objects.get(id=app.id).revision == 1
