"""Hosted versions: an entry URL that answers, and a manifest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from portico.audit.models import AuditEntry
from portico.egress.configuration import LOOPBACK, Egress
from portico.miniprograms.models import MiniProgram, Version
from tests.packages import APP_ID, make_manifest
from tests.peers.receiver import Receiver, Reply, receiver

API = f"/api/v1/mini-programs/{APP_ID}/versions"
PAGE = f"/console/programs/{APP_ID}/versions/upload/"


@pytest.fixture
def site(settings: Any) -> Iterator[Receiver]:
    """A partner's website, in plain http on this machine, as in development."""
    settings.PORTICO_EGRESS = Egress(allowed=LOOPBACK)
    with receiver() as found:
        yield found


def put(client: Client, url: str, *, code: int = 1, **manifest: object) -> Any:
    body = {"entry_url": url, "manifest": {**make_manifest(code=code), **manifest}}
    return client.put(API, json.dumps(body), content_type="application/json")


def test_a_page_that_answers_becomes_a_version(
    hosted: MiniProgram, site: Receiver, developer: Client
) -> None:
    answer = put(developer, f"{site.url}/start?lang=en", code=3)

    assert answer.status_code == 201
    assert answer.json()["entry_url"] == f"{site.url}/start?lang=en"
    assert (answer.json()["kind"], answer.json()["sha256"]) == ("hosted", None)
    version = Version.objects.get()
    assert (version.code, version.package, version.manifest["name"]) == (3, "", "Tips")
    assert AuditEntry.objects.get(action="version.uploaded").subject_id == str(version.id)


def test_the_same_again_is_the_same_version(
    hosted: MiniProgram, site: Receiver, developer: Client
) -> None:
    first = put(developer, site.url)

    second = put(developer, site.url)

    assert (second.status_code, second.json()) == (201, first.json())
    assert Version.objects.count() == 1
    assert len(site.received) == 1


def test_another_address_under_a_used_code_is_refused(
    hosted: MiniProgram, site: Receiver, developer: Client
) -> None:
    put(developer, site.url)

    answer = put(developer, f"{site.url}/other")

    assert (answer.status_code, answer.json()["code"]) == (409, "version_code_used")


def test_a_redirect_is_gone_along(hosted: MiniProgram, site: Receiver, developer: Client) -> None:
    site.answers = [Reply(302, headers={"Location": "/en/"}), Reply(200)]

    answer = put(developer, site.url)

    assert answer.status_code == 201
    assert [one.path for one in site.received] == ["/hooks", "/en/"]


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (500, "entry_url_answers_otherwise", "500 Internal Server Error"),
        (404, "entry_url_answers_otherwise", "404 Not Found"),
        (302, "entry_url_leads_around", "more than 3 redirects"),
    ],
)
def test_a_page_that_does_not_answer_is_refused_with_what_was_seen(
    hosted: MiniProgram, site: Receiver, developer: Client, status: int, code: str, says: str
) -> None:
    site.answers = [Reply(status, headers={"Location": "/hooks"} if status == 302 else {})] * 4

    answer = put(developer, site.url)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert says in answer.json()["detail"]
    assert not Version.objects.exists()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://www.example.com/", "entry_url_not_secure"),
        ("ftp://www.example.com/", "entry_url_refused"),
        ("https://127.0.0.1:9/", "entry_url_refused"),
        ("https://10.0.0.1/", "entry_url_refused"),
        ("nonsense", "entry_url_refused"),
    ],
)
def test_an_address_that_is_not_called_is_refused(
    hosted: MiniProgram, developer: Client, url: str, code: str
) -> None:
    answer = put(developer, url)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Version.objects.exists()


def test_a_manifest_is_refused_as_in_a_package(
    hosted: MiniProgram, site: Receiver, developer: Client
) -> None:
    answer = put(developer, site.url, name=7)

    assert (answer.status_code, answer.json()["code"]) == (422, "package_refused")
    assert answer.json()["errors"][0]["code"] == "manifest_type"
    assert site.received == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("", 400, "bad_request"),
        ("[]", 400, "bad_request"),
        ("{", 400, "bad_request"),
        ('{"entry_url": "https://a.example", "manifest": {"a": 1, "a": 2}}', 400, "bad_request"),
        ("[" * 100_000, 400, "bad_request"),
        ("{}", 422, "invalid_fields"),
        ('{"entry_url": 1, "manifest": []}', 422, "invalid_fields"),
    ],
    ids=["empty", "list", "cut", "twice", "deep", "nothing", "types"],
)
def test_a_body_that_cannot_be_read_is_refused(
    hosted: MiniProgram, developer: Client, body: str, status: int, code: str
) -> None:
    answer = developer.put(API, body, CONTENT_TYPE="application/json")

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_program_of_packages_takes_no_address(program: MiniProgram, developer: Client) -> None:
    answer = put(developer, "https://www.example.com/")

    assert (answer.status_code, answer.json()["code"]) == (409, "program_takes_packages")


def test_the_page_adds_a_version(hosted: MiniProgram, site: Receiver, page: Client) -> None:
    sent = {"entry_url": site.url, "manifest": json.dumps(make_manifest(code=2))}

    answer = page.post(PAGE, sent)

    assert answer.headers["Location"] == f"/console/programs/{APP_ID}/versions/2/"
    assert site.url in page.get(answer.headers["Location"]).content.decode()


def test_the_page_keeps_what_was_typed_and_says_what_was_seen(
    hosted: MiniProgram, site: Receiver, page: Client
) -> None:
    site.answers = [Reply(503)]
    sent = {"entry_url": site.url, "manifest": json.dumps(make_manifest(code=2))}

    answer = page.post(PAGE, sent)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "503 Service Unavailable" in text
    assert site.url in text
    assert "platform_version" in text
