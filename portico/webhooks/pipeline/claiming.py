"""Taking the next delivery in hand: one statement, so that no two workers ever have the same one.

The attempt's number is the token: whoever notes its end later does so only if the delivery is
still being sent, and by that attempt (`recording`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection

from portico.webhooks.models import Delivery, message_id_of
from portico.webhooks.pipeline.queueing import URGENT, USUAL

# While one worker has the row, others pass it over; who comes after its commit looks again, and
# finds it no longer waiting.
PICK: Final = """
    SELECT delivery.id, endpoint.url, endpoint.secret, endpoint.old_secret,
           endpoint.old_secret_until,
           endpoint.failing_since IS NOT NULL OR endpoint.resting_until IS NOT NULL AS troubled,
           endpoint.quick
      FROM webhooks_delivery AS delivery
      JOIN webhooks_endpoint AS endpoint ON endpoint.id = delivery.endpoint_id
     WHERE delivery.endpoint_id = %(endpoint)s AND {which}
     ORDER BY delivery.due_at, delivery.id
     LIMIT 1 FOR UPDATE OF delivery SKIP LOCKED
"""
STATEMENT: Final = f"""
WITH urgent AS ({PICK.format(which=URGENT)}
), usual AS ({PICK.format(which=f"NOT EXISTS (SELECT 1 FROM urgent) AND {USUAL}")}
), picked AS (
    SELECT * FROM urgent UNION ALL SELECT * FROM usual
), claimed AS (
    UPDATE webhooks_delivery AS delivery
       SET state = 'sending', attempts = delivery.attempts + 1, due_at = %(lost_at)s
      FROM picked WHERE delivery.id = picked.id
    RETURNING delivery.id, delivery.event, delivery.body, delivery.attempts, delivery.refusals,
              delivery.test, picked.url, picked.secret, picked.old_secret,
              picked.old_secret_until, picked.troubled, picked.quick
), tried AS (
    INSERT INTO webhooks_attempt (delivery_id, number, url, started_at, outcome, source, peer,
                                  headers, body, cut, trouble)
    SELECT id, attempts, split_part(url, '?', 1), %(at)s, '', '', '', '[]', '', false, '{{}}'
      FROM claimed
    RETURNING id
)
SELECT tried.id, claimed.* FROM tried, claimed
"""  # noqa: S608 - put together from constants

Values = dict[str, UUID | datetime]
Row = tuple[
    int, UUID, UUID, str, int, int, bool, str, UUID, UUID | None, datetime | None, bool, bool
]


@dataclass(frozen=True)
class Claimed:
    """A delivery in hand. `secrets`: the ids of those that sign it, the newest first. `troubled`:
    something is known against its endpoint, which a success clears. `quick`: it was until now."""

    attempt: int
    number: int
    delivery: UUID
    event: UUID
    body: str
    refusals: int
    test: bool
    url: str
    secrets: tuple[UUID, ...]
    troubled: bool
    quick: bool
    at: datetime

    @property
    def message_id(self) -> str:
        """The `webhook-id`."""
        return message_id_of(Delivery(event=self.event))


def claim(endpoint_id: UUID, *, lease: timedelta, at: datetime) -> Claimed | None:
    """Take the next delivery of an endpoint in hand; None: there is none for now.

    If nobody has noted the end of the attempt when `lease` is over, it counts as lost.
    """
    values: Values = {"endpoint": endpoint_id, "at": at, "lost_at": at + lease}
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, values)
        row = cursor.fetchone()
    return _claimed(row, at=at) if row else None


def _claimed(row: Row, *, at: datetime) -> Claimed:
    attempt, delivery, event, body, number, refusals, test, url, secret, old, until = row[:11]
    troubled, quick = row[11:]
    return Claimed(
        attempt=attempt,
        number=number,
        delivery=delivery,
        event=event,
        body=body,
        refusals=refusals,
        test=test,
        url=url,
        secrets=(secret, old)
        if old is not None and until is not None and until > at
        else (secret,),
        troubled=troubled,
        quick=quick,
        at=at,
    )
