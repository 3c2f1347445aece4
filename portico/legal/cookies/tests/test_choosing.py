"""Choosing: what is remembered, for how long, and what is deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from conftest import Cast
from portico.legal.cookies.tests.test_banner import CONSENT, choose, has_banner, notice

Browse = Callable[..., Client]
LANGUAGE = settings.LANGUAGE_COOKIE_NAME
YEAR = 365 * 24 * 3600


def pick(client: Client, language: str = "zh-hans") -> Any:
    """Choose a language; returns the cookie."""
    return client.post("/language/", {"language": language}).cookies[LANGUAGE]


def test_the_choice_is_remembered_on_this_host_for_half_a_year(cast: Cast, browse: Browse) -> None:
    notice(cast.acme, 3)

    answer = choose(browse(cast.acme), "necessary", next="/sign-in/?next=/console/")

    cookie = answer.cookies[CONSENT]
    assert answer.headers["Location"] == "/sign-in/?next=/console/"
    assert cookie.value == "necessary.3"
    assert cookie["max-age"] == 180 * 24 * 3600
    assert (cookie["domain"], cookie["path"]) == ("", "/")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize("with_notice", [True, False])
@pytest.mark.parametrize("choice", ["", "necessary"])
def test_without_consent_a_language_is_kept_for_the_visit_alone(
    cast: Cast, browse: Browse, with_notice: bool, choice: str
) -> None:
    if with_notice:
        notice(cast.acme)
    visitor = browse(cast.acme)
    if choice:
        choose(visitor, choice)

    cookie = pick(visitor)

    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert 'lang="zh-hans"' in visitor.get("/").content.decode()


def test_with_consent_it_is_kept_for_a_year(cast: Cast, browse: Browse) -> None:
    notice(cast.acme)
    visitor = browse(cast.acme)
    choose(visitor, "all")

    assert pick(visitor)["max-age"] == YEAR


def test_a_language_that_was_chosen_before_is_kept_for_a_year_from_consent_on(
    cast: Cast, browse: Browse
) -> None:
    notice(cast.acme)
    visitor = browse(cast.acme)
    pick(visitor)

    answer = choose(visitor, "all")

    assert answer.cookies[LANGUAGE].value == "zh-hans"
    assert answer.cookies[LANGUAGE]["max-age"] == YEAR


def test_refusing_from_the_start_keeps_the_language_for_the_visit(
    cast: Cast, browse: Browse
) -> None:
    notice(cast.acme)
    visitor = browse(cast.acme)
    pick(visitor)

    answer = choose(visitor, "necessary")

    assert answer.cookies[LANGUAGE].value == "zh-hans"
    assert answer.cookies[LANGUAGE]["max-age"] == ""
    assert 'lang="zh-hans"' in visitor.get("/").content.decode()


def test_taking_consent_back_deletes_what_was_remembered(cast: Cast, browse: Browse) -> None:
    notice(cast.acme)
    visitor = browse(cast.acme)
    choose(visitor, "all")
    pick(visitor)

    answer = choose(visitor, "necessary")

    assert answer.cookies[LANGUAGE].value == ""
    assert answer.cookies[LANGUAGE]["max-age"] == 0
    assert LANGUAGE not in {name for name, one in visitor.cookies.items() if one.value}


def test_consent_for_an_older_notice_allows_nothing_anew(cast: Cast, browse: Browse) -> None:
    notice(cast.acme, hours=-9)
    visitor = browse(cast.acme)
    choose(visitor, "all")

    notice(cast.acme, 2, hours=-8)

    assert pick(visitor)["max-age"] == ""


def test_a_choice_without_a_notice_counts_until_there_is_one(cast: Cast, browse: Browse) -> None:
    visitor = browse(cast.acme)

    assert choose(visitor, "all").cookies[CONSENT].value == "all.0"

    assert pick(visitor)["max-age"] == YEAR
    notice(cast.acme)
    assert has_banner(visitor)


def test_the_choice_can_be_changed_on_its_page(cast: Cast, browse: Browse) -> None:
    notice(cast.acme)
    visitor = browse(cast.acme)
    page = visitor.get("/cookies/").content.decode()
    assert "Not chosen yet" in page
    assert "cookie-banner" not in page

    answer = choose(visitor, "all")

    assert answer.headers["Location"] == "/cookies/"
    assert "All accepted" in visitor.get("/cookies/").content.decode()
    choose(visitor, "necessary")
    page = visitor.get("/cookies/").content.decode()
    assert "All accepted" not in page


@pytest.mark.parametrize("choice", ["", "some", "ALL", "all\x00"])
def test_an_unknown_choice_is_refused(cast: Cast, browse: Browse, choice: str) -> None:
    answer = choose(browse(cast.acme), choice)

    assert answer.status_code == 422
    assert "Nothing was changed" in answer.content.decode()
    assert not answer.cookies


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example.com/", "//evil.example.com/", "/\\evil.example.com/", "x", ""],
)
def test_the_way_back_leads_nowhere_else(cast: Cast, browse: Browse, elsewhere: str) -> None:
    answer = choose(browse(cast.acme), "all", next=elsewhere)

    assert answer.headers["Location"] == "/cookies/"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example.com"},
        {"origin": "http://zenith.localhost:8000"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_no_other_site_chooses_for_a_visitor(
    cast: Cast, browse: Browse, headers: dict[str, str]
) -> None:
    answer = browse(cast.acme).post("/cookies/", {"choice": "all"}, headers=headers)

    assert answer.status_code == 403
    assert not answer.cookies


def test_our_own_form_chooses_and_takes_no_token(cast: Cast) -> None:
    visitor = Client(headers={"host": "acme.localhost:8000"}, enforce_csrf_checks=True)
    headers = {"origin": "http://acme.localhost:8000", "sec-fetch-site": "same-origin"}

    answer = visitor.post("/cookies/", {"choice": "all"}, headers=headers)

    assert answer.status_code == 302
    assert list(answer.cookies) == [CONSENT]
