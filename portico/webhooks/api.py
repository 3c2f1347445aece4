"""Webhooks over HTTP: the same verbs as the pages."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic_core import to_json

from portico.accounts.http import actor_of
from portico.basic_settings.api_etags import IF_MATCH, etag_of, if_match
from portico.kernel.access import requires
from portico.kernel.clock import now
from portico.kernel.permissions import Permission
from portico.webhooks import services
from portico.webhooks.api_schemas import (
    DeliveriesAnswer,
    DeliveriesAsked,
    DeliveryAnswer,
    EnableGiven,
    EventAnswer,
    MadeAnswer,
    RotatedAnswer,
    RotationGiven,
    WebhookAnswer,
    WebhookGiven,
    WholeDeliveryAnswer,
    answer_of,
    delivery_answer_of,
    event_answers,
    whole_answer_of,
)
from portico.webhooks.models import Endpoint
from portico.webhooks.queries import (
    Filters,
    deliveries_of,
    delivery_of,
    endpoint_of,
    endpoints_of,
    page_of,
)
from portico.workspaces.api_door import ApiRouter
from portico.workspaces.http import TokenRequest
from portico.workspaces.idempotency import idempotent

router = ApiRouter(tags=["Webhooks"])

IF_MATCH_IF_WANTED = {"parameters": [{**IF_MATCH["parameters"][0], "required": False}]}


@router.get("", response=list[WebhookAnswer], operation_id="list_webhooks", summary="List webhooks")
@requires(Permission.WEBHOOKS_READ)
def list_webhooks(request: TokenRequest) -> list[WebhookAnswer]:
    """All webhooks of this workspace; at most 20."""
    return [answer_of(endpoint) for endpoint in endpoints_of(request.workspace)]


@router.post("", response={201: MadeAnswer}, operation_id="make_webhook", summary="Add a webhook")
@requires(Permission.WEBHOOKS_CHANGE)
@idempotent
def make_webhook(request: TokenRequest, given: WebhookGiven) -> HttpResponse:
    """Add a webhook. The answer holds its signing secret, which cannot be read again."""
    endpoint, secret = services.make_endpoint(
        request.workspace, given.wanted(), by=actor_of(request), at=now()
    )
    body = MadeAnswer(**answer_of(endpoint).model_dump(), secret=secret)
    return _private(HttpResponse(to_json(body.model_dump(mode="json")), status=201), endpoint)


@router.get(
    "/events",
    response=list[EventAnswer],
    operation_id="list_webhook_events",
    summary="List the events",
)
@requires(Permission.WEBHOOKS_READ)
def list_webhook_events(request: TokenRequest) -> list[EventAnswer]:  # noqa: ARG001
    """The events that can be asked for, each with the JSON Schema of its `data`."""
    return event_answers()


@router.get(
    "/{webhook_id}", response=WebhookAnswer, operation_id="get_webhook", summary="Read a webhook"
)
@requires(Permission.WEBHOOKS_READ)
def get_webhook(request: TokenRequest, webhook_id: UUID) -> HttpResponse:
    """One webhook. Its ETag is what a change has to send back."""
    return _answer(endpoint_of(request.workspace, webhook_id))


@router.put(
    "/{webhook_id}",
    response=WebhookAnswer,
    operation_id="change_webhook",
    summary="Change a webhook",
    openapi_extra=IF_MATCH,
)
@requires(Permission.WEBHOOKS_CHANGE)
def change_webhook(request: TokenRequest, webhook_id: UUID, given: WebhookGiven) -> HttpResponse:
    """Give a webhook these values. Needs `If-Match`; what waits goes to the new address."""
    endpoint = services.change_endpoint(
        request.workspace,
        webhook_id,
        given.wanted(),
        based_on=if_match(request),
        by=actor_of(request),
        at=now(),
    )
    return _answer(endpoint)


@router.delete(
    "/{webhook_id}",
    response={204: None},
    operation_id="remove_webhook",
    summary="Remove a webhook",
)
@requires(Permission.WEBHOOKS_CHANGE)
def remove_webhook(request: TokenRequest, webhook_id: UUID) -> HttpResponse:
    """Remove a webhook, with the log of its deliveries."""
    services.remove_endpoint(request.workspace, webhook_id, by=actor_of(request), at=now())
    return HttpResponse(status=204)


@router.post(
    "/{webhook_id}/disable",
    response=WebhookAnswer,
    operation_id="disable_webhook",
    summary="Disable a webhook",
)
@requires(Permission.WEBHOOKS_CHANGE)
def disable_webhook(request: TokenRequest, webhook_id: UUID) -> HttpResponse:
    """Send nothing more to it; events are held for it."""
    endpoint = services.disable_endpoint(
        request.workspace, webhook_id, by=actor_of(request), at=now()
    )
    return _answer(endpoint)


@router.post(
    "/{webhook_id}/enable",
    response=WebhookAnswer,
    operation_id="enable_webhook",
    summary="Enable a webhook",
)
@requires(Permission.WEBHOOKS_CHANGE)
def enable_webhook(request: TokenRequest, webhook_id: UUID, given: EnableGiven) -> HttpResponse:
    """Send to it again, with or without the events that were held."""
    endpoint = services.enable_endpoint(
        request.workspace, webhook_id, held=given.held, by=actor_of(request), at=now()
    )
    return _answer(endpoint)


@router.post(
    "/{webhook_id}/rotate-secret",
    response=RotatedAnswer,
    operation_id="rotate_webhook_secret",
    summary="Make a new signing secret",
    openapi_extra=IF_MATCH_IF_WANTED,
)
@requires(Permission.WEBHOOKS_CHANGE)
def rotate_webhook_secret(
    request: TokenRequest, webhook_id: UUID, given: RotationGiven
) -> HttpResponse:
    """The answer holds the new secret, which cannot be read again. A third secret ends the first at
    once: send `If-Match`, and a request that is sent twice makes one secret."""
    endpoint, secret = services.rotate_secret(
        request.workspace,
        webhook_id,
        overlap=given.overlap_hours,
        based_on=if_match(request) if "If-Match" in request.headers else None,
        by=actor_of(request),
        at=now(),
    )
    body = RotatedAnswer(secret=secret, old_secret_until=endpoint.old_secret_until)
    return _private(HttpResponse(to_json(body.model_dump(mode="json"))), endpoint)


@router.post(
    "/{webhook_id}/test",
    response=DeliveryAnswer,
    operation_id="test_webhook",
    summary="Send a test event",
)
@requires(Permission.WEBHOOKS_CHANGE)
def test_webhook(request: TokenRequest, webhook_id: UUID) -> DeliveryAnswer:
    """Send `webhook.test`, once. Read the delivery to learn what came of it."""
    return delivery_answer_of(
        services.send_test(request.workspace, webhook_id, by=actor_of(request), at=now())
    )


@router.get(
    "/{webhook_id}/deliveries",
    response=DeliveriesAnswer,
    operation_id="list_webhook_deliveries",
    summary="Read the log of deliveries",
)
@requires(Permission.WEBHOOKS_READ)
def list_webhook_deliveries(
    request: TokenRequest, webhook_id: UUID, asked: Query[DeliveriesAsked]
) -> DeliveriesAnswer:
    """A webhook's deliveries, newest first."""
    filters = Filters(
        state=asked.state or "", type=asked.type, since=asked.since, until=asked.until
    )
    endpoint = endpoint_of(request.workspace, webhook_id)
    page = page_of(deliveries_of(endpoint, filters), size=asked.limit, before=asked.cursor)
    items = [delivery_answer_of(delivery) for delivery in page.deliveries]
    return DeliveriesAnswer(items=items, next=page.oldest)


