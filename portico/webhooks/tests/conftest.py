"""A receiver on loopback, endpoints that lead to it, and couriers with a clock of the test's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from portico.audit.services import PLATFORM, Actor
from portico.egress.calls import Limits
from portico.outbox.models import Event
from portico.outbox.services import publish
from portico.webhooks.forwarding import forward
from portico.webhooks.models import Delivery, Endpoint
from portico.webhooks.pipeline.delivering import carry
from portico.webhooks.services import Wanted, make_endpoint
from portico.workspaces.models import Workspace
from tests.make import AT
from tests.peers.receiver import Receiver, receiver

QUICK = Limits(connect=1.0, read=0.3, whole=0.5)
URL = "https://hooks.acme.example.com/portico"


class Clock:
    """Stands still, unless a test moves it."""

    def __init__(self, at: datetime = AT) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **duration: float) -> datetime:
        """Let so much time pass."""
        self.at += timedelta(**duration)
        return self.at


@dataclass(frozen=True)
class Hook:
    """An endpoint and its secret."""

    endpoint: Endpoint
    secret: str

    @property
    def now(self) -> Endpoint:
        """It as it is stored at present."""
        return Endpoint.objects.get(id=self.endpoint.id)


@pytest.fixture
def clock() -> Clock:
    """Time, as this test has it."""
    return Clock()


@pytest.fixture
def there() -> Iterator[Receiver]:
    """A receiver."""
    with receiver() as found:
        yield found


@pytest.fixture
def hook(acme: Workspace, there: Receiver) -> Hook:
    """An endpoint of acme that leads to `there` and asks for changed settings."""
    return make_hook(acme, there.url)


def make_hook(
    workspace: Workspace,
    url: str = URL,
    *,
    events: tuple[str, ...] = ("settings.changed",),
    description: str = "Ledger",
    by: Actor = PLATFORM,
    at: datetime = AT,
) -> Hook:
    """An endpoint."""
    return Hook(*make_endpoint(workspace, Wanted(url, events, description), by=by, at=at))


def happen(workspace: Workspace, *, number: int = 1, at: datetime = AT) -> Event:
    """Something that endpoints are told of: the about-us section has a new revision."""
    payload = {"section": "about-us", "revision": number, "sensitive": False}
    event = publish("settings.changed", workspace_id=workspace.id, payload=payload, at=at)
    forward(event)
    return event


def carried(hook: Hook, clock: Clock, *, limits: Limits = QUICK, dice: float = 0.0) -> int:
    """Have a courier deliver what is due; how many attempts it made."""
    return carry(hook.endpoint.id, clock=clock, dice=lambda: dice, limits=limits)


def the_delivery() -> Delivery:
    """The only one there is."""
    return Delivery.objects.get()


def empty_queue() -> None:
    """Forget all jobs."""
    ProcrastinateJob.objects.all()._raw_delete("default")
