from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from portico.kernel.ids import new_id
from portico.outbox import services
from portico.outbox.models import Delivery, Event
from portico.outbox.services import UnknownListener, hear, listen, name_of, publish
from tests import jobs
from tests.make import AT

DELIVER = "outbox.deliver"
HAPPENED = "test.happened"
heard: list[str] = []
failures: list[Exception] = []


def write_down(event: Event) -> None:
    """A listener with an effect in the database and one outside it."""
    Event.objects.create(
        workspace_id=event.workspace_id, name="test.heard", payload={"of": str(event.id)}
    )
    if failures:
        raise failures.pop()
    heard.append(str(event.payload["number"]))


def write_down_too(event: Event) -> None:
    heard.append(f"{event.payload['number']} too")


@pytest.fixture(autouse=True)
def _listening() -> Iterator[None]:
    """Two listen, for as long as a test lasts."""
    heard.clear()
    failures.clear()
    listen(HAPPENED, write_down)
    listen(HAPPENED, write_down_too)
    yield
    services._listeners.pop(HAPPENED)


def happen(number: int = 1) -> Event:
    return publish(HAPPENED, workspace_id=new_id(), payload={"number": number}, at=AT)


def waiting_for(event: Event) -> list[str]:
    """Who is still to hear it."""
    return [
        str(job["listener"]).rpartition(".")[2]
        for job in jobs.waiting(DELIVER)
        if job["event_id"] == str(event.id)
    ]


def test_an_event_is_written_with_a_job_for_each_who_listens(db: None) -> None:
    event = happen()

    assert Event.objects.get(name=HAPPENED) == event
    assert waiting_for(event) == ["write_down", "write_down_too"]
    assert heard == []


def test_event_and_jobs_vanish_with_the_change_that_failed(db: None) -> None:
    def happen_and_fail() -> None:
        with transaction.atomic():
            happen()
            raise LookupError

    with pytest.raises(LookupError):
        happen_and_fail()

    assert not Event.objects.filter(name=HAPPENED).exists()
    assert not [job for job in jobs.waiting(DELIVER) if "test_outbox" in str(job["listener"])]


def test_an_event_that_nobody_listens_to_is_kept_without_a_job(db: None) -> None:
    event = publish("test.unheard", workspace_id=new_id(), payload={}, at=AT)

    assert Event.objects.filter(id=event.id).exists()
    assert waiting_for(event) == []


def test_each_listener_hears_an_event_once_however_often_its_job_runs(db: None) -> None:
    event = happen()

    for _time in range(3):
        hear(event.id, name_of(write_down))
        hear(event.id, name_of(write_down_too))

    assert heard == ["1", "1 too"]
    assert Event.objects.filter(name="test.heard").count() == 1
    assert Delivery.objects.filter(event=event).count() == 2


def test_the_job_hands_the_event_to_its_listener(db: None) -> None:
    event = happen(7)

    task = app.tasks[DELIVER]
    task.func(event_id=str(event.id), listener=name_of(write_down))

    assert heard == ["7"]


def test_a_listener_that_fails_leaves_nothing_and_hears_it_again(db: None) -> None:
    event = happen()
    failures.append(ConnectionError())

    with pytest.raises(ConnectionError):
        hear(event.id, name_of(write_down))
    assert not Event.objects.filter(name="test.heard").exists()
    assert not Delivery.objects.exists()
    hear(event.id, name_of(write_down))

    assert heard == ["1"]
    assert Event.objects.filter(name="test.heard").count() == 1


def test_one_listeners_failure_is_not_the_others(db: None) -> None:
    event = happen()
    failures.append(ConnectionError())

    with pytest.raises(ConnectionError):
        hear(event.id, name_of(write_down))
    hear(event.id, name_of(write_down_too))

    assert heard == ["1 too"]


def test_an_event_waits_for_a_listener_that_is_not_there(db: None) -> None:
    event = happen()

    with pytest.raises(UnknownListener):
        hear(event.id, "branding.listeners.renamed_since")

    assert not Delivery.objects.exists()


def test_a_failed_job_is_tried_again_for_over_an_hour() -> None:
    strategy = app.tasks[DELIVER].retry_strategy

    assert isinstance(strategy, RetryStrategy)
    waits = [strategy.exponential_wait ** (attempt + 1) for attempt in range(12 - 1)]

    assert strategy.max_attempts == 12
    assert sum(waits) > 3600


def test_listening_twice_is_listening_once(db: None) -> None:
    listen(HAPPENED, write_down)

    assert waiting_for(happen()) == ["write_down", "write_down_too"]


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_with_the_same_job_one_is_heard() -> None:
    event = happen()

    at_once(lambda: hear(event.id, name_of(write_down)))

    assert heard == ["1"]
    assert Event.objects.filter(name="test.heard").count() == 1
    assert Delivery.objects.filter(event=event).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_event_is_invisible_until_its_change_is_committed() -> None:
    seen: list[int] = []

    def look(event_id: UUID) -> None:
        seen.append(Event.objects.filter(id=event_id).count())
        seen.append(len([job for job in jobs.waiting(DELIVER) if job["event_id"] == str(event_id)]))
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            event = happen()
            pool.submit(look, event.id).result()
        pool.submit(look, event.id).result()

    assert seen == [0, 0, 1, 2]


def at_once(act: Callable[[], None]) -> None:
    """Do it in two threads that begin together."""
    together = Barrier(2)

    def begin() -> None:
        together.wait(timeout=20)
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(begin), pool.submit(begin)]:
            done.result()
