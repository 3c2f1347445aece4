"""The contenders of `tests.bench.webhooks`, in a process with Django."""

from __future__ import annotations

import logging
import time

import httpx2
from django.db import connection

from portico.audit.services import PLATFORM
from portico.kernel.clock import now
from portico.outbox.models import Event
from portico.webhooks.forwarding import forward
from portico.webhooks.models import Delivery, DeliveryState, Endpoint
from portico.webhooks.pipeline.delivering import carry
from portico.webhooks.services import Wanted, make_endpoint
from portico.workspaces.models import Workspace


def prepare(port: int) -> Endpoint:
    """A webhook of the demo's workspace that leads to the receiver at this port."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the loop would log each post
    workspace = Workspace.objects.get(slug="acme")
    wanted = Wanted(f"http://127.0.0.1:{port}/hooks", ("settings.changed",))
    endpoint, _secret = make_endpoint(workspace, wanted, by=PLATFORM, at=now())
    return endpoint


def gather_statistics() -> None:
    """As autovacuum does within minutes. Of a table of which nothing is known, PostgreSQL sorts all
    that waits each time that one is taken."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def through_the_pipeline(endpoint: Endpoint, events: int) -> float:
    """Deliveries a second from the queue to the receiver's answers, all of it written down."""
    for number in range(events):
        payload = {"section": "about-us", "revision": number, "sensitive": False}
        workspace_id = endpoint.workspace_id
        forward(
            Event.objects.create(
                workspace_id=workspace_id, name="settings.changed", payload=payload
            )
        )
    started = time.perf_counter()
    while carry(endpoint.id):
        pass
    seconds = time.perf_counter() - started
    if Delivery.objects.exclude(state=DeliveryState.DELIVERED).exists():
        raise RuntimeError("Not all events were delivered.")
    return events / seconds


def through_httpx2(endpoint: Endpoint, events: int, *, keep: bool) -> float:
    """Posts a second of the same bodies, over one connection or a new one each."""
    bodies = list(Delivery.objects.values_list("body", flat=True)[:events])
    headers = {"content-type": "application/json", **({} if keep else {"connection": "close"})}
    with httpx2.Client(trust_env=False) as client:
        started = time.perf_counter()
        for body in bodies:
            client.post(endpoint.url, content=body, headers=headers).raise_for_status()
        seconds = time.perf_counter() - started
    return len(bodies) / seconds
