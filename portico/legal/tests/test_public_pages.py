"""What everybody reads: the version in force, any version for ever, its pages and its PDF."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.kernel.clock import now
from portico.legal.models import LegalKind
from portico.legal.tests.publishing import listed, publish, save

TERMS = "/legal/terms-of-service"


def test_where_nothing_is_published_there_is_nothing(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    visitor = browse(cast.acme)

    answers = [visitor.get(path).status_code for path in ("/legal/", TERMS, f"{TERMS}/1")]

    assert answers == [404, 404, 404]


def test_a_visitor_reads_what_is_in_force_page_by_page_and_as_text(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    publish(cast.acme, cast.admin, "Be kind to <others> & pay.", at=now())

    page = browse(cast.acme).get(TERMS)

    assert page.status_code == 200
    text = page.content.decode()
    assert "Version 1, in force since" in text
    assert f'src="{TERMS}/1/en/1.png"' in text
    assert "Be kind to &lt;others&gt; &amp; pay." in text
    assert 'alt="Page 1 of 1"' in text


def test_a_missing_language_falls_back_to_the_one_that_counts_and_says_so(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    publish(cast.acme, cast.admin, "English alone", at=now())

    page = browse(cast.acme).get(f"{TERMS}?language=zh-hans")

    assert "English alone" in page.content.decode()
    assert "There is no Simplified Chinese version of this document." in page.content.decode()


def test_what_names_no_language_is_not_repeated(cast: Cast, browse: Callable[..., Client]) -> None:
    publish(cast.acme, cast.admin, "English alone", at=now())

    page = browse(cast.acme).get(f"{TERMS}?language=valid.+Call+0900")

    assert "0900" not in page.content.decode()
    assert "English alone" in page.content.decode()


@pytest.mark.parametrize("query", ["", "?language=", "?language=klingon", "?language=zh-hans"])
def test_an_address_that_leaves_the_language_open_is_not_kept_for_ever(
    cast: Cast, browse: Callable[..., Client], query: str
) -> None:
    publish(cast.acme, cast.admin, "English alone", at=now())

    answer = browse(cast.acme).get(f"{TERMS}/1/document.pdf{query}")

    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_readers_language_is_served_where_there_is_one(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    publish(cast.acme, cast.admin, {"en": "In English", "zh-hans": "中文文本"}, at=now())

    page = browse(cast.acme).get(TERMS, headers={"accept-language": "zh-hans"})

    assert "中文文本" in page.content.decode()
    assert "In English" not in page.content.decode()


def test_a_superseded_version_keeps_its_address_and_names_the_newer_one(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    publish(cast.acme, cast.admin, "Old words", at=now() - timedelta(days=9))
    publish(cast.acme, cast.admin, "New words", at=now())

    old = browse(cast.acme).get(f"{TERMS}/1").content.decode()

    assert "Old words" in old
    assert "A newer version is in force." in old
    assert "Read version 2" in old


def test_a_version_to_come_is_public_and_says_from_when_it_counts(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    publish(cast.acme, cast.admin, "Old words", at=now())
    publish(cast.acme, cast.admin, "New words", effective_at=now() + timedelta(days=9))

    coming = browse(cast.acme).get(f"{TERMS}/2").content.decode()
    in_force = browse(cast.acme).get(TERMS).content.decode()

    assert "New words" in coming
    assert "This version is not yet in force." in coming
    assert "Old words" in in_force


def test_a_withdrawn_version_is_gone_with_its_documents(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    publish(cast.acme, cast.admin, "Old words", at=now())
    there = listed(cast.acme)
    publish(cast.acme, cast.admin, "New words", effective_at=now() + timedelta(days=9))
    save(cast.acme, cast.admin, there, at=now())
    visitor = browse(cast.acme)

    page = visitor.get(f"{TERMS}/2")

    assert page.status_code == 410
    assert "was withdrawn before it came into force" in page.content.decode()
    assert visitor.get(f"{TERMS}/2/document.pdf").status_code == 404
    assert visitor.get(f"{TERMS}/2/en/1.png").status_code == 404


def test_the_pdf_is_the_one_that_was_hashed_and_can_do_nothing(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    version = publish(cast.acme, cast.admin, "Words", at=now())
    (document,) = version.documents.all()
    visitor = browse(cast.acme)

    answer = visitor.get(f"{TERMS}/1/document.pdf?language=en&download")
    again = visitor.get(
        f"{TERMS}/1/document.pdf?language=en", headers={"if-none-match": answer.headers["ETag"]}
    )

    assert hashlib.sha256(answer.getvalue()).hexdigest() == document.sha256
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="terms-of-service-1-en.pdf"'
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert again.status_code == 304
    assert "sandbox" in again.headers["Content-Security-Policy"]


def test_what_can_still_be_withdrawn_is_not_kept_by_caches(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    publish(cast.acme, cast.admin, "Words", effective_at=now() + timedelta(days=9))
    visitor = browse(cast.acme)

    answers = [
        visitor.get(f"{TERMS}/1/{what}") for what in ("document.pdf?language=en", "en/1.png")
    ]

    assert [answer.headers["Cache-Control"] for answer in answers] == ["public, no-cache"] * 2


def test_a_page_is_a_picture_that_is_drawn_once(
    cast: Cast, browse: Callable[..., Client], caplog: pytest.LogCaptureFixture
) -> None:
    publish(cast.acme, cast.admin, "Words", at=now())
    visitor = browse(cast.acme)

    first, second = visitor.get(f"{TERMS}/1/en/1.png"), visitor.get(f"{TERMS}/1/en/1.png")

    assert first.headers["Content-Type"] == "image/png"
    assert first.content == second.content
    assert first.content.startswith(b"\x89PNG")


@pytest.mark.parametrize("path", ["1/en/2.png", "1/en/0.png", "1/zh-hans/1.png", "2/en/1.png"])
def test_a_page_that_is_not_there_is_not_found(
    cast: Cast, browse: Callable[..., Client], path: str
) -> None:
    publish(cast.acme, cast.admin, "Words", at=now())

    assert browse(cast.acme).get(f"{TERMS}/{path}").status_code == 404


def test_another_workspaces_documents_are_not_here(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    publish(cast.acme, cast.admin, "Words", at=now())
    stranger = browse(cast.zenith)

    paths = ("/legal/", TERMS, f"{TERMS}/1", f"{TERMS}/1/document.pdf", f"{TERMS}/1/en/1.png")

    assert [stranger.get(path).status_code for path in paths] == [404] * 5


def test_reading_takes_the_same_queries_whatever_there_is(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browse(cast.acme).get(TERMS).status_code == 200
        return len(captured)

    publish(cast.acme, cast.admin, "One", at=now() - timedelta(days=9))
    few = queries()
    publish(cast.acme, cast.admin, {"en": "Two", "zh-hans": "二"}, at=now())
    publish(cast.acme, cast.admin, "Cookies", LegalKind.COOKIES, at=now())

    assert queries() <= few + 1  # the cookie notice brings its banner
