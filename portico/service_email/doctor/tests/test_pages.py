"""The page that starts a test and the page that shows one; `tests/access` says who may."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import Cast
from portico.demo_mail.ports import PASSWORD, Manner
from portico.kernel.clock import now
from portico.service_email.doctor import runs
from portico.service_email.doctor.tests.conftest import ACCOUNT, LIMITS, Bench
from portico.service_email.models import RunState, TestRun
from portico.service_email.servers import server_in_use
from tests.jobs import run as run_jobs

HTMX = {"hx-request": "true"}


@pytest.fixture
def admin(cast: Cast, browse: Callable[..., Client]) -> Client:
    """The admin of acme, in a browser."""
    return browse(cast.acme, cast.admin)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def the_run() -> TestRun:
    return TestRun.objects.latest("created_at")


def page_of(admin: Client, run: TestRun, **query: str) -> str:
    return text(admin.get(reverse("test_run", args=[run.id]), query))


def send_form(admin: Client, values: dict[str, Any], **options: Any) -> Any:
    """Press *Send test email* in the section's form."""
    return admin.post(reverse("test_email"), values, **options)


def test_the_saved_server_is_tested_with_a_mail_to_oneself(
    cast: Cast, bench: Bench, admin: Client
) -> None:
    bench.save(cast.acme, cast.admin)
    start = admin.get(reverse("test_email"))
    assert 'value="admin@acme.example.com"' in text(start)

    answer = admin.post(reverse("test_email"), {"to": "admin@acme.example.com"})
    assert answer.headers["Location"] == reverse("test_run", args=[the_run().id])
    assert run_jobs(runs.TASK) == 1

    page = page_of(admin, the_run())
    assert "The server accepted the mail for admin@acme.example.com." in page
    assert "This server is in use now" in page
    assert page.count('data-state="done"') >= 10
    assert "C: EHLO" in page
    assert server_in_use(cast.acme) is not None


def test_a_test_that_waits_ticks_off_by_itself_and_without_scripts(
    cast: Cast, bench: Bench, admin: Client
) -> None:
    bench.save(cast.acme, cast.admin)
    admin.post(reverse("test_email"), {"to": "ada@example.com"})

    page = page_of(admin, the_run())

    assert 'hx-trigger="every 500ms"' in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert page.count('data-state="waiting"') == 12
    assert "Cancel" in page


def test_the_part_is_sent_where_something_changed_and_polling_ends(
    cast: Cast, bench: Bench, admin: Client
) -> None:
    bench.save(cast.acme, cast.admin)
    admin.post(reverse("test_email"), {"to": "ada@example.com"})
    address = reverse("test_run", args=[the_run().id])
    first = admin.get(address, headers=HTMX)
    poll = text(first).partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")

    same = admin.get(poll, headers=HTMX)
    run_jobs(runs.TASK)
    last = admin.get(poll, headers=HTMX)

    assert same.status_code == 204
    assert last.status_code == 200
    assert "<html" not in text(last)
    assert "hx-get" not in text(last)
    assert last.headers["Cache-Control"] == "private, no-store"


def test_polling_takes_few_queries(cast: Cast, bench: Bench, admin: Client) -> None:
    bench.save(cast.acme, cast.admin)
    admin.post(reverse("test_email"), {"to": "ada@example.com"})
    address = reverse("test_run", args=[the_run().id])
    admin.get(address, headers=HTMX)

    with CaptureQueriesContext(connection) as asked:
        admin.get(address, {"seen": "waiting-0--"}, headers=HTMX)

    assert len(asked) <= 6


def test_a_run_that_no_worker_takes_for_ten_seconds_says_so(
    cast: Cast, bench: Bench, admin: Client
) -> None:
    bench.save(cast.acme, cast.admin)
    admin.post(reverse("test_email"), {"to": "ada@example.com"})
    TestRun.objects.update(created_at=now() - timedelta(seconds=11))

    assert "No worker has taken this test yet" in page_of(admin, the_run())


def test_without_a_server_the_page_says_what_to_fill_in(cast: Cast, admin: Client) -> None:
    page = admin.get(reverse("test_email"))
    sent = admin.post(reverse("test_email"), {"to": "ada@example.com"})

    assert "There is nothing to test yet" in text(page)
    assert reverse("edit_section", args=["service-email"]) in text(page)
    assert sent.status_code == 409
    assert "There is no mail server to test yet" in text(sent)


