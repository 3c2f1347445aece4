"""The page about cookies names all that are set, and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.test import Client

from conftest import Cast
from portico.legal.cookies.registry import all_cookies, consent_cookie_name
from portico.legal.cookies.tests.test_banner import notice
from tests.make import PASSWORD, make_member, make_person

Browse = Callable[..., Client]


def walk(cast: Cast) -> Iterator[Any]:
    """What browsers are answered on a way past everything that sets a cookie."""
    person = make_person("walker@acme.example.com", password=PASSWORD)
    make_member(cast.acme, person=person)
    visitor = Client(headers={"host": "acme.localhost:8000"})
    yield visitor.get("/")
    yield visitor.post("/language/", {"language": "zh-hans"})
    yield visitor.get("/cookies/")
    yield visitor.post("/cookies/", {"choice": "all"})
    yield visitor.post("/language/", {"language": "en"})
    yield visitor.get("/legal/cookie-notice")
    yield visitor.get("/sign-in/")
    yield visitor.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    yield visitor.get("/console/")
    yield visitor.post("/settings/account/", {"name": "W", "language": "", "time_zone": ""})
    yield visitor.get("/settings/account/")
    yield visitor.post("/sign-out/")
    yield visitor.get("/")
    yield visitor.post("/cookies/", {"choice": "necessary"})


def test_what_browsers_are_given_and_how_long_it_lasts_is_what_the_list_says(cast: Cast) -> None:
    notice(cast.acme)
    said: dict[str, dict[str, object]] = {
        settings.SESSION_COOKIE_NAME: {
            "Until you close the browser or sign out; 14 days at most": ""
        },
        settings.CSRF_COOKIE_NAME: {"1 year": 364 * 86400},
        "messages": {"Until the next page is shown": ""},
        consent_cookie_name(): {"180 days": 180 * 86400},
        settings.LANGUAGE_COOKIE_NAME: {"Until you close the browser": "", "1 year": 365 * 86400},
    }

    given: set[str] = set()
    lasting: dict[str, set[object]] = {}
    for answer in walk(cast):
        given |= answer.cookies.keys()
        for name, cookie in answer.cookies.items():
            if cookie.value:
                lasting.setdefault(name, set()).add(cookie["max-age"])

    assert given == {cookie.name for cookie in all_cookies()}
    assert lasting == {name: set(lasts.values()) for name, lasts in said.items()}
    listed: dict[str, set[str]] = {}
    for cookie in all_cookies():
        listed.setdefault(cookie.name, set()).add(str(cookie.lasts))
    assert listed == {name: set(lasts) for name, lasts in said.items()}


def test_only_what_lasts_beyond_the_visit_without_need_is_optional() -> None:
    optional = [cookie for cookie in all_cookies() if cookie.optional]

    assert [(one.name, str(one.lasts)) for one in optional] == [
        (settings.LANGUAGE_COOKIE_NAME, "1 year")
    ]


def test_the_first_look_sets_nothing_at_all(cast: Cast, browse: Browse) -> None:
    notice(cast.acme)

    for path in ("/", "/cookies/", "/legal/cookie-notice"):
        assert not browse(cast.acme).get(path).cookies


def test_the_page_lists_each_with_its_purpose(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme).get("/cookies/").content.decode()

    for cookie in all_cookies():
        assert cookie.name in page
        assert str(cookie.lasts) in page


def test_in_production_the_choice_is_bound_to_the_host(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True

    assert consent_cookie_name() == "__Host-portico-consent"
