"""10,000 mini programs and 100,000 versions: what the list asks, and what a page costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from conftest import Cast
from portico.miniprograms.listing import ORDERS, Filters, page_of, programs_found
from portico.miniprograms.models import MiniProgram, ProgramMember, ProgramOnTarget, Version
from portico.miniprograms.queries import live_on, newest_versions
from portico.targets.models import ReleaseTarget
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import Role
from tests.make import AT, make_app, make_member

pytestmark = [pytest.mark.soak, pytest.mark.django_db]

PROGRAMS = 10_000
VERSIONS = 10  # of each
ROUNDS = 15
Browse = Callable[..., Client]

PROGRAM_ROWS = """
INSERT INTO miniprograms_miniprogram (id, workspace_id, app_id, kind, name, description, category,
    icon, highest_code, live_on, archived_at, revision, created_at, changed_at)
SELECT gen_random_uuid(), %(workspace)s, 'com.example.program' || n,
       CASE WHEN n %% 100 = 0 THEN 'hosted' ELSE 'package' END,
       (ARRAY['Train', 'Wallet', 'Coffee', 'Loan', 'Doctor'])[1 + n %% 5] || ' ' || md5(n::text),
       repeat('What it does. ', 20),
       CASE WHEN n %% 500 = 0 THEN 'government'
            ELSE (ARRAY['finance', 'travel', 'food', ''])[1 + n %% 4] END,
       '', %(versions)s, '{}', CASE WHEN n %% 200 = 0 THEN %(at)s::timestamptz END, 1,
       %(at)s, %(at)s::timestamptz + ((n * 7919) %% 10007) * interval '1 second'
FROM generate_series(1, %(programs)s) AS n
"""
VERSION_ROWS = """
INSERT INTO miniprograms_version (id, workspace_id, program_id, code, name, manifest, package,
    entry_url, packed, unpacked, entries, created_at)
SELECT gen_random_uuid(), workspace_id, id, code, '1.0.' || code,
       jsonb_build_object('name', name, 'filler', repeat('x', 500)), '',
       'https://example.com/', 0, 0, 0, %(at)s
