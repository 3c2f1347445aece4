"""The password is on no page, in no answer, in no log line and in no row, in whatever form."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import serializers
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from conftest import Cast
from portico.basic_settings import held, services
from portico.basic_settings.secret_fields import take_apart
from portico.secrets.models import Secret
from portico.secrets.services import rotate
from portico.service_email.section import section
from portico.service_email.servers import server_from, server_in_use, take_untested
from portico.service_email.tests.values import (
    API,
    EDIT,
    VALUES,
    post,
    prove,
    put,
    save,
    send,
)
from tests.make import AT, actor

Browse = Callable[..., Client]
PASSWORD = "Gänse+füßchen/4711&<leak>"
USER = VALUES["username"]


def forms_of(password: str) -> dict[str, str]:
    """The password as it is, and as it travels in mail, addresses, pages and JSON."""
    raw = password.encode()

    def base64_of(content: bytes) -> str:
        return base64.b64encode(content).decode()

    return {
        "plain": password,
        "base64, as in AUTH LOGIN": base64_of(raw),
        "base64 for addresses": base64.urlsafe_b64encode(raw).decode(),
        "AUTH PLAIN": base64_of(b"\0" + USER.encode() + b"\0" + raw),
        "AUTH PLAIN with the account": base64_of(b"\0" + VALUES["account"].encode() + b"\0" + raw),
        "AUTH PLAIN, the second half": base64_of(b"\0" + raw),
        "quoted": quote(password),
        "quoted as a form": quote_plus(password),
        "in a page": password.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "in JSON": password.encode("unicode_escape").decode(),
        "as JSON escapes it": "".join(
            sign if sign.isascii() else f"\\u{ord(sign):04x}" for sign in password
        ),
        "in hex": raw.hex(),
    }


def leaks(text: str) -> list[str]:
    """In which forms a text holds the password."""
    return [name for name, form in forms_of(PASSWORD).items() if form in text]


def test_the_search_finds_each_form() -> None:
    for name, form in forms_of(PASSWORD).items():
        assert name in leaks(f"… {form} …")


def everything_about(cast: Cast, browse: Browse, call: Browse) -> dict[str, str]:
    """What pages and API show after a life with this password."""
    admin, api = browse(cast.acme, cast.admin), call(cast.acme, cast.admin)
    seen: dict[str, Any] = {
        "save": send(admin, password=PASSWORD),
        "failing save": send(admin, based_on=1, password=PASSWORD, contact_url="nonsense"),
        "late save": send(admin, based_on=0, password=PASSWORD),
        "filled": send(admin, based_on=1, password=PASSWORD, action="provider", provider="ses"),
        "refused password": send(admin, based_on=1, password=PASSWORD + "\x07"),
        "draft": send(admin, based_on=1, password=PASSWORD, action="draft", host="d.example.com"),
        "draft by API": put(api, {**VALUES, "password": PASSWORD}, etag=1, path="/draft"),
        "save by API": put(api, {**VALUES, "password": PASSWORD}, etag=1),
        "failing save by API": put(api, {**VALUES, "port": 22, "password": PASSWORD}, etag=2),
        "odd body": put(api, {"password": {"set": PASSWORD, PASSWORD: 1}}, etag=2),
        "unknown field": put(api, {**VALUES, "pass": PASSWORD}, etag=2),
        "restore": post(api, "/restore", {"revision": 1}, etag=2),
        "GET": api.get(API),
        "GET draft": api.get(f"{API}/draft"),
        "history by API": api.get(f"{API}/history"),
        "audit by API": api.get("/api/v1/audit"),
        "card": admin.get("/settings/tenant/"),
        "form": admin.get(EDIT),
        "form on the draft": admin.get(f"{EDIT}?draft"),
        "form on a revision": admin.get(f"{EDIT}?revision=1"),
        "history": admin.get("/settings/tenant/service-email/history/"),
        "revision": admin.get("/settings/tenant/service-email/history/1/"),
        "restore page": admin.post(
            "/settings/tenant/service-email/history/1/restore/", {"based_on": 2}
        ),
        "audit": admin.get("/console/audit/"),
        "audit as CSV": admin.get(reverse("audit_csv")),
        "dashboard": admin.get("/console/"),
    }
    assert services.history(cast.acme, section).count() == 2
    assert services.draft_of(cast.acme, section) is not None
    return {
        name: (answer.getvalue().decode() if answer.streaming else answer.text)
        for name, answer in seen.items()
    }


def test_no_page_no_answer_and_no_log_line_shows_it(
    cast: Cast,
    browse: Browse,
    call: Browse,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)

    seen = everything_about(cast, browse, call)
    prove(cast.admin)
    server_in_use(cast.acme)
    rotate(at=AT)
    logged = "\n".join([caplog.text, *capfd.readouterr(), *map(str, caplog.records)])

    assert len(logged) > 1000
    assert {name: leaks(text) for name, text in seen.items() if leaks(text)} == {}
    assert leaks(logged) == []
    ciphertexts = Secret.objects.exclude(ciphertext="").values_list("ciphertext", flat=True)
    assert not [
        name
        for name, text in {**seen, "log": logged}.items()
        for ciphertext in ciphertexts
        if ciphertext in text
    ]


def test_no_row_of_the_database_holds_it(cast: Cast, browse: Browse, call: Browse) -> None:
    everything_about(cast, browse, call)
    prove(cast.admin)

    rows = {
        model._meta.label: serializers.serialize("json", model._default_manager.all())
        for model in apps.get_models()
        if model._meta.managed
    }

    # A session's row is packed: searched as it is, it would hide anything.
    rows["sessions, unpacked"] = json.dumps(
        [session.get_decoded() for session in Session.objects.all()], ensure_ascii=False
    )

    assert len(rows["basic_settings.SettingsRevision"]) > 100
    assert held.KEY in rows["sessions, unpacked"]
    assert {label: leaks(text) for label, text in rows.items() if leaks(text)} == {}


def test_no_error_page_and_no_traceback_shows_it(
    cast: Cast,
    browse: Browse,
    call: Browse,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    admin, api = browse(cast.acme, cast.admin), call(cast.acme, cast.admin)
    admin.raise_request_exception = api.raise_request_exception = False

    def break_down(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('INSERT INTO "basic_settings_settingsrevision"'):
            raise DatabaseError("The disk is full.")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(break_down):
        page = send(admin, password=PASSWORD)
        answer = put(api, {**VALUES, "password": PASSWORD})
    logged = "\n".join([caplog.text, *capfd.readouterr(), *map(str, caplog.records)])

    assert (page.status_code, answer.status_code) == (500, 500)
    assert "The disk is full." in logged
    assert [leaks(page.text), leaks(answer.text), leaks(logged)] == [[], [], []]


def test_no_event_and_no_job_holds_it(cast: Cast) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    save(cast.admin, password=PASSWORD)
    take_untested(cast.acme, by=actor(cast.admin), at=AT)

    jobs = serializers.serialize("json", ProcrastinateJob.objects.all())

    assert leaks(jobs) == []


def test_nothing_that_is_printed_by_accident_shows_it(cast: Cast) -> None:
    save(cast.admin, password=PASSWORD)
    server = server_from(cast.acme, {**VALUES, "password": PASSWORD}, at=AT)
    live = services.live(cast.acme, section)

    typed = take_apart(section.secrets, {**VALUES, "password": PASSWORD})[1]

    printed = " ".join(map(repr, (server, typed, live, live.payload, *Secret.objects.all())))

    assert server is not None
    assert server.password == PASSWORD
    assert leaks(printed + str(server) + str(live)) == []
