from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client

from conftest import Cast
from portico.accounts.models import Person
from portico.audit.models import AuditEntry
from portico.kernel.clock import now
from tests import jobs
from tests.make import PASSWORD

Browse = Callable[..., Client]
NEW = "a very different password"
EMAIL = "developer@acme.example.com"
SEND = "accounts.send_password_link"


@pytest.fixture(autouse=True)
def password(cast: Cast) -> None:
    """The developer has a password."""
    cast.developer.person.set_password(PASSWORD)
    cast.developer.person.save()


def ask(client: Client, email: str = EMAIL, *, secure: bool = False) -> Any:
    """Ask for a link on the page, and let the worker send it."""
    answer = client.post("/password/reset/", {"email": email}, secure=secure)
    jobs.run(SEND)
    return answer


def link_in(message: Any) -> str:
    found = re.search(r"https?://\S+", str(message.body))
    assert found
    return found[0]


def choose(client: Client, link: str, new: str = NEW) -> Any:
    """Open the link and choose a password."""
    form = client.get(urlsplit(link).path, follow=True)
    if not form.redirect_chain:
        return form
    return client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})


def can_sign_in(client: Client, password: str) -> bool:
    answer = client.post("/sign-in/", {"login": EMAIL, "password": password})
    return bool(answer.headers.get("Location") == "/signed-in/")


def test_a_link_that_is_mailed_leads_to_a_new_password(cast: Cast, browse: Browse) -> None:
    asked = ask(browse(cast.acme))
    reached = choose(browse(cast.acme), link_in(mail.outbox[0]))

    assert asked.headers["Location"] == "/password/reset/sent/"
    assert mail.outbox[0].to == [EMAIL]
    assert mail.outbox[0].subject == "Choose a new password for Acme Pay"
    assert reached.headers["Location"] == "/password/reset/done/"
    assert can_sign_in(browse(cast.acme), NEW)
    assert not can_sign_in(browse(cast.acme), PASSWORD)


def test_a_link_works_once(cast: Cast, browse: Browse) -> None:
    ask(browse(cast.acme))
    link = link_in(mail.outbox[0])
    choose(browse(cast.acme), link)

    again = choose(browse(cast.acme), link, "yet another password")

    assert "This link no longer works" in again.content.decode()
    assert not can_sign_in(browse(cast.acme), "yet another password")


def test_a_link_of_before_a_change_of_password_no_longer_works(cast: Cast, browse: Browse) -> None:
    ask(browse(cast.acme))
    cast.developer.person.set_password("changed meanwhile")
    cast.developer.person.save()

    late = choose(browse(cast.acme), link_in(mail.outbox[0]))

    assert "This link no longer works" in late.content.decode()


def test_a_link_ends_after_three_days(cast: Cast, browse: Browse) -> None:
    ask(browse(cast.acme))

    with time_machine.travel(now() + timedelta(days=3, minutes=1)):
        late = choose(browse(cast.acme), link_in(mail.outbox[0]))

    assert "This link no longer works" in late.content.decode()


@pytest.mark.parametrize(
    "guess", ["1-x", "0-0-0", "z" * 40 + "-set-password", "é-é", f"1-{'9' * 500}"]
)
def test_a_made_up_link_is_refused(cast: Cast, browse: Browse, guess: str) -> None:
    answer = browse(cast.acme).get(f"/password/reset/key/{guess}/")

    assert answer.status_code in {200, 404}
    assert "password1" not in answer.content.decode()


def test_one_persons_link_sets_no_other_persons_password(cast: Cast, browse: Browse) -> None:
    ask(browse(cast.acme))
    path = urlsplit(link_in(mail.outbox[0])).path
    victim = cast.admin.person.id.hex

    answer = browse(cast.acme).get(path.replace(cast.developer.person.id.hex, victim))

    assert victim in path.replace(cast.developer.person.id.hex, victim)
    assert "This link no longer works" in answer.content.decode()


def test_an_address_without_an_account_gets_the_same_answer_by_the_same_work(
    cast: Cast, browse: Browse
) -> None:
    known = browse(cast.acme).post("/password/reset/", {"email": EMAIL})
    unknown = browse(cast.acme).post("/password/reset/", {"email": "stranger@example.com"})

    assert (known.status_code, known.headers["Location"]) == (302, "/password/reset/sent/")
    assert (unknown.status_code, unknown.headers["Location"]) == (302, "/password/reset/sent/")
    assert len(jobs.waiting(SEND)) == 2
    assert mail.outbox == []


def test_nobody_is_written_to_without_an_open_account(cast: Cast, browse: Browse) -> None:
    Person.objects.filter(id=cast.developer.person_id).update(is_active=False)

    ask(browse(cast.acme))
    ask(browse(cast.acme), "stranger@example.com")

    assert mail.outbox == []


def test_the_mail_goes_to_the_stored_address_however_it_was_typed(
    cast: Cast, browse: Browse
) -> None:
    ask(browse(cast.acme), f" {EMAIL.title()} ")

    assert mail.outbox[0].to == [EMAIL]


def test_the_mail_is_in_the_persons_language_or_in_the_pages(cast: Cast, browse: Browse) -> None:
    ask(browse(cast.acme))
    ask(Client(headers={"host": "acme.localhost:8000", "accept-language": "zh-hans"}))
    Person.objects.filter(id=cast.developer.person_id).update(language="zh-hans")
    ask(browse(cast.acme))

    subjects = [message.subject.startswith("Choose a new password") for message in mail.outbox]
    assert subjects[0] is True
    assert subjects[-1] is False
    assert [job["language"] for job in jobs.waiting(SEND)] == ["en", "zh-hans", "en"]


