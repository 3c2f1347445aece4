"""Webhooks over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from conftest import Cast
from portico.kernel.permissions import Permission
from portico.webhooks.models import Delivery, DeliveryState, Endpoint
from portico.webhooks.release_events import RELEASE_EVENTS
from portico.webhooks.tests.conftest import URL, Clock, Hook, carried, happen, make_hook
from portico.webhooks.tests.test_queueing import make_deliveries
from tests.make import AT, make_token
from tests.peers.receiver import Receiver, Reply

Call = Callable[..., Client]
AT_API = "/api/v1/webhooks"
GIVEN = {"url": URL, "events": ["settings.changed"], "description": "Ledger"}


@pytest.fixture
def api(cast: Cast, call: Call) -> Client:
    """The admin's client."""
    return call(cast.acme, cast.admin)


def test_made_read_changed_and_removed(api: Client) -> None:
    made = api.post(AT_API, GIVEN, content_type="application/json")
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert made.headers["Cache-Control"] == "private, no-store"
    address = f"{AT_API}/{made.json()['id']}"

    read = api.get(address)
    assert "secret" not in read.json()
    assert (read.json()["enabled"], read.headers["ETag"]) == (True, '"1"')

    changed = api.put(
        address,
        GIVEN | {"events": ["legal.published"]},
        content_type="application/json",
        headers={"If-Match": '"1"'},
    )
    assert changed.json()["events"] == ["legal.published"]
    assert changed.headers["ETag"] == '"2"'

    assert [one["id"] for one in api.get(AT_API).json()] == [made.json()["id"]]
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404


def test_a_change_needs_the_etag_that_is_there_now(api: Client, hook: Hook) -> None:
    address = f"{AT_API}/{hook.endpoint.id}"

    without = api.put(address, GIVEN, content_type="application/json")
    stale = api.put(address, GIVEN, content_type="application/json", headers={"If-Match": '"7"'})

    assert (without.status_code, without.json()["code"]) == (428, "if_match_required")
    assert (stale.status_code, stale.json()["code"]) == (412, "webhook_changed")


def test_what_is_wrong_is_said_field_by_field(api: Client) -> None:
    answer = api.post(
        AT_API,
        {"url": "https://localhost.evil@10.0.0.1/", "events": ["nothing.happens"]},
        content_type="application/json",
    )

    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["errors"]} == {"url", "events"}


def test_disabled_and_enabled(cast: Cast, api: Client, hook: Hook) -> None:
    address = f"{AT_API}/{hook.endpoint.id}"

    disabled = api.post(f"{address}/disable").json()
    happen(cast.acme)
    again = api.post(f"{address}/disable")
    enabled = api.post(f"{address}/enable", {"held": "discard"}, content_type="application/json")

    assert (disabled["enabled"], disabled["disabled_because"]) == (False, "by_hand")
    assert (again.status_code, again.json()["code"]) == (409, "webhook_already_disabled")
    assert enabled.json()["enabled"]
    assert Delivery.objects.get().state == DeliveryState.DISCARDED


def test_a_new_secret_comes_once(api: Client, hook: Hook) -> None:
    answer = api.post(
        f"{AT_API}/{hook.endpoint.id}/rotate-secret",
        {"overlap_hours": 48},
        content_type="application/json",
    )

    assert answer.status_code == 200
    assert answer.json()["secret"] != hook.secret
    assert answer.json()["old_secret_until"] is not None
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_asked_twice_with_an_etag_one_new_secret_is_made(api: Client, hook: Hook) -> None:
    statuses = [
        api.post(
            f"{AT_API}/{hook.endpoint.id}/rotate-secret",
            {"overlap_hours": 48},
            content_type="application/json",
            headers={"If-Match": '"1"'},
        ).status_code
        for _time in range(2)
    ]

    assert statuses == [200, 412]
    assert hook.now.old_secret == hook.endpoint.secret