FROM miniprograms_miniprogram, generate_series(1, %(versions)s) AS code
"""


def run(sql: str, **facts: str | int | UUID | datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)


def fill(workspace: Workspace) -> list[ReleaseTarget]:
    """Programs of a workspace: on the first target most are live, on the second a few."""
    run(PROGRAM_ROWS, workspace=workspace.id, versions=VERSIONS, programs=PROGRAMS, at=AT)
    targets = list(ReleaseTarget.objects.filter(app=make_app(workspace)).order_by("environment"))
    targets += ReleaseTarget.objects.filter(app=make_app(workspace))
    return targets


LIVE_ROWS = """
WITH live AS (
    INSERT INTO miniprograms_programontarget (id, program_id, target_id, server_domains,
        variables, revision, live_version_id, live_since)
    SELECT gen_random_uuid(), program.id, %(target)s, '{}', '{}', 0, version.id, %(at)s
    FROM (SELECT *, row_number() OVER (ORDER BY app_id) AS place FROM miniprograms_miniprogram
          WHERE workspace_id = %(workspace)s) AS program
    JOIN miniprograms_version AS version
      ON version.program_id = program.id AND version.code = program.highest_code
    WHERE place %% %(share)s = 0
    RETURNING program_id
)
UPDATE miniprograms_miniprogram SET live_on = live_on || %(target)s::uuid
WHERE id IN (SELECT program_id FROM live)
"""


def put_all_live(targets: list[ReleaseTarget], shares: tuple[int, ...]) -> None:
    """Each n-th program is live on the target whose share is n; 0: none."""
    for target, share in zip(targets, shares, strict=True):
        if share:
            run(LIVE_ROWS, target=target.id, workspace=target.workspace_id, share=share, at=AT)


def assign(member: Membership, count: int) -> Membership:
    """Have a member work on so many programs, all over the list."""
    found = MiniProgram.objects.filter(workspace_id=member.workspace_id).order_by("id")
    step = PROGRAMS // count
    ids = list(found.values_list("id", flat=True))[::step][:count]
    ProgramMember.objects.bulk_create(
        ProgramMember(program_id=one, membership=member, role="developer") for one in ids
    )
    return member


def analyze() -> None:
    for model in (MiniProgram, ProgramMember, ProgramOnTarget, Version):
        run(f"ANALYZE {model._meta.db_table}")


@contextmanager
def plans() -> Iterator[list[str]]:
    """How PostgreSQL goes about each query that is asked inside."""
    found: list[str] = []

    def explain(
        execute: Callable[..., object],
        sql: str,
        params: object,
        many: bool,
        context: dict[str, Any],
    ) -> object:
        if sql.startswith("SELECT") and "miniprograms_" in sql:
            execute(f"EXPLAIN {sql}", params, many, context)
            plan = "\n".join(row[0] for row in context["cursor"].fetchall())
            found.append(f"{sql}\n{plan}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


def test_every_question_of_the_list_is_answered_by_an_index(cast: Cast) -> None:
    targets = fill(cast.acme)
    fill(cast.zenith)
    run(VERSION_ROWS, versions=VERSIONS, at=AT)
    put_all_live(targets, (2, 100, 1, 0))
    few = assign(make_member(cast.acme, Role.DEVELOPER), 3)
    some = assign(make_member(cast.acme, Role.DEVELOPER), 300)
    many = assign(cast.developer, 5000)
    for _number in range(20):  # every program has others who work on it
        assign(make_member(cast.acme, Role.DEVELOPER), 1000)
    analyze()
    most, rare, *_others = targets
    questions = [
        Filters(),
        Filters(state="active"),
        Filters(state="archived"),
        Filters(kind="hosted", state="active"),
        Filters(category="government", state="active"),
        Filters(category="games"),
        Filters(kind="package", category="finance", state="active"),
        Filters(words="train"),
        Filters(words="a1b2", state="active"),
        Filters(words="com.example.program77"),
        Filters(words="nothing-like-this"),
        Filters(live_on=most.id, state="active"),
        Filters(live_on=rare.id, state="active"),
        Filters(live_on=targets[3].id),
        Filters(not_live_on=most.id, state="active"),
        Filters(not_live_on=rare.id, state="active"),
        Filters(assigned=True, state="active"),
    ]
    bad, asked = [], 0
    for member in (cast.admin, few, some, many):
        for filters in questions:
            for order in ORDERS:
                with plans() as found:
                    page = page_of(programs_found(member, filters), order=order, size=25)
                    if page.after:
                        place = page.after
                        page_of(programs_found(member, filters), order=order, size=25, after=place)
                        page_of(programs_found(member, filters), order=order, size=25, before=place)
                    newest_versions(page.programs)
                    live_on(page.programs, targets)
                asked += len(found)
                bad += [(str(filters), order, plan) for plan in found if "Seq Scan on mini" in plan]

    print(f"\n{asked} queries explained, {len(bad)} with a sequential scan")
    assert asked > 1000
    assert bad == [], bad[0]


def costs_of(asked: dict[str, tuple[Client, str]]) -> dict[str, float]:
    """Seconds for each page: what this process works for it and waits for the database. Not what
    the clock says, for the machine may be busy; the best of some rounds, in each of which all are
    asked."""
    took: dict[str, list[float]] = {name: [] for name in asked}
    waited = 0.0

    def wait(
        execute: Callable[..., object],
        sql: str,
        params: object,
        many: bool,
        context: dict[str, Any],
    ) -> object:
        nonlocal waited
        began, worked = time.perf_counter(), time.process_time()
        try:
            return execute(sql, params, many, context)
        finally:
            waited += time.perf_counter() - began - (time.process_time() - worked)

    for _round in range(ROUNDS):
        for name, (browser, address) in asked.items():
            waited, worked = 0.0, time.process_time()
            with connection.execute_wrapper(wait):
                assert browser.get(address).status_code == 200
            took[name].append(time.process_time() - worked + waited)
    return {name: min(times) for name, times in took.items()}


def test_a_page_of_many_costs_less_than_two_of_an_empty_one(cast: Cast, browse: Browse) -> None:
    targets = fill(cast.acme)
    run(VERSION_ROWS, versions=VERSIONS, at=AT)
    put_all_live(targets, (2, 100, 0, 0))
    assign(cast.developer, 300)
    analyze()
    make_app(cast.zenith)
    admin, developer = browse(cast.acme, cast.admin), browse(cast.acme, cast.developer)
    address = "/console/programs/"

    costs = costs_of(
        {
            "empty": (browse(cast.zenith, cast.outsider), address),
            "all, by name": (admin, address),
            "all, by change": (admin, f"{address}?sort=-changed"),
            "found by a word": (admin, f"{address}?q=train+a1"),
            "hosted ones": (admin, f"{address}?kind=hosted&sort=-made"),
            "a developer's": (developer, address),
        }
    )
    empty = costs.pop("empty")
    ratios = {name: cost / empty for name, cost in costs.items()}

    print(f"\nempty: {empty * 1000:.1f} ms;", {name: f"{one:.2f}" for name, one in ratios.items()})
    assert max(ratios.values()) < 2, ratios
