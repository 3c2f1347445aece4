from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from conftest import Cast
from portico.audit.services import Change, Via, erase_person
from portico.console.tests.make import make_entry, wear_in
from tests.make import actor, make_member, make_person, make_workspace

Browse = Callable[..., Client]
PAGE = "/console/audit/"


def labels(response: Any) -> list[str]:
    return [row.entry.subject_label for row in response.context["rows"]]


@pytest.mark.parametrize("path", ["/console/audit/", "/console/audit.csv"])
@pytest.mark.parametrize("role", ["developer", "reviewer", "operator", "inspector"])
def test_only_admins_may_read_the_audit_log(
    cast: Cast, browse: Browse, role: str, path: str
) -> None:
    member = cast.members()[role]

    response = browse(cast.acme, member).get(path)

    assert response.status_code == 403


@pytest.mark.parametrize("path", ["/console/", "/console/audit/", "/console/audit.csv"])
def test_there_is_nothing_here_for_an_outsider(cast: Cast, browse: Browse, path: str) -> None:
    outsider = browse(cast.acme, cast.outsider)

    response = outsider.get(path)

    assert response.status_code == 404


@pytest.mark.parametrize("path", ["/console/", "/console/audit/", "/console/audit.csv"])
def test_nobody_is_sent_to_sign_in(cast: Cast, browse: Browse, path: str) -> None:
    visitor = browse(cast.acme)

    response = visitor.get(path)

    assert response.status_code == 302
    assert response.headers["Location"] == f"/sign-in/?next={path}"


def test_the_newest_entry_comes_first_in_words(cast: Cast, browse: Browse) -> None:
    make_entry(cast.acme, label="About Us", by=actor(cast.developer))
    make_entry(
        cast.acme,
        label="Copyright Notice",
        by=actor(cast.admin, Via.API),
        reason="New year",
        changes=(Change(field="text", before="© 2025 Acme", after="© 2026 Acme"),),
    )

    response = browse(cast.acme, cast.admin).get(PAGE)

    assert labels(response)[:2] == ["Copyright Notice", "About Us"]
    page = response.content.decode()
    for text in ("Saved settings", "Workspace Admin", "API", "New year", "© 2025 Acme"):
        assert text in page


def test_an_action_without_words_shows_its_code(cast: Cast, browse: Browse) -> None:
    make_entry(cast.acme, "moon.landed")

    response = browse(cast.acme, cast.admin).get(PAGE)

    assert "moon.landed" in response.content.decode()


def test_another_workspace_is_never_shown(cast: Cast, browse: Browse) -> None:
    make_entry(cast.zenith, label="Secret of Zenith", by=actor(cast.outsider))
    admin = browse(cast.acme, cast.admin)

    found = [
        admin.get(PAGE),
        admin.get(PAGE, {"q": "secret"}),
        admin.get(PAGE, {"q": "Zoe"}),
        admin.get(PAGE, {"action": "settings.save"}),
    ]

    for response in found:
        assert response.status_code == 200
        assert "Secret of Zenith" not in response.content.decode()
        assert str(cast.outsider.person_id) not in response.content.decode()


def test_somebody_of_another_workspace_cannot_be_asked_for(cast: Cast, browse: Browse) -> None:
    make_entry(cast.zenith, by=actor(cast.outsider))

    response = browse(cast.acme, cast.admin).get(PAGE, {"person": str(cast.outsider.person_id)})

    assert response.status_code == 422
    assert "rows" not in response.context


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"action": "settings.reset"}, ["Reset one"]),
        ({"via": "api"}, ["By API"]),
        ({"q": "cop"}, ["Copyright Notice"]),
        ({"q": "NOTICE copyright"}, ["Copyright Notice"]),
        ({"q": "settings.res"}, ["Reset one"]),
        ({"q": "ada"}, ["By API"]),
        ({"q": "ada@example.com"}, ["By API"]),
        ({"q": "love api"}, ["By API"]),
        ({"q": "quarter"}, ["Reset one"]),
        ({"q": "o'brien"}, ["O'Brien & Sons"]),
        ({"q": "notice", "action": "settings.reset"}, []),
        ({"q": "& | ! ( :*"}, []),
        ({"q": "' \\ '':* <-> x"}, []),
    ],
)
def test_filters_and_words_narrow_the_list(
    cast: Cast, browse: Browse, asked: dict[str, str], found: list[str]
) -> None:
    ada = make_member(cast.acme, person=make_person("ada@example.com", name="Ada Lovelace"))
    make_entry(cast.acme, label="Copyright Notice")
    make_entry(cast.acme, "settings.reset", label="Reset one", reason="End of quarter")
    make_entry(cast.acme, label="By API", by=actor(ada, Via.API))
    make_entry(cast.acme, label="O'Brien & Sons")

    response = browse(cast.acme, cast.admin).get(PAGE, asked)

    assert response.status_code == 200
    assert [label for label in labels(response) if label] == found  # without: Ada, a member added


