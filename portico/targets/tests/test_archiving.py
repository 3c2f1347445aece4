"""Archiving an app, restoring it, and which app is the web app."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from conftest import Cast
from portico.audit.services import Actor
from portico.kernel.errors import NotFound
from portico.targets.models import App, ReleaseTarget
from portico.targets.queries import (
    apps_of,
    target_of,
    target_of_key,
    targets_of,
    web_app_of,
    web_target_of,
)
from portico.targets.services import (
    archive_app,
    end_web_app,
    make_key,
    make_web_app,
    restore_app,
)
from portico.targets.services.errors import (
    AlreadyArchived,
    AlreadyWebApp,
    AppArchived,
    NotArchived,
    NotWebApp,
    WebAppChanged,
)
from portico.targets.tests.conftest import recorded
from portico.workspaces.models import Workspace
from tests.make import AT, actor, make_app


def test_the_keys_of_an_archived_app_stop_at_once_and_nothing_can_be_released_to_it(
    cast: Cast, app: App, production: ReleaseTarget
) -> None:
    by = actor(cast.admin)
    _key, secret = make_key(production, "Build server", by=by, at=AT)
    assert target_of_key(secret, cast.acme, at=AT) == production

    archive_app(cast.acme, app.id, by=by, at=AT)

    assert target_of_key(secret, cast.acme, at=AT) is None
    assert targets_of(cast.acme) == []
    with pytest.raises(NotFound):
        target_of(cast.acme, production.id)
    assert target_of(cast.acme, production.id, archived=True) == production
    assert list(apps_of(cast.acme)) == [app]


def test_a_restored_app_has_the_keys_that_were_not_revoked(
    cast: Cast, app: App, production: ReleaseTarget
) -> None:
    by = actor(cast.admin)
    _key, secret = make_key(production, "Build server", by=by, at=AT)
    archive_app(cast.acme, app.id, by=by, at=AT)

    restore_app(cast.acme, app.id, by=by, at=AT)

    assert target_of_key(secret, cast.acme, at=AT) == production
    assert len(targets_of(cast.acme)) == 2
    assert recorded("app.restored") == recorded("app.archived") == []


def test_no_key_is_made_for_an_archived_app(
    cast: Cast, app: App, production: ReleaseTarget
) -> None:
    archive_app(cast.acme, app.id, by=actor(cast.admin), at=AT)

    with pytest.raises(AppArchived):
        make_key(production, "Build server", by=actor(cast.admin), at=AT)


def test_neither_is_done_twice(cast: Cast, app: App) -> None:
    by = actor(cast.admin)
    with pytest.raises(NotArchived):
        restore_app(cast.acme, app.id, by=by, at=AT)

    archive_app(cast.acme, app.id, by=by, at=AT)

    with pytest.raises(AlreadyArchived):
        archive_app(cast.acme, app.id, by=by, at=AT)


def test_an_archived_web_app_leaves_the_workspace_without_one(cast: Cast) -> None:
    web = make_app(cast.acme, "web", is_web=True)

    archived = archive_app(cast.acme, web.id, by=actor(cast.admin), at=AT)
    restored = restore_app(cast.acme, web.id, by=actor(cast.admin), at=AT)

    assert not archived.is_web
    assert not restored.is_web
    assert web_target_of(cast.acme) is None
    assert recorded("app.archived") == [{"field": "web_app", "before": "Web", "after": ""}]


def test_the_database_keeps_an_archived_app_from_being_the_web_app(cast: Cast) -> None:
    web = make_app(cast.acme, is_web=True)

    with pytest.raises(IntegrityError, match="archived_app_is_not"), transaction.atomic():
        App.objects.filter(id=web.id).update(archived_at=AT)


def test_the_mark_moves_when_it_is_said_from_which_app(cast: Cast, app: App) -> None:
    web = make_app(cast.acme, "web", is_web=True)

    make_web_app(cast.acme, app.id, instead_of=web.id, by=actor(cast.admin), at=AT)

    assert web_app_of(cast.acme) == app
    web.refresh_from_db()
    assert (web.is_web, web.revision) == (False, 2)
    assert recorded("app.made_web") == [
        {"field": "web_app", "before": "Web", "after": "Pay-Android"}
    ]


@pytest.mark.parametrize("instead_of", [None, UUID(int=7)])
def test_the_mark_is_not_taken_from_an_app_that_nobody_decided_about(
    cast: Cast, app: App, instead_of: UUID | None
) -> None:
    web = make_app(cast.acme, "web", is_web=True)

    with pytest.raises(WebAppChanged) as refused:
        make_web_app(cast.acme, app.id, instead_of=instead_of, by=actor(cast.admin), at=AT)

    assert "“Web”" in str(refused.value)
    assert web_app_of(cast.acme) == web


def test_the_mark_is_neither_given_twice_nor_to_an_archived_app(cast: Cast, app: App) -> None:
    by = actor(cast.admin)
    web = make_app(cast.acme, "web", is_web=True)
    with pytest.raises(AlreadyWebApp):
        make_web_app(cast.acme, web.id, instead_of=web.id, by=by, at=AT)

    archive_app(cast.acme, app.id, by=by, at=AT)

    with pytest.raises(AppArchived):
        make_web_app(cast.acme, app.id, instead_of=web.id, by=by, at=AT)


def test_a_workspace_may_be_left_without_a_web_app(cast: Cast, app: App) -> None:
    by = actor(cast.admin)
    web = make_app(cast.acme, "web", is_web=True)

    end_web_app(cast.acme, web.id, by=by, at=AT)

    assert web_app_of(cast.acme) is None
    assert recorded("app.web_ended") == [{"field": "web_app", "before": "Web", "after": ""}]
    with pytest.raises(NotWebApp):
        end_web_app(cast.acme, app.id, by=by, at=AT)


Verb = Callable[[Workspace, UUID, Actor], object]
VERBS: dict[str, Verb] = {
    "archive": lambda workspace, app_id, by: archive_app(workspace, app_id, by=by, at=AT),
    "restore": lambda workspace, app_id, by: restore_app(workspace, app_id, by=by, at=AT),
    "make_web": lambda workspace, app_id, by: make_web_app(
        workspace, app_id, instead_of=None, by=by, at=AT
    ),
    "end_web": lambda workspace, app_id, by: end_web_app(workspace, app_id, by=by, at=AT),
}


@pytest.mark.parametrize("verb", VERBS)
def test_an_app_of_another_workspace_is_not_found(cast: Cast, app: App, verb: str) -> None:
    for app_id in (app.id, uuid4()):
        with pytest.raises(NotFound):
            VERBS[verb](cast.zenith, app_id, actor(cast.outsider))

    app.refresh_from_db()
    assert app.revision == 1