def test_a_bad_recipient_is_refused_beside_its_field(
    cast: Cast, bench: Bench, admin: Client
) -> None:
    bench.save(cast.acme, cast.admin)

    answer = admin.post(reverse("test_email"), {"to": "nobody"})

    assert answer.status_code == 422
    assert "is not a mail address" in text(answer)
    assert 'value="nobody"' in text(answer)


def test_the_form_is_tested_as_it_stands_and_nothing_is_saved(
    cast: Cast, bench: Bench, admin: Client
) -> None:
    answer = send_form(admin, bench.form())
    run_jobs(runs.TASK)

    page = page_of(admin, the_run())
    assert answer.url == reverse("test_run", args=[the_run().id])
    assert "Save these values within the hour, and they are in use at once." in page
    assert "Back to the form with these values" in page
    assert the_run().to == "admin@acme.example.com"
    assert server_in_use(cast.acme) is None


def test_the_form_stays_and_the_test_is_shown_beside_it(
    cast: Cast, bench: Bench, admin: Client
) -> None:
    answer = send_form(admin, bench.form(), headers=HTMX)

    assert answer.status_code == 200
    assert "<html" not in text(answer)
    assert "&amp;in=form" in text(answer)
    assert "<form" not in text(answer)


def test_values_of_the_form_that_cannot_be_used_are_told_with_the_form(
    cast: Cast, bench: Bench, admin: Client
) -> None:
    values = bench.form(host="not a host!", nickname="Kept")

    page = send_form(admin, values)
    part = send_form(admin, values, headers=HTMX)

    assert (page.status_code, part.status_code) == (422, 422)
    assert 'value="Kept"' in text(page)
    assert 'name="host"' in text(page)
    assert "<html" not in text(part)
    assert 'href="#id_host"' in text(part)
    assert PASSWORD not in text(page) + text(part)
    assert not TestRun.objects.exists()


def test_a_saved_password_goes_to_no_other_server(cast: Cast, bench: Bench, admin: Client) -> None:
    bench.save(cast.acme, cast.admin)

    answer = send_form(admin, bench.form(Manner.IMPLICIT_TLS, password="", based_on="1"))

    assert answer.status_code == 422
    assert "password" in text(answer).lower()
    assert not TestRun.objects.exists()


def test_the_correction_opens_the_form_with_all_values_but_the_password(
    cast: Cast, bench: Bench, admin: Client, settings: Any
) -> None:
    settings.PORTICO_MAIL_LIMITS = replace(LIMITS, reply=0.6)
    wrong = bench.form(Manner.IMPLICIT_TLS, security="starttls", nickname="Not yet saved")
    send_form(admin, wrong)
    run_jobs(runs.TASK)
    page = page_of(admin, the_run())
    address = page.partition('class="stage-action"')[2].partition('href="')[2].partition('"')[0]

    form = text(admin.get(address.replace("&amp;", "&")))

    assert "Likely cause" in page
    assert "What to do" in page
    assert "SSL/TLS" in page
    assert 'value="mail.localhost"' in form
    assert 'value="Not yet saved"' in form
    assert f'value="{bench.peer.ports[Manner.IMPLICIT_TLS]}"' in form
    assert PASSWORD not in page + form + address


def test_beside_the_form_the_correction_keeps_what_was_typed_but_the_password(
    cast: Cast, bench: Bench, admin: Client, settings: Any
) -> None:
    settings.PORTICO_MAIL_LIMITS = replace(LIMITS, reply=0.6)
    wrong = bench.form(Manner.IMPLICIT_TLS, security="starttls", nickname="Not yet saved")
    send_form(admin, wrong, headers=HTMX)
    run_jobs(runs.TASK)
    part = text(admin.get(reverse("test_run", args=[the_run().id]), {"in": "form"}, headers=HTMX))
    sent = json.loads(html.unescape(part.partition('hx-vals="')[2].partition('"')[0]))

    form = text(
        admin.post(reverse("edit_section", args=["service-email"]), {**wrong, **sent}, headers=HTMX)
    )

    assert "Change to SSL/TLS" in part
    assert 'value="Not yet saved"' in form
    assert 'name="held" value=""' in form
    assert PASSWORD not in part + form


