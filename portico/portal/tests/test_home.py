from __future__ import annotations

from collections.abc import Callable

import time_machine
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from conftest import Cast
from portico.basic_settings import services
from portico.basic_settings.registry import section_named
from tests.make import AT, actor, make_member, make_workspace

Browse = Callable[..., Client]


def test_a_visitor_is_welcomed_and_can_sign_in(cast: Cast, browse: Browse) -> None:
    response = browse(cast.acme).get("/")

    page = response.content.decode()
    assert response.status_code == 200
    assert "Welcome to Acme Pay" in page
    assert 'href="/sign-in/"' in page
    assert "/console/" not in page


def test_a_member_can_go_to_the_console(cast: Cast, browse: Browse) -> None:
    response = browse(cast.acme, cast.developer).get("/")

    page = response.content.decode()
    assert 'href="/console/"' in page
    assert 'href="/sign-in/"' not in page


def test_somebody_who_is_no_member_is_told_and_led_to_their_own_workspaces(
    cast: Cast, browse: Browse
) -> None:
    response = browse(cast.acme, cast.outsider).get("/")

    page = response.content.decode()
    assert "You are not a member of Acme Pay" in page
    assert 'action="/switch/zenith/"' in page
    assert "Go to Zenith Bank" in page
    assert 'action="/sign-out/"' in page
    assert "/console/" not in page


def test_a_blocked_member_is_treated_as_no_member(cast: Cast, browse: Browse) -> None:
    cast.developer.blocked_at = AT
    cast.developer.save()

    response = browse(cast.acme, cast.developer).get("/")

    page = response.content.decode()
    assert "You are not a member of Acme Pay" in page
    assert "You belong to no workspace yet" in page


def test_what_an_admin_saves_is_on_the_next_page(cast: Cast, browse: Browse) -> None:
    visitor = browse(cast.acme)
    before = visitor.get("/").content.decode()

    services.save(
        cast.acme,
        section_named("about-us"),
        {"url": "https://www.example.com/who-we-are"},
        based_on=0,
        by=actor(cast.admin),
        at=AT,
    )
    after = visitor.get("/")

    assert "https://www.example.com/who-we-are" not in before
    assert "https://www.example.com/who-we-are" in after.content.decode()
    assert after.headers["Cache-Control"] == "private, no-cache"


def test_a_page_in_preview_is_kept_nowhere(cast: Cast, browse: Browse) -> None:
    section = section_named("about-us")
    services.save_draft(
        cast.acme,
        section,
        {"url": "https://draft.example.com/"},
        based_on=0,
        version=0,
        by=actor(cast.admin),
        at=AT,
    )
    admin = browse(cast.acme, cast.admin)
    admin.post("/settings/tenant/about-us/draft/preview/")

    response = admin.get("/")

    assert "https://draft.example.com/" in response.content.decode()
    assert response.headers["Cache-Control"] == "private, no-store"


@time_machine.travel(AT, tick=False)
def test_a_visitor_costs_one_query_with_one_and_with_fifty_workspaces(
    cast: Cast, browse: Browse, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    visitor = browse(cast.acme)
    visitor.get("/")
    with django_assert_num_queries(1):
        visitor.get("/")

    for _number in range(50):
        make_member(make_workspace())

    with django_assert_num_queries(1):
        visitor.get("/")


@time_machine.travel(AT, tick=False)
def test_the_first_visitor_after_a_change_costs_four_queries(
    cast: Cast, browse: Browse, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    visitor = browse(cast.acme)
    visitor.get("/")
    visitor.get("/sign-in/")  # the monogram is remembered now
    section = section_named("about-us")
    url = {"url": "https://www.example.com/"}
    services.save(cast.acme, section, url, based_on=0, by=actor(cast.admin), at=AT)

    with django_assert_num_queries(4):
        response = visitor.get("/")

    assert "https://www.example.com/" in response.content.decode()


def test_a_member_of_fifty_workspaces_costs_as_much_as_one_of_one(
    cast: Cast, browse: Browse, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    admin = browse(cast.acme, cast.admin)
    admin.get("/")
    admin.get("/")
    with django_assert_num_queries(7):
        admin.get("/")

    for _number in range(50):
        make_member(make_workspace(), person=cast.admin.person)

    with django_assert_num_queries(7):
        admin.get("/")
