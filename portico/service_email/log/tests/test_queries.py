from __future__ import annotations

import pytest
from django.db import connection

from conftest import Cast
from portico.audit.queries import beginning
from portico.service_email.log import queries
from portico.service_email.log.queries import Filters, counts_of, mails_of, page_of
from portico.service_email.models import Mail, MailState
from portico.service_email.models.mails import WORDS
from tests.make import make_mail

pytestmark = pytest.mark.django_db


def test_words_are_found_by_their_index(cast: Cast) -> None:
    make_mail(cast.acme, subject="Weekly report")
    found = mails_of(cast.acme, Filters(words="week ada@exam"))

    with connection.cursor() as cursor:
        # Small tables are read from end to end, or by workspace; what counts is that the words
        # can be looked up at all.
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Mail.objects.alias(words=WORDS).filter(beginning("words", "ada@exam")).explain()

    assert len(found) == 1
    assert "mail_by_words" in plan


def test_a_list_does_not_read_what_it_does_not_show(cast: Cast) -> None:
    make_mail(cast.acme, html="x" * 1000)

    mail = mails_of(cast.acme).get()

    assert mail.get_deferred_fields() == {"context", "html", "text"}


def test_pages_meet_without_a_gap(cast: Cast) -> None:
    mails = [make_mail(cast.acme) for _number in range(7)]
    newest_first = [mail.id for mail in reversed(mails)]

    first = page_of(mails_of(cast.acme), size=3)
    second = page_of(mails_of(cast.acme), size=3, before=first.oldest)
    third = page_of(mails_of(cast.acme), size=3, before=second.oldest)
    back = page_of(mails_of(cast.acme), size=3, after=third.newest)

    pages = (first, second, third)
    assert [mail.id for page in pages for mail in page.mails] == newest_first
    assert [(page.has_newer, page.has_older) for page in pages] == [
        (False, True),
        (True, True),
        (True, False),
    ]
    assert [mail.id for mail in back.mails] == [mail.id for mail in second.mails]


def test_counting_stops_where_nobody_counts_any_more(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_COUNTED", 3)
    for _number in range(6):
        make_mail(cast.acme)
    make_mail(cast.acme, state=MailState.FAILED)

    counts = counts_of(cast.acme)

    assert counts == {
        MailState.QUEUED: 0,
        MailState.SENDING: 0,
        MailState.SENT: 4,
        MailState.FAILED: 1,
        MailState.CAPTURED: 0,
    }
