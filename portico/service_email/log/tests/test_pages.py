from __future__ import annotations

import html
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.service_email.log.tests.make import (
    REFUSED,
    make_attempt,
    make_failed,
    make_trouble,
    make_waiting,
)
from portico.service_email.models import Mail, MailQueue, MailState, Outcome
from portico.service_email.pipeline.batches import UNKNOWN
from portico.service_email.pipeline.capturing import FILE_BACKEND, file_of
from tests.make import AT, make_mail

pytestmark = pytest.mark.django_db
Browse = Callable[..., Client]
LATE = "The whole mail was sent, and the server did not answer in time."
NASTY = "<script>alert(1)</script>\u202egpj.exe"


def address(name: str, mail: Mail) -> str:
    return reverse(name, kwargs={"mail_id": mail.id})


def look_twice(browser: Client, path: str) -> None:
    """The first looks ask for what is remembered or noted from then on."""
    browser.get(path)
    browser.get(path)


@pytest.fixture
def admin(cast: Cast, browse: Browse) -> Client:
    """The admin's browser."""
    return browse(cast.acme, cast.admin)


def test_the_newest_mail_stands_first(cast: Cast, admin: Client) -> None:
    make_mail(cast.acme, subject="The older one")
    make_mail(cast.acme, subject="The newer one", recipient="bob@example.com")

    page = admin.get("/console/mail/").text

    assert page.index("The newer one") < page.index("The older one")
    assert "bob@example.com" in page
    assert "Test mail" in page


def test_an_empty_log_says_what_will_come(admin: Client) -> None:
    page = admin.get("/console/mail/").text

    assert "No mail yet" in page
    assert "Retry all failed" not in page


def test_nothing_found_offers_the_way_back(cast: Cast, admin: Client) -> None:
    make_mail(cast.acme)

    page = admin.get("/console/mail/?q=nobody").text

    assert "No mail fits" in page
    assert "Show everything" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=failed", {"failed"}),
        ("template=settings_changed", {"changed"}),
        ("q=ada", {"sent", "changed"}),
        ("q=ada@example.com+settings", {"changed"}),
        ("q=GONE", {"failed"}),
        ("q=weekly+repo", {"sent"}),
        ("since=2026-11-23", {"changed"}),
        ("until=2026-11-22", {"sent", "failed"}),
        ("state=sent&q=ada&since=2026-11-22&until=2026-11-22", {"sent"}),
        ("q=%27%29+%3A%2A", set()),
        ("q=%00", set()),
    ],
)
def test_the_log_is_narrowed(cast: Cast, admin: Client, query: str, found: set[str]) -> None:
    tomorrow = AT + timedelta(days=1)
    mails = {
        "sent": make_mail(cast.acme, subject="Weekly report"),
        "failed": make_mail(cast.acme, recipient="gone@example.com", state=MailState.FAILED),
        "changed": make_mail(
            cast.acme, template="settings_changed", subject="Settings were changed", at=tomorrow
        ),
    }

    page = admin.get(f"/console/mail/?{query}").text

    assert {name for name, mail in mails.items() if address("mail", mail) in page} == found


def test_filters_that_make_no_sense_are_marked(admin: Client) -> None:
    answer = admin.get("/console/mail/?since=2026-11-23&until=2026-11-22")

    assert answer.status_code == 422
    assert "This day is before" in answer.text


@pytest.mark.parametrize("query", ["state=lost", "template=nothing", "since=soon"])
def test_filters_that_do_not_exist_are_refused_with_a_way_back(admin: Client, query: str) -> None:
    answer = admin.get(f"/console/mail/?{query}")

    assert answer.status_code == 422
    assert "Show everything" in answer.text


