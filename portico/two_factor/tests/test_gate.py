"""After the grace, who has no second factor goes no further, on pages and in the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.kernel.clock import now
from portico.legal.acceptance.tests.papers import accept
from portico.two_factor.rules import Required
from portico.two_factor.tests.factors import Browse, give_app, require
from portico.workspaces.permissions import Role
from tests.make import LONG_AGO, make_legal_version, make_member

SET_UP = "/settings/account/two-factor/"
DAY = timedelta(days=1)


def sent_to(answer: Any) -> tuple[str, str]:
    """Where a redirect leads, and where it leads back to."""
    parts = urlsplit(answer.headers["Location"])
    return parts.path, parse_qs(parts.query).get("next", [""])[0]


# What it asks of whom is in test_rules.py, for every role; here, that the door asks it.
@pytest.mark.parametrize(
    ("required", "role"),
    [
        (Required.OFF, Role.ADMIN),
        (Required.ADMINS, Role.ADMIN),
        (Required.ADMINS, Role.DEVELOPER),
        (Required.ALL, Role.INSPECTOR),
    ],
)
def test_it_is_closed_to_those_whom_the_policy_asks(
    cast: Cast, browse: Browse, role: Role, required: Required
) -> None:
    require(cast.acme, required, at=LONG_AGO)

    answer = browse(cast.acme, cast.members()[role.value]).get("/console/?tab=1")

    if required is Required.ALL or (required is Required.ADMINS and role is Role.ADMIN):
        assert (answer.status_code, sent_to(answer)) == (302, (SET_UP, "/console/?tab=1"))
    else:
        assert answer.status_code == 200


def test_who_has_a_second_factor_goes_on(cast: Cast, browse: Browse, call: Browse) -> None:
    require(cast.acme, at=LONG_AGO)
    give_app(cast.developer.person)

    assert browse(cast.acme, cast.developer).get("/console/").status_code == 200
    assert call(cast.acme, cast.developer).get("/api/v1/me").status_code == 200


def test_another_workspaces_policy_asks_nobody_here(cast: Cast, browse: Browse) -> None:
    require(cast.zenith, at=LONG_AGO)

    assert browse(cast.acme, cast.developer).get("/console/").status_code == 200
    assert sent_to(browse(cast.zenith, cast.outsider).get("/console/"))[0] == SET_UP


@pytest.mark.parametrize(
    "path",
    [
        "/console/",
        "/console/members/",
        "/settings/tenant/two-factor/",
        "/settings/account/password/",
        "/settings/account/tokens/",
        "/console/after-two-factor/",
    ],
)
def test_every_family_of_pages_is_behind_it(cast: Cast, browse: Browse, path: str) -> None:
    require(cast.acme, at=LONG_AGO)

    assert sent_to(browse(cast.acme, cast.admin).get(path)) == (SET_UP, path)


@pytest.mark.parametrize(
    "path", ["/", SET_UP, "/settings/account/", "/settings/account/reauthenticate/"]
)
def test_what_is_needed_to_open_it_is_not(cast: Cast, browse: Browse, path: str) -> None:
    require(cast.acme, at=LONG_AGO)

    assert browse(cast.acme, cast.admin).get(path).status_code == 200


def test_one_can_sign_out(cast: Cast, browse: Browse) -> None:
    require(cast.acme, at=LONG_AGO)
    page = browse(cast.acme, cast.admin)

    assert page.post("/sign-out/").status_code == 302
    assert sent_to(page.get("/console/"))[0] == "/sign-in/"


def test_the_page_says_why_and_leads_back(cast: Cast, browse: Browse) -> None:
    require(cast.acme, at=LONG_AGO)
    page = browse(cast.acme, cast.admin)

    asked = page.get(f"{SET_UP}?next=/console/members/")
    give_app(cast.admin.person)
    done = page.get(SET_UP)
    back = page.get("/console/after-two-factor/")

    assert "Acme Pay requires two-factor authentication" in asked.content.decode()
    assert "/console/after-two-factor/" in done.content.decode()
    assert back.headers["Location"] == "/console/members/"


def test_the_way_back_leads_to_no_other_site(cast: Cast, browse: Browse) -> None:
    require(cast.acme, at=LONG_AGO)
    page = browse(cast.acme, cast.admin)

    page.get(f"{SET_UP}?next=https://evil.example.com/")
    give_app(cast.admin.person)

    assert page.get("/console/after-two-factor/").headers["Location"] == "/signed-in/"


def test_a_part_of_a_page_sends_the_whole_page_there(cast: Cast, browse: Browse) -> None:
    require(cast.acme, at=LONG_AGO)
    headers = {"HX-Request": "true", "Referer": "http://acme.localhost:8000/settings/tenant/"}

    answer = browse(cast.acme, cast.admin).get("/settings/tenant/about-us/edit/", headers=headers)

    assert answer.status_code == 403
    assert answer.headers["HX-Redirect"] == f"{SET_UP}?next=%2Fsettings%2Ftenant%2F"


def test_the_api_says_what_is_missing_and_where(cast: Cast, call: Browse) -> None:
    require(cast.acme, at=LONG_AGO)

    answer = call(cast.acme, cast.developer).get("/api/v1/me")

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (403, "two_factor_required")
    assert problem["set_up_at"] == f"http://acme.localhost:8000{SET_UP}"
    assert problem["due_at"] == LONG_AGO.isoformat()


def test_the_door_comes_before_the_gate(cast: Cast, browse: Browse, call: Browse) -> None:
    require(cast.acme, at=LONG_AGO)

    assert browse(cast.acme, cast.outsider).get("/console/").status_code == 404
    assert browse(cast.acme, cast.developer).get("/settings/tenant/").status_code == 403
    assert sent_to(browse(cast.acme).get("/console/"))[0] == "/sign-in/"
    assert call(cast.acme).get("/api/v1/me").status_code == 401


def test_who_comes_over_by_a_handoff_meets_it(cast: Cast, browse: Browse) -> None:
    require(cast.zenith, at=LONG_AGO)
    make_member(cast.zenith, person=cast.admin.person)

    forward = browse(cast.acme, cast.admin).post("/switch/zenith/")
    token = parse_qs(urlsplit(forward.context["forward_url"]).query)["token"][0]
    there = browse(cast.zenith)
    there.post("/handoff/", {"token": token})

    assert sent_to(there.get("/console/"))[0] == SET_UP


def test_within_the_grace_a_banner_names_the_date(cast: Cast, browse: Browse) -> None:
    require(cast.acme, Required.ALL, 9, at=now())

    page = browse(cast.acme, cast.developer).get("/console/").content.decode()

    assert "you can go on without it." in page
    assert f"{SET_UP}?next=/console/" in page.replace("%2F", "/")


def test_nobody_else_sees_the_banner(cast: Cast, browse: Browse) -> None:
    require(cast.acme, Required.ADMINS, 9, at=now())
    give_app(cast.admin.person)

    for member in (cast.developer, cast.admin):
        page = browse(cast.acme, member).get("/console/").content.decode()
        assert "two-factor authentication" not in page


def test_it_closes_in_the_moment_in_which_the_grace_is_over(cast: Cast, browse: Browse) -> None:
    begun = now()
    require(cast.acme, Required.ALL, 3, at=begun)
    page = browse(cast.acme, cast.developer)

    with time_machine.travel(begun + 3 * DAY - timedelta(seconds=1), tick=False):
        before = page.get("/console/")
    with time_machine.travel(begun + 3 * DAY, tick=False):
        after = page.get("/console/")

    assert (before.status_code, after.status_code) == (200, 302)


def follow(client: Client, path: str) -> list[str]:
    """The paths that a browser goes through until a page opens."""
    return [urlsplit(url).path for url, _ in client.get(path, follow=True).redirect_chain]


def test_both_gates_open_one_after_the_other(cast: Cast, browse: Browse) -> None:
    require(cast.acme, at=LONG_AGO)
    terms = make_legal_version(cast.acme)
    page = browse(cast.acme, cast.developer)

    first = follow(page, "/console/")
    at_set_up = follow(page, SET_UP)
    accept(cast.developer, terms)
    second = follow(page, "/console/")

    assert first == ["/legal/accept/"]
    assert at_set_up == []
    assert second == [SET_UP]


def test_the_legal_gate_stays_when_the_second_factor_is_there(cast: Cast, browse: Browse) -> None:
    require(cast.acme, at=LONG_AGO)
    make_legal_version(cast.acme)
    give_app(cast.developer.person)

    assert follow(browse(cast.acme, cast.developer), "/console/") == ["/legal/accept/"]


def test_it_costs_no_query(
    cast: Cast, browse: Browse, call: Browse, django_assert_num_queries: Any
) -> None:
    page, robot = browse(cast.acme, cast.developer), call(cast.acme, cast.developer)
    give_app(cast.developer.person)
    for warm in ("/console/", "/settings/account/"):
        page.get(warm)
    robot.get("/api/v1/me")
    with CaptureQueriesContext(connection) as before:
        page.get("/console/")
        robot.get("/api/v1/me")
    require(cast.acme, at=LONG_AGO)

    with django_assert_num_queries(len(before.captured_queries)):
        page.get("/console/")
        robot.get("/api/v1/me")
