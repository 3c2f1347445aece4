from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from conftest import Cast
from portico.accounts.models import Person
from portico.kernel.clock import now
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.door import UnmarkedView
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import Role
from tests.make import make_member

Browse = Callable[..., Client]
SESSION = "portico-session"


def silent(_request: HttpRequest) -> HttpResponse:
    """A view that says not who may open it."""
    return HttpResponse("open")


urlpatterns = [path("silent/", silent)]


def carried(client: Client, host: str) -> Client:
    """The same session cookie, sent to another host."""
    other = Client(headers={"host": host})
    other.cookies[SESSION] = str(client.session.session_key)
    return other


def status(client: Client, path: str = "/console/") -> int:
    return int(client.get(path).status_code)


def test_a_session_is_worth_nothing_on_another_workspaces_host(cast: Cast, browse: Browse) -> None:
    make_member(cast.zenith, person=cast.admin.person)
    at_acme = browse(cast.acme, cast.admin)
    assert status(at_acme) == 200

    assert status(carried(at_acme, "zenith.localhost:8000")) == 302


@pytest.mark.parametrize("host", ["localhost:8000", "acme.localhost", "127.0.0.1:8000"])
def test_a_session_is_worth_nothing_on_another_host_of_its_workspace(
    cast: Cast, browse: Browse, host: str
) -> None:
    assert status(carried(browse(cast.acme, cast.admin), host)) == 302


def test_a_session_is_worth_nothing_where_its_host_shows_another_workspace(
    cast: Cast, browse: Browse
) -> None:
    make_member(cast.zenith, person=cast.admin.person)
    at_acme = browse(cast.acme, cast.admin)
    Workspace.objects.filter(slug="acme").update(slug="old-acme")
    Workspace.objects.filter(slug="zenith").update(slug="acme")

    assert status(at_acme) == 302


def test_a_session_that_was_never_bound_is_nobodys(cast: Cast) -> None:
    client = Client(headers={"host": "acme.localhost:8000"})
    client.force_login(cast.admin.person)

    assert status(client) == 302


def test_a_blocked_member_is_out_with_the_next_request(
    cast: Cast, browse: Browse, call: Callable[..., Client]
) -> None:
    page, api = browse(cast.acme, cast.developer), call(cast.acme, cast.developer)
    assert (status(page), status(api, "/api/v1/me")) == (200, 200)

    Membership.objects.filter(id=cast.developer.id).update(blocked_at=now())

    assert (status(page), status(api, "/api/v1/me")) == (404, 401)
    assert page.get("/settings/account/").status_code == 404
    assert page.post("/switch/acme/").status_code == 404


def test_who_is_blocked_in_one_workspace_goes_on_in_another(
    cast: Cast, browse: Browse, call: Callable[..., Client]
) -> None:
    there = make_member(cast.zenith, Role.OPERATOR, person=cast.developer.person)
    page, api = browse(cast.zenith, there), call(cast.zenith, there)

    Membership.objects.filter(id=cast.developer.id).update(blocked_at=now())

    assert (status(page), status(api, "/api/v1/me")) == (200, 200)


def test_a_removed_member_is_out_with_the_next_request(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme, cast.developer)
    assert status(page) == 200

    cast.developer.delete()

    assert status(page) == 404


def test_a_closed_account_is_out_with_the_next_request(
    cast: Cast, browse: Browse, call: Callable[..., Client]
) -> None:
    page, api = browse(cast.acme, cast.developer), call(cast.acme, cast.developer)

    Person.objects.filter(id=cast.developer.person_id).update(is_active=False)

    assert (status(page), status(api, "/api/v1/me")) == (302, 401)


def test_a_new_role_counts_with_the_next_request(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme, cast.admin)
    assert status(page, "/settings/tenant/") == 200

    Membership.objects.filter(id=cast.admin.id).update(role=Role.OPERATOR)

    assert status(page, "/settings/tenant/") == 403


def test_a_session_ends_after_two_weeks(cast: Cast, browse: Browse, settings: Any) -> None:
    page = browse(cast.acme, cast.admin)

    session = page.session
    left = session.get_expiry_date() - now()

    assert timedelta(days=13) < left <= timedelta(days=14)


def test_what_members_see_is_kept_nowhere(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme, cast.admin)

    for address in (
        "/console/",
        "/console/audit/",
        "/console/audit.csv",
        "/settings/tenant/",
        "/settings/tenant/about-us/edit/",
        "/settings/tenant/workspace/",
        "/settings/account/",
        "/settings/account/tokens/",
        "/nothing/",
    ):
        answer = page.get(address)
        if answer.streaming:
            answer.getvalue()
        assert answer.headers["Cache-Control"] == "private, no-store", address


def test_the_wrong_role_and_an_outsider_get_a_page_in_the_brand(cast: Cast, browse: Browse) -> None:
    forbidden = browse(cast.acme, cast.developer).get("/settings/tenant/")
    nothing = browse(cast.acme, cast.outsider).get("/settings/tenant/")

    assert (forbidden.status_code, nothing.status_code) == (403, 404)
    for page in (forbidden.content.decode(), nothing.content.decode()):
        assert "Acme Pay" in page
    assert "Your role does not allow this." in forbidden.content.decode()
    assert "Settings" not in nothing.content.decode()


def test_an_address_that_only_takes_forms_says_so(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.acme, cast.developer).get("/settings/account/sessions/end-others/")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert "Acme Pay" in answer.content.decode()


def test_a_view_that_says_nothing_is_closed_to_everybody(
    cast: Cast, browse: Browse, settings: Any
) -> None:
    settings.ROOT_URLCONF = __name__

    for member in (cast.admin, None):
        with pytest.raises(UnmarkedView, match=r"test_door\.silent says not who may open it"):
            browse(cast.acme, member).get("/silent/")


def test_an_operation_that_says_nothing_cannot_be_added() -> None:
    with pytest.raises(TypeError, match="says not who may call it"):
        ApiRouter().get("/silent")(silent)
