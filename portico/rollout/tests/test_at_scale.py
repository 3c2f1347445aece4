"""Many mini programs on one target: an answer costs the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from portico.kernel.ids import new_id
from portico.miniprograms.models import MiniProgram, Version
from portico.rollout.models import Plan
from portico.rollout.queries import delivered, offered_version, snapshot_of
from portico.rollout.tests.conftest import APP_ID, Scene

PROGRAMS = 10_000


def fill(scene: Scene) -> None:
    """Ten thousand programs with a full release on the same target."""
    programs = MiniProgram.objects.bulk_create(
        (
            MiniProgram(
                id=new_id(), workspace=scene.cast.acme, app_id=f"com.example.p{number}", name="P"
            )
            for number in range(PROGRAMS)
        ),
        batch_size=2_000,
    )
    versions = Version.objects.bulk_create(
        (
            Version(
                id=new_id(),
                workspace=scene.cast.acme,
                program=program,
                code=1,
                name="1",
                manifest={},
                package=f"{number:064x}",
            )
            for number, program in enumerate(programs)
        ),
        batch_size=2_000,
    )
    Plan.objects.bulk_create(
        (
            Plan(
                workspace=scene.cast.acme,
                program=program,
                target=scene.production,
                revision=1,
                stable=version,
                stable_release=version.id,
            )
            for program, version in zip(programs, versions, strict=True)
        ),
        batch_size=2_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE rollout_plan, miniprograms_miniprogram, miniprograms_version")


@pytest.mark.soak
def test_an_answer_is_found_by_index_among_ten_thousand(scene: Scene) -> None:
    fill(scene)
    scene.write(scene.grayscale())
    # As many as a home screen has. A hundred of ten thousand are as quickly found in one go.
    asked = [APP_ID, *(f"com.example.p{number}" for number in range(0, 3_000, 100))]

    with connection.execute_wrapper(_refuse_whole_reads):
        one = delivered(scene.production, [APP_ID])
        many = delivered(scene.production, asked)
        offered = offered_version(scene.production, APP_ID, 2)

    assert one[APP_ID] == many[APP_ID]
    assert all(plan.stable for plan in many.values())
    assert offered == scene.second
    assert len(snapshot_of(scene.production)) == PROGRAMS + 1


def _plan_of(sql: str, params: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", params)
        return "\n".join(line for (line,) in cursor.fetchall())


def _refuse_whole_reads(
    execute: Callable[..., object], sql: str, params: object, many: bool, context: object
) -> object:
    plan = "" if sql.startswith("EXPLAIN") else _plan_of(sql, params)
    for table in ("rollout_plan", "miniprograms_version", "miniprograms_miniprogram"):
        assert f"Seq Scan on {table}" not in plan, plan
    return execute(sql, params, many, context)