def test_how_many_mails_are_in_each_state_is_shown_and_leads_there(
    cast: Cast, admin: Client
) -> None:
    make_mail(cast.acme)
    make_mail(cast.acme)
    make_failed(cast.acme)
    make_mail(cast.zenith, state=MailState.CAPTURED)

    page = admin.get("/console/mail/?q=example").text

    assert 'href="/console/mail/?state=sent">Sent<span class="count">2</span>' in " ".join(
        admin.get("/console/mail/").text.split()
    )
    assert "Captured" not in page
    assert "?q=example&amp;state=failed" in page
    assert '<span class="count">' not in page  # they would count more than the words find


def test_older_mails_are_on_the_next_page(cast: Cast, admin: Client) -> None:
    mails = [make_mail(cast.acme, subject=f"Number {number:02}") for number in range(60)]

    first = admin.get("/console/mail/").text
    second = admin.get(f"/console/mail/?before={mails[10].id}").text
    back = admin.get(f"/console/mail/?after={mails[9].id}").text

    assert "Number 59" in first
    assert "Number 10" in first
    assert "Number 09" not in first
    assert f"before={mails[10].id}" in first
    assert "Number 09" in second
    assert "Number 10" not in second
    assert "Number 59" in back


def test_a_page_of_the_log_takes_the_same_queries_however_long_it_is(
    cast: Cast, admin: Client
) -> None:
    make_failed(cast.acme)
    look_twice(admin, "/console/mail/")
    with CaptureQueriesContext(connection) as for_one:
        admin.get("/console/mail/")
    for number in range(49):
        make_failed(cast.acme, f"gone-{number}@example.com")

    with CaptureQueriesContext(connection) as for_fifty:
        answer = admin.get("/console/mail/")

    assert answer.text.count("gone-") == 49
    assert len(for_fifty) == len(for_one)
    assert sum("service_email_mail" in query["sql"] for query in for_fifty) == 3


def test_a_mail_s_page_takes_the_same_queries_however_often_it_was_tried(
    cast: Cast, admin: Client
) -> None:
    mail = make_failed(cast.acme)
    look_twice(admin, address("mail", mail))
    with CaptureQueriesContext(connection) as for_one:
        admin.get(address("mail", mail))
    for number in range(2, 14):
        make_attempt(mail, number)

    with CaptureQueriesContext(connection) as for_many:
        admin.get(address("mail", mail))

    assert len(for_many) == len(for_one)
    assert sum("service_email_" in query["sql"] for query in for_many) == 2


def test_why_mail_waits_is_said_at_the_top(cast: Cast, admin: Client) -> None:
    make_trouble(cast.acme)

    page = admin.get("/console/mail/").text

    assert "The server &lt;b&gt;mx&lt;/b&gt; refused the password." in page
    assert "It was probably changed." in page
    assert "Type it again." in page
    assert "Next attempt:" in page
    assert 'href="/settings/tenant/#service-email"' in page


def test_a_queue_in_order_is_not_mentioned(cast: Cast, admin: Client) -> None:
    MailQueue.objects.create(workspace=cast.acme)
    make_trouble(cast.zenith)

    assert "Mail waits" not in admin.get("/console/mail/").text


def test_a_mail_s_page_tells_its_whole_story(cast: Cast, admin: Client) -> None:
    mail = make_mail(cast.acme, state=MailState.FAILED)
    make_attempt(
        mail, 1, outcome=Outcome.TEMPORARY, stage="recipient", reply="450 4.2.0 Greylisted"
    )
    make_attempt(mail, 2, outcome=None)
    make_attempt(mail, 3, outcome=Outcome.PERMANENT, stage="recipient", reply=REFUSED, seconds=63)

    page = admin.get(address("mail", mail)).text

    assert page.index(REFUSED) < page.index("450 4.2.0 Greylisted")
    assert "Refused for now" in page
    assert "Refused for good" in page
    assert "Unknown" in page
    assert "may have been delivered" in " ".join(page.split())
    assert "1 min 3 s" in page
    assert "420 ms" in page
    assert "smtp.example.com:587" in page
    assert "&lt;1@example.com&gt;" in page


