"""Endpoints, deliveries and attempts in words, in the current language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portico.ui.values import Fact, State
from portico.webhooks.catalog import title_of
from portico.webhooks.models import (
    Attempt,
    Delivery,
    DeliveryState,
    Endpoint,
    Outcome,
    Stop,
)
from portico.webhooks.pipeline.troubles import said
from portico.webhooks.rules.addresses import is_plain

TONES: dict[str, str] = {
    DeliveryState.WAITING: "info",
    DeliveryState.SENDING: "info",
    DeliveryState.DELIVERED: "good",
    DeliveryState.FAILED: "danger",
    DeliveryState.HELD: "warning",
    DeliveryState.DISCARDED: "neutral",
}
OUTCOME_TONES: dict[str, str] = {
    Outcome.DELIVERED: "good",
    Outcome.REFUSED: "danger",
    Outcome.UNANSWERED: "danger",
    Outcome.UNKNOWN: "warning",
}
NOT_KEPT = "v1,…"


@dataclass(frozen=True)
class EndpointRow:
    """An endpoint in the list."""

    endpoint: Endpoint
    state: State
    events: str
    last: Delivery | None
    last_state: State | None


@dataclass(frozen=True)
class DeliveryRow:
    """A delivery in the list."""

    delivery: Delivery
    event: str
    state: State


@dataclass(frozen=True)
class Try:
    """An attempt in words. `body` None: what was answered cannot be shown as text."""

    attempt: Attempt
    outcome: State
    trouble: str
    took: str
    body: str | None
    bytes: int
    headers: str


def endpoint_rows(found: Iterable[tuple[Endpoint, Delivery | None]]) -> list[EndpointRow]:
    """Endpoints in words."""
    return [
        EndpointRow(
            endpoint=endpoint,
            state=endpoint_state(endpoint),
            events=", ".join(title_of(name) for name in endpoint.events),
            last=last,
            last_state=delivery_state(last) if last else None,
        )
        for endpoint, last in found
    ]


def endpoint_state(endpoint: Endpoint) -> State:
    """Whether it is called, and whether that works."""
    if not endpoint.enabled:
        return State(_("Disabled"), "neutral" if by_hand(endpoint) else "danger")
    return State(_("Failing"), "warning") if endpoint.is_failing else State(_("Enabled"), "good")


def by_hand(endpoint: Endpoint) -> bool:
    """Whether somebody disabled it, and not the platform."""
    return endpoint.disabled_because == Stop.BY_HAND


def delivery_rows(deliveries: Iterable[Delivery]) -> list[DeliveryRow]:
    """Deliveries in words."""
    return [DeliveryRow(one, title_of(one.type), delivery_state(one)) for one in deliveries]


def delivery_state(delivery: Delivery) -> State:
    """A delivery's state as a chip."""
    return State(str(DeliveryState(delivery.state).label), TONES[delivery.state])


def endpoint_facts(endpoint: Endpoint, *, at: datetime) -> list[Fact]:
    """What is known of an endpoint, for its page."""
    facts = [
        Fact(_("State"), endpoint_state(endpoint)),
        Fact(_("Address"), endpoint.shown_url),
        Fact(_("Events"), tuple(f"{title_of(name)} ({name})" for name in endpoint.events)),
    ]
    if not endpoint.enabled:
        facts.append(Fact(_("Disabled since"), endpoint.disabled_at))
        facts.append(Fact(_("Reason"), str(Stop(endpoint.disabled_because).label)))
    if endpoint.failing_since:
        facts.append(Fact(_("Failing since"), endpoint.failing_since))
    if endpoint.resting_until and endpoint.resting_until > at:
        facts.append(Fact(_("Left alone until"), endpoint.resting_until))
    facts.append(Fact(_("Changed at"), endpoint.changed_at))
    facts.append(Fact(_("Changed by"), _person(endpoint)))
    return facts


def warnings_of(endpoint: Endpoint) -> list[str]:
    """What somebody should know about an endpoint's address."""
    if not is_plain(endpoint.url):
        return []
    return [
        _(
            "Events go to this address without encryption: whoever is on the way can read them. "
            "The signature still tells the receiver if somebody changed them."
        )
    ]


def delivery_facts(delivery: Delivery) -> list[Fact]:
    """What is known of a delivery, for its page."""
    facts = [
        Fact(_("State"), delivery_state(delivery)),
        Fact(_("Event"), f"{title_of(delivery.type)} ({delivery.type})"),
        Fact(_("Id"), delivery.message_id),
        Fact(_("Happened at"), delivery.created_at),
        Fact(_("Attempts"), delivery.attempts),
    ]
    if delivery.finished_at:
        facts.append(Fact(_("Finished at"), delivery.finished_at))
    elif delivery.due_at and delivery.state == DeliveryState.WAITING:
        facts.append(Fact(_("Next attempt"), delivery.due_at))
    return facts


def request_of(delivery: Delivery, newest: Attempt | None) -> str:
    """The headers of the newest request (or of the first one to come), as text."""
    moment = str(int(newest.started_at.timestamp())) if newest else "…"
    lines = (
        "content-type: application/json; charset=utf-8",
        "user-agent: Portico-Webhooks/1",
        f"webhook-id: {delivery.message_id}",
        f"webhook-timestamp: {moment}",
        f"webhook-signature: {NOT_KEPT}",
    )
    return "\n".join(lines)


def readable(body: str) -> str:
    """A body of ours, laid out for reading."""
    return json.dumps(json.loads(body), indent=2, ensure_ascii=False)


def tries_of(delivery: Delivery) -> list[Try]:
    """All attempts of a delivery, the newest first; one query."""
    attempts = list(Attempt.objects.filter(delivery=delivery).order_by("-number"))
    return [_try(attempt) for attempt in attempts]


def text_of(body: bytes) -> str | None:
    """An answer's body as text; None where it is none. Only ever print it escaped."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(body) - error.start > 3:  # a letter that was cut at the end is no reason
            return None
        text = body[: error.start].decode("utf-8")
    return text if all(one.isprintable() or one in "\n\r\t" for one in text) else None


def in_bytes(number: int) -> str:
    """A size in words."""
    return ngettext("%(number)s byte", "%(number)s bytes", number) % {"number": f"{number:,}"}


def _try(attempt: Attempt) -> Try:
    body = bytes(attempt.body)
    under_way = attempt.ended_at is None
    return Try(
        attempt=attempt,
        outcome=(
            State(_("Under way"), "info")
            if under_way
            else State(str(Outcome(attempt.outcome).label), OUTCOME_TONES[attempt.outcome])
        ),
        trouble=said(attempt.trouble),
        took=f"{attempt.milliseconds:,} ms" if attempt.milliseconds is not None else "",
        body=text_of(body),
        bytes=len(body),
        headers="\n".join(f"{name}: {value}" for name, value in attempt.headers),
    )


def _person(endpoint: Endpoint) -> str:
    person = endpoint.changed_by
    return str(person) if person else _("The platform")
