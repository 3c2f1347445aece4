"""My Approvals, My Requests, and all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.approvals.models import ReviewVerdict
from portico.approvals.services import decide
from portico.miniprograms.models import MiniProgram
from portico.releases.deciding.tests.asking import asked_for, asked_under, by, offline_asked
from portico.releases.models import Release
from portico.releases.services import withdraw
from portico.targets.models import Environment
from tests.make import AT, actor, make_app, make_policy, make_program, make_release, make_version

Browse = Callable[..., Client]
WAITING, OWN, ALL = "/console/approvals/", "/console/approvals/own/", "/console/approvals/all/"


def named(cast: Cast, name: str) -> MiniProgram:
    return make_program(cast.acme, name=name, admin=cast.developer)


def shown(client: Client, url: str) -> list[str]:
    """The names of the programs in a list, in its order."""
    response = client.get(url)
    assert response.status_code == 200, response.content.decode()
    return [row.asked.program.name for row in response.context["rows"]]


def test_what_waits_is_there_oldest_first_until_it_is_decided(cast: Cast, browse: Browse) -> None:
    first = asked_for(cast, program=named(cast, "First"))
    asked_for(cast, program=named(cast, "Second"))
    reviewer = browse(cast.acme, cast.reviewer)
    assert shown(reviewer, WAITING) == ["First", "Second"]
    assert shown(reviewer, f"{WAITING}?sort=newest") == ["Second", "First"]

    decide(first, ReviewVerdict.APPROVE, by=actor(cast.reviewer), at=AT)

    assert shown(reviewer, WAITING) == ["Second"]
    assert shown(reviewer, ALL) == ["Second", "First"]


def test_ones_own_request_waits_for_others_unless_the_policy_lets_one_decide(
    cast: Cast, browse: Browse
) -> None:
    asked_for(cast, asker=cast.admin)
    admin = browse(cast.acme, cast.admin)
    assert shown(admin, WAITING) == []
    assert len(shown(browse(cast.acme, cast.reviewer), WAITING)) == 1

    asked_under(cast, make_policy(requester_may_approve=True), asker=cast.admin)

    assert len(shown(admin, WAITING)) == 1


def test_who_withdraws_takes_it_from_the_list_and_finds_it_among_their_own(
    cast: Cast, browse: Browse
) -> None:
    asked = asked_for(cast, program=named(cast, "Mine"))
    withdraw(Release.objects.get(id=asked.release), by=by(cast.developer), at=AT)

    assert shown(browse(cast.acme, cast.reviewer), WAITING) == []
    developer = browse(cast.acme, cast.developer)
    assert shown(developer, OWN) == ["Mine"]
    assert "Withdrawn" in developer.get(OWN).content.decode()


def test_a_developer_sees_their_own_and_no_other_even_of_the_same_program(
    cast: Cast, browse: Browse
) -> None:
    asked_for(cast, asker=cast.admin, program=named(cast, "The admin's"))
    asked_for(cast, program=named(cast, "The developer's"))
    developer = browse(cast.acme, cast.developer)

    response = developer.get(WAITING)

    assert response.status_code == 302
    assert response["Location"] == OWN
    assert shown(developer, OWN) == ["The developer's"]
    assert developer.get(ALL).status_code == 403


def test_an_inspector_sees_all_and_decides_on_none(cast: Cast, browse: Browse) -> None:
    asked_for(cast, program=named(cast, "Seen"))
    inspector = browse(cast.acme, cast.inspector)

    assert inspector.get(WAITING)["Location"] == ALL
    assert shown(inspector, ALL) == ["Seen"]


def test_another_workspace_sees_nothing_of_it(cast: Cast, browse: Browse) -> None:
    asked_for(cast)

    assert shown(browse(cast.zenith, cast.outsider), ALL) == []


def test_a_list_is_narrowed_by_what_who_looks_for(cast: Cast, browse: Browse) -> None:
    sandbox = make_app(cast.acme).targets.get(environment=Environment.SANDBOX)
    transfer = named(cast, "Transfer")
    asked_for(cast, program=transfer)
    offline_asked(cast)
    lunch = named(cast, "Lunch")
    make_release(
        lunch,
        sandbox,
        make_version(lunch),
        status="under_review",
        policy=make_policy(production=False, review=True),
        created_by=cast.developer,
    )
    reviewer = browse(cast.acme, cast.reviewer)

    assert len(shown(reviewer, WAITING)) == 3
    assert shown(reviewer, f"{WAITING}?environment=sandbox") == ["Lunch"]
    assert shown(reviewer, f"{WAITING}?q=trans") == ["Transfer"]
    assert shown(reviewer, f"{WAITING}?program={transfer.app_id}") == ["Transfer"]
    assert len(shown(reviewer, f"{WAITING}?kind=offline")) == 1
    assert len(shown(reviewer, f"{ALL}?status=in_review")) == 3
    assert shown(reviewer, f"{ALL}?status=withdrawn") == []
    assert "No request fits" in reviewer.get(f"{WAITING}?q=nothing").content.decode()
    assert len(shown(reviewer, f"{WAITING}?q=%00&kind=nonsense")) == 3


def test_pages_go_on_from_a_request_and_back(
    cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portico.releases.deciding.views.listing.ON_A_PAGE", 2)
    for name in ("A", "B", "C", "D", "E"):
        asked_for(cast, program=named(cast, name))
    reviewer = browse(cast.acme, cast.reviewer)

    first = reviewer.get(WAITING).context["page"]
    second = reviewer.get(f"{WAITING}?after={first.last}").context["page"]
    last = reviewer.get(f"{WAITING}?after={second.last}").context["page"]
    back = reviewer.get(f"{WAITING}?before={last.first}").context["page"]

    pages = [[one.program.name for one in page.requests] for page in (first, second, last, back)]
    assert pages == [["A", "B"], ["C", "D"], ["E"], ["C", "D"]]
    assert (first.first, last.last) == (None, None)
    assert back.first is not None
    assert reviewer.get(f"{WAITING}?after=nonsense").status_code == 404


def test_tabs_and_the_navigation_say_how_much_waits(cast: Cast, browse: Browse) -> None:
    asked_for(cast, asker=cast.admin)
    asked_for(cast)
    admin = browse(cast.acme, cast.admin)

    response = admin.get(WAITING)

    counts = {tab.title: tab.count for tab in response.context["tabs"]}
    assert counts == {"My Approvals": 1, "My Requests": 1, "All": 2}
    frame = response.context["frame"]
    assert {item.title: item.count for item in frame.navigation}["Approvals"] == 1
    developer = browse(cast.acme, cast.developer).get(OWN)
    items = {item.title: item.count for item in developer.context["frame"].navigation}
    assert items["Approvals"] is None


def test_more_than_ninety_nine_are_not_counted(
    cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("portico.approvals.queries", "portico.releases.deciding.rows"):
        monkeypatch.setattr(f"{module}.MOST_COUNTED", 2)
    for _number in range(4):
        asked_for(cast)

    tabs = browse(cast.acme, cast.reviewer).get(WAITING).context["tabs"]

    assert {tab.title: tab.count for tab in tabs} == {
        "My Approvals": "2+",
        "My Requests": 0,
        "All": "2+",
    }


def test_a_list_costs_the_same_with_one_and_with_many(cast: Cast, browse: Browse) -> None:
    reviewer = browse(cast.acme, cast.reviewer)
    asked_for(cast)
    for _time in range(2):  # until what is kept in memory is there
        reviewer.get(ALL)

    with CaptureQueriesContext(connection) as with_one:
        reviewer.get(ALL)
    for _number in range(8):
        asked_for(cast)
    with CaptureQueriesContext(connection) as with_many:
        assert len(shown(reviewer, ALL)) == 9

    assert len(with_many) == len(with_one)
    about = [one for one in with_many if "approvals_" in one["sql"]]
    assert len(about) == 5  # the rows, three tabs, the navigation
