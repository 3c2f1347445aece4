"""Saves, tests and overrides at the same moment leave one server in use, with a password."""

from __future__ import annotations

from threading import Event

import pytest
from django.db import connection

from conftest import Cast, make_cast
from portico.audit.models import AuditEntry
from portico.basic_settings.services import StaleRevision
from portico.basic_settings.tests.test_races import all_at_once
from portico.secrets.models import Secret
from portico.secrets.services import SecretGone, forget
from portico.service_email.models import ServerInUse
from portico.service_email.servers import (
    NoServerWaits,
    note_accepted,
    saved_server,
    server_in_use,
    take_untested,
)
from portico.service_email.tests.values import prove, save, save_tested
from tests.make import AT, actor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def test_of_many_tests_that_end_at_once_one_takes_the_server_over(cast: Cast) -> None:
    save(cast.admin)
    server = saved_server(cast.acme)
    assert server is not None

    outcomes = all_at_once(
        *[lambda: note_accepted(cast.acme, server, by=actor(cast.admin), at=AT)] * 6
    )

    assert outcomes == [None] * 6
    assert AuditEntry.objects.filter(action="service_email.taken_over").count() == 1
    assert server_in_use(cast.acme) == server


def test_of_many_overrides_one_wins(cast: Cast) -> None:
    save(cast.admin)

    outcomes = all_at_once(
        *[lambda: take_untested(cast.acme, by=actor(cast.admin), at=AT, based_on=1)] * 6
    )

    assert sorted(outcomes, key=str) == [NoServerWaits] * 5 + [None]
    assert AuditEntry.objects.filter(action="service_email.taken_untested").count() == 1


@pytest.mark.parametrize("turn", range(5))
def test_a_save_and_an_override_of_what_was_there_before_do_not_mix(cast: Cast, turn: int) -> None:
    save_tested(cast.admin)
    save(cast.admin, based_on=1, host="b.example.com", password="b")

    saved, taken = all_at_once(
        lambda: save(cast.admin, based_on=2, host="c.example.com", password="c"),
        lambda: take_untested(cast.acme, by=actor(cast.admin), at=AT, based_on=2),
    )
    used = server_in_use(cast.acme)

    assert saved is None
    assert used is not None
    assert (used.host, used.password) == (
        ("smtp.example.com", "correct-horse-battery")
        if taken is StaleRevision
        else ("b.example.com", "b")
    )
    assert Secret.objects.filter(forgotten_at__isnull=True).count() == 2


def test_who_reads_while_another_server_takes_over_gets_the_one_or_the_other(cast: Cast) -> None:
    save_tested(cast.admin)
    save(cast.admin, based_on=1, host="b.example.com", password="b")
    done, seen = Event(), list[tuple[str, str]]()

    def read() -> None:
        while True:
            last = done.is_set()
            server = server_in_use(cast.acme)
            assert server is not None
            seen.append((server.host, server.password))
            if last:
                connection.close()
                return

    def take() -> None:
        try:
            prove(cast.admin)
        finally:
            done.set()

    all_at_once(read, take)

    assert set(seen) <= {("smtp.example.com", "correct-horse-battery"), ("b.example.com", "b")}
    assert seen[-1] == ("b.example.com", "b")


def test_a_password_that_is_really_gone_is_said(cast: Cast) -> None:
    save_tested(cast.admin)
    row = ServerInUse.objects.get()
    forget(cast.acme, [row.server["password"]], at=AT)

    with pytest.raises(SecretGone):
        server_in_use(cast.acme)
