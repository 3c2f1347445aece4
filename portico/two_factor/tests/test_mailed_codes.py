"""Signing in with a code from the mailbox while a reset is open, and what such a session is not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection

from conftest import Cast, make_cast
from portico.accounts.models import Person
from portico.audit.models import AuditEntry
from portico.audit.services import PLATFORM
from portico.kernel.clock import now
from portico.two_factor.models import MailedCode, TwoFactorReset
from portico.two_factor.services import (
    CodeOver,
    ResetOver,
    TooManyCodes,
    WrongCode,
    ask_for_code,
    reset,
    use_code,
)
from portico.two_factor.services.codes import forget_old, write_code
from portico.two_factor.tests.factors import (
    Browse,
    code_of_mail,
    give_app,
    give_password,
    has_app,
    sign_in,
)
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role
from tests import jobs
from tests.make import AT, actor, make_member

PAGE = "/sign-in/mailed-code/"
SEND = "two_factor.send_code"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def person(cast: Cast) -> Person:
    """The developer, of two workspaces, whose two-factor acme has reset."""
    person = cast.developer.person
    give_password(person)
    give_app(person)
    make_member(cast.zenith, Role.OPERATOR, person=person)
    reset(cast.acme, cast.developer.id, by=actor(cast.admin), at=now())
    mail.outbox.clear()
    return person


def test_password_and_code_sign_in_here(cast: Cast, browse: Browse, person: Person) -> None:
    client = browse(cast.acme)

    asked = sign_in(client, person)
    code = code_of_mail()
    answer = client.post(PAGE, {"code": f" {code[:4]} {code[4:]} "}, follow=True)

    assert asked.request["PATH_INFO"] == PAGE
    assert "d…@acme.example.com" in asked.content.decode()
    assert answer.request["PATH_INFO"] == "/console/"
    assert mail.outbox[-1].to == [person.email]
    assert has_app(person)


def test_elsewhere_the_second_factor_is_asked_for(
    cast: Cast, browse: Browse, person: Person
) -> None:
    asked = sign_in(browse(cast.zenith), person)

    assert asked.request["PATH_INFO"] == "/sign-in/second-factor/"
    assert browse(cast.zenith).get(PAGE).headers["Location"] == "/sign-in/"


def test_the_second_factor_can_be_used_instead(cast: Cast, browse: Browse, person: Person) -> None:
    client = browse(cast.acme)
    sign_in(client, person)

    assert "/sign-in/second-factor/" in client.get(PAGE).content.decode()
    assert client.get("/sign-in/second-factor/").status_code == 200


def test_without_the_password_there_is_no_code(cast: Cast, browse: Browse, person: Person) -> None:
    client = browse(cast.acme)

    for answer in (client.get(PAGE), client.post(f"{PAGE}send/"), client.post(PAGE)):
        assert answer.headers["Location"] == "/sign-in/"
    assert not MailedCode.objects.exists()


def test_a_code_works_once(cast: Cast, browse: Browse, person: Person) -> None:
    client = browse(cast.acme)
    sign_in(client, person)
    code = code_of_mail()
    client.post(PAGE, {"code": code})

    again = browse(cast.acme)
    sign_in(again, person)
    answer = again.post(PAGE, {"code": code})

    assert answer.status_code == 422
    assert again.get("/console/").status_code == 302


def asked(cast: Cast, at: Any) -> str:
    """A code that was asked for and mailed."""
    code = ask_for_code(cast.acme, cast.developer.person, anew=True, at=at)
    written = write_code(code.id)
    assert written
    return written[1]


def use(cast: Cast, typed: str, *, at: Any) -> TwoFactorReset:
    return use_code(cast.acme, cast.developer.person, typed, by=PLATFORM, at=at)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


def test_after_five_guesses_the_right_code_is_worth_nothing(cast: Cast, person: Person) -> None:
    at = now()
    code = asked(cast, at)

    left = []
    for _ in range(5):
        with pytest.raises(WrongCode) as refused:
            use(cast, wrong(code), at=at)
        left.append(refused.value.facts["left"])

    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(CodeOver):
        use(cast, code, at=at)
    assert AuditEntry.objects.filter(action="two_factor.code_failed").count() == 5


def test_a_quarter_of_an_hour_later_it_is_over(cast: Cast, person: Person) -> None:
    at = now()
    code = asked(cast, at)

    with pytest.raises(CodeOver):
        use(cast, code, at=at + 15 * MINUTE)
    assert use(cast, code, at=at + 15 * MINUTE - timedelta(seconds=1)).removed_at is None


def test_a_newer_code_ends_the_older_one(cast: Cast, person: Person) -> None:
    at = now()
    old = asked(cast, at)
    new = asked(cast, at + MINUTE)

    with pytest.raises(WrongCode):
        use(cast, old, at=at + MINUTE)
    assert use(cast, new, at=at + MINUTE).removed_at is None


def test_only_so_many_are_sent(cast: Cast, person: Person) -> None:
    at = now()
    for minute in range(5):
        asked(cast, at + minute * MINUTE)

    with pytest.raises(TooManyCodes):
        asked(cast, at + 10 * MINUTE)
    assert asked(cast, at + 61 * MINUTE)


def test_a_new_reset_gives_no_new_guesses(cast: Cast, person: Person) -> None:
    at = now()
    for minute in range(5):
        asked(cast, at + minute * MINUTE)
    reset(cast.acme, cast.developer.id, by=actor(cast.admin), at=at + 5 * MINUTE)

    with pytest.raises(TooManyCodes):
        asked(cast, at + 6 * MINUTE)


def test_a_page_that_is_loaded_again_sends_no_other_code(
    cast: Cast, browse: Browse, person: Person
) -> None:
    client = browse(cast.acme)
    sign_in(client, person)
    client.get(PAGE)

    with time_machine.travel(now() + MINUTE, tick=False):
        client.get(PAGE)
        assert MailedCode.objects.count() == 1
        client.post(f"{PAGE}send/")

    assert MailedCode.objects.count() == 2


def test_a_mail_that_is_tried_again_holds_another_code(cast: Cast, person: Person) -> None:
    at = now()
    made = ask_for_code(cast.acme, person, at=at)
    first, second = write_code(made.id), write_code(made.id)

    assert first
    assert second
    with pytest.raises(WrongCode):
        use(cast, first[1], at=at)
    assert use(cast, second[1], at=at).removed_at is None


def test_the_code_is_kept_nowhere(cast: Cast, person: Person) -> None:
    code = asked(cast, now())

    row = MailedCode.objects.values().get()
    assert code not in str(row)
    assert code not in str(jobs.waiting(SEND))
    assert code not in str(list(AuditEntry.objects.values()))


def test_a_week_later_it_is_closed(cast: Cast, person: Person) -> None:
    with pytest.raises(ResetOver):
        ask_for_code(cast.acme, person, at=now() + timedelta(days=7))


def test_a_blocked_member_is_sent_no_code(cast: Cast, person: Person) -> None:
    Membership.objects.filter(id=cast.developer.id).update(blocked_at=AT)

    with pytest.raises(ResetOver):
        ask_for_code(cast.acme, person, at=now())


def test_old_codes_are_forgotten(cast: Cast, person: Person) -> None:
    at = now()
    asked(cast, at)

    assert forget_old(at=at + timedelta(days=1)) == 0
    assert forget_old(at=at + timedelta(days=3)) == 1


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_are_all_counted(transactional_db: None) -> None:
    cast = make_cast()
    give_app(cast.developer.person)
    make_member(cast.zenith, Role.OPERATOR, person=cast.developer.person)
    reset(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)
    code = asked(cast, AT)
    start = Barrier(8)

    def guess(_number: int) -> type[Exception] | None:
        try:
            start.wait(timeout=30)
            use(cast, wrong(code), at=AT)
        except (WrongCode, CodeOver) as error:
            return type(error)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(guess, range(8)))

    assert answers.count(WrongCode) == 5
    assert answers.count(CodeOver) == 3