def test_the_waiting_job_holds_no_link(cast: Cast, browse: Browse) -> None:
    browse(cast.acme).post("/password/reset/", {"email": EMAIL})

    assert set(jobs.waiting(SEND)[0]) == {"email", "origin", "brand_name", "language"}


def test_in_development_the_link_leads_to_the_host_that_was_asked(cast: Cast) -> None:
    ask(Client(headers={"host": "192.0.2.7:8000"}))

    assert link_in(mail.outbox[0]).startswith("http://192.0.2.7:8000/password/reset/key/")


@pytest.mark.parametrize(
    "host", ["acme.example.org", "acme.example.org:666", "ACME.example.org.", "example.org"]
)
def test_in_production_the_link_leads_to_the_workspaces_own_host_whatever_the_header_says(
    cast: Cast, settings: Any, host: str
) -> None:
    settings.PORTICO_SITE = replace(
        settings.PORTICO_SITE,
        base_domain="example.org",
        scheme="https",
        port="",
        any_host=False,
    )

    ask(Client(headers={"host": host, "x-forwarded-host": "evil.example"}), secure=True)

    assert link_in(mail.outbox[0]).startswith("https://acme.example.org/password/reset/key/")


def test_in_production_a_strange_host_has_nothing_mailed(cast: Cast, settings: Any) -> None:
    settings.PORTICO_SITE = replace(settings.PORTICO_SITE, any_host=False)

    answer = ask(Client(headers={"host": "evil.example"}))

    assert answer.status_code == 404
    assert jobs.waiting(SEND) == []


def test_choosing_a_password_ends_every_session(cast: Cast, browse: Browse) -> None:
    elsewhere = browse(cast.acme, cast.developer)
    assert elsewhere.get("/console/").status_code == 200
    ask(browse(cast.acme))

    choose(browse(cast.acme), link_in(mail.outbox[0]))

    assert elsewhere.get("/console/").status_code == 302


def test_choosing_a_password_signs_nobody_in(cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme)
    ask(client)

    choose(client, link_in(mail.outbox[0]))

    assert client.get("/console/").status_code == 302


def test_a_link_opened_by_somebody_else_signs_them_out_first(cast: Cast, browse: Browse) -> None:
    ask(browse(cast.acme))
    others = browse(cast.acme, cast.operator)

    choose(others, link_in(mail.outbox[0]))

    assert others.get("/console/").status_code == 302
    assert can_sign_in(browse(cast.acme), NEW)


def test_who_chose_a_password_need_not_wait_for_failures_before(cast: Cast, browse: Browse) -> None:
    for _attempt in range(5):
        can_sign_in(browse(cast.acme), "wrong")
    assert not can_sign_in(browse(cast.acme), PASSWORD)
    ask(browse(cast.acme))

    choose(browse(cast.acme), link_in(mail.outbox[0]))

    assert can_sign_in(browse(cast.acme), NEW)


@pytest.mark.parametrize("weak", ["short", "1234567890123", "password123456", EMAIL])
def test_a_weak_password_is_refused(cast: Cast, browse: Browse, weak: str) -> None:
    ask(browse(cast.acme))

    answer = choose(browse(cast.acme), link_in(mail.outbox[0]), weak)

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert can_sign_in(browse(cast.acme), PASSWORD)


def test_new_passwords_are_recorded_and_never_kept(cast: Cast, browse: Browse) -> None:
    ask(browse(cast.acme))
    choose(browse(cast.acme), link_in(mail.outbox[0]))
    changer = browse(cast.acme)
    can_sign_in(changer, NEW)
    third = "a third and last password"
    changer.post(
        "/settings/account/password/",
        {"oldpassword": NEW, "password1": third, "password2": third},
    )

    entries = list(AuditEntry.objects.filter(action__startswith="account.").order_by("id"))

    assert [entry.action for entry in entries] == [
        "account.password_reset",
        "account.signed_in",
        "account.password_changed",
    ]
    for entry in entries:
        assert entry.actor_id == cast.developer.person_id
        assert entry.workspace_id == cast.acme.id
        assert entry.changes == []


def test_a_changed_password_keeps_this_session_under_another_key(
    cast: Cast, browse: Browse
) -> None:
    here, there = browse(cast.acme), browse(cast.acme)
    can_sign_in(here, PASSWORD)
    can_sign_in(there, PASSWORD)
    before = here.cookies["portico-session"].value

    here.post(
        "/settings/account/password/",
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
    )

    assert here.get("/console/").status_code == 200
    assert there.get("/console/").status_code == 302
    assert here.cookies["portico-session"].value != before


def test_no_log_holds_a_link(cast: Cast, browse: Browse) -> None:
    with everything_logged() as log:
        ask(browse(cast.acme))
        path = urlsplit(link_in(mail.outbox[0])).path
        strict = Client(enforce_csrf_checks=True, headers={"host": "acme.localhost:8000"})
        assert strict.post(path).status_code == 403  # which Django logs with its path
        logging.getLogger("django.request").error("%s: %s", "Internal Server Error", path)
        choose(browse(cast.acme), path)

    token = path.rstrip("/").partition(cast.developer.person.id.hex)[2]
    assert "Forbidden" in log.getvalue()
    assert log.getvalue().count("/password/reset/key/") >= 4
    assert token not in log.getvalue()


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    """What our handlers write, whichever logger they belong to."""
    log = io.StringIO()
    loggers = [logging.root, *map(logging.getLogger, logging.root.manager.loggerDict)]
    handlers = {
        handler
        for logger in loggers
        for handler in logger.handlers
        if type(handler) is logging.StreamHandler
    }
    assert handlers
    before = {handler: handler.setStream(log) for handler in handlers}
    try:
        yield log
    finally:
        for handler, stream in before.items():
            handler.setStream(stream)
