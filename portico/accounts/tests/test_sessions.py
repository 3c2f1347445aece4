from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from conftest import Cast
from portico.accounts.sessions import LastSeenMiddleware, sessions_of
from portico.kernel.clock import now
from tests.make import PASSWORD

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
PAGE = "/settings/account/sessions/"


def sign_in(cast: Cast, *, user_agent: str = FIREFOX) -> Client:
    """A browser in which the developer of acme has signed in through the page."""
    client = Client(headers={"host": "acme.localhost:8000", "user-agent": user_agent})
    answer = client.post("/sign-in/", {"login": "developer@acme.example.com", "password": PASSWORD})
    assert answer.status_code == 302
    return client


@pytest.fixture(autouse=True)
def password(cast: Cast) -> None:
    cast.developer.person.set_password(PASSWORD)
    cast.developer.person.save()


def test_the_page_lists_where_the_person_is_signed_in(cast: Cast) -> None:
    here = sign_in(cast)
    sign_in(cast, user_agent="curl/8.5")

    page = here.get(PAGE).content.decode()

    assert "Firefox on Windows" in page
    assert "curl" in page
    assert page.count("This session") == 1
    assert "acme.localhost:8000" in page


def test_a_session_of_somebody_else_is_not_listed_and_cannot_be_ended(cast: Cast) -> None:
    developer = sign_in(cast)
    session = UserSession.objects.get()
    session.user = cast.admin.person
    session.save()

    listed = sessions_of(cast.developer.person, at=now())
    answer = developer.post(f"{PAGE}{session.id}/end/")

    assert listed == []
    assert answer.status_code == 404
    assert UserSession.objects.filter(id=session.id).exists()


def test_ending_a_session_signs_it_out(cast: Cast) -> None:
    here, there = sign_in(cast), sign_in(cast)
    other = UserSession.objects.get(session_key=there.session.session_key)

    here.post(f"{PAGE}{other.id}/end/")

    assert there.get("/console/").status_code == 302
    assert here.get("/console/").status_code == 200


def test_ending_this_session_asks_to_sign_out(cast: Cast) -> None:
    here = sign_in(cast)
    own = UserSession.objects.get()

    answer = here.post(f"{PAGE}{own.id}/end/")

    assert answer.headers["Location"] == "/sign-out/"
    assert here.get("/console/").status_code == 200


def test_ending_all_others_leaves_this_one(cast: Cast) -> None:
    here, there, elsewhere = sign_in(cast), sign_in(cast), sign_in(cast)

    here.post(f"{PAGE}end-others/")

    assert here.get("/console/").status_code == 200
    assert there.get("/console/").status_code == 302
    assert elsewhere.get("/console/").status_code == 302


def test_a_changed_password_ends_the_other_sessions_and_their_rows(cast: Cast) -> None:
    here, there = sign_in(cast), sign_in(cast)
    new = "a very different password"

    answer = here.post(
        "/settings/account/password/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    page = here.get(PAGE)

    assert answer.headers["Location"] == "/settings/account/password/"
    assert len(page.context["rows"]) == 1
    assert page.context["rows"][0]["is_current"]
    assert there.get("/console/").status_code == 302


def test_a_session_that_is_over_is_not_listed(cast: Cast) -> None:
    sign_in(cast)

    later = sessions_of(cast.developer.person, at=now() + timedelta(days=15))

    assert later == []


def test_the_page_costs_the_same_with_one_and_with_twenty_sessions(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    here = sign_in(cast)
    here.get(PAGE)
    here.get(PAGE)
    with django_assert_num_queries(8):
        here.get(PAGE)

    for _number in range(19):
        sign_in(cast)

    with django_assert_num_queries(8):
        response = here.get(PAGE)
    assert len(response.context["rows"]) == 20


def test_when_a_session_was_last_seen_is_noted_every_five_minutes(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(cast)
    begun = UserSession.objects.get().last_seen_at
    middleware = LastSeenMiddleware(lambda _request: HttpResponse())

    def visit() -> None:
        request = HttpRequest()
        request.session, request.user = client.session, cast.developer.person
        middleware(request)
        request.session.save()

    with time_machine.travel(begun + timedelta(minutes=1), tick=False):
        visit()
        first = UserSession.objects.get().last_seen_at
    with time_machine.travel(begun + timedelta(minutes=5), tick=False):
        visit()
        second = UserSession.objects.get().last_seen_at
    with time_machine.travel(begun + timedelta(minutes=7), tick=False):
        visit()
        third = UserSession.objects.get().last_seen_at

    assert first == second == begun + timedelta(minutes=1)
    assert third == begun + timedelta(minutes=7)
