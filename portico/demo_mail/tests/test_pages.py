"""The demo's inbox in the browser. `tests/access` says who may open it."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import Cast
from portico.demo_mail.inbox import Inbox
from portico.demo_mail.ports import folder_in
from portico.service_email.models import Mail, MailState
from portico.workspaces.models import Workspace
from tests.make import AT

HOSTILE = '<script>document.title = "owned"</script><img src="https://evil.example/spy">'


@pytest.fixture(autouse=True)
def _demo(settings: Any, tmp_path: Path) -> None:
    settings.PORTICO_DEMO_MAIL_PORT = 2525
    settings.DATA_DIR = tmp_path


def sent(workspace: Workspace, folder: Path, *, subject: str = "Hello", html: str = "") -> UUID:
    """A mail of the workspace that has arrived."""
    mail_id = uuid4()
    message_id = f"<{mail_id.hex}@{workspace.slug}.example.com>"
    Mail.objects.create(
        id=mail_id,
        workspace=workspace,
        template="test",
        language="en",
        recipient="ada@example.com",
        message_id=message_id,
        state=MailState.SENT,
        due_at=None,
        finished_at=AT,
    )
    message = EmailMessage()
    message["From"] = f"{workspace.name} <service@{workspace.slug}.example.com>"
    message["To"], message["Subject"] = "ada@example.com", subject
    message["Message-ID"] = message_id
    message.set_content("Open https://acme.example.com/invitation")
    if html:
        message.add_alternative(html, subtype="html")
    return Inbox(folder_in(folder)).keep(
        message.as_bytes(), sender="", recipients=["ada@example.com"], at=AT
    )


def test_the_list_shows_the_workspaces_own_mails(
    cast: Cast, browse: Callable[..., Client], tmp_path: Path
) -> None:
    first = sent(cast.acme, tmp_path, subject="First")
    sent(cast.zenith, tmp_path, subject="Of somebody else")
    second = sent(cast.acme, tmp_path, subject="Second")

    page = browse(cast.acme, cast.admin).get(reverse("demo_inbox")).content.decode()

    assert page.index(str(second)) < page.index(str(first))
    assert "service@acme.example.com" in page
    assert "Of somebody else" not in page


def test_a_long_list_takes_no_more_queries_than_a_short_one(
    cast: Cast,
    browse: Callable[..., Client],
    tmp_path: Path,
) -> None:
    admin = browse(cast.acme, cast.admin)
    sent(cast.acme, tmp_path)
    admin.get(reverse("demo_inbox"))
    with CaptureQueriesContext(connection) as short:
        admin.get(reverse("demo_inbox"))
    for _ in range(30):
        sent(cast.acme, tmp_path)

    with CaptureQueriesContext(connection) as long:
        admin.get(reverse("demo_inbox"))

    assert len(long) <= len(short)


def test_an_empty_inbox_says_what_to_do(cast: Cast, browse: Callable[..., Client]) -> None:
    page = browse(cast.acme, cast.admin).get(reverse("demo_inbox"))

    assert page.status_code == 200
    assert "No mail has come yet" in page.content.decode()


def test_a_mail_is_shown_with_its_head_its_links_and_its_source(
    cast: Cast, browse: Callable[..., Client], tmp_path: Path
) -> None:
    number = sent(cast.acme, tmp_path, html="<p>Hi</p>")

    answer = browse(cast.acme, cast.admin).get(reverse("demo_message", args=[number]))

    page = answer.content.decode()
    assert "Acme Pay &lt;service@acme.example.com&gt;" in page
    assert '<a href="https://acme.example.com/invitation"' in page
    assert "Message-ID" in page
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]


def test_hostile_html_is_framed_where_it_can_do_nothing(
    cast: Cast, browse: Callable[..., Client], tmp_path: Path
) -> None:
    number = sent(cast.acme, tmp_path, subject="<b>bold</b>", html=HOSTILE)
    admin = browse(cast.acme, cast.admin)

    page = admin.get(reverse("demo_message", args=[number]))
    framed = admin.get(reverse("demo_message_html", args=[number]))

    assert HOSTILE not in page.content.decode()
    assert "<b>bold" not in page.content.decode()
    assert ' sandbox loading="lazy">' in page.content.decode()
    assert HOSTILE in framed.content.decode()
    policy = framed.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'; img-src data:; ")
    assert "script-src" not in policy
    assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert framed.headers["X-Content-Type-Options"] == "nosniff"
    assert framed.headers["Cache-Control"] == "private, no-store"


def test_the_source_is_a_file_to_download(
    cast: Cast, browse: Callable[..., Client], tmp_path: Path
) -> None:
    number = sent(cast.acme, tmp_path, html=HOSTILE)

    answer = browse(cast.acme, cast.admin).get(reverse("demo_message_source", args=[number]))

    assert answer.headers["Content-Type"] == "message/rfc822"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{number}.eml"'
    assert answer.content.startswith(b"Return-Path: ")


@pytest.mark.parametrize("name", ["demo_message", "demo_message_html", "demo_message_source"])
def test_the_mail_of_another_workspace_is_not_there(
    cast: Cast, browse: Callable[..., Client], tmp_path: Path, name: str
) -> None:
    theirs = sent(cast.zenith, tmp_path)

    answers = [
        browse(cast.acme, cast.admin).get(reverse(name, args=[number])).status_code
        for number in (theirs, uuid4())
    ]

    assert answers == [404, 404]
    assert browse(cast.zenith, cast.outsider).get(reverse(name, args=[theirs])).status_code == 200


def test_a_role_without_the_right_sees_none(
    cast: Cast, browse: Callable[..., Client], tmp_path: Path
) -> None:
    number = sent(cast.acme, tmp_path)
    developer = browse(cast.acme, cast.developer)

    assert developer.get(reverse("demo_inbox")).status_code == 403
    assert developer.get(reverse("demo_message", args=[number])).status_code == 403


def test_there_is_no_inbox_without_the_demos_mail_server(
    cast: Cast, browse: Callable[..., Client], tmp_path: Path, settings: Any
) -> None:
    number = sent(cast.acme, tmp_path)
    settings.PORTICO_DEMO_MAIL_PORT = 0
    admin = browse(cast.acme, cast.admin)

    assert admin.get(reverse("demo_inbox")).status_code == 404
    assert admin.get(reverse("demo_message", args=[number])).status_code == 404
