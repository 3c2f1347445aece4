"""Writing down how an attempt ended, and what that says about its endpoint."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from portico.webhooks.models import (
    UNDER_WAY,
    DeliveryState,
    Endpoint,
    Outcome,
    Stop,
)
from portico.webhooks.pipeline.claiming import Claimed
from portico.webhooks.pipeline.endings import Ending
from portico.webhooks.pipeline.stopping import stop
from portico.webhooks.rules.patience import is_dead, rest_after

# In one statement, because it is written once a delivery. What was taken for lost meanwhile stays.
# The delivery first and then its attempt, as everybody does: two who wait for one another's rows
# would both fail.
END: Final = """
WITH held AS (
    UPDATE webhooks_delivery
       SET state = %(state)s, due_at = %(due_at)s, finished_at = %(finished_at)s,
           refusals = %(refusals)s, status = %(status)s, urgent = false
     WHERE id = %(delivery)s AND state = 'sending' AND attempts = %(number)s
    RETURNING id
)
UPDATE webhooks_attempt
   SET ended_at = %(at)s, outcome = %(outcome)s, source = %(source)s, peer = %(peer)s,
       status = %(status)s, milliseconds = %(milliseconds)s, headers = %(headers)s,
       body = %(body)s, cut = %(cut)s, trouble = %(trouble)s
 WHERE id = %(attempt)s AND delivery_id = (SELECT id FROM held)
"""
Values = dict[str, str | int | bool | bytes | UUID | datetime | None]


def note(endpoint_id: UUID, claimed: Claimed, ending: Ending, *, dice: float) -> None:
    """Note how an attempt ended. One that was taken for lost meanwhile stays as it is."""
    with transaction.atomic(savepoint=False):
        if ending.outcome != Outcome.DELIVERED:
            _note_failure(endpoint_id, claimed, ending, dice=dice)
            return
        if claimed.troubled or claimed.quick != ending.quick:
            # The endpoint first, as everybody does who needs both.
            Endpoint.objects.filter(id=endpoint_id).update(
                failing_since=None, failures=0, resting_until=None, quick=ending.quick
            )
        _end(claimed, ending, ending.state)


def _note_failure(endpoint_id: UUID, claimed: Claimed, ending: Ending, *, dice: float) -> None:
    locked = Endpoint.objects.select_for_update(of=("self",), no_key=True)
    endpoint = locked.select_related("workspace").filter(id=endpoint_id).first()
    if endpoint is None:  # removed meanwhile, with all its deliveries
        return
    held = ending.state == DeliveryState.WAITING and not endpoint.enabled
    ended = _end(claimed, ending, DeliveryState.HELD if held else ending.state)
    if not ended:
        return
    if endpoint.quick != ending.quick:
        endpoint.quick = ending.quick
        endpoint.save(update_fields=["quick"])
    if claimed.test or not endpoint.enabled:
        return
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or ending.at
    endpoint.resting_until = _rest(endpoint, ending, dice=dice)
    endpoint.save(update_fields=["failures", "failing_since", "resting_until"])
    if ending.gone:
        stop(endpoint, Stop.GONE, at=ending.at)
    elif is_dead(failing_since=endpoint.failing_since, failures=endpoint.failures, at=ending.at):
        stop(endpoint, Stop.FAILING, at=ending.at)


def _rest(endpoint: Endpoint, ending: Ending, *, dice: float) -> datetime | None:
    if ending.rests is None:
        return endpoint.resting_until
    seconds = ending.rests or rest_after(endpoint.failures, dice=dice)
    return ending.at + timedelta(seconds=seconds)


def _end(claimed: Claimed, ending: Ending, state: DeliveryState) -> bool:
    """Whether it was still this attempt that had the delivery in hand."""
    answer = ending.answer
    is_over = state not in {*UNDER_WAY, DeliveryState.HELD}
    values: Values = {
        "delivery": claimed.delivery,
        "number": claimed.number,
        "attempt": claimed.attempt,
        "at": ending.at,
        "outcome": ending.outcome.value,
        "source": ending.source,
        "peer": answer.peer if answer else "",
        "status": answer.status if answer else None,
        "milliseconds": ending.milliseconds,
        "headers": json.dumps(ending.headers),
        "body": answer.body if answer else b"",
        "cut": bool(answer and answer.cut),
        "trouble": json.dumps(ending.trouble.kept() if ending.trouble else {}),
        "state": state.value,
        "due_at": ending.due_at if state in UNDER_WAY else None,
        "finished_at": ending.at if is_over else None,
        "refusals": ending.refusals,
    }
    with connection.cursor() as cursor:
        cursor.execute(END, values)
        return bool(cursor.rowcount)
