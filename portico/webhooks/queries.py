"""Reading endpoints and their deliveries. Whatever is asked, the workspace comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from portico.kernel.errors import NotFound
from portico.webhooks.models import Delivery, DeliveryState, Endpoint
from portico.workspaces.models import Workspace


@dataclass(frozen=True)
class Filters:
    """What somebody looks for; an empty value asks for nothing. `since` is inclusive, `until` is
    not."""

    state: str = ""
    type: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class DeliveryPage:
    """Some deliveries, newest first, and whether there are newer and older ones."""

    deliveries: list[Delivery]
    has_newer: bool
    has_older: bool

    @property
    def newest(self) -> UUID | None:
        """Pass it as `after` to get the page of newer ones."""
        return self.deliveries[0].id if self.has_newer else None

    @property
    def oldest(self) -> UUID | None:
        """Pass it as `before` to get the page of older ones."""
        return self.deliveries[-1].id if self.has_older else None


def endpoints_of(workspace: Workspace) -> QuerySet[Endpoint]:
    """A workspace's endpoints, the oldest first."""
    found = Endpoint.objects.filter(workspace=workspace)
    return found.select_related("created_by", "changed_by").order_by("id")


def endpoint_of(workspace: Workspace, endpoint_id: UUID) -> Endpoint:
    """One endpoint of a workspace; raises `NotFound`, whoever else may have it."""
    endpoint = endpoints_of(workspace).filter(id=endpoint_id).first()
    if endpoint is None:
        raise NotFound
    endpoint.workspace = workspace
    return endpoint


def with_last_deliveries(workspace: Workspace) -> list[tuple[Endpoint, Delivery | None]]:
    """All endpoints of a workspace, each with its newest delivery; two queries."""
    newest = Delivery.objects.filter(endpoint=OuterRef("id")).order_by("-id").values("id")[:1]
    endpoints = list(endpoints_of(workspace).annotate(newest=Subquery(newest)))
    wanted = [endpoint.newest for endpoint in endpoints if endpoint.newest]
    found = Delivery.objects.filter(workspace=workspace).defer("body").in_bulk(wanted)
    return [(endpoint, found.get(endpoint.newest)) for endpoint in endpoints]


def deliveries_of(endpoint: Endpoint, filters: Filters | None = None) -> QuerySet[Delivery]:
    """An endpoint's deliveries, without their bodies."""
    found = Delivery.objects.filter(workspace=endpoint.workspace, endpoint=endpoint).defer("body")
    if filters is None:
        return found
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.type:
        found = found.filter(type=filters.type)
    if filters.since:
        found = found.filter(created_at__gte=filters.since)
    if filters.until:
        found = found.filter(created_at__lt=filters.until)
    return found


def delivery_of(endpoint: Endpoint, delivery_id: UUID) -> Delivery:
    """One delivery to an endpoint, whole; raises `NotFound`."""
    found = Delivery.objects.filter(
        workspace=endpoint.workspace, endpoint=endpoint, id=delivery_id
    ).first()
    if found is None:
        raise NotFound
    found.endpoint = endpoint
    return found


def held_for(endpoint: Endpoint) -> int:
    """How many events are held for a disabled endpoint."""
    return Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.HELD).count()


def page_of(
    deliveries: QuerySet[Delivery],
    *,
    size: int,
    before: UUID | None = None,
    after: UUID | None = None,
) -> DeliveryPage:
    """The newest deliveries; or those that come before or after one, by its id.

    One query, whatever the page and however long the log: nothing is counted or skipped.
    """
    if after is not None:
        found = list(deliveries.filter(id__gt=after).order_by("id")[: size + 1])
        return DeliveryPage(found[:size][::-1], has_newer=len(found) > size, has_older=bool(found))
    if before is not None:
        deliveries = deliveries.filter(id__lt=before)
    found = list(deliveries.order_by("-id")[: size + 1])
    return DeliveryPage(
        found[:size], has_newer=before is not None and bool(found), has_older=len(found) > size
    )