@router.get(
    "/{webhook_id}/deliveries/{delivery_id}",
    response=WholeDeliveryAnswer,
    operation_id="get_webhook_delivery",
    summary="Read a delivery",
)
@requires(Permission.WEBHOOKS_READ)
def get_webhook_delivery(
    request: TokenRequest, webhook_id: UUID, delivery_id: UUID
) -> WholeDeliveryAnswer:
    """A delivery with what is sent and all attempts."""
    endpoint = endpoint_of(request.workspace, webhook_id)
    return whole_answer_of(delivery_of(endpoint, delivery_id))


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/redeliver",
    response=DeliveryAnswer,
    operation_id="redeliver_webhook",
    summary="Send an event once more",
)
@requires(Permission.WEBHOOKS_CHANGE)
def redeliver_webhook(request: TokenRequest, webhook_id: UUID, delivery_id: UUID) -> DeliveryAnswer:
    """The same body goes out under the same id."""
    return delivery_answer_of(
        services.redeliver(
            request.workspace, webhook_id, delivery_id, by=actor_of(request), at=now()
        )
    )


def _answer(endpoint: Endpoint) -> HttpResponse:
    return _with_etag(HttpResponse(to_json(answer_of(endpoint).model_dump(mode="json"))), endpoint)


def _private(response: HttpResponse, endpoint: Endpoint) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return _with_etag(response, endpoint)


def _with_etag(response: HttpResponse, endpoint: Endpoint) -> HttpResponse:
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["ETag"] = etag_of(endpoint.revision)
    return response
