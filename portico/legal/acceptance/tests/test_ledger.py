"""The ledger: written once, changed never, and about people who can be forgotten."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from conftest import Cast
from portico.audit.services import erase_person
from portico.legal.acceptance.tests.papers import PAGE, accept, events_of, shown_on
from portico.legal.models import LegalLedger
from tests.make import AT, make_legal_version

Browse = Callable[..., Client]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE legal_legalledger SET event = 'shown'",
        "DELETE FROM legal_legalledger",
        "TRUNCATE legal_legalledger CASCADE",
    ],
)
def test_the_database_refuses_to_change_it(cast: Cast, change: str) -> None:
    accept(cast.developer, make_legal_version(cast.acme))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with work left is not truncated

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)

    assert LegalLedger.objects.count() == 2


def test_the_page_shows_once_and_opening_is_written_once(cast: Cast, browse: Browse) -> None:
    terms = make_legal_version(cast.acme, languages=("en", "zh-hans"))
    page = browse(cast.acme, cast.developer)

    for _look in range(3):
        assert page.get(PAGE).status_code == 200
    page.head(PAGE)
    answers = [page.get(f"{PAGE}{terms.id}/{language}/") for language in ("en", "zh-hans", "en")]

    assert [answer.headers["Location"] for answer in answers] == [
        f"/legal/terms-of-service/1?language={language}" for language in ("en", "zh-hans", "en")
    ]
    assert [event for event, *_rest in events_of(cast.developer)] == ["shown", "opened"]


def test_what_is_not_published_here_cannot_be_opened(cast: Cast, browse: Browse) -> None:
    theirs = make_legal_version(cast.zenith)
    withdrawn = make_legal_version(cast.acme, withdrawn_at=None)
    page = browse(cast.acme, cast.developer)

    assert page.get(f"{PAGE}{theirs.id}/en/").status_code == 404
    assert page.get(f"{PAGE}{withdrawn.id}/en/").status_code == 302
    assert [number for *_rest, number in events_of(cast.developer)] == [1]


def test_who_opens_it_is_known_by_an_id_that_can_be_erased(cast: Cast) -> None:
    accept(cast.developer, make_legal_version(cast.acme))

    erase_person(cast.developer.person_id, at=AT)

    line = LegalLedger.objects.select_related("person").filter(event="accepted").get()
    assert (line.person.name, line.person.email) == ("", "")
    assert line.person_id == cast.developer.person_id


def test_it_holds_neither_address_nor_session_but_what_ties_a_session_together(
    cast: Cast, browse: Browse
) -> None:
    make_legal_version(cast.acme)
    page = browse(cast.acme, cast.developer)
    headers = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140"}

    page.get(PAGE, headers=headers)
    shown = shown_on(page)
    page.post(PAGE, {"shown": shown, "accept": shown}, headers=headers)

    lines = list(LegalLedger.objects.order_by("id"))
    assert [line.event for line in lines] == ["shown", "accepted"]
    assert {line.browser for line in lines} == {"Firefox on Linux"}
    assert len({line.session for line in lines}) == 1
    assert lines[0].session
    key = str(page.session.session_key)
    text = " ".join(str(vars(line)) for line in lines)
    assert key not in text
    assert "127.0.0.1" not in text
