"""Who has accepted: figures, lists, the page and the spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.kernel.clock import now
from portico.legal.acceptance.coverage import (
    CoverageState,
    Figure,
    default_version,
    figure_of,
    members_by_state,
    narrowed,
    state_of,
    version_to_accept,
    versions_to_accept,
)
from portico.legal.acceptance.exempting import exempt
from portico.legal.acceptance.tests.papers import accept, decline
from portico.legal.models import LegalKind, LegalVersion
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role
from tests.make import AT, actor, make_legal_version, make_member, make_person

Browse = Callable[..., Client]
Queries = Callable[..., Any]
PAGE = "/settings/tenant/terms-of-service/coverage/"


def states(cast: Cast, number: int = 1) -> dict[str, str]:
    """How acme's members stand, by role."""
    version = version_to_accept(cast.acme, LegalKind.TERMS, number)
    return {
        member.role: state_of(member).value
        for member in members_by_state(cast.acme, version, at=AT)
    }


def mixed(cast: Cast) -> None:
    """One version: accepted, declined, exempt, blocked, and two who have not answered."""
    terms = make_legal_version(cast.acme)
    accept(cast.developer, terms)
    decline(cast.operator, terms)
    exempt(cast.acme, cast.reviewer.id, reason="Robot", until=None, by=actor(cast.admin), at=AT)
    blocked = make_member(cast.acme, Role.OPERATOR)
    Membership.objects.filter(id=blocked.id).update(blocked_at=AT)


def test_each_member_stands_somewhere(cast: Cast) -> None:
    mixed(cast)

    assert states(cast) == {
        "admin": "waiting",
        "developer": "accepted",
        "operator": "declined",
        "reviewer": "exempt",
        "inspector": "waiting",
    }


def test_the_figure_counts_active_members_alone(
    cast: Cast, django_assert_num_queries: Queries
) -> None:
    mixed(cast)
    version = version_to_accept(cast.acme, LegalKind.TERMS, 1)

    members = members_by_state(cast.acme, version, at=AT)
    with django_assert_num_queries(1):
        figure = figure_of(members)

    assert figure == Figure(accepted=1, declined=1, waiting=2, exempt=1)
    assert (figure.must, figure.share) == (4, 25)


def test_nobody_to_ask_is_everybody() -> None:
    assert Figure(accepted=0, declined=0, waiting=0, exempt=3).share == 100


def test_a_later_version_accepted_counts_for_an_earlier_one(cast: Cast) -> None:
    make_legal_version(cast.acme)
    correction = make_legal_version(
        cast.acme, number=2, material=False, effective_at=AT - timedelta(days=1)
    )

    accept(cast.developer, correction)
    decline(cast.operator, correction)

    found = states(cast)
    assert (found["developer"], found["operator"]) == ("accepted", "declined")


def test_an_earlier_version_accepted_counts_for_no_later_one(cast: Cast) -> None:
    accept(cast.developer, make_legal_version(cast.acme))
    make_legal_version(cast.acme, number=2, effective_at=AT - timedelta(days=1))

    assert states(cast, 1)["developer"] == "accepted"
    assert states(cast, 2)["developer"] == "waiting"


def test_who_accepted_before_being_exempt_has_accepted(cast: Cast) -> None:
    accept(cast.developer, make_legal_version(cast.acme))
    exempt(cast.acme, cast.developer.id, reason="x", until=None, by=actor(cast.admin), at=AT)

    assert states(cast)["developer"] == "accepted"


def test_only_versions_that_ask_are_listed_newest_first(cast: Cast) -> None:
    make_legal_version(cast.acme)
    make_legal_version(cast.acme, number=2, material=False, effective_at=AT - timedelta(days=9))
    make_legal_version(cast.acme, number=3, effective_at=AT - timedelta(days=1))
    make_legal_version(cast.acme, number=4, effective_at=AT + timedelta(days=1))
    make_legal_version(cast.acme, number=5, withdrawn_at=AT, effective_at=AT + timedelta(days=2))
    make_legal_version(cast.acme, LegalKind.COOKIES)
    make_legal_version(cast.zenith, number=7)

    assert [one.number for one in versions_to_accept(cast.acme)] == [4, 3, 1]
    first = default_version(versions_to_accept(cast.acme), at=AT)
    assert first is not None
    assert first.number == 3


