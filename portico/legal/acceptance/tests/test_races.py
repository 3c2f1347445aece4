"""At the same moment: one acceptance, one answer, one key, one exemption, one mail."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from conftest import Cast, make_cast
from portico.audit.models import AuditEntry
from portico.kernel.errors import DomainError
from portico.legal.acceptance import answering
from portico.legal.acceptance.answering import NothingToDecline
from portico.legal.acceptance.exempting import AlreadyExempt, exempt
from portico.legal.acceptance.keys import key_of
from portico.legal.acceptance.ledger import Trace
from portico.legal.acceptance.telling import FIRST, tell_some
from portico.legal.acceptance.tests.papers import show
from portico.legal.models import LegalAnswer, LegalKey, LegalLedger, LegalNotice
from portico.service_email.models import Mail
from tests.make import AT, actor, make_legal_version

pytestmark = pytest.mark.django_db(transaction=True)
Attempt = Callable[[], object]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def all_at_once(*attempts: Attempt) -> list[object]:
    """Begin all of these at the same moment; what each answered, or the kind of its refusal."""
    start = Barrier(len(attempts))

    def begin(attempt: Attempt) -> object:
        try:
            start.wait(timeout=30)
            return attempt()
        except DomainError as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(attempts)) as threads:
        return list(threads.map(begin, attempts))


def test_of_four_clicks_one_accepts(cast: Cast) -> None:
    seen = show(cast.developer, make_legal_version(cast.acme))

    def click() -> int:
        by = actor(cast.developer)
        return len(answering.accept(cast.developer, seen, by=by, trace=Trace(), at=AT))

    outcomes = all_at_once(click, click, click, click)

    assert sorted(map(str, outcomes)) == ["0", "0", "0", "1"]
    assert LegalLedger.objects.filter(event="accepted").count() == 1
    assert AuditEntry.objects.filter(action="legal.accepted").count() == 1


def test_accepting_and_declining_at_once_ends_with_what_the_ledger_says(cast: Cast) -> None:
    seen = show(cast.developer, make_legal_version(cast.acme))
    by = actor(cast.developer)

    outcomes = all_at_once(
        lambda: answering.accept(cast.developer, seen, by=by, trace=Trace(), at=AT),
        lambda: answering.decline(cast.developer, seen, by=by, trace=Trace(), at=AT),
    )

    # Whichever came first, accepting holds: after it there is nothing to decline.
    assert LegalAnswer.objects.get().accepted
    declined = LegalLedger.objects.filter(event="declined").exists()
    assert declined is not (NothingToDecline in outcomes)


def test_what_two_pages_show_at_once_is_written_once(cast: Cast) -> None:
    terms = make_legal_version(cast.acme)

    all_at_once(*[lambda: show(cast.developer, terms)] * 3)

    assert LegalLedger.objects.filter(event="shown").count() == 1


def test_two_exports_at_once_make_one_key(cast: Cast) -> None:
    keys = all_at_once(*[lambda: key_of(cast.acme, at=AT).public_pem] * 3)

    assert len(set(map(str, keys))) == 1
    assert LegalKey.objects.count() == 1


def test_of_two_exemptions_at_once_one_is_made(cast: Cast) -> None:
    def attempt() -> object:
        by = actor(cast.admin)
        return exempt(cast.acme, cast.developer.id, reason="x", until=None, by=by, at=AT).reason

    outcomes = all_at_once(attempt, attempt)

    assert outcomes.count(AlreadyExempt) == 1
    assert outcomes.count("x") == 1


def test_two_workers_with_the_same_batch_tell_everybody_once(cast: Cast) -> None:
    terms = make_legal_version(cast.acme)
    what = LegalNotice.What.CHANGED

    told = all_at_once(*[lambda: tell_some(terms.id, what, after=FIRST, at=AT)] * 3)

    assert sorted(map(str, told)) == ["0", "0", "5"]
    assert Mail.objects.filter(template="legal_changed").count() == 5
