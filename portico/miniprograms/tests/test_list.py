"""The list of mini programs: who sees which, searched, narrowed, in an order, page by page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.miniprograms.listing import Filters, page_of, programs_found
from portico.miniprograms.models import Kind
from portico.miniprograms.services import put_live
from portico.targets.models import ReleaseTarget
from portico.workspaces.models import Membership
from tests.make import AT, make_app, make_program, make_version

pytestmark = pytest.mark.django_db
Browse = Callable[..., Client]


def names(member: Membership, **filters: object) -> list[str]:
    found = programs_found(member, Filters(**filters))  # type: ignore[arg-type]
    return [program.name for program in page_of(found, order="name", size=50).programs]


def test_admins_reviewers_and_inspectors_see_all_others_what_they_are_assigned_to(
    cast: Cast,
) -> None:
    make_program(cast.acme, name="Tickets", admin=cast.developer)
    make_program(cast.acme, name="Wallet", developer=cast.operator)
    make_program(cast.zenith, name="Elsewhere")

    seen = {who: names(member) for who, member in cast.members().items()}

    everything = ["Tickets", "Wallet"]
    assert seen == {
        "admin": everything,
        "reviewer": everything,
        "inspector": everything,
        "developer": ["Tickets"],
        "operator": ["Wallet"],
    }


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("tick", ["Train Tickets"]),
        ("ickets train", ["Train Tickets"]),
        ("EXAMPLE.RAIL", ["Train Tickets"]),
        ("bücher", ["Bücher"]),
        ("钱包", ["支付宝钱包"]),
        ("付", ["支付宝钱包"]),
        ("com", ["Bücher", "Train Tickets", "支付宝钱包"]),
        ("nothing", []),
        ("'; --", []),
        ("q:*|z & !", []),
        ("\x00", []),
    ],
)
def test_a_search_finds_parts_of_names_and_app_ids(
    cast: Cast, words: str, found: list[str]
) -> None:
    make_program(cast.acme, "com.example.rail", name="Train Tickets")
    make_program(cast.acme, "com.acme.shop", name="Bücher")
    make_program(cast.acme, "com.acme.pay", name="支付宝钱包")

    assert names(cast.admin, words=words) == found


def test_filters_narrow_by_kind_category_state_assignment_and_what_is_live(cast: Cast) -> None:
    app = make_app(cast.acme)
    production, sandbox = ReleaseTarget.objects.filter(app=app).order_by("environment")
    live = make_program(cast.acme, name="Live", category="finance", admin=cast.admin)
    make_program(cast.acme, name="Hosted", kind=Kind.HOSTED, category="games")
    make_program(cast.acme, name="Gone", archived_at=AT)
    put_live(live, production, make_version(live), at=AT)

    assert names(cast.admin, kind="hosted") == ["Hosted"]
    assert names(cast.admin, category="finance") == ["Live"]
    assert names(cast.admin, state="archived") == ["Gone"]
    assert names(cast.admin, state="active") == ["Hosted", "Live"]
    assert names(cast.admin, assigned=True) == ["Live"]
    assert names(cast.admin, assigned=True, state="active") == ["Live"]
    assert names(cast.admin, assigned=True, state="archived") == []
    assert names(cast.admin, live_on=production.id) == ["Live"]
    assert names(cast.admin, live_on=sandbox.id) == []
    assert names(cast.admin, not_live_on=production.id, state="active") == ["Hosted"]
    assert names(cast.admin, not_live_on=sandbox.id) == ["Gone", "Hosted", "Live"]


@pytest.mark.parametrize("order", ["name", "-name", "made", "-made", "changed", "-changed"])
def test_pages_lead_through_the_whole_list_and_back(cast: Cast, order: str) -> None:
    for number in range(7):
        # Three share a name, and three the time of their change: their ids tell them apart.
        make_program(cast.acme, name=f"Program {max(2, number)}", changed_at=AT)
    found = programs_found(cast.admin, Filters())

    there, after = [], ""
    while True:
        page = page_of(found, order=order, size=2, after=after)
        there.append([program.id for program in page.programs])
        if not page.after:
            break
        after = page.after
    back = [there[-1]]
    while page.before:
        page = page_of(found, order=order, size=2, before=page.before)
        back.append([program.id for program in page.programs])

    assert [len(ids) for ids in there] == [2, 2, 2, 1]
    assert len({one for ids in there for one in ids}) == 7
    assert back == there[::-1]


def test_the_page_costs_the_same_queries_with_one_program_and_with_many(
    cast: Cast, browse: Browse
) -> None:
    targets = list(ReleaseTarget.objects.filter(app=make_app(cast.acme)))
    browser = browse(cast.acme, cast.admin)

    def fill(count: int) -> None:
        for _number in range(count):
            program = make_program(cast.acme)
            for target in targets:
                put_live(program, target, make_version(program), at=AT)

    fill(1)
    for _time in range(2):  # what is remembered by now is remembered both times
        browser.get("/console/programs/")
    with CaptureQueriesContext(connection) as few:
        assert browser.get("/console/programs/").status_code == 200
    fill(6)
    with CaptureQueriesContext(connection) as many:
        page = browser.get("/console/programs/").content.decode()

    assert len(many) == len(few)
    assert page.count("Production: 1.0.") == 7
