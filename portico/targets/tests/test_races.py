"""Two at once: one web app, ten keys, one key in the place of another."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from conftest import make_cast
from portico.kernel.errors import DomainError
from portico.targets.models import App, Environment, TargetKey
from portico.targets.queries import keys_of, working
from portico.targets.services import (
    MOST_KEYS,
    Wanted,
    archive_app,
    make_app,
    make_key,
    make_web_app,
    rotate_key,
)
from portico.targets.tests.conftest import target
from tests import make
from tests.make import AT, actor

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*verbs: Callable[[], object]) -> list[str]:
    """Do these at the same time; says of each `done`, or the code of why not."""
    barrier = Barrier(len(verbs))

    def run(verb: Callable[[], object]) -> str:
        try:
            barrier.wait(timeout=30)
            verb()
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(verbs)) as pool:
        return sorted(pool.map(run, verbs))


def test_two_admins_and_one_of_everything() -> None:
    cast = make_cast()
    by = actor(cast.admin)
    first, second = make.make_app(cast.acme, "first"), make.make_app(cast.acme, "second")
    production, sandbox = target(first, Environment.PRODUCTION), target(first, Environment.SANDBOX)
    key, _secret = make_key(production, "Build server", by=by, at=AT)
    for number in range(MOST_KEYS - 1):
        make_key(sandbox, f"Key {number}", by=by, at=AT)

    codes = at_once(
        lambda: make_app(cast.acme, Wanted("One", "same"), by=by, at=AT),
        lambda: make_app(cast.acme, Wanted("Two", "same"), by=by, at=AT),
    )
    marks = at_once(
        lambda: make_web_app(cast.acme, first.id, instead_of=None, by=by, at=AT),
        lambda: make_web_app(cast.acme, second.id, instead_of=None, by=by, at=AT),
    )
    tenths = at_once(
        lambda: make_key(sandbox, "Tenth", by=by, at=AT),
        lambda: make_key(sandbox, "Tenth, too", by=by, at=AT),
    )
    rotations = at_once(
        lambda: rotate_key(key, overlap=timedelta(days=1), by=by, at=AT),
        lambda: rotate_key(key, overlap=timedelta(days=1), by=by, at=AT),
    )

    assert codes == ["done", "invalid_fields"]
    assert marks == ["done", "web_app_changed"]
    assert tenths == ["done", "too_many_keys"]
    assert rotations == ["done", "key_rotated"]
    assert App.objects.filter(workspace=cast.acme, is_web=True).count() == 1
    assert working(keys_of([sandbox]), at=AT).count() == MOST_KEYS


def test_no_key_is_made_while_its_app_is_being_archived() -> None:
    cast = make_cast()
    by = actor(cast.admin)
    app = make.make_app(cast.acme)
    production = target(app, Environment.PRODUCTION)

    answers = at_once(
        lambda: archive_app(cast.acme, app.id, by=by, at=AT),
        lambda: make_key(production, "Build server", by=by, at=AT),
    )

    app.refresh_from_db()
    assert app.archived_at == AT
    assert answers in (["done", "done"], ["app_archived", "done"])
    assert TargetKey.objects.count() == answers.count("done") - 1
