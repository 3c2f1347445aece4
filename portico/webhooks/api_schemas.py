"""What the API of webhooks takes and answers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field, JsonValue

from portico.webhooks.catalog import EVENTS
from portico.webhooks.models import (
    Attempt,
    Delivery,
    DeliveryState,
    Endpoint,
    Stop,
)
from portico.webhooks.pipeline.troubles import said
from portico.webhooks.services import Held, Wanted
from portico.webhooks.showing import text_of


class WebhookGiven(Schema):
    """A webhook's values."""

    url: str = Field(max_length=4000, description="Where events are posted to; https.")
    events: list[str] = Field(max_length=50, description="Names, such as `settings.changed`.")
    description: str = Field("", max_length=1000)

    def wanted(self) -> Wanted:
        """For the verbs."""
        return Wanted(self.url, self.events, self.description)


class WebhookAnswer(Schema):
    """A webhook. `disabled_because` empty: it is enabled. `revision` is its ETag."""

    id: UUID
    url: str
    description: str
    events: list[str]
    enabled: bool
    disabled_at: datetime | None
    disabled_because: Stop | None
    failing_since: datetime | None
    old_secret_until: datetime | None
    created_at: datetime
    changed_at: datetime
    revision: int


class MadeAnswer(WebhookAnswer):
    """A new webhook, and the secret that signs its events: this once."""

    secret: str


class RotationGiven(Schema):
    """For how many hours the old secret signs beside the new one; 0: it ends now."""

    overlap_hours: int = Field(24, ge=0, le=168)


class RotatedAnswer(Schema):
    """The new secret, this once, and until when the old one signs beside it."""

    secret: str
    old_secret_until: datetime | None


class EnableGiven(Schema):
    """What becomes of the events that were held."""

    held: Held = Held.SEND


class EventAnswer(Schema):
    """An event, and the JSON Schema of its `data`."""

    name: str
    title: str
    description: str
    data: dict[str, JsonValue]


class DeliveryAnswer(Schema):
    """A delivery. `message_id` is the `webhook-id`; `status` that of the last answer."""

    id: UUID
    message_id: str
    type: str
    state: DeliveryState
    attempts: int
    status: int | None
    created_at: datetime
    due_at: datetime | None
    finished_at: datetime | None


class AttemptAnswer(Schema):
    """An attempt. `outcome` empty: it is under way. `body`: what was answered, up to 16 KiB, null
    where that is no text; `body_cut`: there was more. `source` is the address that the call left
    from, `peer` the one that it arrived at."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    source: str
    peer: str
    status: int | None
    milliseconds: int | None
    headers: list[list[str]]
    body: str | None
    body_cut: bool
    trouble_code: str
    trouble: str


class WholeDeliveryAnswer(DeliveryAnswer):
    """A delivery with what is sent, byte for byte, and all attempts."""

    body: str
    tries: list[AttemptAnswer]


class DeliveriesAnswer(Schema):
    """A page of deliveries, newest first. `next`: pass it as `cursor` for the page after."""

    items: list[DeliveryAnswer]
    next: UUID | None


class DeliveriesAsked(Schema):
    """What to look for; what is left out asks for nothing."""

    state: DeliveryState | None = None
    type: str = Field("", max_length=60, pattern=r"^[a-z_.]*$")
    since: AwareDatetime | None = Field(None, description="Inclusive, with its offset from UTC.")
    until: AwareDatetime | None = Field(None, description="Exclusive.")
    cursor: UUID | None = None
    limit: int = Field(50, ge=1, le=200)


def answer_of(endpoint: Endpoint) -> WebhookAnswer:
    """An endpoint as the API shows it: never its secrets."""
    return WebhookAnswer(
        id=endpoint.id,
        url=endpoint.url,
        description=endpoint.description,
        events=endpoint.events,
        enabled=endpoint.enabled,
        disabled_at=endpoint.disabled_at,
        disabled_because=Stop(endpoint.disabled_because) if endpoint.disabled_because else None,
        failing_since=endpoint.failing_since,
        old_secret_until=endpoint.old_secret_until,
        created_at=endpoint.created_at,
        changed_at=endpoint.changed_at,
        revision=endpoint.revision,
    )


def event_answers() -> list[EventAnswer]:
    """The catalog."""
    return [
        EventAnswer(
            name=event.name,
            title=str(event.title),
            description=str(event.description),
            data=event.schema.model_json_schema(),
        )
        for event in EVENTS
    ]


def delivery_answer_of(delivery: Delivery) -> DeliveryAnswer:
    """A delivery as a list shows it."""
    return DeliveryAnswer(
        id=delivery.id,
        message_id=delivery.message_id,
        type=delivery.type,
        state=DeliveryState(delivery.state),
        attempts=delivery.attempts,
        status=delivery.status,
        created_at=delivery.created_at,
        due_at=delivery.due_at,
        finished_at=delivery.finished_at,
    )


def whole_answer_of(delivery: Delivery) -> WholeDeliveryAnswer:
    """A delivery with everything."""
    return WholeDeliveryAnswer(
        **delivery_answer_of(delivery).model_dump(),
        body=delivery.body,
        tries=[_attempt(attempt) for attempt in delivery.tries.all()],
    )


def _attempt(attempt: Attempt) -> AttemptAnswer:
    return AttemptAnswer(
        number=attempt.number,
        started_at=attempt.started_at,
        ended_at=attempt.ended_at,
        outcome=attempt.outcome,
        source=attempt.source,
        peer=attempt.peer,
        status=attempt.status,
        milliseconds=attempt.milliseconds,
        headers=attempt.headers,
        body=text_of(bytes(attempt.body)),
        body_cut=attempt.cut,
        trouble_code=str(attempt.trouble.get("code", "")),
        trouble=said(attempt.trouble),
    )
