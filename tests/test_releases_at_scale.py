"""100,000 releases with their requests: what the dashboard and the lists ask, and how often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from conftest import Cast
from portico.approvals.models import ApprovalRequest, Decision, RequestKind, RequestStatus
from portico.automated_checks.models import CheckRun
from portico.miniprograms.models import MiniProgram, ProgramMember, Version
from portico.release_process.policy import JsonValue, stored
from portico.releases.models import Release, ReleaseEvent
from portico.rollout.models import Plan
from portico.targets.models import ReleaseTarget
from portico.workspaces.models import Membership, Workspace
from tests.make import AT, make_app, make_policy

pytestmark = [pytest.mark.soak, pytest.mark.django_db]

PROGRAMS = 2_500
VERSIONS = 20  # of each
TARGETS = 2  # each version is released to both
Browse = Callable[..., Client]

PROGRAM_ROWS = """
INSERT INTO miniprograms_miniprogram (id, workspace_id, app_id, kind, name, description, category,
    icon, highest_code, live_on, archived_at, revision, created_at, changed_at)
SELECT gen_random_uuid(), %(workspace)s, 'com.example.program' || n, 'package',
       (ARRAY['Train', 'Wallet', 'Coffee', 'Loan'])[1 + n %% 4] || ' ' || md5(n::text),
       '', 'finance', '', %(versions)s, '{}', NULL, 1, %(at)s, %(at)s
FROM generate_series(1, %(programs)s) AS n
"""
VERSION_ROWS = """
INSERT INTO miniprograms_version (id, workspace_id, program_id, code, name, manifest, package,
    entry_url, packed, unpacked, entries, created_at)
SELECT gen_random_uuid(), workspace_id, id, code, '1.0.' || code,
       jsonb_build_object('filler', repeat('x', 300)), '', 'https://example.com/', 0, 0, 0, %(at)s
FROM miniprograms_miniprogram, generate_series(1, %(versions)s) AS code
WHERE workspace_id = %(workspace)s
"""
# The newest version of each program is on its way or just made, the one before it is live, the
# others are over. One in five programs is the developer's.
RELEASE_ROWS = """
INSERT INTO releases_release (id, workspace_id, program_id, target_id, version_id, production,
    status, revision, policy, policy_revision, configuration, rules, testers, "groups", share,
    paused_at, ramp, ramp_on, next_step_at, approved_at, pilot_started_at, went_live_at,
    first_share_at, released_at, ended_at, archived_because, created_by_id, created_at, changed_at)
SELECT gen_random_uuid(), workspace_id, program_id, %(target)s, id, true, status, 1, '{}', 0, '{}',
       '{}', CASE WHEN status = 'pilot_testing' THEN ARRAY['u-1'] ELSE '{}' END, '{}',
       CASE status WHEN 'full_release' THEN 100000 WHEN 'archived' THEN 100000
            WHEN 'grayscale_release' THEN 20000 ELSE 0 END,
       NULL, '[]', false, NULL, %(at)s,
       CASE WHEN status = 'pilot_testing' THEN %(at)s::timestamptz END,
       %(at)s, %(at)s, %(at)s,
       CASE WHEN status IN ('archived', 'canceled') THEN made END,
       CASE WHEN status = 'archived' THEN 'replaced' ELSE '' END,
       CASE WHEN place %% 5 = 0 THEN %(developer)s::uuid ELSE %(admin)s::uuid END, made, made
