"""A courier: delivers what is due at one endpoint, one after the other, for a few seconds.

What is promised: each event is sent to each endpoint at least once, under one id. Before anything
is sent, the attempt is written down; right after the answer, the outcome. Who dies in between
leaves an attempt without an end; the event is sent again under the same id, by which the receiver
knows it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from portico.egress.calls import CallTrouble, Limits, call
from portico.egress.configuration import Egress
from portico.egress.services import egress_of
from portico.kernel.clock import now
from portico.outbox.leaving import is_leaving
from portico.secrets.services import SecretUnusable, reveal
from portico.webhooks.keys import binding_of
from portico.webhooks.models import Endpoint
from portico.webhooks.pipeline.claiming import Claimed, claim
from portico.webhooks.pipeline.endings import Ending, answered, unanswered
from portico.webhooks.pipeline.queueing import ensure_lanes
from portico.webhooks.pipeline.recording import note
from portico.webhooks.signing import signed_headers

LIMITS: Final = Limits()  # 5 s to connect, 10 s for each word, 20 s in all; 16 KiB are read
# From the claim to the answer's being noted, with time to spare for a machine that is busy.
LEASE: Final = timedelta(seconds=LIMITS.whole + 25)
LONGEST: Final = timedelta(seconds=5)  # of a courier; a call that was begun is finished
MOST: Final = 100  # deliveries of one courier

Clock = Callable[[], datetime]
Dice = Callable[[], float]

log = structlog.get_logger("portico.webhooks")


def carry(
    endpoint_id: UUID,
    *,
    clock: Clock = now,
    dice: Dice = random.random,
    limits: Limits = LIMITS,
    lease: timedelta = LEASE,
) -> int:
    """Deliver what is due at an endpoint, and see to it that somebody goes on with the rest; how
    many attempts were made. Safe to call at any time and as often as one likes.
    """
    endpoint = Endpoint.objects.select_related("workspace").filter(id=endpoint_id).first()
    if endpoint is None:
        return 0
    courier = _Courier(endpoint, egress_of(endpoint.workspace), clock, dice, limits, lease)
    done = courier.go()
    with transaction.atomic():  # to the end of the line, if there is more
        ensure_lanes(endpoint_id, at=clock())
    return done


@dataclass
class _Courier:
    endpoint: Endpoint
    egress: Egress
    clock: Clock
    dice: Dice
    limits: Limits
    lease: timedelta
    keys: dict[UUID, str] = field(default_factory=dict, repr=False)
    done: int = 0

    def go(self) -> int:
        """Deliver until nothing is due, or the time is over. One commit a delivery: how it ended,
        and which one is next."""
        ends = self.clock() + LONGEST
        claimed = self._claim()
        while claimed is not None:
            ending = self._attempt(claimed)
            self.done += 1
            goes_on = self.clock() < ends and self.done < MOST and not is_leaving()
            if claimed.quick and not ending.quick:  # it has to stand in the other line
                goes_on = False
            with transaction.atomic():
                note(self.endpoint.id, claimed, ending, dice=self.dice())
                claimed = self._claim() if goes_on else None
        return self.done

    def _claim(self) -> Claimed | None:
        return claim(self.endpoint.id, lease=self.lease, at=self.clock())

    def _attempt(self, claimed: Claimed) -> Ending:
        try:
            keys = [self._key(secret) for secret in claimed.secrets]
            answer = call(
                "POST",
                claimed.url,
                egress=self.egress,
                headers=signed_headers(claimed.message_id, claimed.body, keys=keys, at=claimed.at),
                body=claimed.body.encode(),
                limits=self.limits,
            )
        except (CallTrouble, SecretUnusable) as error:
            return unanswered(claimed, error, at=self.clock(), dice=self.dice())
        return answered(claimed, answer, at=self.clock(), dice=self.dice())

    def _key(self, secret: UUID) -> str:
        if secret not in self.keys:
            self.keys[secret] = reveal(
                secret,
                workspace=self.endpoint.workspace,
                binding=binding_of(self.endpoint.id),
            )
        return self.keys[secret]
