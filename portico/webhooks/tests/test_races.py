"""An answer that is noted while somebody removes its endpoint, or takes its worker for dead."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from conftest import Cast, make_cast
from portico.egress.calls import Answer
from portico.webhooks.models import Attempt, Delivery, DeliveryState
from portico.webhooks.pipeline.claiming import Claimed, claim
from portico.webhooks.pipeline.delivering import LEASE
from portico.webhooks.pipeline.endings import answered
from portico.webhooks.pipeline.recording import note
from portico.webhooks.tests.conftest import Hook, happen, make_hook
from tests.make import AT

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def hook(cast: Cast) -> Hook:
    return make_hook(cast.acme)


@pytest.fixture
def claimed(cast: Cast, hook: Hook) -> Claimed:
    """A delivery that a courier has in hand."""
    happen(cast.acme)
    found = claim(hook.endpoint.id, lease=LEASE, at=AT)
    assert found is not None
    return found


def noted_while(hook: Hook, claimed: Claimed, rest: Callable[[], object]) -> None:
    """A courier notes an answer while we have the delivery, and then do the rest of our work."""
    ending = answered(claimed, Answer(200, (), b"", False, "", "", 1), at=AT, dice=0)

    def courier() -> None:
        try:
            note(hook.endpoint.id, claimed, ending, dice=0)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            Delivery.objects.select_for_update().get(id=claimed.delivery)
            noting = thread.submit(courier)
            while not somebody_waits() and not noting.done():
                pass
            rest()
        noting.result()


def somebody_waits() -> bool:
    """Whether anyone waits for a lock in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees the first look
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
            "AND datname = current_database())"
        )
        (waits,) = cursor.fetchone()
    return bool(waits)


def test_an_answer_and_a_removal_at_once_do_not_wait_for_one_another(
    hook: Hook, claimed: Claimed
) -> None:
    def remove() -> None:
        Attempt.objects.filter(delivery=claimed.delivery).delete()
        Delivery.objects.filter(id=claimed.delivery).delete()

    noted_while(hook, claimed, remove)

    assert not Delivery.objects.exists()


def test_an_answer_that_comes_once_its_worker_was_given_up_changes_nothing(
    hook: Hook, claimed: Claimed
) -> None:
    """Not even if the next attempt is under way already."""

    def take_up() -> None:
        Attempt.objects.filter(id=claimed.attempt).update(ended_at=AT, outcome="unknown")
        Delivery.objects.update(state=DeliveryState.SENDING, attempts=2)

    noted_while(hook, claimed, take_up)

    assert Delivery.objects.get().state == DeliveryState.SENDING
    assert Attempt.objects.get().outcome == "unknown"
