"""Service Email Preference on the page and in the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.basic_settings import services
from portico.branding.rules import Purpose
from portico.branding.services import take_in_picture
from portico.branding.tests.uploads import png
from portico.kernel.errors import InvalidFields
from portico.secrets.models import Secret
from portico.service_email.contact import contact_of
from portico.service_email.section import section
from portico.service_email.servers import saved_server
from portico.service_email.tests.values import (
    API,
    EDIT,
    PASSWORD,
    VALUES,
    number_of,
    put,
    save,
    send,
)
from tests.make import AT, actor

Browse = Callable[..., Client]


def test_what_the_form_says_is_saved_as_the_api_shows_it(
    cast: Cast, browse: Browse, call: Browse
) -> None:
    answer = send(browse(cast.acme, cast.admin), password=PASSWORD, dkim_selector="S1")
    body = call(cast.acme, cast.admin).get(API).json()

    assert answer.status_code == 302
    assert body.pop("meta")["revision"] == 1
    assert body.pop("password").keys() == {"set", "changed_at"}
    assert not body.pop("client_secret")["set"]
    assert not body.pop("refresh_token")["set"]
    without_tokens = {"sign_in_with": "password", "token_url": "", "client_id": "", "scope": ""}
    assert body == {
        **VALUES,
        **without_tokens,
        "reply_to": "",
        "logo": None,
        "dkim_selector": "s1",
    }


@pytest.mark.parametrize(
    ("fields", "port", "security"),
    [
        ({"ssl": "on", "port": "465"}, 465, "ssl"),
        ({"ssl": "on", "port": "587"}, 587, "starttls"),
        ({"ssl": "on", "port": ""}, 587, "starttls"),
        ({"ssl": "on", "port": "465", "security": "starttls"}, 465, "starttls"),
        ({"ssl": "on", "port": "587", "security": "ssl"}, 587, "ssl"),
        ({"ssl": None, "port": ""}, 25, "none"),
        ({"ssl": None, "port": "2525", "security": "ssl"}, 2525, "none"),
    ],
)
def test_the_toggle_and_the_port_make_the_mode(
    cast: Cast, browse: Browse, fields: dict[str, Any], port: int, security: str
) -> None:
    send(browse(cast.acme, cast.admin), password=PASSWORD, **fields)

    payload = services.live(cast.acme, section).payload
    assert (payload.port, payload.security.value) == (port, security)


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"port": 22}, "port", "port_refused"),
        ({"port": 0}, "port", "port_refused"),
        ({"host": "10.1.2.3"}, "host", "address_of_private_network"),
        ({"host": "169.254.169.254"}, "host", "address_is_link_local"),
        ({"host": "https://smtp.example.com"}, "host", "scheme_in_host"),
        ({"host": "smtp.example.com:25"}, "host", "port_in_host"),
        ({"host": ""}, "host", "host_needed"),
        ({"account": ""}, "account", "account_needed"),
        ({"account": "nobody"}, "account", "not_a_mail_address"),
        ({"reply_to": "a@b@c.de"}, "reply_to", "not_a_mail_address"),
        ({"nickname": "Acme\r\nBcc: eve@example.com"}, "nickname", "hidden_in_nickname"),
        ({"contact_url": "javascript:alert(1)"}, "contact_url", "unusable_contact_url"),
        ({"dkim_selector": "a b"}, "dkim_selector", "unusable_selector"),
        ({"security": "tls"}, "security", "wrong_value"),
        ({"logo": "0" * 64}, "logo", "no_such_picture"),
        ({"password": "s3cret\n"}, "password", "unusable_password"),
        ({"password": ["s3cret"]}, "password", "wrong_value"),
        ({"password": {"set": True, "text": "s3cret"}}, "password", "wrong_value"),
        ({"password": ""}, "password", "password_needed"),
        ({"password": None}, "password", "password_needed"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(
    cast: Cast, call: Browse, changed: dict[str, Any], field: str, code: str
) -> None:
    if field == "host" and not changed["host"]:
        changed = {**changed, "username": "", "password": None}

    answer = put(call(cast.acme, cast.admin), {**VALUES, "password": PASSWORD, **changed})

    errors = {error["field"]: error["code"] for error in answer.json()["errors"]}
    assert (answer.status_code, errors) == (422, {field: code})
    assert "s3cret" not in answer.text
    assert number_of(cast.acme) == 0
    assert not Secret.objects.exists()


def test_a_draft_is_refused_the_same(cast: Cast) -> None:
    with pytest.raises(InvalidFields) as refusal:
        services.save_draft(
            cast.acme,
            section,
            {**VALUES, "password": PASSWORD, "port": 22},
            based_on=0,
            version=0,
            by=actor(cast.admin),
            at=AT,
        )

    assert refusal.value.errors["port"].code == "port_refused"


def test_what_get_answers_can_be_put_back_and_changes_nothing(cast: Cast, call: Browse) -> None:
    save(cast.admin, at=AT + timedelta(hours=1))
    api = call(cast.acme, cast.admin)
    before = api.get(API).json()

    answer = put(api, before, etag=1)

    assert before["password"] == {"set": True, "changed_at": "2026-11-22T09:00:00Z"}
    assert answer.status_code == 200
    assert answer.json()["password"] == before["password"]
    assert Secret.objects.filter(forgotten_at__isnull=True).count() == 1


def test_spaces_around_a_password_belong_to_it(cast: Cast, browse: Browse, call: Browse) -> None:
    put(call(cast.acme, cast.admin), {**VALUES, "password": " by API "})
    by_api = saved_server(cast.acme)
    send(browse(cast.acme, cast.admin), based_on=1, password=" by page ")
    by_page = saved_server(cast.acme)

    assert by_api is not None
    assert by_page is not None
    assert (by_api.password, by_page.password) == (" by API ", " by page ")


def test_the_document_of_the_api_shows_the_password_as_write_only(cast: Cast, call: Browse) -> None:
    schemas = call(cast.acme).get("/api/v1/openapi.json").json()["components"]["schemas"]

    given = schemas["ServiceEmailValues"]["properties"]["password"]
    shown = schemas["ServiceEmailSetting"]["properties"]["password"]
    draft = schemas["ServiceEmailDraft"]["properties"]["password"]
    assert given["writeOnly"] is True
    assert {"type": "string", "format": "password"} in given["anyOf"]
    assert "password" not in schemas["ServiceEmailValues"].get("required", [])
    assert shown == draft
    assert shown["readOnly"] is True
    assert shown["$ref"] == "#/components/schemas/SecretState"
    assert set(schemas["SecretState"]["properties"]) == {"set", "changed_at"}


def test_history_diff_and_audit_say_only_set_changed_or_not(
    cast: Cast, browse: Browse, call: Browse
) -> None:
    save(cast.admin, username="")
    save(cast.admin, username="", based_on=1, password="another")
    save(cast.admin, username="", based_on=2, password="")
    ids = [str(secret.id) for secret in Secret.objects.all()]

    page = browse(cast.acme, cast.admin).get("/settings/tenant/service-email/history/").text
    items = call(cast.acme, cast.admin).get(f"{API}/history").json()["items"]
    entries = AuditEntry.objects.filter(action="settings.save").order_by("id")

    changes = [
        (change["before"], change["after"])
        for entry in entries
        for change in entry.changes
        if change["field"] == "password"
    ]
    assert changes == [("", "set"), ("set", "changed"), ("set", "")]
    assert [item["values"]["password"]["set"] for item in items] == [False, True, True]
    assert page.count("Changed") == 1
    assert not any(secret_id in page or secret_id in str(items) for secret_id in ids)
    audit = browse(cast.acme, cast.admin).get("/console/audit/").text
    assert not any(secret_id in audit for secret_id in ids)


def test_the_history_is_read_with_one_query_for_all_secrets(
    cast: Cast, call: Browse, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        save(cast.admin, based_on=number, password=f"secret {number}")
    api = call(cast.acme, cast.admin)

    with django_assert_max_num_queries(12):
        items = api.get(f"{API}/history").json()["items"]

    assert len(items) == 5
    assert all(item["values"]["password"]["changed_at"] for item in items)


def test_an_email_logo_is_uploaded_with_the_form_and_needs_its_purpose(
    cast: Cast, browse: Browse
) -> None:
    admin = browse(cast.acme, cast.admin)
    upload = SimpleUploadedFile("logo.png", png(), content_type="image/png")
    other, _removed = take_in_picture(
        cast.acme, png(width=200, height=100), purpose=Purpose.LOGO, name="brand.png", at=AT
    )

    saved = send(admin, password=PASSWORD, logo=upload)
    refused = send(admin, based_on=1, logo_id=other.sha256)

    payload = services.live(cast.acme, section).payload
    assert saved.status_code == 302
    assert payload.logo is not None
    assert (refused.status_code, number_of(cast.acme)) == (422, 1)
    assert "This file was uploaded as logo." in refused.text
    assert section.files(cast.acme, payload) == {payload.logo}


def test_another_workspaces_logo_is_not_there(cast: Cast) -> None:
    stored, _removed = take_in_picture(
        cast.zenith, png(), purpose=Purpose.EMAIL_LOGO, name="z.png", at=AT
    )

    with pytest.raises(InvalidFields) as refusal:
        save(cast.admin, logo=stored.sha256)

    assert refusal.value.errors["logo"].code == "no_such_picture"


def test_a_file_can_be_uploaded_for_it_over_the_api(cast: Cast, call: Browse) -> None:
    api = call(cast.acme, cast.admin)
    upload = SimpleUploadedFile("logo.png", png(), content_type="image/png")

    made = api.post("/api/v1/files", {"file": upload, "purpose": "email_logo"})
    answer = put(api, {**VALUES, "password": PASSWORD, "logo": made.json().get("id")})

    assert (made.status_code, answer.status_code) == (201, 200)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"port": 465}, "Port 465 and “STARTTLS” usually do not go together."),
        ({"port": 587, "security": "ssl"}, "Use port 587 with STARTTLS"),
        ({"port": 25, "security": "none"}, "The password is sent without protection"),
        ({"account": "acme@gmail.com"}, "Anybody can have an address at gmail.com."),
        ({"account": "büro@acme.example.com"}, "know SMTPUTF8"),
    ],
)
def test_what_may_go_wrong_is_said_on_the_card(
    cast: Cast, browse: Browse, changed: dict[str, Any], said: str
) -> None:
    save(cast.admin, **changed)

    page = browse(cast.acme, cast.admin).get("/settings/tenant/").text

    assert said in page


def test_nothing_is_said_where_nothing_is_amiss(cast: Cast, browse: Browse) -> None:
    save(cast.admin)

    payload = services.live(cast.acme, section).payload

    assert section.hints(cast.acme, payload, at=AT) == ()
    assert (
        "usually do not go together"
        not in browse(cast.acme, cast.admin).get("/settings/tenant/").text
    )


def test_the_contact_url_is_there_for_frames_and_mails(cast: Cast) -> None:
    before = contact_of(services.live_settings(cast.acme))
    save(cast.admin)

    assert before == ""
    assert contact_of(services.live_settings(cast.acme)) == "https://www.example.com/help"


@pytest.mark.parametrize(
    ("status", "role", "path"),
    [
        (404, "", "/nothing/"),
        (404, "developer", "/nothing/"),
        (403, "developer", "/console/members/"),
        (405, "admin", "/settings/tenant/service-email/use-anyway/"),
    ],
)
def test_every_error_page_shows_the_contact_url(
    cast: Cast, browse: Browse, status: int, role: str, path: str
) -> None:
    save(cast.admin)
    somebody = browse(cast.acme, getattr(cast, role)) if role else browse(cast.acme)

    answer = somebody.get(path)

    assert answer.status_code == status
    assert 'href="https://www.example.com/help"' in answer.text


@pytest.mark.parametrize("role", ["", "admin"])
def test_so_does_the_answer_to_a_request_that_cannot_be_understood(
    cast: Cast, browse: Browse, settings: Any, role: str
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    save(cast.admin)
    somebody = browse(cast.acme, getattr(cast, role)) if role else browse(cast.acme)

    answer = somebody.post("/sign-in/", {f"field{number}": "x" for number in range(9)})

    assert answer.status_code == 400
    assert "This request cannot be understood" in answer.text
    assert 'href="https://www.example.com/help"' in answer.text


def test_the_section_is_sensitive_which_its_event_says(cast: Cast) -> None:
    from portico.outbox.models import Event

    save(cast.admin)

    payload = Event.objects.filter(name="settings.changed").latest("id").payload
    assert (payload["section"], payload["sensitive"]) == ("service-email", True)
    assert PASSWORD not in str(payload)


def test_two_saves_at_once_are_refused_and_what_was_typed_stays(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)
    save(cast.admin)

    late = send(admin, based_on=0, nickname="Late", password="typed in time")
    again = send(admin, based_on=1, nickname="Late", held=held_in(late.text))

    assert late.status_code == 409
    assert 'value="Late"' in late.text
    assert "typed in time" not in late.text
    assert again.status_code == 302
    assert number_of(cast.acme) == 2


def test_an_old_revision_that_is_not_there_opens_no_form(cast: Cast, browse: Browse) -> None:
    admin = browse(cast.acme, cast.admin)

    for number in ("7", "x", "-1", "9" * 30):
        assert admin.get(EDIT, {"revision": number}).status_code == 404


def held_in(page: str) -> str:
    """The id of what was typed, as the form carries it."""
    return page.split('name="held" value="')[1].split('"', maxsplit=1)[0]
