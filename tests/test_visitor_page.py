"""The home page that visitors get from memory is never an old one, nor somebody else's."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.basic_settings import services as settings_services
from portico.branding.section import section as branding
from portico.config.visitors import PAGES
from portico.config.wsgi import application
from portico.copyright_notice.section import section as copyright_notice
from portico.workspaces.services import change_workspace
from tests.make import AT, actor, make_workspace

Browse = Callable[..., Client]
Queries = Callable[..., Any]


def save_notice(cast: Cast, text: str, *, based_on: int) -> None:
    settings_services.save(
        cast.acme, copyright_notice, {"text": text}, based_on=based_on, by=actor(cast.admin), at=AT
    )


def text_of(client: Client, **headers: str) -> str:
    return client.get("/", headers=headers).content.decode()


def test_a_second_visit_costs_one_query(
    cast: Cast, browse: Browse, django_assert_num_queries: Queries
) -> None:
    visitor = browse(cast.acme)
    visitor.get("/")

    with django_assert_num_queries(1):
        response = visitor.get("/")

    assert response.status_code == 200


@pytest.mark.parametrize("workspaces", [1, 50])
def test_the_first_visit_costs_the_same_with_many_workspaces(
    cast: Cast, browse: Browse, django_assert_num_queries: Queries, workspaces: int
) -> None:
    for _number in range(workspaces - 1):
        make_workspace()
    for _warm_up in range(2):  # the images are made, then read into memory
        browse(cast.acme).get("/")
        PAGES.clear()

    with django_assert_num_queries(4):  # its state, the workspace, live settings, legal versions
        browse(cast.acme).get("/")


def test_a_saved_setting_shows_at_the_next_visit(cast: Cast, browse: Browse) -> None:
    visitor = browse(cast.acme)
    assert "First Company" not in text_of(visitor)

    save_notice(cast, "© {year} First Company", based_on=0)
    assert "First Company" in text_of(visitor)

    save_notice(cast, "© {year} Second Company", based_on=1)
    assert "Second Company" in text_of(visitor)


def test_a_new_name_shows_at_the_next_visit(cast: Cast, browse: Browse) -> None:
    visitor = browse(cast.acme)
    assert "Acme Pay" in text_of(visitor)

    change_workspace(
        cast.acme,
        name="Renamed Pay",
        default_language="en",
        time_zone="UTC",
        based_on=1,
        by=actor(cast.admin),
        at=AT,
    )

    assert "Renamed Pay" in text_of(visitor)


def test_each_visitor_has_a_nonce_of_their_own_that_the_policy_names(
    cast: Cast, browse: Browse
) -> None:
    visitor = browse(cast.acme)
    settings_services.save(
        cast.acme,
        branding,
        {"brand_color": "#0b6e4f"},
        based_on=0,
        by=actor(cast.admin),
        at=AT,
    )

    nonces = set()
    for _visit in range(3):
        response = visitor.get("/")
        named = re.findall(r'nonce="([^"]+)"', response.content.decode())
        policy = response.headers["Content-Security-Policy"]
        assert named
        assert all(f"'nonce-{nonce}'" in policy for nonce in named)
        nonces.update(named)

    assert len(nonces) == 3


def test_who_is_signed_in_gets_a_page_of_their_own(cast: Cast, browse: Browse) -> None:
    visitor = browse(cast.acme)
    visitor.get("/")

    assert "Sign in" not in text_of(browse(cast.acme, cast.admin)).split("<main")[1]
    assert "Ada" not in text_of(visitor)


def test_languages_and_workspaces_are_kept_apart(cast: Cast, browse: Browse) -> None:
    visitor = browse(cast.acme)
    assert 'lang="en"' in text_of(visitor, accept_language="en")
    assert 'lang="zh-hans"' in text_of(visitor, accept_language="zh-Hans")
    assert "Zenith Bank" in text_of(browse(cast.zenith))
    assert "Zenith Bank" not in text_of(visitor, accept_language="en")
    response = visitor.get("/", headers={"accept_language": "zh-Hans"})
    assert response.headers["Content-Language"] == "zh-hans"
    assert "Accept-Language" in response.headers["Vary"]


def test_no_cookie_is_set_for_who_only_looks(cast: Cast, browse: Browse) -> None:
    assert not browse(cast.acme).get("/").cookies


# Django closes connections between requests, which a test's own transaction would not survive.
in_front = pytest.mark.django_db(transaction=True)


def first_look(host: str, **environ: str) -> tuple[str, dict[str, str], bytes]:
    """What the web server gets for a browser that comes for the first time."""
    said: list[tuple[str, list[tuple[str, str]]]] = []
    request = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "HTTP_HOST": host,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        **environ,
    }

    def start(status: str, headers: list[tuple[str, str]], *_error: Any) -> Callable[[bytes], None]:
        said.append((status, headers))
        return lambda _data: None

    answer = application(request, start)
    body = b"".join(answer)
    getattr(answer, "close", bool)()
    status, headers = said[0]
    return status, dict(headers), body


@in_front
def test_in_front_of_django_a_first_look_costs_one_query_and_is_the_same_page(
    cast: Cast, django_assert_num_queries: Queries
) -> None:
    _status, slow_headers, slow = first_look("acme.localhost:8000")

    with django_assert_num_queries(1):
        status, headers, fast = first_look("acme.localhost:8000")

    assert status == "200 OK"
    assert fast == slow  # there is no brand color, and so no nonce in it
    assert headers.keys() == slow_headers.keys()
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@in_front
def test_in_front_of_django_a_change_shows_at_the_next_look(cast: Cast) -> None:
    for _look in range(2):
        first_look("acme.localhost:8000")

    save_notice(cast, "© {year} Next Company", based_on=0)

    for _look in range(2):
        assert b"Next Company" in first_look("acme.localhost:8000")[2]


@in_front
@pytest.mark.parametrize(
    "otherwise",
    [
        {"HTTP_COOKIE": "a=b"},
        {"QUERY_STRING": "a=b"},
        {"PATH_INFO": "/sign-in/"},
        {"REQUEST_METHOD": "HEAD"},
        {"HTTP_HOST": "acme.localhost:8000, evil"},
    ],
)
def test_everything_but_a_first_look_is_djangos(cast: Cast, otherwise: dict[str, str]) -> None:
    for _look in range(2):
        first_look("acme.localhost:8000")

    status, headers, body = first_look(
        otherwise.pop("HTTP_HOST", "acme.localhost:8000"), **otherwise
    )

    assert status.startswith("400" if b"Bad host" in body else "200")
    assert "Content-Security-Policy" in headers


@in_front
def test_in_front_of_django_each_workspace_and_language_has_its_own_page(cast: Cast) -> None:
    for _look in range(2):
        assert b"Acme Pay" in first_look("acme.localhost:8000")[2]
        assert b"Zenith Bank" in first_look("zenith.localhost:8000")[2]
        chinese = first_look("acme.localhost:8000", HTTP_ACCEPT_LANGUAGE="zh-CN,zh;q=0.9")[2]
        assert b'lang="zh-hans"' in chinese
