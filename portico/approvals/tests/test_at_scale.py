"""Lists of requests where there are very many: an index answers each."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import connection

from conftest import Cast
from portico.approvals.models import ApprovalRequest, Decision
from portico.approvals.queries import (
    Filters,
    count_in_review,
    narrowed,
    own_requests,
    page_of,
    requests_for,
    waiting_for,
)
from portico.kernel.ids import new_id
from portico.release_process.policy import stored
from portico.targets.models import ReleaseTarget
from tests.make import AT, make_app, make_policy, make_program, make_version

PROGRAMS, EACH = 200, 500


@pytest.fixture
def many(cast: Cast) -> None:
    """100,000 requests, a few hundred of them in review; as many decisions."""
    policy = stored(make_policy())
    targets = list(ReleaseTarget.objects.filter(app=make_app(cast.acme)))
    people = [cast.admin.person_id, cast.developer.person_id, cast.operator.person_id]
    for number in range(PROGRAMS):
        program = make_program(cast.acme)
        version = make_version(program)
        made = ApprovalRequest.objects.bulk_create(
            ApprovalRequest(
                workspace=cast.acme,
                kind="removal" if place == 7 and number < 3 else "release",
                status="in_review" if place == EACH - 1 else "approved",
                program=program,
                target=targets[number % 2],
                version=version,
                release=new_id(),
                policy=policy,
                policy_revision=0,
                requested_by_id=people[place % 3],
                requested_at=AT,
                decided_at=None if place == EACH - 1 else AT,
            )
            for place in range(EACH)
        )
        Decision.objects.bulk_create(
            Decision(request=one, verdict="approve", reviewer_id=cast.reviewer.person_id)
            for one in made
            if one.status == "approved"
        )
    with connection.cursor() as cursor:
        for table in ("approvals_approvalrequest", "approvals_decision"):
            cursor.execute(f"ANALYZE {table}")


def plans_of(ask: Callable[[], object]) -> list[str]:
    """How PostgreSQL answers each of the queries."""
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        ask()
    plans = []
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
            plans.append(json.dumps(cursor.fetchone()[0]))
    return plans


@pytest.mark.soak
@pytest.mark.usefixtures("many")
def test_no_list_reads_all_requests(cast: Cast) -> None:
    program = ApprovalRequest.objects.order_by("id")[50_000].program
    middle = ApprovalRequest.objects.order_by("id")[50_000].id
    asked = [
        Filters(),
        Filters(status="in_review"),
        Filters(status="rejected"),
        Filters(kind="removal"),
        Filters(environment="sandbox"),
        Filters(app_id=program.app_id),
        Filters(words=program.app_id),
        Filters(status="approved", kind="removal", environment="production"),
    ]
    lists = {
        "waiting": waiting_for(cast.reviewer),
        "all": requests_for(cast.admin),
        "own": own_requests(cast.developer),
    }
    for name, requests in lists.items():
        for filters in asked:
            for oldest_first in (True, False):
                found = narrowed(requests, cast.admin, filters)
                (plan,) = plans_of(
                    lambda found=found, oldest=oldest_first: page_of(  # type: ignore[misc]
                        found, size=25, oldest_first=oldest, after=middle
                    )
                )
                assert _reads_few(plan), (name, filters, plan)
        (plan,) = plans_of(lambda requests=requests: count_in_review(requests))  # type: ignore[misc]
        assert _reads_few(plan), (name, "count", plan)


def _reads_few(plan: str) -> bool:
    """Whether no long table is read from its beginning to its end."""
    scans = [
        node for node in _nodes(json.loads(plan)[0]["Plan"]) if node["Node Type"] == "Seq Scan"
    ]
    long = {"approvals_approvalrequest", "approvals_decision"}
    return not any(scan["Relation Name"] in long for scan in scans)


def _nodes(plan: dict[str, object]) -> list[dict[str, object]]:
    inner = plan.get("Plans", [])
    assert isinstance(inner, list)
    return [plan, *(node for one in inner for node in _nodes(one))]
