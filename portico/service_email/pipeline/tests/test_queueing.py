"""Drains in procrastinate's own queue: none too many, none too few, in turns."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.jobs import Job, Status

from conftest import Cast, make_cast
from portico.service_email.models import Mail, MailState
from portico.service_email.pipeline import batches
from portico.service_email.pipeline.queueing import (
    QUEUE,
    TASK,
    ensure_drain,
    lock_of,
    sweep,
)
from portico.service_email.pipeline.tests.conftest import (
    Clock,
    send_note,
    use_server,
    work_off,
)
from portico.workspaces.models import Workspace
from tests.jobs import waiting
from tests.make import AT
from tests.peers.smtp import MailServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_queue")]


@pytest.fixture
def empty_queue(transactional_db: None) -> object:
    """An empty queue before and after: its tables are not Django's, so the flush leaves them."""
    empty = "TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE"
    with connection.cursor() as cursor:
        cursor.execute(empty)
        yield
        cursor.execute(empty)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The fixed cast, committed."""
    return make_cast()


def fetch() -> Job | None:
    """What a worker would start now."""
    worker_id = async_to_sync(app.job_manager.register_worker)()
    return async_to_sync(app.job_manager.fetch_job)(queues=[QUEUE], worker_id=worker_id)


def finish(job: Job | None) -> None:
    """As a worker does it."""
    assert job is not None
    async_to_sync(app.job_manager.finish_job)(job, Status.SUCCEEDED, delete_job=True)


def in_a_thread(pool: ThreadPoolExecutor, work: object) -> object:
    """Run it on a connection of its own, which is closed after it."""

    def run() -> object:
        try:
            return work()  # type: ignore[operator]
        finally:
            connection.close()

    return pool.submit(run)


class Caller:
    """A transaction of somebody else that queues a mail, and stays open until told."""

    def __init__(self, pool: ThreadPoolExecutor, workspace: Workspace) -> None:
        self.written, self.may_commit = Event(), Event()

        def call() -> None:
            with transaction.atomic():
                send_note(workspace)
                self.written.set()
                assert self.may_commit.wait(20)

        self.call = in_a_thread(pool, call)
        assert self.written.wait(20)

    def commit(self) -> None:
        """Let it end."""
        self.may_commit.set()
        self.call.result(20)  # type: ignore[attr-defined]


def test_a_drain_that_somebody_counts_on_is_not_started_before_they_commit(cast: Cast) -> None:
    ensure_drain(cast.acme.id)
    ensure_drain(cast.acme.id)
    with ThreadPoolExecutor() as pool:
        caller = Caller(pool, cast.acme)

        finish(fetch())
        too_early = fetch()
        caller.commit()
        job = fetch()

    assert too_early is None
    assert job is not None
    assert waiting(TASK) == []
    assert Mail.objects.filter(workspace=cast.acme, due_at__lte=AT).count() == 1


def test_a_caller_who_counts_on_a_drain_wakes_the_workers_with_the_commit(cast: Cast) -> None:
    ensure_drain(cast.acme.id)
    ensure_drain(cast.acme.id)
    with connection.cursor() as cursor:
        cursor.execute(f'LISTEN "procrastinate_queue_v1#{QUEUE}"')
        raw = connection.connection
        heard = []
        with transaction.atomic():
            send_note(cast.acme)
            heard.append(list(raw.notifies(timeout=0)))
        cursor.execute("SELECT 1")
        heard.append(list(raw.notifies(timeout=0)))
        cursor.execute("UNLISTEN *")

    assert [len(notices) for notices in heard] == [0, 1]
    assert "job_inserted" in heard[1][0].payload


def test_one_who_comes_while_the_drain_is_being_started_gets_another(cast: Cast) -> None:
    ensure_drain(cast.acme.id)
    started = fetch()

    send_note(cast.acme)

    assert started is not None
    assert waiting(TASK) == [{"workspace_id": str(cast.acme.id)}]


def test_the_oldest_drain_can_be_started_however_callers_overlap(cast: Cast) -> None:
    with ThreadPoolExecutor() as pool:
        ensure_drain(cast.acme.id)
        first = Caller(pool, cast.acme)
        second = Caller(pool, cast.acme)
        first.commit()
        third = Caller(pool, cast.acme)
        job = fetch()
        second.commit()
        third.commit()

    assert job is not None


def test_callers_at_the_same_time_make_few_drains_for_many_mails(cast: Cast) -> None:
    with ThreadPoolExecutor(8) as pool:
        calls = [in_a_thread(pool, lambda: send_note(cast.acme)) for _number in range(64)]
        for call in calls:
            call.result(20)  # type: ignore[attr-defined]

    assert Mail.objects.filter(workspace=cast.acme).count() == 64
    assert 1 <= len(waiting(TASK)) <= 10


def test_no_mail_is_forgotten_however_callers_and_workers_meet(
    cast: Cast, server: MailServer
) -> None:
    use_server(cast.acme, server.port)
    use_server(cast.zenith, server.port)
    stop = Event()

    def work() -> None:
        while not stop.is_set():
            work_off()

    with ThreadPoolExecutor(8) as pool:
        workers = [in_a_thread(pool, work) for _number in range(2)]
        calls = [
            in_a_thread(pool, lambda workspace=workspace: send_note(workspace))
            for _number in range(40)
            for workspace in (cast.acme, cast.zenith)
        ]
        for call in calls:
            call.result(60)  # type: ignore[attr-defined]
        stop.set()
        for worker in workers:
            worker.result(60)  # type: ignore[attr-defined]
    work_off()

    assert Counter(Mail.objects.values_list("state", flat=True)) == {MailState.SENT: 80}
    assert len(server.accepted) == 80
    assert waiting(TASK) == []


def test_one_workspaces_single_mail_is_sent_before_anothers_second_batch(
    cast: Cast, server: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MOST_MAILS", 5)
    use_server(cast.acme, server.port)
    use_server(cast.zenith, server.port)
    for number in range(12):
        send_note(cast.acme, f"p{number}@example.com")
    send_note(cast.zenith, "invited@example.com")

    done = work_off(clock=clock)

    assert done.index(cast.zenith.id) <= 2  # after two drains of acme's, each of one batch
    assert server.recipients().index("invited@example.com") <= 10
    assert len(server.accepted) == 13


def test_only_one_drain_of_a_workspace_runs_and_others_pass_it(cast: Cast) -> None:
    ensure_drain(cast.acme.id)
    first = fetch()
    ensure_drain(cast.acme.id)
    ensure_drain(cast.zenith.id)

    second, third = fetch(), fetch()

    assert first is not None
    assert second is not None
    assert second.lock == lock_of(cast.zenith.id)
    assert third is None


def test_a_scheduled_job_with_that_lock_would_block_all_drains_so_there_is_none(
    cast: Cast,
) -> None:
    """Why nothing here is scheduled: this is what procrastinate does with it."""
    later = app.configure_task(
        TASK,
        queue=QUEUE,
        lock=lock_of(cast.acme.id),
        schedule_at=AT + timedelta(days=36500),
    )
    later.defer(workspace_id=str(cast.acme.id))
    app.configure_task(TASK, queue=QUEUE, lock=lock_of(cast.acme.id)).defer(
        workspace_id=str(cast.acme.id)
    )

    assert fetch() is None


def test_the_sweep_starts_a_drain_where_one_is_missing_and_only_there(cast: Cast) -> None:
    for workspace in (cast.acme, cast.zenith):
        Mail.objects.create(
            workspace=workspace, template="tests.note", language="en", recipient="a@b.c", due_at=AT
        )
    ensure_drain(cast.zenith.id)

    assert sweep(at=AT) == 1
    assert sweep(at=AT) == 0
    assert len(waiting(TASK)) == 2


def test_the_sweep_leaves_alone_what_is_not_due_or_is_being_drained(cast: Cast) -> None:
    send_note(cast.acme)
    assert fetch() is not None  # at work
    Mail.objects.create(
        workspace=cast.zenith,
        template="tests.note",
        language="en",
        recipient="a@b.c",
        due_at=AT + timedelta(minutes=1),
    )

    assert sweep(at=AT) == 0
    assert sweep(at=AT + timedelta(minutes=1)) == 1
