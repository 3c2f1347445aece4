from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client

from conftest import Cast
from portico.kernel.clock import now
from portico.legal.acceptance.tests.papers import PAGE, accept, events_of, shown_on
from portico.legal.models import LegalAnswer, LegalKind, LegalVersion
from portico.workspaces.models import Membership
from tests.make import make_legal_version

Browse = Callable[..., Client]


def test_it_lists_what_is_asked_with_all_that_one_must_know(cast: Cast, browse: Browse) -> None:
    first = make_legal_version(cast.acme)
    accept(cast.developer, first)
    second = make_legal_version(
        cast.acme, number=2, effective_at=now() - timedelta(days=1), languages=("en", "zh-hans")
    )

    page = browse(cast.acme, cast.developer).get(PAGE).content.decode()

    assert "Terms of Service, version 2" in page
    assert "since version 1, which you accepted" in page
    assert "In force since" in page
    assert f"/legal/accept/{second.id}/en/" in page
    assert f"/legal/accept/{second.id}/zh-hans/" in page
    assert "I have read and accept: Terms of Service, version 2" in page
    assert "Decline" in page


def test_ticking_and_accepting_leads_on_to_where_one_was_going(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme)
    make_legal_version(cast.acme, LegalKind.PRIVACY)
    page = browse(cast.acme, cast.developer)
    shown = shown_on(page)

    answer = page.post(
        PAGE, {"shown": shown, "accept": shown, "next": "/settings/account/tokens/?a=1"}
    )

    assert answer.headers["Location"] == "/settings/account/tokens/?a=1"
    assert page.get("/settings/account/tokens/").status_code == 200
    assert LegalAnswer.objects.filter(accepted=True).count() == 2


def test_each_document_has_to_be_ticked(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme)
    make_legal_version(cast.acme, LegalKind.PRIVACY)
    page = browse(cast.acme, cast.developer)
    shown = shown_on(page)

    for ticked in ([], shown[:1]):
        answer = page.post(PAGE, {"shown": shown, "accept": ticked})

        text = answer.content.decode()
        assert answer.status_code == 422
        assert "tick every document" in text
        assert text.count(" checked>") == len(ticked)
    assert not LegalAnswer.objects.exists()


def test_a_version_that_came_in_while_reading_is_asked_for_on_its_own(
    cast: Cast, browse: Browse
) -> None:
    make_legal_version(cast.acme)
    page = browse(cast.acme, cast.developer)
    shown = shown_on(page)
    newer = make_legal_version(cast.acme, number=2, effective_at=now() - timedelta(minutes=1))

    answer = page.post(PAGE, {"shown": shown, "accept": shown, "next": "/console/"})

    assert answer.headers["Location"] == f"{PAGE}?next={quote('/console/', safe='')}"
    assert LegalAnswer.objects.get().version.number == 1
    again = shown_on(page)
    assert [text[:36] for text in again] == [str(newer.id)]
    page.post(PAGE, {"shown": again, "accept": again})
    assert page.get("/console/").status_code == 200


def test_what_was_withdrawn_while_reading_is_not_accepted(cast: Cast, browse: Browse) -> None:
    accept(cast.developer, make_legal_version(cast.acme))
    coming = make_legal_version(cast.acme, number=2, effective_at=now() + timedelta(days=3))
    page = browse(cast.acme, cast.developer)
    shown = shown_on(page)
    LegalVersion.objects.filter(id=coming.id).update(withdrawn_at=now())

    answer = page.post(PAGE, {"shown": shown, "accept": shown})

    assert answer.status_code == 409
    assert "Nothing was recorded" in answer.content.decode()
    assert LegalAnswer.objects.get().version.number == 1


