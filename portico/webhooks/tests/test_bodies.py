"""What is sent of an event."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import JsonValue, ValidationError
from standardwebhooks import Webhook

from portico.kernel.errors import Invalid
from portico.webhooks.bodies import MOST_BYTES, body_of
from portico.webhooks.catalog import EVENTS, event_named, title_of
from portico.webhooks.release_events import RELEASE_EVENTS
from portico.webhooks.signing import new_signing_secret, signed_headers
from portico.workspaces.models import Workspace
from tests.make import AT

PROGRAM: dict[str, JsonValue] = {
    "app_id": "com.example.tips",
    "name": "Tips",
    "kind": "package",
}
VERSION: dict[str, JsonValue] = {
    "version": "01a20456-a18b-0bec-ab55-04e4294a3efe",
    "app_id": "com.example.tips",
    "code": 7,
    "name": "1.0.7",
}
RELEASE: dict[str, JsonValue] = {
    "release": "01a20456-a18b-0bec-ab55-04e4294a3eff",
    "event": "scale",
    "number": 6,
    "app_id": "com.example.tips",
    "app": "wallet",
    "environment": "production",
    "version": {"code": 7, "name": "1.0.7"},
    "from": "grayscale_release",
    "to": "grayscale_release",
    "percentage": 20.0,
    "reason": "",
    "who": "release_actor",
    "request": None,
}
PAYLOADS: dict[str, dict[str, JsonValue]] = {
    "settings.changed": {"section": "about-us", "revision": 3, "sensitive": False},
    "legal.published": {
        "kind": "terms-of-service",
        "version": 2,
        "effective_at": "2026-12-01T00:00:00+00:00",
        "material": True,
        "languages": ["en", "zh-hans"],
    },
    "domain.state_changed": {
        "domain": "pay.example.com",
        "from": "pending",
        "to": "verified",
        "reason": "",
    },
    "version.uploaded": VERSION,
    "version.checked": {
        **{name: value for name, value in VERSION.items() if name != "name"},
        "errors": 0,
        "warnings": 2,
    },
    "miniprogram.created": PROGRAM,
    "miniprogram.archived": PROGRAM,
    "miniprogram.restored": PROGRAM,
    **{event.name: RELEASE for event in RELEASE_EVENTS},
}


@pytest.mark.parametrize("name", [event.name for event in EVENTS])
def test_the_body_is_canonical_json_of_what_the_catalog_promises(
    acme: Workspace, name: str
) -> None:
    body = body_of(name, PAYLOADS[name], workspace=acme, at=AT)

    event = json.loads(body)
    assert event["type"] == name
    assert event["workspace"] == "acme"
    assert event["timestamp"] == "2026-11-22T08:00:00.000Z"
    assert event["data"].keys() == PAYLOADS[name].keys()
    assert body == json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_a_moment_is_told_in_utc_whatever_clock_it_was_read_from(acme: Workspace) -> None:
    at = datetime(2026, 11, 22, 16, tzinfo=timezone(timedelta(hours=8)))

    event = json.loads(
        body_of("settings.changed", PAYLOADS["settings.changed"], workspace=acme, at=at)
    )

    assert event["timestamp"] == "2026-11-22T08:00:00.000Z"


def test_what_the_catalog_does_not_promise_is_not_sent(acme: Workspace) -> None:
    payload = PAYLOADS["settings.changed"] | {"password": "s3cret"}

    assert "s3cret" not in body_of("settings.changed", payload, workspace=acme, at=AT)


def test_an_event_without_what_was_promised_is_not_sent_at_all(acme: Workspace) -> None:
    with pytest.raises(ValidationError):
        body_of("settings.changed", {"section": "about-us"}, workspace=acme, at=AT)


def test_data_that_is_too_large_is_left_out_and_said_where_to_read(acme: Workspace) -> None:
    payload = PAYLOADS["legal.published"] | {"languages": [*["é" * 100] * 400]}

    body = body_of("legal.published", payload, workspace=acme, at=AT)

    assert len(body.encode()) <= MOST_BYTES < 64 * 1024
    data = json.loads(body)["data"]
    assert data["left_out"] is True
    assert data["bytes"] > MOST_BYTES
    assert data["read"] == "http://acme.localhost:8000/legal/terms-of-service/2"


def test_just_small_enough_is_sent_whole(acme: Workspace) -> None:
    empty = body_of("domain.state_changed", PAYLOADS["domain.state_changed"], workspace=acme, at=AT)
    room = MOST_BYTES - len(empty.encode())

    for size, whole in ((room, True), (room + 1, False)):
        payload = PAYLOADS["domain.state_changed"] | {"reason": "x" * size}
        body = body_of("domain.state_changed", payload, workspace=acme, at=AT)
        assert ("left_out" not in body) is whole


def test_an_event_that_is_gone_is_called_by_its_name() -> None:
    assert title_of("gone.event") == "gone.event"
    with pytest.raises(Invalid, match=r"settings\.changed"):
        event_named("gone.event")


def test_a_secret_has_32_random_bytes_as_libraries_take_them() -> None:
    one, other = new_signing_secret(), new_signing_secret()

    assert one != other
    assert one.startswith("whsec_")
    assert len(one) == len("whsec_") + 44


def test_signatures_are_of_the_moment_in_utc_whatever_clock_is_given() -> None:
    secret = new_signing_secret()
    here = datetime.now(timezone(timedelta(hours=8)))

    headers = signed_headers("msg_1", '{"a":"é"}', keys=[secret], at=here)

    assert headers["webhook-timestamp"] == str(int(here.astimezone(UTC).timestamp()))
    assert Webhook(secret).verify('{"a":"é"}', dict(headers)) == {"a": "é"}