def test_an_attempt_under_way_is_not_called_unknown(cast: Cast, admin: Client) -> None:
    mail = make_mail(cast.acme, state=MailState.SENDING)
    make_attempt(mail, 1, outcome=None)

    page = admin.get(address("mail", mail)).text

    assert "Under way" in page
    assert "may have been delivered" not in " ".join(page.split())
    assert "Send again" not in page


@pytest.mark.parametrize(
    ("reply", "told", "untold"),
    [
        (UNKNOWN, "后台进程在记录服务器的应答之前已停止", "后台进程在记录服务器的应答之前已终止"),
        (LATE, "整封邮件已发送完毕，但服务器未及时响应。", "已停止"),
        ("250 2.0.0 Ok", "250 2.0.0 Ok", "Project-Id-Version"),
    ],
)
def test_an_answer_that_was_lost_is_told_in_the_reader_s_language(
    cast: Cast, browse: Browse, reply: str, told: str, untold: str
) -> None:
    cast.admin.person.language = "zh-hans"
    cast.admin.person.save()
    mail = make_mail(cast.acme)
    make_attempt(mail, outcome=Outcome.UNKNOWN, reply=reply)

    page = browse(cast.acme, cast.admin).get(address("mail", mail)).text

    assert told in page
    assert untold not in page
    assert "The whole mail was sent" not in page


def test_the_last_answer_is_ours_in_the_reader_s_language_where_the_server_gave_none(
    cast: Cast, browse: Browse
) -> None:
    cast.admin.person.language = "zh-hans"
    cast.admin.person.save()
    mail = make_mail(cast.acme, state=MailState.FAILED)
    Mail.objects.filter(id=mail.id).update(reply=UNKNOWN)

    page = browse(cast.acme, cast.admin).get(address("mail", mail)).text

    assert "后台进程在记录服务器的应答之前已终止" in page
    assert UNKNOWN not in html.unescape(page)


def test_a_captured_mail_s_page_names_the_file_that_has_its_links(
    cast: Cast, admin: Client, settings: Any, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = FILE_BACKEND, tmp_path / "mail"
    mail = make_mail(cast.acme, state=MailState.CAPTURED)
    before = admin.get(address("mail", mail)).text
    path = file_of(mail)
    assert path
    path.parent.mkdir()
    path.touch()

    page = admin.get(address("mail", mail)).text

    assert f"mail/{mail.id}.eml" in page
    assert ".eml" not in before
    assert str(tmp_path) not in page


def test_a_mail_that_waits_is_shown_as_it_would_be_written(cast: Cast, admin: Client) -> None:
    mail = make_waiting(cast.acme)

    page = admin.get(address("mail", mail) + "?view=text").text
    frame = admin.get(address("mail_html", mail)).text

    assert "Not written yet" in page
    assert "Your mail server works" in page
    assert "Your mail server works" in frame
    assert Mail.objects.get(id=mail.id).html == ""


def test_a_kind_of_mail_that_is_gone_is_still_listed(cast: Cast, admin: Client) -> None:
    mail = make_waiting(cast.acme, template="long-gone")

    page = admin.get(address("mail", mail)).text

    assert "long-gone" in page
    assert "Nothing was written" in page
    assert admin.get(address("mail_html", mail)).status_code == 404


def test_a_mail_is_sent_again(cast: Cast, admin: Client) -> None:
    mail = make_failed(cast.acme)

    answer = admin.post(address("resend_mail", mail), follow=True)

    mail.refresh_from_db()
    assert mail.state == MailState.QUEUED
    assert "The mail is queued again." in answer.text
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.actor_id) == ("mail.resent", cast.admin.person_id)


def test_a_mail_on_its_way_is_not_sent_twice(cast: Cast, admin: Client) -> None:
    mail = make_mail(cast.acme, state=MailState.SENDING)

    answer = admin.post(address("resend_mail", mail), follow=True)

    assert answer.status_code == 200
    assert "queued again" not in answer.text
    assert 'data-tone="warning"' in answer.text
    assert Mail.objects.count() == 1


