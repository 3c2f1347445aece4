"""The home page that visitors get from memory is never an old one, nor somebody else's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.basic_settings import services as settings_services
from portico.branding.section import section as branding
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

    with django_assert_num_queries(3):  # its state, the workspace, the live settings
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
