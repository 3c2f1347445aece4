"""The list of releases: who sees which, searched, narrowed, in an order, page by page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.releases.listing import Filters, page_of, releases_found
from portico.workspaces.models import Membership
from tests.make import make_app, make_program, make_release, make_version

pytestmark = pytest.mark.django_db
Browse = Callable[..., Client]


def names(member: Membership, **filters: object) -> list[str]:
    found = releases_found(member, Filters(**filters))  # type: ignore[arg-type]
    page = page_of(found, order="made", size=50)
    return [f"{one.program.name} {one.version.name}" for one in page.releases]


def test_admins_reviewers_and_inspectors_see_all_others_what_they_are_assigned_to(
    cast: Cast,
) -> None:
    make_release(make_program(cast.acme, name="Tickets", admin=cast.developer))
    make_release(make_program(cast.acme, name="Wallet", developer=cast.operator))
    make_release(make_program(cast.zenith, name="Elsewhere"))

    seen = {who: names(member) for who, member in cast.members().items()}

    everything = ["Tickets 1.0.1", "Wallet 1.0.1"]
    assert seen == {
        "admin": everything,
        "reviewer": everything,
        "inspector": everything,
        "developer": ["Tickets 1.0.1"],
        "operator": ["Wallet 1.0.1"],
    }


def test_a_search_finds_programs_by_name_and_versions_by_name_or_code(cast: Cast) -> None:
    tickets = make_program(cast.acme, "com.example.rail", name="Train Tickets")
    make_release(tickets, version=make_version(tickets, code=7))
    make_release(tickets, version=make_version(tickets, code=12))
    wallet = make_program(cast.acme, "com.acme.pay", name="Wallet 2")
    make_release(wallet, version=make_version(wallet, code=7))

    found = {
        words: names(cast.admin, words=words)
        for words in ("tick", "rail 12", "1.0.7", "v1.0.12", "7", "wallet 2", "2", "\x00")
    }

    assert found == {
        "tick": ["Train Tickets 1.0.7", "Train Tickets 1.0.12"],
        "rail 12": ["Train Tickets 1.0.12"],
        "1.0.7": ["Train Tickets 1.0.7", "Wallet 2 1.0.7"],
        "v1.0.12": ["Train Tickets 1.0.12"],
        "7": ["Train Tickets 1.0.7", "Wallet 2 1.0.7"],
        "wallet 2": ["Wallet 2 1.0.7"],
        "2": ["Wallet 2 1.0.7"],
        "\x00": [],
    }


def test_filters_narrow_by_status_environment_target_and_program(cast: Cast) -> None:
    app = make_app(cast.acme)
    production, sandbox = app.targets.order_by("environment")
    program = make_program(cast.acme, "com.example.rail", name="Rail")
    make_release(program, production, status="full_release")
    make_release(program, production, status="grayscale_release", share=1000)
    make_release(program, sandbox, status="canceled")
    make_release(make_program(cast.acme, name="Other"), status="under_review")

    assert names(cast.admin, status="full_release") == ["Rail 1.0.1"]
    assert names(cast.admin, status="under_way") == ["Rail 1.0.2", "Other 1.0.1"]
    assert names(cast.admin, status="live") == ["Rail 1.0.1", "Rail 1.0.2"]
    assert names(cast.admin, production=False) == ["Rail 1.0.3"]
    assert names(cast.admin, targets=(production.id,)) == ["Rail 1.0.1", "Rail 1.0.2"]
    assert names(cast.admin, app_id="com.example.rail", status="canceled") == ["Rail 1.0.3"]
    assert names(cast.outsider, app_id="com.example.rail") == []


@pytest.mark.parametrize("order", ["-made", "-changed"])
def test_pages_lead_through_the_whole_list_and_back(cast: Cast, order: str) -> None:
    program = make_program(cast.acme)
    for _number in range(5):  # all changed at the same time: their ids tell them apart
        make_release(program, status="canceled")
    found = releases_found(cast.admin, Filters())

    there, after = [], ""
    while True:
        page = page_of(found, order=order, size=2, after=after)
        there.append([one.id for one in page.releases])
        if not page.after:
            break
        after = page.after
    back = [there[-1]]
    while page.before:
        page = page_of(found, order=order, size=2, before=page.before)
        back.append([one.id for one in page.releases])

    assert [len(ids) for ids in there] == [2, 2, 1]
    assert back == there[::-1]
    assert [one for ids in there for one in ids] == sorted(
        (one for ids in there for one in ids), reverse=True
    )


def test_the_page_says_what_to_do_where_there_is_nothing_and_where_nothing_fits(
    cast: Cast, browse: Browse
) -> None:
    developer, operator = browse(cast.acme, cast.developer), browse(cast.acme, cast.operator)

    nothing = developer.get("/console/releases/").content.decode()
    nothing_to_do = operator.get("/console/releases/").content.decode()
    nothing_fits = developer.get("/console/releases/?q=x&after=nonsense").content.decode()

    assert "No release yet" in nothing
    assert 'href="/console/programs/"' in nothing.partition("No release yet")[2]
    assert "They appear here once somebody releases" in nothing_to_do
    assert "No release fits" in nothing_fits


def test_the_page_costs_the_same_queries_with_one_release_and_with_many(
    cast: Cast, browse: Browse
) -> None:
    app = make_app(cast.acme)
    target = app.targets.get(environment="production")
    browser = browse(cast.acme, cast.developer)

    def fill(count: int) -> None:
        for _number in range(count):
            program = make_program(cast.acme, admin=cast.developer)
            make_release(program, target, status="grayscale_release", share=12_500)

    fill(1)
    address = f"/console/releases/?status=grayscale_release&app={app.id}&sort=-changed&q=program"
    for _time in range(2):  # what is remembered by now is remembered both times
        browser.get(address)
    with CaptureQueriesContext(connection) as few:
        assert browser.get(address).status_code == 200
    fill(5)
    with CaptureQueriesContext(connection) as many:
        page = browser.get(address).content.decode()

    assert len(many) == len(few)
    assert page.count("Grayscale Release, 12.5 %") == 6
