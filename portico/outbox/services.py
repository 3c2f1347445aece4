"""Domain events: written in the transaction of the change, heard after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from portico.outbox.models import Delivery, Event

Listener = Callable[[Event], None]
_listeners: dict[str, list[Listener]] = {}


class UnknownListener(LookupError):
    """A listener that was renamed or taken away while an event waited for it."""


def listen(event_name: str, listener: Listener) -> None:
    """Have `listener` called, in the worker, once for each event of that name.

    Called at start by `portico.config`, the only place that knows who hears what.
    """
    heard_by = _listeners.setdefault(event_name, [])
    if listener not in heard_by:
        heard_by.append(listener)


def publish(name: str, *, workspace_id: UUID, payload: dict[str, Any], at: datetime) -> Event:
    """Write an event and a job for each of its listeners; call it inside the change's transaction.

    `payload` holds JSON values only, and never a secret.
    """
    from portico.outbox.tasks import deliver  # noqa: PLC0415 - tasks import this module

    event = Event.objects.create(
        workspace_id=workspace_id, name=name, payload=payload, created_at=at
    )
    for listener in _listeners.get(name, []):
        deliver.defer(event_id=str(event.id), listener=name_of(listener))
    return event


def hear(event_id: UUID, listener_name: str) -> None:
    """Let one listener hear one event, once: hearing it again does nothing.

    Raises `UnknownListener` where no listener of that name is there (any more): the event is kept
    for it, and its job is tried again.
    """
    with transaction.atomic():
        event = Event.objects.select_for_update().get(id=event_id)
        if Delivery.objects.filter(event=event, listener=listener_name).exists():
            return
        _listener(event.name, listener_name)(event)
        Delivery.objects.create(event=event, listener=listener_name)


def _listener(event_name: str, listener_name: str) -> Listener:
    for listener in _listeners.get(event_name, []):
        if name_of(listener) == listener_name:
            return listener
    raise UnknownListener(f"{listener_name} does not listen to {event_name}.")


def name_of(listener: Listener) -> str:
    """The stable name under which a listener's deliveries are recorded."""
    return f"{listener.__module__}.{listener.__name__}".removeprefix("portico.")
