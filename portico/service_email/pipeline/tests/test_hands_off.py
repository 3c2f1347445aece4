"""While somebody sends a mail again: what goes on beside it, and what keeps its hands off."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction

from conftest import Cast, make_cast
from portico.service_email.models import Mail, MailState
from portico.service_email.pipeline.retention import forget
from portico.service_email.pipeline.tests.conftest import send_note
from portico.service_email.pipeline.tests.test_resending import make_mail
from portico.service_email.services import resend, set_retention
from tests.make import AT, actor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The fixed cast, committed."""
    return make_cast()


@contextmanager
def sent_again(cast: Cast, mail: Mail) -> Iterator[None]:
    """Somebody sends a mail again, and has not committed it while this lasts."""
    begun, over = Event(), Event()

    def send_again() -> None:
        try:
            with transaction.atomic():
                resend(mail, by=actor(cast.admin), at=AT)
                begun.set()
                over.wait(3)  # where what is tested waits for us, it shall go on and be seen
        finally:
            begun.set()
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send_again)
        begun.wait(10)
        try:
            yield
        finally:
            over.set()
            sending.result(timeout=10)


def test_a_mail_that_is_just_queued_again_is_not_forgotten(cast: Cast) -> None:
    set_retention(cast.acme, 30, by=actor(cast.admin), at=AT)
    mail = make_mail(cast.acme, MailState.FAILED, finished=31)
    other = make_mail(cast.acme, MailState.FAILED, finished=31)

    with sent_again(cast, mail):
        gone = forget(at=AT)

    mail.refresh_from_db()
    assert (gone, mail.state) == (1, MailState.QUEUED)
    assert not Mail.objects.filter(id=other.id).exists()
    assert forget(at=AT + timedelta(days=1)) == 0


def test_meanwhile_anybody_else_can_queue_mail_of_that_workspace(cast: Cast) -> None:
    mail = make_mail(cast.acme, MailState.SENT)

    with sent_again(cast, mail), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1s'")
        send_note(cast.acme)

    assert Mail.objects.filter(state=MailState.QUEUED).count() == 2
