from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from conftest import Cast
from portico.basic_settings import services
from portico.basic_settings.registry import section_named
from portico.console.tests.make import make_entry, wear_in
from tests.make import AT, actor, make_member, make_workspace

Browse = Callable[..., Client]
PAGE = "/console/"


def test_an_admin_sees_what_is_set_and_what_is_not(cast: Cast, browse: Browse) -> None:
    section = section_named("about-us")
    services.save(
        cast.acme,
        section,
        {"url": "https://www.example.com/about"},
        based_on=0,
        by=actor(cast.admin),
        at=AT,
    )

    response = browse(cast.acme, cast.admin).get(PAGE)

    states = {state.title: state for state in response.context["states"]}
    assert states["URL of About Us"].is_set
    assert states["URL of About Us"].who == "Workspace Admin"
    assert not states["Logo & Favicon"].is_set
    assert 'href="/settings/tenant/#branding"' in response.content.decode()


def test_an_admin_sees_the_latest_entries(cast: Cast, browse: Browse) -> None:
    for number in range(7):
        make_entry(cast.acme, label=f"Entry {number}")

    response = browse(cast.acme, cast.admin).get(PAGE)

    shown = [row.entry.subject_label for row in response.context["latest"]]
    assert shown == ["Entry 6", "Entry 5", "Entry 4", "Entry 3", "Entry 2"]


@pytest.mark.parametrize("role", ["developer", "reviewer", "operator", "inspector"])
def test_other_roles_see_their_account_and_no_settings_or_audit(
    cast: Cast, browse: Browse, role: str
) -> None:
    make_entry(cast.acme, label="Not for everybody")

    response = browse(cast.acme, cast.members()[role]).get(PAGE)

    page = response.content.decode()
    assert response.status_code == 200
    assert 'href="/settings/account/tokens/"' in page
    assert "Nothing waits for you" in page
    assert "Not for everybody" not in page
    assert "/console/audit/" not in page
    assert "/settings/tenant/" not in page


def test_the_dashboard_costs_the_same_with_one_and_with_fifty_workspaces(
    cast: Cast, browse: Browse, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    admin = browse(cast.acme, cast.admin)
    wear_in(admin)
    with django_assert_num_queries(20):
        admin.get(PAGE)

    for _number in range(50):
        make_member(make_workspace(), person=cast.admin.person)

    with django_assert_num_queries(20):
        response = admin.get(PAGE)
    assert response.status_code == 200
