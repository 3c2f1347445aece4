"""The home page that is kept for visitors never shows an old document, or a banner answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.config import visitors
from portico.config.visitors import PAGES
from portico.kernel import clock
from portico.legal.acceptance import showing
from portico.legal.cookies import consent
from portico.legal.cookies.tests.test_banner import BANNER, choose, has_banner, notice
from portico.legal.models import LegalKind, LegalVersion
from tests.make import make_legal_version

Browse = Callable[..., Client]
Queries = Callable[..., Any]


def text_of(client: Client) -> str:
    return client.get("/").content.decode()


def test_a_document_shows_at_the_next_visit(cast: Cast, browse: Browse) -> None:
    visitor = browse(cast.acme)
    for _look in range(2):
        assert "/legal/" not in text_of(visitor)

    make_legal_version(cast.acme)

    for _look in range(2):
        assert 'href="/legal/terms-of-service"' in text_of(visitor)


def test_a_page_does_not_outlive_the_moment_at_which_a_version_comes_into_force(
    cast: Cast, browse: Browse, monkeypatch: Any
) -> None:
    start = clock.now()
    coming = start + timedelta(seconds=5)
    make_legal_version(cast.acme, LegalKind.COOKIES, effective_at=coming)
    visitor = browse(cast.acme)

    seen = []
    for moment in (start, coming - timedelta(microseconds=1), coming, coming):
        for module in (visitors, showing, consent):
            monkeypatch.setattr(module, "now", lambda moment=moment: moment)
        seen.append(BANNER in text_of(visitor))

    assert seen == [False, False, True, True]


def test_a_withdrawn_version_never_shows(cast: Cast, browse: Browse) -> None:
    coming = make_legal_version(cast.acme, effective_at=clock.now() + timedelta(days=9))
    LegalVersion.objects.filter(id=coming.id).update(withdrawn_at=clock.now())

    assert "/legal/" not in text_of(browse(cast.acme))


def test_who_has_chosen_and_who_has_not_are_kept_apart(cast: Cast, browse: Browse) -> None:
    notice(cast.acme, 4)
    new, chosen = browse(cast.acme), browse(cast.acme)
    choose(chosen, "necessary")

    for _look in range(3):
        assert has_banner(new)
        assert not has_banner(chosen)


def test_an_older_choice_does_not_hide_a_new_banner(cast: Cast, browse: Browse) -> None:
    notice(cast.acme, hours=-9)
    visitor = browse(cast.acme)
    choose(visitor, "all")
    assert not has_banner(visitor)

    notice(cast.acme, 2, material=False, hours=-8)
    assert not has_banner(visitor)
    notice(cast.acme, 3, hours=-7)

    assert has_banner(visitor)


def test_what_somebody_writes_into_the_cookie_makes_no_more_pages(
    cast: Cast, browse: Browse
) -> None:
    notice(cast.acme)
    PAGES.clear()
    visitor = browse(cast.acme)

    for number in range(1, 20):
        visitor.cookies["portico-consent"] = f"all.{number}"
        text_of(visitor)

    assert len(PAGES.pages) <= 2  # the quarter of an hour may end meanwhile


def test_a_kept_page_costs_one_query_with_and_without_a_choice(
    cast: Cast, browse: Browse, django_assert_num_queries: Queries
) -> None:
    for number in range(1, 5):
        notice(cast.acme, number)
    new, chosen = browse(cast.acme), browse(cast.acme)
    choose(chosen, "all")
    for visitor in (new, chosen):
        text_of(visitor)

    for visitor in (new, chosen):
        with django_assert_num_queries(1):
            text_of(visitor)


@pytest.mark.parametrize("path", ["/sign-in/", "/nothing-here/"])
def test_other_public_pages_cost_the_same_for_any_number_of_versions(
    cast: Cast, browse: Browse, django_assert_num_queries: Queries, path: str
) -> None:
    visitor = browse(cast.acme)
    for _warm_up in range(2):
        visitor.get(path)
    with django_assert_num_queries(3):  # the workspace, its live settings, its documents
        visitor.get(path)
    for number in range(1, 9):
        notice(cast.acme, number)

    with django_assert_num_queries(3):
        visitor.get(path)
