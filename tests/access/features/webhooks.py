"""Webhooks and what was delivered to them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from portico.audit.services import PLATFORM
from portico.webhooks.services import disable_endpoint
from tests.access.rows import (
    ADMINS,
    ADMINS_CALL,
    ADMINS_DELETE,
    ADMINS_SENT,
    NOT_THIS_FOR_ADMINS,
    Operation,
    Page,
)
from tests.access.scene import Scene
from tests.make import (
    AT,
    make_delivery,
    make_webhook,
)

WEBHOOK: dict[str, Any] = {
    "url": "https://hooks.acme.example.com/portico",
    "events": ["settings.changed"],
    "description": "Ledger",
}


def a_webhook(scene: Scene) -> dict[str, UUID]:
    """A webhook of acme."""
    return {"endpoint_id": make_webhook(scene.cast.acme)[0].id}


def a_delivery(scene: Scene) -> dict[str, UUID]:
    """What was delivered to a webhook of acme."""
    endpoint = make_webhook(scene.cast.acme)[0]
    return {"endpoint_id": endpoint.id, "delivery_id": make_delivery(endpoint).id}


def a_disabled_webhook(scene: Scene) -> dict[str, UUID]:
    """A webhook of acme that is disabled."""
    endpoint = make_webhook(scene.cast.acme)[0]
    disable_endpoint(scene.cast.acme, endpoint.id, by=PLATFORM, at=AT)
    return {"endpoint_id": endpoint.id}


PAGES: dict[str, Page] = {
    "webhooks": Page(ADMINS, NOT_THIS_FOR_ADMINS),
    "new_webhook": Page(ADMINS, ADMINS, sent=lambda _: WEBHOOK),
    "webhook": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=a_webhook),
    "edit_webhook": Page(
        ADMINS,
        ADMINS_SENT,
        args=a_webhook,
        sent=lambda _: {**WEBHOOK, "based_on": 1},
    ),
    "disable_webhook": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=a_webhook),
    "enable_webhook": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=a_disabled_webhook),
    "remove_webhook": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=a_webhook),
    "rotate_webhook_secret": Page(
        NOT_THIS_FOR_ADMINS,
        ADMINS,
        args=a_webhook,
        sent=lambda _: {"overlap": 24, "based_on": 1},
    ),
    "test_webhook": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=a_webhook),
    "webhook_deliveries": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=a_webhook),
    "webhook_delivery": Page(ADMINS, NOT_THIS_FOR_ADMINS, args=a_delivery),
    "redeliver_webhook": Page(NOT_THIS_FOR_ADMINS, ADMINS_SENT, args=a_delivery),
}


def _webhooks() -> dict[str, Operation]:
    """The operations of webhooks, with one of acme's."""

    def one(scene: Scene) -> dict[str, UUID]:
        return {"webhook_id": a_webhook(scene)["endpoint_id"]}

    def disabled(scene: Scene) -> dict[str, UUID]:
        return {"webhook_id": a_disabled_webhook(scene)["endpoint_id"]}

    def delivery(scene: Scene) -> dict[str, UUID]:
        found = a_delivery(scene)
        return {"webhook_id": found["endpoint_id"], "delivery_id": found["delivery_id"]}

    at = "/webhooks/{webhook_id}"
    return {
        "GET /webhooks": Operation(ADMINS_CALL),
        "POST /webhooks": Operation("201 403 403 403 403 401 401", body=WEBHOOK),
        "GET /webhooks/events": Operation(ADMINS_CALL),
        f"GET {at}": Operation(ADMINS_CALL, path=one),
        f"PUT {at}": Operation(ADMINS_CALL, path=one, body=WEBHOOK, etag='"1"'),
        f"DELETE {at}": Operation(ADMINS_DELETE, path=one),
        f"POST {at}/disable": Operation(ADMINS_CALL, path=one),
        f"POST {at}/enable": Operation(ADMINS_CALL, path=disabled, body={"held": "send"}),
        f"POST {at}/rotate-secret": Operation(ADMINS_CALL, path=one, body={"overlap_hours": 24}),
        f"POST {at}/test": Operation(ADMINS_CALL, path=one),
        f"GET {at}/deliveries": Operation(ADMINS_CALL, path=one),
        f"GET {at}/deliveries/{{delivery_id}}": Operation(ADMINS_CALL, path=delivery),
        f"POST {at}/deliveries/{{delivery_id}}/redeliver": Operation(ADMINS_CALL, path=delivery),
    }


OPERATIONS = _webhooks()