def test_accepted_values_are_saved_by_a_button_of_the_form_beside(
    cast: Cast, bench: Bench, admin: Client
) -> None:
    send_form(admin, bench.form(), headers=HTMX)
    run_jobs(runs.TASK)

    part = admin.get(reverse("test_run", args=[the_run().id]), {"in": "form"}, headers=HTMX)

    assert 'name="action" value="save"' in text(part)
    assert 'name="action" value="save"' not in page_of(admin, the_run())


def test_a_test_is_canceled_by_its_button(cast: Cast, bench: Bench, admin: Client) -> None:
    bench.save(cast.acme, cast.admin)
    admin.post(reverse("test_email"), {"to": "ada@example.com"})

    answer = admin.post(reverse("cancel_test", args=[the_run().id]))

    assert answer.headers["Location"] == reverse("test_run", args=[the_run().id])
    assert the_run().state == RunState.CANCELED
    assert "The test was canceled." in page_of(admin, the_run())


def test_a_second_test_and_one_too_many_are_refused_with_a_sentence(
    cast: Cast, bench: Bench, admin: Client
) -> None:
    bench.save(cast.acme, cast.admin)
    to = {"to": "ada@example.com"}
    admin.post(reverse("test_email"), to)

    second = admin.post(reverse("test_email"), to)
    for _ in range(9):
        runs.cancel(cast.acme, the_run().id, at=now())
        admin.post(reverse("test_email"), to)
    runs.cancel(cast.acme, the_run().id, at=now())
    many = admin.post(reverse("test_email"), to)
    part = send_form(admin, bench.form(), headers=HTMX)

    assert (second.status_code, many.status_code, part.status_code) == (409, 429, 422)
    assert "under way" in text(second)
    assert "10 times within 10 minutes" in text(many)
    assert "10 times within 10 minutes" in text(part)


def test_an_interrupted_test_says_that_the_mail_may_have_been_sent(
    cast: Cast, bench: Bench, admin: Client
) -> None:
    bench.save(cast.acme, cast.admin)
    admin.post(reverse("test_email"), {"to": "ada@example.com"})
    runs.begin(the_run().id, at=now() - timedelta(seconds=61))

    assert "The mail may have been sent." in page_of(admin, the_run())


def test_the_latest_tests_are_listed(cast: Cast, bench: Bench, admin: Client) -> None:
    bench.save(cast.acme, cast.admin)
    admin.post(reverse("test_email"), {"to": "ada@example.com"})

    assert reverse("test_run", args=[the_run().id]) in text(admin.get(reverse("test_email")))


def test_a_test_of_another_workspace_is_not_there(
    cast: Cast, bench: Bench, admin: Client, browse: Callable[..., Client]
) -> None:
    bench.save(cast.acme, cast.admin)
    admin.post(reverse("test_email"), {"to": "ada@example.com"})
    outsider = browse(cast.zenith, cast.outsider)

    for number in (the_run().id, uuid4()):
        assert outsider.get(reverse("test_run", args=[number])).status_code == 404
        assert outsider.post(reverse("cancel_test", args=[number])).status_code == 404
    assert the_run().state == RunState.WAITING


def test_a_role_without_the_right_tests_nothing(
    cast: Cast, bench: Bench, browse: Callable[..., Client]
) -> None:
    bench.save(cast.acme, cast.admin)
    developer = browse(cast.acme, cast.developer)

    assert developer.get(reverse("test_email")).status_code == 403
    assert developer.post(reverse("test_email"), {"to": ACCOUNT}).status_code == 403
    assert not TestRun.objects.exists()


def test_what_a_server_says_is_shown_as_text(cast: Cast, bench: Bench, admin: Client) -> None:
    send_form(admin, bench.form())
    run_jobs(runs.TASK)
    TestRun.objects.update(transcript="S: 220 <script>alert(1)</script>")

    page = page_of(admin, the_run())

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_password_is_on_no_page(cast: Cast, bench: Bench, admin: Client) -> None:
    for manner in (Manner.STARTTLS, Manner.REFUSES_PASSWORDS):
        answer = send_form(admin, bench.form(manner))
        run_jobs(runs.TASK)

        assert PASSWORD not in text(answer) + page_of(admin, the_run())
