"""Many apps and keys: lists and keys are found by an index."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from conftest import Cast
from portico.kernel.ids import digest, new_id, new_secret
from portico.targets.models import App, Environment, ReleaseTarget, TargetKey
from portico.targets.queries import ORDERS, apps_of, in_order, keys_of, target_of_key
from portico.workspaces.models import Workspace
from tests.make import AT

APPS, KEYS = 1_000, 20_000


def plan_of(sql: str, parameters: Any) -> str:
    """How PostgreSQL would find these."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


def plan(found: QuerySet[App] | QuerySet[TargetKey]) -> str:
    """How PostgreSQL would read the first page of these."""
    return plan_of(*found[:50].query.sql_with_params())


def make_many(workspace: Workspace) -> list[ReleaseTarget]:
    """A thousand apps of a workspace, with their targets."""
    apps = App.objects.bulk_create(
        App(id=new_id(), workspace=workspace, code=f"app-{n}", name=f"App {n}") for n in range(APPS)
    )
    return ReleaseTarget.objects.bulk_create(
        ReleaseTarget(workspace=workspace, app=app, environment=environment)
        for app in apps
        for environment in Environment
    )


@pytest.mark.soak
def test_nothing_is_read_from_end_to_end(cast: Cast) -> None:
    for number in range(9):
        make_many(Workspace.objects.create(slug=f"other-{number}", name="Other"))
    targets = make_many(cast.acme)
    secrets = [new_secret("pk_sand_") for _number in range(KEYS)]
    TargetKey.objects.bulk_create(
        TargetKey(
            id=new_id(),
            target=targets[number % len(targets)],
            name=f"Key {number}",
            digest=digest(secret),
            hint=secret[:12],
            last_used_at=AT,
        )
        for number, secret in enumerate(secrets)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE targets_app, targets_releasetarget, targets_targetkey")

    plans = {order: plan(in_order(apps_of(cast.acme), order)) for order in ORDERS}
    keys = plan(keys_of(targets[:2]))

    for order, found in plans.items():
        assert "Seq Scan on targets_app" not in found, (order, found)
        assert "Sort" not in found.replace("Incremental Sort", ""), (order, found)
    assert "key_by_target" in keys
    with connection.execute_wrapper(_refuse_sequential_scans):
        found_target = target_of_key(secrets[-1], cast.acme, at=AT + timedelta(minutes=1))
    assert found_target == targets[(KEYS - 1) % len(targets)]


def _refuse_sequential_scans(
    execute: Callable[..., object], sql: str, params: object, many: bool, context: object
) -> object:
    explained = plan_of(sql, params) if not sql.startswith("EXPLAIN") else ""
    assert "Seq Scan on targets_" not in explained, explained
    return execute(sql, params, many, context)