def test_the_list_is_narrowed_by_words_and_state(cast: Cast) -> None:
    mixed(cast)
    version = version_to_accept(cast.acme, LegalKind.TERMS, 1)
    members = members_by_state(cast.acme, version, at=AT)

    waiting = narrowed(members, state=CoverageState.WAITING)
    assert {one.role for one in waiting} == {"admin", "inspector"}
    assert [one.role for one in narrowed(members, words="DEVEL acme")] == ["developer"]
    assert not narrowed(members, words="\x00").exists()
    assert not narrowed(members, words="zenith").exists()


def test_the_page_shows_figure_bar_and_list(cast: Cast, browse: Browse) -> None:
    mixed(cast)
    accept(cast.admin, LegalVersion.objects.get(workspace=cast.acme))

    page = browse(cast.acme, cast.admin).get(PAGE)

    text = page.content.decode()
    assert page.status_code == 200
    assert "50 %" in text
    assert text.count("<rect data-tone") == 4
    assert "developer@acme.example.com" in text
    assert "zenith.example.com" not in text
    assert "Robot" in text


def test_without_documents_the_page_says_what_to_do(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme, cast.admin).get(PAGE).content.decode()

    assert "Nothing to accept yet" in page


@pytest.mark.parametrize("query", ["?version=nonsense", "?state=nonsense&page=x", "?q=%00"])
def test_nonsense_asks_for_nothing_in_particular(cast: Cast, browse: Browse, query: str) -> None:
    make_legal_version(cast.acme, effective_at=now() + timedelta(days=9))

    assert browse(cast.acme, cast.admin).get(PAGE + query).status_code == 200


def test_the_page_costs_the_same_for_many(
    cast: Cast, browse: Browse, django_assert_num_queries: Queries
) -> None:
    coming = make_legal_version(cast.acme, effective_at=now() + timedelta(days=9))
    for _number in range(3):
        accept(make_member(cast.acme), coming)
    admin = browse(cast.acme, cast.admin)
    for _warm_up in range(2):
        admin.get(PAGE)

    with django_assert_num_queries(14):
        admin.get(PAGE)
    for _number in range(6):
        accept(make_member(cast.acme), coming)

    with django_assert_num_queries(14):
        text = admin.get(PAGE).content.decode()
    assert "9 of 14" in text


def read_csv(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(answer.getvalue().decode())))


def test_the_spreadsheet_has_everybody_and_no_formulas(cast: Cast, browse: Browse) -> None:
    terms = make_legal_version(cast.acme, effective_at=now() + timedelta(days=9))
    evil = make_member(cast.acme, person=make_person("evil@example.com", name="=1+1"))
    accept(evil, terms)

    answer = browse(cast.acme, cast.admin).get(f"{PAGE}members.csv?version=terms-of-service-1")

    rows = {row["email"]: row for row in read_csv(answer)}
    assert len(rows) == 6
    assert rows["evil@example.com"]["name"] == "'=1+1"
    assert rows["evil@example.com"]["state"] == "accepted"
    assert rows["evil@example.com"]["sha256"] == terms.documents.get().sha256
    assert rows["developer@acme.example.com"]["state"] == "waiting"
    entry = AuditEntry.objects.get(action="legal.coverage_exported")
    assert entry.subject_label == "terms-of-service-1"
    assert 'filename="acme-terms-of-service-1-' in answer.headers["Content-Disposition"]


def test_the_spreadsheet_can_be_narrowed(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme, effective_at=now() + timedelta(days=9))
    address = f"{PAGE}members.csv?version=terms-of-service-1&q=operator&state=waiting"

    rows = read_csv(browse(cast.acme, cast.admin).get(address))

    assert [row["role"] for row in rows] == ["operator"]


@pytest.mark.parametrize("path", ["members.csv", "evidence.zip"])
@pytest.mark.parametrize("query", ["", "?version=terms-of-service-7", "?version=cookie-notice-1"])
def test_what_asks_nobody_is_not_exported(
    cast: Cast, browse: Browse, path: str, query: str
) -> None:
    make_legal_version(cast.acme, LegalKind.COOKIES)
    make_legal_version(cast.zenith, number=7)

    assert browse(cast.acme, cast.admin).get(f"{PAGE}{path}{query}").status_code == 404


def test_it_takes_the_right_to_read_settings(cast: Cast, browse: Browse) -> None:
    for path in ("", "members.csv", "evidence.zip"):
        assert browse(cast.acme, cast.developer).get(PAGE + path).status_code == 403
        assert browse(cast.acme, cast.outsider).get(PAGE + path).status_code == 404
