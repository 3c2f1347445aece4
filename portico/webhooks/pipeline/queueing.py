"""Seeing to it that an endpoint with something to deliver has a courier.

A courier is a job that delivers what is due at one endpoint, for a few seconds; if there is more,
it goes to the end of the line, where the couriers of all endpoints stand. An endpoint has a few
lanes, each with a lock, so that at most so many calls to it are under way at once.

There are two lines, each with slots of its own in the worker: one for endpoints that answered
quickly the last time, one for all others. So receivers that take their time, however many, keep
only one another waiting.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from portico.outbox.lines import ensure_waiting
from portico.webhooks.pipeline.losses import take_up_lost

QUEUE: Final = "webhooks"
SLOW_QUEUE: Final = "webhooks_slow"
TASK: Final = "webhooks.deliver"
LANES: Final = 3
WORTH_A_LANE: Final = 20  # deliveries

# What may be sent now: at an endpoint that rests or is disabled, only what somebody asked for. In
# two parts, so that each is a range of the index, however much waits for later.
URGENT: Final = """
delivery.due_at IS NOT NULL AND delivery.due_at <= %(at)s AND delivery.state = 'waiting'
AND delivery.urgent
"""
USUAL: Final = """
delivery.due_at IS NOT NULL AND delivery.due_at <= %(at)s AND delivery.state = 'waiting'
AND NOT delivery.urgent AND endpoint.disabled_at IS NULL
AND (endpoint.resting_until IS NULL OR endpoint.resting_until <= %(at)s)
"""

COUNT: Final = f"""
SELECT count(*), (SELECT quick FROM webhooks_endpoint WHERE id = %(endpoint)s) FROM (
    (SELECT 1 FROM webhooks_delivery AS delivery
      WHERE delivery.endpoint_id = %(endpoint)s AND {URGENT} LIMIT %(most)s)
    UNION ALL
    (SELECT 1 FROM webhooks_delivery AS delivery
       JOIN webhooks_endpoint AS endpoint ON endpoint.id = delivery.endpoint_id
      WHERE delivery.endpoint_id = %(endpoint)s AND {USUAL} LIMIT %(most)s)
) AS counted
"""  # noqa: S608 - put together from constants

# From one endpoint to the next in the index, however much waits at each.
WITH_DUE_DELIVERIES: Final = f"""
WITH RECURSIVE waiting AS (
    (SELECT endpoint_id FROM webhooks_delivery
      WHERE due_at IS NOT NULL ORDER BY endpoint_id LIMIT 1)
    UNION ALL
    SELECT (SELECT endpoint_id FROM webhooks_delivery
             WHERE due_at IS NOT NULL AND endpoint_id > waiting.endpoint_id
             ORDER BY endpoint_id LIMIT 1)
      FROM waiting WHERE waiting.endpoint_id IS NOT NULL
)
SELECT endpoint.id, endpoint.quick
  FROM waiting JOIN webhooks_endpoint AS endpoint ON endpoint.id = endpoint_id
 WHERE (EXISTS (SELECT 1 FROM webhooks_delivery AS delivery
                 WHERE delivery.endpoint_id = endpoint.id AND {URGENT})
        OR EXISTS (SELECT 1 FROM webhooks_delivery AS delivery
                    WHERE delivery.endpoint_id = endpoint.id AND {USUAL}))
   AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS job
                    WHERE job.lock = 'webhooks:' || endpoint.id || ':0' AND job.status = 'todo')
   AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS job
                    WHERE job.lock = 'webhooks:' || endpoint.id || ':0' AND job.status = 'doing')
"""  # noqa: S608 - put together from constants


def lock_of(endpoint_id: UUID, lane: int) -> str:
    """The lock that lets one courier run in a lane at a time."""
    return f"webhooks:{endpoint_id}:{lane}"


def ensure_courier(endpoint_id: UUID, *, quick: bool, lane: int = 0) -> None:
    """Have what is due at this endpoint delivered once the present transaction has committed."""
    ensure_waiting(
        TASK,
        queue=QUEUE if quick else SLOW_QUEUE,
        lock=lock_of(endpoint_id, lane),
        endpoint_id=str(endpoint_id),
        lane=lane,
    )


def ensure_lanes(endpoint_id: UUID, *, at: datetime) -> None:
    """Have as many couriers as what may be sent now is worth; none for nothing."""
    most = WORTH_A_LANE * (LANES - 1) + 1
    values: dict[str, UUID | datetime | int] = {"endpoint": endpoint_id, "at": at, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        many, quick = cursor.fetchone()
    for lane in range(min(LANES, -(-many // WORTH_A_LANE))):
        ensure_courier(endpoint_id, quick=quick, lane=lane)


def sweep(*, at: datetime) -> int:
    """Take up what dead workers had in hand, and start a courier for each endpoint with something
    to deliver that has none; how many there were.

    Retries that have become due and endpoints that have rested are found here, too.
    """
    take_up_lost(at=at)
    with connection.cursor() as cursor:
        cursor.execute(WITH_DUE_DELIVERIES, {"at": at})
        found = cursor.fetchall()
    for endpoint_id, quick in found:
        ensure_courier(endpoint_id, quick=quick)
    return len(found)
