from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.kernel.errors import NotFound
from portico.legal.acceptance import answering
from portico.legal.acceptance.answering import NotWhatWasShown, shown_in
from portico.legal.acceptance.ledger import Trace
from portico.legal.acceptance.standing import standing_in
from portico.legal.acceptance.tests.papers import accept, decline, events_of, show
from portico.legal.models import LegalAnswer, LegalKind, LegalLedger, LegalVersion
from portico.workspaces.models import Membership
from tests.make import AT, actor, make_legal_version, make_member

LATER = AT + timedelta(days=1)


def fresh(member: Membership) -> Membership:
    """The member as the next request reads them."""
    return Membership.objects.select_related("workspace", "person").get(id=member.id)


def test_a_member_accepts_what_they_were_shown(cast: Cast) -> None:
    terms, privacy = make_legal_version(cast.acme), make_legal_version(cast.acme, LegalKind.PRIVACY)

    answers = accept(cast.developer, terms, privacy)

    assert {answer.version_id for answer in answers} == {terms.id, privacy.id}
    assert not standing_in(fresh(cast.developer)).asked(at=AT)
    assert standing_in(fresh(cast.operator)).asked(at=AT).now
    line = LegalLedger.objects.get(membership_id=cast.developer.id, event="accepted", version=terms)
    document = terms.documents.get()
    assert (line.sha256, line.language, line.number) == (document.sha256, "en", 1)
    assert line.person_id == cast.developer.person_id
    entry = AuditEntry.objects.filter(action="legal.accepted", subject_id=str(terms.id)).get()
    assert entry.changes[0]["after"] == document.sha256


def test_it_is_accepted_in_the_language_in_which_it_was_shown(cast: Cast) -> None:
    terms = make_legal_version(cast.acme, languages=("en", "zh-hans"))

    seen = show(cast.developer, terms, language="zh-hans")
    answering.accept(cast.developer, seen, by=actor(cast.developer), trace=Trace(), at=AT)

    answer = LegalAnswer.objects.get()
    assert answer.language == "zh-hans"
    assert answer.sha256 == terms.documents.get(language="zh-hans").sha256


def test_a_reader_without_a_document_in_their_language_accepts_the_governing_one(
    cast: Cast,
) -> None:
    terms = make_legal_version(cast.acme, languages=("en",))

    (seen,) = show(cast.developer, terms, language="zh-hans")

    assert seen.language == "en"


def test_accepting_again_writes_nothing(cast: Cast) -> None:
    terms = make_legal_version(cast.acme)
    accept(cast.developer, terms)

    assert accept(cast.developer, terms, at=LATER) == []
    assert events_of(cast.developer) == [
        ("shown", "terms-of-service", 1),
        ("accepted", "terms-of-service", 1),
    ]
    assert LegalAnswer.objects.get().at == AT
    assert AuditEntry.objects.filter(action="legal.accepted").count() == 1


def test_who_declined_can_accept_later(cast: Cast) -> None:
    terms = make_legal_version(cast.acme)
    decline(cast.developer, terms)

    accept(cast.developer, terms, at=LATER)

    answer = LegalAnswer.objects.get()
    assert (answer.accepted, answer.at) == (True, LATER)
    assert [event for event, *_rest in events_of(cast.developer)] == [
        "shown",
        "declined",
        "accepted",
    ]


def refused(member: Membership, *seen: answering.Shown) -> None:
    """Accepting these is refused, and nothing is written."""
    with pytest.raises(NotWhatWasShown):
        answering.accept(member, seen, by=actor(member), trace=Trace(), at=AT)
    assert not LegalAnswer.objects.exists()
    assert not LegalLedger.objects.filter(event="accepted").exists()


def test_what_was_never_shown_cannot_be_accepted(cast: Cast) -> None:
    (seen,) = show(cast.operator, make_legal_version(cast.acme))

    refused(cast.developer, seen)


def test_another_text_than_the_shown_one_cannot_be_accepted(cast: Cast) -> None:
    (seen,) = show(cast.developer, make_legal_version(cast.acme))

    refused(cast.developer, replace(seen, sha256="0" * 64))
    refused(cast.developer, replace(seen, language="zh-hans"))
    refused(cast.developer, replace(seen, version_id=uuid4()))
    refused(cast.developer, seen, seen)
    refused(cast.developer)


def test_a_withdrawn_version_cannot_be_accepted(cast: Cast) -> None:
    coming = make_legal_version(cast.acme, effective_at=AT + timedelta(days=9))
    (seen,) = show(cast.developer, coming)
    LegalVersion.objects.filter(id=coming.id).update(withdrawn_at=AT)

    refused(cast.developer, seen)


def test_what_was_accepted_and_then_withdrawn_covers_nothing(cast: Cast) -> None:
    coming = make_legal_version(cast.acme, number=2, effective_at=AT + timedelta(days=9))
    accept(cast.developer, coming)
    first = make_legal_version(cast.acme)
    assert not standing_in(fresh(cast.developer)).asked(at=AT)

    LegalVersion.objects.filter(id=coming.id).update(withdrawn_at=AT)

    (asked,) = standing_in(fresh(cast.developer)).asked(at=AT).now
    assert asked.id == first.id


def test_the_cookie_notice_is_nothing_to_accept(cast: Cast) -> None:
    notice = make_legal_version(cast.acme, LegalKind.COOKIES)

    assert show(cast.developer, notice) == []
    assert LegalLedger.objects.count() == 0


def test_a_member_of_another_workspace_accepts_nothing_here(cast: Cast) -> None:
    (seen,) = show(cast.developer, make_legal_version(cast.acme))

    refused(cast.outsider, seen)


def test_who_was_blocked_meanwhile_accepts_nothing(cast: Cast) -> None:
    seen = show(cast.developer, make_legal_version(cast.acme))
    Membership.objects.filter(id=cast.developer.id).update(blocked_at=AT)

    with pytest.raises(NotFound):
        answering.accept(cast.developer, seen, by=actor(cast.developer), trace=Trace(), at=AT)


def test_what_was_accepted_while_blocked_members_come_back_still_counts(cast: Cast) -> None:
    accept(cast.developer, make_legal_version(cast.acme))
    Membership.objects.filter(id=cast.developer.id).update(blocked_at=AT)

    Membership.objects.filter(id=cast.developer.id).update(blocked_at=None)

    assert not standing_in(fresh(cast.developer)).asked(at=AT)


def test_who_is_invited_again_is_asked_again_and_the_ledger_keeps_both(cast: Cast) -> None:
    terms = make_legal_version(cast.acme)
    accept(cast.developer, terms)
    person, before = cast.developer.person, cast.developer.id
    cast.developer.delete()

    again = make_member(cast.acme, person=person)

    assert standing_in(fresh(again)).asked(at=AT).now
    accept(again, terms, at=LATER)
    assert not standing_in(fresh(again)).asked(at=AT)
    lines = LegalLedger.objects.filter(person=person.id, event="accepted").order_by("id")
    assert [line.membership_id for line in lines] == [before, again.id]


@pytest.mark.parametrize(
    "text",
    ["", "x", "a:b:c", "0" * 36 + ":en:" + "0" * 64, f"{uuid4()}:en:{'g' * 64}", "\x00"],
    ids=["empty", "letter", "short", "no_uuid", "no_hash", "nul"],
)
def test_what_no_form_of_ours_sends_is_refused(text: str) -> None:
    with pytest.raises(NotWhatWasShown):
        shown_in(text)
