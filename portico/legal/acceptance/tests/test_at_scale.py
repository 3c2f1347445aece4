"""With 100,000 members the gate still reads by indexes alone, and exports stay small in memory."""

from __future__ import annotations

import tracemalloc
from datetime import timedelta

import pytest
from django.db import connection

from conftest import Cast
from portico.kernel.clock import now
from portico.legal.acceptance.coverage import figure_of, members_by_state, version_to_accept
from portico.legal.acceptance.evidence import evidence_of
from portico.legal.acceptance.standing import READS
from portico.legal.models import LegalKind, LegalVersion
from portico.workspaces.models import Membership, Workspace
from tests.make import AT, make_legal_version

PEOPLE = """
INSERT INTO accounts_person (id, password, email, name, language, time_zone, is_active, created_at)
SELECT gen_random_uuid(), '', 'many-' || n || '@example.com', 'Person ' || n, '', '', true, now()
  FROM generate_series(1, %s) AS n
"""
MEMBERS = """
INSERT INTO workspaces_membership (id, workspace_id, person_id, role, role_since,
    created_at)
SELECT gen_random_uuid(), %s, id, 'developer', now(), now() FROM accounts_person
 WHERE email LIKE 'many-%%'
"""
KNOWN = """
INSERT INTO audit_auditperson (id, email, name)
SELECT id, email, name FROM accounts_person WHERE email LIKE 'many-%%'
"""
ANSWERS = """
INSERT INTO legal_legalanswer (id, membership_id, version_id, accepted, language, sha256, at)
SELECT gen_random_uuid(), id, %s, true, 'en', %s, now() FROM workspaces_membership
 WHERE workspace_id = %s
"""
LINES = """
INSERT INTO legal_legalledger (id, workspace_id, membership_id, person_id, event, version_id, kind,
    number, language, sha256, via, browser, session, reason, at)
SELECT gen_random_uuid(), workspace_id, id, person_id, 'accepted', %s, 'terms-of-service',
       1, 'en', %s, 'page', '', '', '', now()
  FROM workspaces_membership WHERE workspace_id = %s AND role = 'developer'
"""


def many(workspace: Workspace, version: LegalVersion, count: int) -> None:
    """So many members who have accepted."""
    sha256 = version.documents.get().sha256
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [count])
        cursor.execute(MEMBERS, [workspace.id])
        cursor.execute(KNOWN)
        cursor.execute(ANSWERS, [version.id, sha256, workspace.id])
        cursor.execute(LINES, [version.id, sha256, workspace.id])
        cursor.execute("ANALYZE")


@pytest.mark.soak
def test_the_gate_reads_by_indexes_at_100000_members(cast: Cast) -> None:
    many(cast.acme, make_legal_version(cast.acme), 100_000)
    one = Membership.objects.filter(workspace=cast.acme, person=cast.developer.person)

    plan = one.annotate(**{name: make("") for name, make in READS.items()}).explain()

    for table in ("workspaces_membership", "legal_legalanswer"):
        assert f"Seq Scan on {table}" not in plan


@pytest.mark.soak
def test_coverage_and_evidence_of_10000_members(cast: Cast) -> None:
    terms = make_legal_version(cast.acme, effective_at=now() - timedelta(days=1))
    many(cast.acme, terms, 10_000)
    version = version_to_accept(cast.acme, LegalKind.TERMS, 1)

    figure = figure_of(members_by_state(cast.acme, version, at=AT))
    tracemalloc.start()
    with evidence_of(cast.acme, version, key_url="https://example.com/", at=AT) as file:
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        size = len(file.read())

    assert figure.accepted == 10_005  # with the cast
    assert size > 100_000
    assert most < 64 * 1024 * 1024
