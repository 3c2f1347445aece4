from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.legal.acceptance import answering
from portico.legal.acceptance.answering import NothingToDecline, NotWhatWasShown
from portico.legal.acceptance.ledger import Trace
from portico.legal.acceptance.tests.papers import accept, decline, events_of, show, shown_on
from portico.legal.models import LegalAnswer, LegalLedger
from tests.make import AT, actor, make_legal_version, make_member

Browse = Callable[..., Client]


def test_declining_is_written_down(cast: Cast) -> None:
    terms = make_legal_version(cast.acme)

    decline(cast.developer, terms)

    assert LegalAnswer.objects.get().accepted is False
    assert ("declined", "terms-of-service", 1) in events_of(cast.developer)
    assert AuditEntry.objects.filter(action="legal.declined").count() == 1


def test_each_decline_is_written_down(cast: Cast) -> None:
    terms = make_legal_version(cast.acme)

    decline(cast.developer, terms)
    decline(cast.developer, terms, at=AT + timedelta(days=1))

    assert LegalLedger.objects.filter(event="declined").count() == 2
    assert LegalAnswer.objects.count() == 1


def test_what_was_accepted_cannot_be_declined(cast: Cast) -> None:
    terms = make_legal_version(cast.acme)
    accept(cast.developer, terms)

    with pytest.raises(NothingToDecline):
        decline(cast.developer, terms)

    assert LegalAnswer.objects.get().accepted


def test_what_is_not_in_force_need_not_be_declined(cast: Cast) -> None:
    coming = make_legal_version(cast.acme, effective_at=AT + timedelta(days=9))

    with pytest.raises(NothingToDecline):
        decline(cast.developer, coming)


def test_a_member_of_another_workspace_declines_nothing_here(cast: Cast) -> None:
    seen = show(cast.developer, make_legal_version(cast.acme))

    with pytest.raises(NotWhatWasShown):
        answering.decline(cast.outsider, seen, by=actor(cast.outsider), trace=Trace(), at=AT)


def test_the_page_signs_out_of_this_workspace_alone(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme)
    elsewhere = browse(cast.zenith, make_member(cast.zenith, person=cast.developer.person))
    here = browse(cast.acme, cast.developer)
    shown = shown_on(here)
    sessions = Session.objects.count()

    answer = here.post("/legal/decline/", {"shown": shown})

    assert answer.headers["Location"] == "/legal/declined/"
    assert here.get("/console/").headers["Location"].startswith("/sign-in/")
    assert elsewhere.get("/console/").status_code == 200
    assert Session.objects.count() == sessions - 1
    assert LegalAnswer.objects.get().accepted is False
    actions = AuditEntry.objects.filter(actor=cast.developer.person_id).order_by("id")
    assert [entry.action for entry in actions] == ["legal.declined", "account.signed_out"]


def test_the_last_page_says_how_to_come_back(cast: Cast, browse: Browse) -> None:
    page = browse(cast.acme).get("/legal/declined/").content.decode()

    assert "To come back, sign in" in page
    assert 'href="/sign-in/"' in page


def test_who_comes_back_is_asked_again(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme)
    here = browse(cast.acme, cast.developer)
    here.post("/legal/decline/", {"shown": shown_on(here)})

    again = browse(cast.acme, cast.developer)

    assert again.get("/console/").headers["Location"].startswith("/legal/accept/")
    assert shown_on(again)


def test_a_made_up_decline_changes_nothing_and_signs_nobody_out(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme)
    here = browse(cast.acme, cast.developer)

    answer = here.post("/legal/decline/", {"shown": "made up"})

    assert answer.status_code == 409
    assert "Nothing was recorded" in answer.content.decode()
    assert here.get("/legal/accept/").status_code == 200
    assert not LegalAnswer.objects.exists()


def test_a_second_click_finds_nothing_to_decline(cast: Cast, browse: Browse) -> None:
    make_legal_version(cast.acme)
    here, twin = browse(cast.acme, cast.developer), browse(cast.acme, cast.developer)
    shown = shown_on(here)
    accept_answer = twin.post("/legal/accept/", {"shown": shown, "accept": shown})
    assert accept_answer.status_code == 302

    answer = here.post("/legal/decline/", {"shown": shown})

    assert answer.status_code == 409
    assert LegalAnswer.objects.get().accepted