def test_a_person_can_be_asked_for(cast: Cast, browse: Browse) -> None:
    make_entry(cast.acme, label="One", by=actor(cast.admin))
    make_entry(cast.acme, label="Two", by=actor(cast.developer))

    response = browse(cast.acme, cast.admin).get(PAGE, {"person": str(cast.developer.person_id)})

    assert labels(response) == ["Two"]


def test_days_are_those_of_the_reader(cast: Cast, browse: Browse) -> None:
    # 17:00 UTC is 01:00 of the next day in Singapore.
    make_entry(cast.acme, label="Late", at=datetime(2027, 3, 9, 17, 0, tzinfo=UTC))
    cast.admin.person.time_zone = "Asia/Singapore"
    cast.admin.person.save()
    admin = browse(cast.acme, cast.admin)

    on_the_tenth = admin.get(PAGE, {"since": "2027-03-10", "until": "2027-03-10"})
    on_the_ninth = admin.get(PAGE, {"since": "2027-03-09", "until": "2027-03-09"})

    assert labels(on_the_tenth) == ["Late"]
    assert labels(on_the_ninth) == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"since": "2026-13-45"}, "Enter a valid date."),
        ({"since": "0001-01-01"}, "greater than or equal to"),
        ({"since": "2026-05-02", "until": "2026-05-01"}, "This day is before"),
        ({"action": "moon.landed"}, "Select a valid choice"),
        ({"q": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_a_wrong_filter_is_named_and_shows_no_entries(
    cast: Cast, browse: Browse, asked: dict[str, str], said: str
) -> None:
    response = browse(cast.acme, cast.admin).get(PAGE, asked)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert "rows" not in response.context


def test_nothing_found_says_how_to_go_on(cast: Cast, browse: Browse) -> None:
    response = browse(cast.acme, cast.admin).get(PAGE, {"q": "unheard-of"})

    assert "No entry fits" in response.content.decode()
    assert "Export CSV" not in response.content.decode()


def test_an_empty_log_says_what_will_be_here() -> None:
    page = render_to_string("console/audit_empty.html", {"asked": False})

    assert "Nothing has happened yet" in page


def test_pages_lead_to_older_and_back_to_newer_entries(
    cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portico.console.views.ON_A_PAGE", 3)
    workspace = make_workspace("paging")
    member = make_member(workspace, person=cast.admin.person)
    for number in range(6):
        make_entry(workspace, label=f"Entry {number}")
    admin = browse(workspace, member)

    first = admin.get(PAGE, {"q": "entry"})
    second = admin.get(PAGE, {"q": "entry", "before": str(first.context["page"].oldest)})
    back = admin.get(PAGE, {"q": "entry", "after": str(second.context["page"].newest)})

    assert labels(first) == ["Entry 5", "Entry 4", "Entry 3"]
    assert labels(second) == ["Entry 2", "Entry 1", "Entry 0"]
    assert labels(back) == labels(first)
    assert not first.context["page"].has_newer
    assert not second.context["page"].has_older
    assert f"?q=entry&amp;before={first.context['page'].oldest}" in first.content.decode()


@pytest.mark.parametrize("name", ["before", "after"])
def test_a_place_that_is_none_is_not_found(cast: Cast, browse: Browse, name: str) -> None:
    response = browse(cast.acme, cast.admin).get(PAGE, {name: "nowhere"})

    assert response.status_code == 404


@pytest.mark.parametrize(("asked", "queries"), [({}, 10), ({"q": "copyright ada"}, 11)])
def test_a_page_costs_the_same_however_much_happened(
    cast: Cast,
    browse: Browse,
    django_assert_num_queries: DjangoAssertNumQueries,
    asked: dict[str, str],
    queries: int,
) -> None:
    admin = browse(cast.acme, cast.admin)
    wear_in(admin)
    with django_assert_num_queries(queries):
        admin.get(PAGE, asked)

    for number in range(60):
        member = make_member(cast.acme, person=make_person(name=f"Ada {number}"))
        make_entry(cast.acme, by=actor(member))

    with django_assert_num_queries(queries):
        response = admin.get(PAGE, asked)
    assert len(response.context["rows"]) == 50


def test_an_erased_person_is_not_named(cast: Cast, browse: Browse) -> None:
    make_entry(cast.acme, by=actor(cast.developer))
    erase_person(cast.developer.person_id, at=datetime(2027, 1, 1, tzinfo=UTC))

    response = browse(cast.acme, cast.admin).get(PAGE)

    assert response.context["rows"][0].who == "An erased person"
    assert "developer@acme.example.com" not in response.content.decode()