FROM (
    SELECT version.*, place,
           %(at)s::timestamptz - (place + 2500 * (20 - code)) * interval '1 minute' AS made,
           CASE WHEN code = %(versions)s THEN (ARRAY['new_version_created', 'under_review',
                    'release_preparation', 'pilot_testing', 'grayscale_release'])[1 + place %% 5]
                WHEN code = %(versions)s - 1 THEN 'full_release'
                WHEN code %% 7 = 0 THEN 'canceled' ELSE 'archived' END AS status
    FROM miniprograms_version AS version
    JOIN (SELECT id AS program, row_number() OVER (ORDER BY app_id)::int AS place
          FROM miniprograms_miniprogram WHERE workspace_id = %(workspace)s) AS programs
      ON programs.program = version.program_id
) AS version
"""


REQUESTED = {"under_review": RequestStatus.IN_REVIEW, "new_version_created": RequestStatus.REJECTED}


def run(sql: str, **facts: str | int | UUID | datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)


def fill(workspace: Workspace, admin: Membership, developer: Membership) -> None:
    """100,000 releases of a workspace, with a request each."""
    run(PROGRAM_ROWS, workspace=workspace.id, versions=VERSIONS, programs=PROGRAMS, at=AT)
    run(VERSION_ROWS, workspace=workspace.id, versions=VERSIONS, at=AT)
    for _number in range(TARGETS):
        target = make_app(workspace).targets.get(environment="production")
        run(
            RELEASE_ROWS,
            target=target.id,
            workspace=workspace.id,
            versions=VERSIONS,
            at=AT,
            admin=admin.person_id,
            developer=developer.person_id,
        )
    policy = stored(make_policy())
    asked = (request_of(release, policy) for release in Release.objects.iterator())
    while batch := list(islice(asked, 5_000)):
        ApprovalRequest.objects.bulk_create(batch)
    run(
        "UPDATE releases_release SET request_id = request.id FROM approvals_approvalrequest AS "
        "request WHERE request.release = releases_release.id"
    )


def request_of(release: Release, policy: dict[str, JsonValue]) -> ApprovalRequest:
    """The request that a release went through, or is in."""
    status = REQUESTED.get(release.status, RequestStatus.APPROVED)
    return ApprovalRequest(
        workspace_id=release.workspace_id,
        kind=RequestKind.RELEASE,
        status=status,
        program_id=release.program_id,
        target_id=release.target_id,
        version_id=release.version_id,
        release=release.id,
        policy=policy,
        policy_revision=0,
        requested_by_id=release.created_by_id,
        requested_at=release.created_at,
        decided_at=None if status == RequestStatus.IN_REVIEW else release.created_at,
    )


def analyze() -> None:
    for model in (
        MiniProgram,
        ProgramMember,
        Version,
        Release,
        ReleaseEvent,
        ApprovalRequest,
        Decision,
        CheckRun,
        Plan,
        ReleaseTarget,
    ):
        run(f"ANALYZE {model._meta.db_table}")


# Whatever else they read is small. Of 2,500 programs, a fifth of which is the developer's, all may
# well be read; `test_programs_at_scale.py` looks at more of them.
LARGE = ("releases_release", "approvals_approvalrequest", "miniprograms_version")


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
        if sql.startswith("SELECT") and any(table in sql for table in LARGE):
            execute(f"EXPLAIN {sql}", params, many, context)
            plan = "\n".join(row[0] for row in context["cursor"].fetchall())
            found.append(f"{sql}\n{plan}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


ADDRESSES = (
    "/console/",
    "/console/releases/",
    "/console/releases/?status=under_way",
    "/console/releases/?status=grayscale_release",
    "/console/releases/?status=canceled&sort=-changed",
    "/console/releases/?q=train",
    "/console/releases/?q=1.0.7",
    "/console/releases/?environment=sandbox",
    "/console/approvals/",
    "/console/approvals/own/",
)

ANSWERED = {200, 302}  # who may not decide is led from what waits to their own requests


def assign(member: Membership) -> None:
    """Every fifth program is this member's."""
    found = MiniProgram.objects.filter(workspace_id=member.workspace_id).order_by("app_id")
    ids = list(found.values_list("id", flat=True))[4::5]
    ProgramMember.objects.bulk_create(
        ProgramMember(program_id=one, membership=member, role="admin") for one in ids
    )


def test_the_dashboard_and_the_lists_ask_indexes_and_as_little_as_ever(
    cast: Cast, browse: Browse
) -> None:
    def asked(member: Membership) -> dict[str, int]:
        browser, counts = browse(member.workspace, member), {}
        for address in ADDRESSES:
            assert browser.get(address).status_code in ANSWERED, address
            with connection.execute_wrapper(counting(tally := [0])):
                assert browser.get(address).status_code in ANSWERED
            counts[address] = tally[0]
        return counts

    members = (cast.admin, cast.developer, cast.reviewer, cast.operator, cast.inspector)
    empty = {member.role: asked(member) for member in members}
    fill(cast.acme, cast.admin, cast.developer)
    assign(cast.developer)
    analyze()
    assert Release.objects.count() == PROGRAMS * VERSIONS * TARGETS

    bad, explained = [], 0
    for member in members:
        browser = browse(cast.acme, member)
        for address in ADDRESSES:
            with plans() as found:
                assert browser.get(address).status_code in ANSWERED
            explained += len(found)
            bad += [
                f"{member.role} {address}\n{plan}"
                for plan in found
                if any(f"Seq Scan on {table}" in plan for table in LARGE)
            ]
    full = {member.role: asked(member) for member in members}

    print(f"\n{explained} queries explained, {len(bad)} with a sequential scan")
    grown = {
        (role, address): (empty[role][address], count)
        for role, counts in full.items()
        for address, count in counts.items()
        if count > empty[role][address] + 3  # icons, and what belongs to rows that are there
    }
    assert bad == [], "\n\n".join(bad)
    assert grown == {}
    assert explained > 100


def counting(tally: list[int]) -> Callable[..., object]:
    """Count the queries."""

    def count(
        execute: Callable[..., object], sql: str, params: object, many: bool, context: object
    ) -> object:
        tally[0] += 1
        return execute(sql, params, many, context)

    return count
