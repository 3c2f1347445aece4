"""The list of members on the policy's page, and SQL that agrees with the rules."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.kernel.clock import now
from portico.two_factor.models import TwoFactorReset
from portico.two_factor.queries import counts_of, in_state, members_by_standing, state_in
from portico.two_factor.rules import Policy, Required, State, due_at, revised, state_of
from portico.two_factor.standing import belonging_of
from portico.two_factor.tests.factors import Browse, give_app, require
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import Role
from tests.make import AT, LONG_AGO, make_member

PAGE = "/settings/tenant/two-factor/"
DAY = timedelta(days=1)


def make_many(workspace: Workspace) -> dict[Any, Any]:
    """Members of each kind; when the second factors of each were removed."""
    removed = {}
    for role, joined, became, gone, has in product(
        (Role.ADMIN, Role.OPERATOR), (-9, 9), (0, 5), (None, 12), (False, True)
    ):
        member = make_member(workspace, role, at=AT + joined * DAY)
        Membership.objects.filter(id=member.id).update(role_since=AT + (joined + became) * DAY)
        removed[member.id] = None if gone is None else AT + gone * DAY
        if gone is not None:
            TwoFactorReset.objects.create(
                membership=member, at=AT, until=AT + DAY, removed_at=removed[member.id]
            )
        if has:
            give_app(member.person)
    return removed


POLICIES = [
    Policy(),
    revised(Policy(), Required.ADMINS, 3, at=AT),
    revised(Policy(), Required.ALL, 3, at=AT),
    revised(Policy(), Required.ALL, 0, at=AT),
    revised(revised(Policy(), Required.ADMINS, 3, at=AT), Required.ALL, 5, at=AT + 4 * DAY),
]


def test_the_database_and_the_rules_agree(cast: Cast) -> None:
    removed = make_many(cast.zenith)

    for policy in POLICIES:
        members = list(members_by_standing(cast.zenith, policy))
        assert len(members) == len(removed) + 1
        for member in members:
            who = belonging_of(member, removed_at=removed.get(member.id))
            assert member.due == due_at(policy, who)  # type: ignore[attr-defined]
            for days in (-1, 2, 8, 14, 16):
                at = AT + days * DAY
                has = member.has  # type: ignore[attr-defined]
                assert state_in(member, at=at) is state_of(policy, who, has=has, at=at)


@pytest.mark.parametrize("policy", POLICIES)
def test_the_counts_are_those_of_the_lists(cast: Cast, policy: Policy) -> None:
    make_many(cast.zenith)
    at = AT + 8 * DAY
    members = members_by_standing(cast.zenith, policy)

    counts = counts_of(cast.zenith, policy, at=at)

    assert counts == {state: in_state(members, state, at=at).count() for state in State}
    assert sum(counts.values()) == 33


def names(answer: Any) -> list[str]:
    return [row.member.role for row in answer.context["rows"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["admin", "developer", "inspector", "operator", "reviewer"]),
        ("?state=has", ["admin", "reviewer"]),
        ("?state=overdue", ["developer", "inspector", "operator"]),
        ("?state=grace", []),
        ("?state=nonsense", ["admin", "developer", "inspector", "operator", "reviewer"]),
        ("?q=oper acme", ["developer", "operator"]),
        ("?q=oper&state=overdue", ["developer", "operator"]),
        ("?q=nobody", []),
    ],
)
def test_members_are_found(cast: Cast, browse: Browse, query: str, found: list[str]) -> None:
    give_app(cast.admin.person)
    give_app(cast.reviewer.person)
    require(cast.acme, at=LONG_AGO)

    assert names(browse(cast.acme, cast.admin).get(f"{PAGE}{query}")) == found


def test_who_is_blocked_is_not_listed(cast: Cast, browse: Browse) -> None:
    Membership.objects.filter(id=cast.operator.id).update(blocked_at=now())

    assert "operator" not in names(browse(cast.acme, cast.admin).get(PAGE))


def test_more_members_cost_no_more_queries(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme, cast.admin)
    page.get(PAGE)
    page.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        page.get(PAGE)
    for _ in range(60):
        make_member(cast.acme, Role.DEVELOPER)

    with CaptureQueriesContext(connection) as many:
        answer = page.get(PAGE)

    assert len(many.captured_queries) == len(few.captured_queries)
    assert len(answer.context["rows"]) == 50
