from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.kernel.permissions import Permission
from portico.service_email.log.tests.make import REFUSED, make_failed
from portico.service_email.models import Mail, MailQueue, MailState
from tests.make import make_mail, make_token

pytestmark = pytest.mark.django_db
Call = Callable[..., Client]


@pytest.fixture
def admin(cast: Cast, call: Call) -> Client:
    """The admin's API client."""
    return call(cast.acme, cast.admin)


def put(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.put(f"/api/v1{path}", json.dumps(body), content_type="application/json")


def test_the_log_is_read_page_by_page(cast: Cast, admin: Client) -> None:
    mails = [make_mail(cast.acme) for _number in range(5)]
    make_mail(cast.zenith)

    first = admin.get("/api/v1/mails?limit=3").json()
    second = admin.get(f"/api/v1/mails?limit=3&cursor={first['next']}").json()

    ids = [item["id"] for item in first["items"] + second["items"]]
    assert ids == [str(mail.id) for mail in reversed(mails)]
    assert second["next"] is None
    assert set(first["items"][0]) == {
        "id",
        "template",
        "language",
        "recipient",
        "subject",
        "state",
        "attempts",
        "created_at",
        "due_at",
        "finished_at",
        "message_id",
        "reply",
    }


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("state=failed", 1),
        ("state=sent", 1),
        ("q=gone", 1),
        ("template=test", 2),
        ("template=invitation", 0),
        ("since=2026-11-23T00:00:00Z", 0),
        ("until=2026-11-23T00:00:00Z", 2),
    ],
)
def test_the_log_is_narrowed(cast: Cast, admin: Client, query: str, count: int) -> None:
    make_mail(cast.acme)
    make_failed(cast.acme)

    assert len(admin.get(f"/api/v1/mails?{query}").json()["items"]) == count


@pytest.mark.parametrize("query", ["state=lost", "since=yesterday", "limit=0", "cursor=1"])
def test_filters_that_make_no_sense_are_refused(admin: Client, query: str) -> None:
    answer = admin.get(f"/api/v1/mails?{query}")

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_list_takes_the_same_queries_however_long_it_is(cast: Cast, admin: Client) -> None:
    make_failed(cast.acme)
    admin.get("/api/v1/mails")
    admin.get("/api/v1/mails")
    with CaptureQueriesContext(connection) as for_one:
        admin.get("/api/v1/mails")
    for number in range(49):
        make_failed(cast.acme, f"gone-{number}@example.com")

    with CaptureQueriesContext(connection) as for_fifty:
        answer = admin.get("/api/v1/mails")

    assert len(answer.json()["items"]) == 50
    assert len(for_fifty) == len(for_one)
    assert sum("service_email_" in query["sql"] for query in for_fifty) == 1


def test_a_mail_is_read_with_its_attempts(cast: Cast, admin: Client) -> None:
    mail = make_failed(cast.acme)

    answer = admin.get(f"/api/v1/mails/{mail.id}").json()

    assert (answer["html"], answer["text"]) == (mail.html, mail.text)
    assert [(one["outcome"], one["stage"], one["reply"]) for one in answer["tries"]] == [
        ("permanent", "recipient", REFUSED)
    ]


def test_a_mail_is_sent_again(cast: Cast, admin: Client) -> None:
    mail = make_failed(cast.acme)

    answer = admin.post(f"/api/v1/mails/{mail.id}/resend")

    assert answer.json()["state"] == "queued"
    assert Mail.objects.get(id=mail.id).state == MailState.QUEUED


def test_a_mail_on_its_way_is_a_conflict(cast: Cast, admin: Client) -> None:
    mail = make_mail(cast.acme, state=MailState.SENDING)

    answer = admin.post(f"/api/v1/mails/{mail.id}/resend")

    assert answer.status_code == 409
    assert Mail.objects.count() == 1


def test_all_failed_mails_are_queued_again(cast: Cast, admin: Client) -> None:
    make_failed(cast.acme)
    make_failed(cast.acme)
    other = make_failed(cast.zenith)

    answer = admin.post("/api/v1/mails/retry-failed")

    assert answer.json() == {"count": 2}
    assert Mail.objects.get(id=other.id).state == MailState.FAILED


def test_retention_is_read_and_changed(cast: Cast, admin: Client) -> None:
    before = admin.get("/api/v1/mails/retention").json()

    after = put(admin, "/mails/retention", {"days": 30})

    assert (before, after.json()) == ({"days": 90}, {"days": 30})
    assert MailQueue.objects.get(workspace=cast.acme).keep_days == 30


@pytest.mark.parametrize("days", [0, 6, 731, "soon", None, 10**20])
def test_days_that_cannot_be_are_refused(cast: Cast, admin: Client, days: object) -> None:
    answer = put(admin, "/mails/retention", {"days": days})

    assert answer.status_code == 422
    assert not MailQueue.objects.filter(workspace=cast.acme).exists()


@pytest.mark.parametrize(
    ("method", "path"), [("get", "/mails/{id}"), ("post", "/mails/{id}/resend")]
)
def test_another_workspace_s_mail_is_not_there(
    cast: Cast, admin: Client, method: str, path: str
) -> None:
    mail = make_failed(cast.zenith)

    answer = getattr(admin, method)(f"/api/v1{path.format(id=mail.id)}")

    assert answer.status_code == 404
    assert Mail.objects.get(id=mail.id).state == MailState.FAILED


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/mails/{id}/resend"),
        ("post", "/mails/retry-failed"),
        ("put", "/mails/retention"),
    ],
)
def test_a_token_that_may_only_read_changes_nothing(cast: Cast, method: str, path: str) -> None:
    mail = make_failed(cast.acme)
    _token, secret = make_token(cast.admin, Permission.MAIL_READ)
    client = Client(headers={"host": "acme.localhost:8000", "authorization": f"Bearer {secret}"})

    answer = getattr(client, method)(
        f"/api/v1{path.format(id=mail.id)}", '{"days": 30}', content_type="application/json"
    )

    assert answer.status_code == 403
    assert answer.json()["code"] == "token_lacks_permission"
    assert Mail.objects.get(id=mail.id).state == MailState.FAILED
    assert not MailQueue.objects.filter(workspace=cast.acme).exists()