def test_sending_it_twice_goes_on_and_writes_once(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme)
    page = browse(cast.acme, cast.developer)
    shown = shown_on(page)

    answers = [page.post(PAGE, {"shown": shown, "accept": shown}) for _click in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert [event for event, *_rest in events_of(cast.developer)] == ["shown", "accepted"]


def test_what_comes_can_be_accepted_early_or_later(cast: Cast, browse: Browse) -> None:
    accept(cast.developer, make_legal_version(cast.acme))
    make_legal_version(cast.acme, number=2, effective_at=now() + timedelta(days=3))
    page = browse(cast.acme, cast.developer)

    text = page.get(PAGE).content.decode()
    assert "Takes effect on" in text
    assert "Later" in text
    assert "Decline" not in text
    shown = shown_on(page)
    assert page.post(PAGE, {"shown": shown, "accept": shown}).status_code == 302

    assert "There is nothing that you have to accept" in page.get(PAGE).content.decode()


def test_must_and_may_are_told_apart(cast: Cast, browse: Browse) -> None:
    terms = make_legal_version(cast.acme)
    make_legal_version(
        cast.acme, LegalKind.PRIVACY, number=1, effective_at=now() + timedelta(days=3)
    )
    page = browse(cast.acme, cast.developer)
    shown = shown_on(page)
    must = [text for text in shown if text.startswith(str(terms.id))]

    answer = page.post(PAGE, {"shown": shown, "accept": must, "next": "/console/"})

    assert answer.headers["Location"] == "/console/"
    assert LegalAnswer.objects.get().version_id == terms.id


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        "https://evil.example.com/",
        "//evil.example.com/",
        "/\\evil.example.com/",
        "javascript:alert(1)",
        "legal",
        PAGE,
    ],
)
def test_the_way_on_leads_nowhere_else(cast: Cast, browse: Browse, elsewhere: str) -> None:
    make_legal_version(cast.acme)
    page = browse(cast.acme, cast.developer)
    shown = shown_on(page)

    answer = page.post(PAGE, {"shown": shown, "accept": shown, "next": elsewhere})

    assert answer.headers["Location"] == "/signed-in/"


def test_it_is_in_the_readers_language(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme, languages=("en", "zh-hans"))
    person = cast.developer.person
    person.language = "zh-hans"
    person.save()

    (shown,) = shown_on(browse(cast.acme, cast.developer))

    assert ":zh-hans:" in shown


def test_nobody_else_answers_for_a_member(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme)
    shown = shown_on(browse(cast.acme, cast.developer))
    sent = {"shown": shown, "accept": shown}

    assert browse(cast.acme, cast.outsider).post(PAGE, sent).status_code == 404
    assert browse(cast.acme).post(PAGE, sent).status_code == 302
    assert browse(cast.acme, cast.operator).post(PAGE, sent).status_code == 409
    assert not LegalAnswer.objects.exists()


def test_a_form_of_another_site_is_refused(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme)
    page = browse(cast.acme, cast.developer)
    shown = shown_on(page)
    page.handler.enforce_csrf_checks = True

    assert page.post(PAGE, {"shown": shown, "accept": shown}).status_code == 403
    assert page.post("/legal/decline/", {"shown": shown}).status_code == 403
    assert not LegalAnswer.objects.exists()


def test_a_removed_member_finds_no_page(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme)
    page = browse(cast.acme, cast.developer)
    shown = shown_on(page)
    Membership.objects.filter(id=cast.developer.id).delete()

    assert page.get(PAGE).status_code == 404
    assert page.post(PAGE, {"shown": shown, "accept": shown}).status_code == 404


def test_a_correction_that_came_in_while_reading_asks_for_nothing_more(
    cast: Cast, browse: Browse
) -> None:
    make_legal_version(cast.acme)
    page = browse(cast.acme, cast.developer)
    shown = shown_on(page)
    later = now() - timedelta(hours=1)
    make_legal_version(cast.acme, number=2, material=False, effective_at=later)

    answer = page.post(PAGE, {"shown": shown, "accept": shown, "next": "/console/"})

    assert answer.headers["Location"] == "/console/"
    assert page.get("/console/").status_code == 200


def test_what_is_to_come_lets_nobody_off_what_is_in_force(cast: Cast, browse: Browse) -> None:
    in_force = make_legal_version(cast.acme)
    make_legal_version(cast.acme, number=2, effective_at=now() + timedelta(days=3))
    page = browse(cast.acme, cast.developer)
    coming = [text for text in shown_on(page) if not text.startswith(str(in_force.id))]

    answer = page.post(PAGE, {"accept": coming})

    assert answer.status_code == 422
    assert "tick every document" in answer.content.decode()
    assert not LegalAnswer.objects.exists()
    assert page.get("/console/").status_code == 302


@pytest.mark.parametrize("path", ["", "{version}/en/"])
def test_who_only_asks_for_the_head_was_shown_nothing(
    cast: Cast, browse: Browse, path: str
) -> None:
    version = make_legal_version(cast.acme)
    page = browse(cast.acme, cast.developer)

    answer = page.head(PAGE + path.format(version=version.id))

    assert answer.status_code == 405
    assert events_of(cast.developer) == []