def test_a_test_and_what_came_of_it(api: Client, hook: Hook, there: Receiver) -> None:
    from portico.kernel.clock import now

    there.answers = [Reply(418, b"teapot")]
    sent = api.post(f"{AT_API}/{hook.endpoint.id}/test").json()
    carried(hook, Clock(now()))

    read = api.get(f"{AT_API}/{hook.endpoint.id}/deliveries/{sent['id']}").json()

    assert (read["state"], read["status"]) == ("failed", 418)
    assert read["message_id"] == there.last.id
    assert read["body"].encode() == there.last.body
    (attempt,) = read["tries"]
    assert (attempt["peer"], attempt["body"], attempt["body_cut"]) == (
        "127.0.0.1",
        "teapot",
        False,
    )
    assert attempt["trouble_code"] == "receiver_refused"
    assert "418" in attempt["trouble"]


def test_the_log_is_read_page_by_page(cast: Cast, api: Client, hook: Hook) -> None:
    make_deliveries(hook.endpoint, 3, state=DeliveryState.DELIVERED)
    happen(cast.acme, at=AT + timedelta(minutes=1))
    address = f"{AT_API}/{hook.endpoint.id}/deliveries"

    first = api.get(address, {"limit": 3}).json()
    second = api.get(address, {"limit": 3, "cursor": first["next"]}).json()
    waiting = api.get(address, {"state": "waiting"}).json()
    late = api.get(address, {"since": "2026-11-22T08:00:30Z"}).json()

    ids = [one["id"] for one in first["items"] + second["items"]]
    assert len(set(ids)) == 4
    assert second["next"] is None
    assert len(waiting["items"]) == len(late["items"]) == 1


def test_redelivered(cast: Cast, api: Client, hook: Hook, there: Receiver, clock: Clock) -> None:
    happen(cast.acme)
    carried(hook, clock)
    delivery = Delivery.objects.get()

    answer = api.post(f"{AT_API}/{hook.endpoint.id}/deliveries/{delivery.id}/redeliver")

    assert (answer.status_code, answer.json()["state"]) == (200, "waiting")
    assert answer.json()["message_id"] == there.last.id


def test_the_events_with_their_schemas(api: Client) -> None:
    events = api.get(f"{AT_API}/events").json()

    assert [one["name"] for one in events] == [
        "settings.changed",
        "legal.published",
        "domain.state_changed",
        "version.uploaded",
        "version.checked",
        "miniprogram.created",
        "miniprogram.archived",
        "miniprogram.restored",
        *(event.name for event in RELEASE_EVENTS),
    ]
    assert set(events[2]["data"]["properties"]) == {"domain", "from", "to", "reason"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("put", ""),
        ("delete", ""),
        ("post", "/disable"),
        ("post", "/enable"),
        ("post", "/rotate-secret"),
        ("post", "/test"),
        ("get", "/deliveries"),
        ("get", "/deliveries/{delivery}"),
        ("post", "/deliveries/{delivery}/redeliver"),
    ],
)
def test_what_belongs_to_another_workspace_is_not_there(
    cast: Cast, api: Client, method: str, path: str
) -> None:
    hook = make_hook(cast.zenith)
    happen(cast.zenith)
    address = f"{AT_API}/{hook.endpoint.id}{path}".format(delivery=Delivery.objects.get().id)

    answer = getattr(api, method)(
        address,
        **({} if method == "get" else {"data": GIVEN, "content_type": "application/json"}),
        headers={"If-Match": '"1"'},
    )

    assert answer.status_code == 404
    assert Endpoint.objects.get().enabled
    assert Delivery.objects.get().state == DeliveryState.WAITING


def test_a_delivery_of_another_endpoint_is_not_there(cast: Cast, api: Client, hook: Hook) -> None:
    other = make_hook(cast.acme, events=("legal.published",))
    happen(cast.acme)

    address = f"{AT_API}/{other.endpoint.id}/deliveries/{Delivery.objects.get().id}"

    assert api.get(address).status_code == 404
    assert api.post(f"{address}/redeliver").status_code == 404


def test_a_token_that_only_reads_changes_nothing(cast: Cast, hook: Hook) -> None:
    secret = make_token(cast.admin, Permission.WEBHOOKS_READ)[1]
    reader = Client(headers={"host": "acme.localhost:8000", "authorization": f"Bearer {secret}"})

    assert reader.get(AT_API).status_code == 200
    refused = reader.post(f"{AT_API}/{hook.endpoint.id}/test")
    assert (refused.status_code, refused.json()["code"]) == (403, "token_lacks_permission")
