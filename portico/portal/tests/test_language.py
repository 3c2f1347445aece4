from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from conftest import Cast

Browse = Callable[..., Client]


def test_a_visitor_chooses_a_language_and_it_stays(cast: Cast, browse: Browse) -> None:
    visitor = browse(cast.acme)

    answer = visitor.post("/language/", {"language": "zh-hans", "next": "/sign-in/"})
    page = visitor.get("/")

    cookie = answer.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in/"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert '<html lang="zh-hans"' in page.content.decode()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        "https://evil.example.com/",
        "//evil.example.com/",
        "/\\evil.example.com/",
        "javascript:alert(1)",
        "http://zenith.localhost:8000/",
    ],
)
def test_the_way_back_leads_nowhere_else(cast: Cast, browse: Browse, elsewhere: str) -> None:
    answer = browse(cast.acme).post("/language/", {"language": "en", "next": elsewhere})

    assert answer.headers["Location"] == "/"


def test_a_language_that_pages_do_not_come_in_is_refused(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.acme).post("/language/", {"language": "tlh"})

    assert answer.status_code == 422
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies
    assert "tlh" in answer.content.decode()


def test_choosing_takes_no_cookie_so_the_page_is_the_same_for_every_visitor(cast: Cast) -> None:
    visitor = Client(headers={"host": "acme.localhost:8000"}, enforce_csrf_checks=True)

    page = visitor.get("/")
    answer = visitor.post("/language/", {"language": "zh-hans"})

    assert not page.cookies
    assert answer.status_code == 302
    assert list(answer.cookies) == [settings.LANGUAGE_COOKIE_NAME]


def test_choosing_takes_a_post(cast: Cast, browse: Browse) -> None:
    assert browse(cast.acme).get("/language/").status_code == 405


def test_the_home_page_offers_each_language_by_its_own_name(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme).get("/").content.decode()

    assert 'value="zh-hans"' in page
    assert "简体中文" in page