def test_a_copy_leads_to_the_mail_that_it_repeats(cast: Cast, admin: Client) -> None:
    mail = make_mail(cast.acme)

    answer = admin.post(address("resend_mail", mail), follow=True)

    copy = Mail.objects.exclude(id=mail.id).get()
    assert answer.redirect_chain[0][0] == address("mail", copy)
    assert address("mail", mail) in answer.text


def test_all_failed_mails_are_queued_again_once_the_number_was_seen(
    cast: Cast, admin: Client
) -> None:
    failed = [make_failed(cast.acme), make_failed(cast.acme)]
    other = make_failed(cast.zenith)

    asked = admin.get("/console/mail/").text
    answer = admin.post("/console/mail/retry-failed/", follow=True)

    assert "Send 2 failed mails again?" in asked
    assert "2 mails are queued again." in answer.text
    assert {Mail.objects.get(id=mail.id).state for mail in failed} == {MailState.QUEUED}
    assert Mail.objects.get(id=other.id).state == MailState.FAILED


def test_where_nothing_failed_nothing_is_claimed(cast: Cast, admin: Client) -> None:
    answer = admin.post("/console/mail/retry-failed/", follow=True)

    assert "There is no failed mail to send again." in answer.text


def test_how_long_the_log_is_kept_is_changed(cast: Cast, admin: Client) -> None:
    before = admin.get("/console/mail/retention/").text

    answer = admin.post("/console/mail/retention/", {"days": "30"}, follow=True)

    assert 'value="90"' in before
    assert "The log is kept for 30 days." in answer.text
    assert MailQueue.objects.get(workspace=cast.acme).keep_days == 30


@pytest.mark.parametrize("days", ["0", "6", "731", "-1", "soon", "", "9" * 30])
def test_days_that_cannot_be_are_refused_beside_the_field(
    cast: Cast, admin: Client, days: str
) -> None:
    answer = admin.post("/console/mail/retention/", {"days": days})

    assert answer.status_code == 422
    assert 'id="id_days_error"' in answer.text
    assert not MailQueue.objects.filter(workspace=cast.acme).exists()


@pytest.mark.parametrize("name", ["mail", "mail_html", "resend_mail"])
def test_another_workspace_s_mail_is_not_there(
    cast: Cast, admin: Client, browse: Browse, name: str
) -> None:
    mail = make_failed(cast.zenith)
    method = admin.post if name == "resend_mail" else admin.get

    answer = method(address(name, mail))

    assert answer.status_code == 404
    assert mail.recipient not in answer.text
    assert Mail.objects.get(id=mail.id).state == MailState.FAILED


@pytest.mark.parametrize(
    "path", ["retry-failed/", "retention/", "00000000-0000-0000-0000-000000000000/resend/"]
)
def test_nobody_but_an_admin_changes_anything(cast: Cast, browse: Browse, path: str) -> None:
    mail = make_failed(cast.acme)
    path = path.replace("00000000-0000-0000-0000-000000000000", str(mail.id))

    statuses = {
        role: browse(cast.acme, member).post(f"/console/mail/{path}", {"days": "30"}).status_code
        for role, member in {**cast.members(), "outsider": cast.outsider}.items()
        if role != "admin"
    }

    assert statuses.pop("outsider") == 404
    assert set(statuses.values()) == {403}
    assert Mail.objects.get(id=mail.id).state == MailState.FAILED
    assert not MailQueue.objects.filter(workspace=cast.acme).exists()


def test_hostile_words_stay_words(cast: Cast, admin: Client) -> None:
    mail = make_mail(
        cast.acme, recipient=f"{NASTY}@example.com", subject=NASTY, text=NASTY, html=NASTY
    )
    make_attempt(mail, outcome=Outcome.PERMANENT, reply=NASTY)

    pages = [
        admin.get("/console/mail/").text,
        admin.get(address("mail", mail)).text,
        admin.get(address("mail", mail) + "?view=text").text,
    ]

    for page in pages:
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page
    assert f"<bdi>{NASTY.replace('<', '&lt;').replace('>', '&gt;')}</bdi>" in pages[0]
