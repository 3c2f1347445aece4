"""What stays quick with many rows: asked of the planner, not of the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from conftest import Cast
from portico.accounts.models import Person
from portico.audit.models import AuditEntry
from portico.audit.queries import Filters, entries_of, page_of
from portico.config.visitors import STATE
from portico.workspaces.models import Workspace
from tests.make import AT

pytestmark = [pytest.mark.soak, pytest.mark.django_db]

WORKSPACES = 10_000
ENTRIES = 100_000


def plan_of(sql: str, parameters: list[str | datetime]) -> str:
    """How PostgreSQL would go about a query."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(row[0] for row in cursor.fetchall())


def analyze(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")


def test_a_host_is_looked_up_by_index_among_ten_thousand(cast: Cast) -> None:
    Workspace.objects.bulk_create(
        [
            Workspace(slug=f"tenant-{number}", name="T", served_host=f"d{number}.tenants.example")
            for number in range(WORKSPACES)
        ]
    )
    analyze("workspaces_workspace")

    for slug, host in (("tenant-77", "tenant-77.example.org"), ("", "d77.tenants.example")):
        plan = plan_of(STATE, [AT, slug, "acme", host, slug, host])
        assert "Seq Scan on workspaces_workspace" not in plan, plan


@pytest.mark.parametrize("filters", [Filters(), Filters(action="settings.save")])
def test_a_page_of_a_long_audit_log_is_found_by_index(cast: Cast, filters: Filters) -> None:
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                workspace_id=(cast.acme if number % 2 else cast.zenith).id,
                at=AT + timedelta(seconds=number),
                via="page",
                action="settings.save" if number % 10 == 0 else "token.made",
                subject_kind="section",
                subject_label=f"Section {number}",
            )
            for number in range(ENTRIES)
        ],
        batch_size=5000,
    )
    analyze("audit_auditentry")

    found = entries_of(cast.zenith.id, filters)
    plan = found.order_by("-id")[:51].explain()
    page = page_of(found, size=50)

    assert "Seq Scan on audit_auditentry" not in plan, plan
    assert len(page.entries) == 50
    assert page.has_older


def test_signing_in_finds_one_of_many_people_by_index(cast: Cast) -> None:
    Person.objects.bulk_create(
        [Person(email=f"p{number}@example.com") for number in range(WORKSPACES)]
    )
    analyze("accounts_person")

    plan = Person.objects.filter(email="p77@example.com").explain()

    assert "Seq Scan on accounts_person" not in plan, plan
