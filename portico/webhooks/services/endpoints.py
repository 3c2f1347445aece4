"""Making, changing and removing endpoints, and switching them on and off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from portico.audit.services import Actor, Change, named
from portico.egress.services import egress
from portico.kernel.errors import Invalid, InvalidFields
from portico.kernel.ids import new_id
from portico.secrets.services import forget
from portico.webhooks.catalog import EVENT_NAMES, UnknownEvent
from portico.webhooks.keys import make_key
from portico.webhooks.models import (
    MOST_OF_DESCRIPTION,
    Attempt,
    Delivery,
    DeliveryState,
    Endpoint,
    Stop,
)
from portico.webhooks.pipeline.queueing import ensure_courier
from portico.webhooks.pipeline.stopping import hold
from portico.webhooks.rules.addresses import check_url, without_query
from portico.webhooks.services.errors import (
    AlreadyDisabled,
    AlreadyEnabled,
    DescriptionTooLong,
    EndpointChanged,
    NoEvents,
    OddDescription,
    OverlapRefused,
    TooManyEndpoints,
)
from portico.webhooks.services.holding import locked_endpoint, record_webhook
from portico.workspaces.models import Workspace

MOST_ENDPOINTS: Final = 20
MOST_OVERLAP: Final = 168  # hours

T = TypeVar("T")


class Held(StrEnum):
    """What becomes of the events that were held while an endpoint was disabled."""

    SEND = "send"
    DISCARD = "discard"


@dataclass(frozen=True)
class Wanted:
    """What somebody wants of an endpoint, unchecked."""

    url: str
    events: Sequence[str]
    description: str = ""


def make_endpoint(
    workspace: Workspace, wanted: Wanted, *, by: Actor, at: datetime
) -> tuple[Endpoint, str]:
    """A new endpoint, enabled, and its signing secret: show it once, it cannot be read again.

    Raises `InvalidFields` or `TooManyEndpoints`.
    """
    wanted = _checked(wanted)
    with transaction.atomic():
        # One at a time, so that two at once do not make one too many.
        Workspace.objects.select_for_update(no_key=True).get(id=workspace.id)
        if Endpoint.objects.filter(workspace=workspace).count() >= MOST_ENDPOINTS:
            raise TooManyEndpoints(most=MOST_ENDPOINTS)
        endpoint_id = new_id()
        secret, plain = make_key(workspace, endpoint_id, at=at)
        person = named(by)
        endpoint = Endpoint.objects.create(
            id=endpoint_id,
            workspace=workspace,
            url=wanted.url,
            description=wanted.description,
            events=list(wanted.events),
            secret=secret,
            created_at=at,
            changed_at=at,
            created_by=person,
            changed_by=person,
        )
        changes = _changes(Wanted("", (), ""), wanted)
        record_webhook("webhook.made", endpoint, by=by, at=at, changes=changes)
    return endpoint, plain


def change_endpoint(
    workspace: Workspace,
    endpoint_id: UUID,
    wanted: Wanted,
    *,
    based_on: int,
    by: Actor,
    at: datetime,
) -> Endpoint:
    """Give an endpoint other values; what waits goes to the new address.

    Raises `NotFound`, `InvalidFields`, or `EndpointChanged` unless `based_on` is its revision.
    """
    with transaction.atomic():
        endpoint = locked_endpoint(workspace, endpoint_id)
        if endpoint.revision != based_on:
            raise EndpointChanged
        before = Wanted(endpoint.url, endpoint.events, endpoint.description)
        wanted = _checked(wanted)
        if endpoint.url != wanted.url:  # what is known of the old address says nothing of this one
            endpoint.failing_since, endpoint.failures = None, 0
            endpoint.resting_until, endpoint.quick = None, False
        endpoint.url, endpoint.events = wanted.url, list(wanted.events)
        endpoint.description = wanted.description
        record_webhook("webhook.changed", endpoint, by=by, at=at, changes=_changes(before, wanted))
        _save(endpoint, by=by, at=at)
    return endpoint


def disable_endpoint(
    workspace: Workspace, endpoint_id: UUID, *, by: Actor, at: datetime
) -> Endpoint:
    """Send it nothing more; what waits and what happens from now on is held. Raises `NotFound` or
    `AlreadyDisabled`."""
    with transaction.atomic():
        endpoint = locked_endpoint(workspace, endpoint_id)
        if not endpoint.enabled:
            raise AlreadyDisabled
        hold(endpoint, Stop.BY_HAND, at=at)
        record_webhook("webhook.disabled", endpoint, by=by, at=at)
    return endpoint


def enable_endpoint(
    workspace: Workspace, endpoint_id: UUID, *, held: Held, by: Actor, at: datetime
) -> Endpoint:
    """Send to it again, with or without what was held. Raises `NotFound` or `AlreadyEnabled`."""
    with transaction.atomic():
        endpoint = locked_endpoint(workspace, endpoint_id)
        if endpoint.enabled:
            raise AlreadyEnabled
        endpoint.disabled_at, endpoint.disabled_because = None, ""
        endpoint.failing_since, endpoint.failures = None, 0
        endpoint.resting_until = None
        _save(endpoint, by=by, at=at)
        waiting = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.HELD)
        if held is Held.SEND:
            count = waiting.update(state=DeliveryState.WAITING, due_at=at, refusals=0)
            ensure_courier(endpoint.id, quick=endpoint.quick)
        else:
            count = waiting.update(state=DeliveryState.DISCARDED, finished_at=at)
        changes = [Change(field=f"held_{held.value}", before="", after=str(count))] if count else []
        record_webhook("webhook.enabled", endpoint, by=by, at=at, changes=changes)
    return endpoint


def remove_endpoint(workspace: Workspace, endpoint_id: UUID, *, by: Actor, at: datetime) -> None:
    """Remove an endpoint with its deliveries; its secrets are forgotten. Raises `NotFound`."""
    with transaction.atomic():
        endpoint = locked_endpoint(workspace, endpoint_id)
        # First, so that no worker adds an attempt to one of them while they are deleted.
        under_way = Delivery.objects.filter(endpoint=endpoint, due_at__isnull=False)
        list(under_way.select_for_update().order_by("id").values_list("id", flat=True))
        with connection.cursor() as cursor:  # all at once: there may be very many
            cursor.execute(
                f"DELETE FROM {Attempt._meta.db_table} AS attempt"  # noqa: S608 - our own names
                f" USING {Delivery._meta.db_table} AS delivery"
                " WHERE attempt.delivery_id = delivery.id AND delivery.endpoint_id = %s",
                [endpoint.id],
            )
            cursor.execute(
                f"DELETE FROM {Delivery._meta.db_table} WHERE endpoint_id = %s",  # noqa: S608
                [endpoint.id],
            )
        secrets = [one for one in (endpoint.secret, endpoint.old_secret) if one]
        forget(workspace, secrets, at=at)
        record_webhook(
            "webhook.removed",
            endpoint,
            by=by,
            at=at,
            changes=[Change(field="url", before=endpoint.shown_url, after="")],
        )
        endpoint.delete()


def rotate_secret(
    workspace: Workspace,
    endpoint_id: UUID,
    *,
    overlap: int,
    by: Actor,
    at: datetime,
    based_on: int | None = None,
) -> tuple[Endpoint, str]:
    """A new signing secret, to be shown once. The one of before signs beside it for `overlap`
    hours (0: not at all); an older one ends now.

    Asked twice, it ends the secret that the receiver has, so say which revision it is `based_on`
    where the same form may come twice. Raises `NotFound`, `OverlapRefused`, or `EndpointChanged`
    unless `based_on` is the endpoint's revision.
    """
    if not 0 <= overlap <= MOST_OVERLAP:
        raise OverlapRefused(hours=overlap, most=MOST_OVERLAP)
    with transaction.atomic():
        endpoint = locked_endpoint(workspace, endpoint_id)
        if based_on is not None and endpoint.revision != based_on:
            raise EndpointChanged
        over = [endpoint.old_secret] if endpoint.old_secret else []
        endpoint.old_secret, endpoint.old_secret_until = None, None
        if overlap:
            endpoint.old_secret = endpoint.secret
            endpoint.old_secret_until = at + timedelta(hours=overlap)
        else:
            over.append(endpoint.secret)
        endpoint.secret, plain = make_key(workspace, endpoint.id, at=at)
        forget(workspace, over, at=at)
        _save(endpoint, by=by, at=at)
        change = Change(field="overlap", before="", after=str(overlap))
        record_webhook("webhook.secret_rotated", endpoint, by=by, at=at, changes=[change])
    return endpoint, plain


def _save(endpoint: Endpoint, *, by: Actor, at: datetime) -> None:
    endpoint.revision += 1
    endpoint.changed_at, endpoint.changed_by_id = at, by.person_id
    endpoint.save()


def _checked(wanted: Wanted) -> Wanted:
    errors: dict[str, Invalid] = {}

    def check(name: str, rule: Callable[[], T], otherwise: T) -> T:
        try:
            return rule()
        except Invalid as error:
            errors[name] = error
            return otherwise

    development = settings.PORTICO_SITE.scheme == "http"
    url = check("url", lambda: check_url(wanted.url, egress=egress(), development=development), "")
    events: Sequence[str] = check("events", lambda: _check_events(wanted.events), tuple[str, ...]())
    description = check("description", lambda: _check_description(wanted.description), "")
    if errors:
        raise InvalidFields(errors)
    return Wanted(url, events, description)


def _check_events(events: Sequence[str]) -> tuple[str, ...]:
    for name in events:
        if name not in EVENT_NAMES:
            raise UnknownEvent(event=name[:60], known=", ".join(EVENT_NAMES))
    if not events:
        raise NoEvents
    return tuple(name for name in EVENT_NAMES if name in events)


def _check_description(text: str) -> str:
    text = text.strip()
    if len(text) > MOST_OF_DESCRIPTION:
        raise DescriptionTooLong(length=len(text), most=MOST_OF_DESCRIPTION)
    if not text.isprintable():
        raise OddDescription
    return text


def _changes(before: Wanted, after: Wanted) -> list[Change]:
    """Addresses without what stands behind a question mark, which may be a key."""
    pairs = (
        ("url", without_query(before.url), without_query(after.url)),
        ("events", ", ".join(before.events), ", ".join(after.events)),
        ("description", before.description, after.description),
    )
    return [Change(field=name, before=old, after=new) for name, old, new in pairs if old != new]
