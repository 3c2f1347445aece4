"""Much mail: workers that are killed in the middle of it, and a backlog of a million."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from conftest import Cast, make_cast
from portico.outbox.lines import FIND
from portico.service_email.look.content import template_named
from portico.service_email.models import Attempt, Mail, MailState, Outcome
from portico.service_email.pipeline import batches
from portico.service_email.pipeline.queueing import WITH_DUE_MAIL, lock_of
from portico.service_email.pipeline.tests.conftest import use_server
from portico.service_email.services import send
from portico.workspaces.models import Workspace
from tests.make import AT
from tests.peers.smtp import MailServer, mail_server
from tests.processes.program import Program, wait_until

MAILS, KILLS = 10_000, 5
FEW, MANY = 1_000, 1_000_000
TEMPLATE = "test"


@pytest.fixture
def empty_queue(transactional_db: None) -> Iterator[None]:
    """An empty queue before and after. Its tables are not Django's, so the flush leaves them."""
    empty = "TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE"
    with connection.cursor() as cursor:
        cursor.execute(empty)
        yield
        cursor.execute(empty)


class Workers:
    """A real worker on this test's database, as often as one is wanted."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.programs: list[Program] = []

    def start(self) -> Program:
        """One more."""
        parts = connection.settings_dict
        address = f"postgresql://{parts['USER']}@/{parts['NAME']}?host={parts['HOST']}"
        program = Program(
            [sys.executable, "-m", "portico.config.cli", "worker"],
            self.folder,
            self.folder / f"{len(self.programs)}.log",
            DATABASE_URL=address + (f"&port={parts['PORT']}" if parts["PORT"] else ""),
            PORTICO_DATA_DIR=str(settings.DATA_DIR),
            PORTICO_MAIL_PORTS=f"587,{self.port}",
            PORTICO_MAIL_RATE="1000000",
        )
        self.programs.append(program)
        return program

    def end(self) -> None:
        """Leave none behind."""
        for program in self.programs:
            program.end()


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server that takes everything."""
    with mail_server() as running:
        yield running


@pytest.fixture
def workers(server: MailServer, tmp_path: Path) -> Iterator[Workers]:
    """Workers that may talk to that server."""
    found = Workers(tmp_path, server.port)
    yield found
    found.end()


def queue_up(workspace: Workspace, mails: int) -> None:
    """So many mails of this workspace."""
    context = template_named(TEMPLATE).sample
    for number in range(mails):
        send(TEMPLATE, f"person{number}@example.com", context, workspace, language="en", at=AT)


def unfinished() -> int:
    """How many mails are still on their way."""
    return Mail.objects.filter(due_at__isnull=False).count()


@pytest.mark.soak
@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_queue")
def test_ten_thousand_mails_survive_workers_that_are_killed(
    server: MailServer, workers: Workers
) -> None:
    cast = make_cast()
    for workspace in (cast.acme, cast.zenith):
        use_server(workspace, server.port)
    queue_up(cast.acme, MAILS * 9 // 10)
    queue_up(cast.zenith, MAILS // 10)

    for kill in range(1, KILLS + 1):
        worker = workers.start()
        enough = kill * MAILS // (KILLS + 1)
        wait_until(lambda: len(server.accepted) >= enough, within=240, what=worker.said()[-2000:])  # noqa: B023 - waited for here
        worker.kill(worker.pid)
        worker.process.wait(timeout=15)
    last = workers.start()
    wait_until(lambda: unfinished() == 0, within=240, what=last.said()[-2000:])

    taken = Counter(mail.message_id for mail in server.accepted)
    ids = dict(Mail.objects.values_list("message_id", "id"))
    twice = {message_id for message_id, count in taken.items() if count > 1}
    unknown = set(
        Attempt.objects.filter(outcome=Outcome.UNKNOWN).values_list("mail__message_id", flat=True)
    )
    print(
        f"\n{MAILS} mails, {KILLS} kills: {len(taken)} delivered, {MAILS - len(taken)} lost,"
        f" {sum(taken.values()) - len(taken)} twice, {len(unknown)} outcomes unknown"
    )
    assert Counter(Mail.objects.values_list("state", flat=True)) == {MailState.SENT: MAILS}
    assert set(taken) == set(ids)
    assert twice <= unknown, "twice without a word in the log"
    assert max(taken.values()) <= 2
    # No more than what two workspaces had in hand when a worker died.
    assert len(unknown) <= 2 * KILLS


@pytest.mark.soak
@pytest.mark.django_db
def test_queueing_and_draining_cost_the_same_with_a_thousand_and_a_million_waiting(
    cast: Cast,
) -> None:
    costs = {}
    for backlog in (FEW, MANY):
        fill_up(cast, backlog)
        costs[backlog] = min(cost_of_queueing(cast) for _round in range(5))
    ratio = costs[MANY] / costs[FEW]
    print(
        f"\nsend(): {costs[FEW] * 1000:.2f} ms with {FEW:,} waiting, {costs[MANY] * 1000:.2f} ms"
        f" with {MANY:,}: ratio {ratio:.2f}"
    )

    plans = plans_of_a_drain(cast)

    for name, plan in plans.items():
        assert "Seq Scan" not in plan, f"{name}\n{plan}"
    assert "Sort" not in plans["a batch"]  # nothing is put in order that is in order
    assert "mail_that_waits" in plans["a batch"]
    assert "mail_that_waits" in plans["the sweep"]
    assert "waiting_jobs_by_lock" in plans["a drain that waits"]


def fill_up(cast: Cast, rows: int) -> None:
    """Fill the table up with waiting mails, of `acme` for the most part, and the queue with
    drains of others."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO service_email_mail (id, workspace_id, template, language, recipient,
                context, state, attempts, refusals, due_at, created_at, message_id, subject, html,
                text, reply)
            SELECT gen_random_uuid(), CASE WHEN n %% 100 = 0 THEN %(zenith)s ELSE %(acme)s END,
                'test', 'en', 'p' || n || '@example.com', '{}', 'queued', 0, 0,
                %(at)s::timestamptz + n * interval '1 millisecond', %(at)s, '', '', '', '', ''
            FROM generate_series((SELECT count(*) FROM service_email_mail) + 1, %(rows)s) AS n
            """,
            {"acme": cast.acme.id, "zenith": cast.zenith.id, "at": AT, "rows": rows},
        )
        cursor.execute(
            """
            INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
            SELECT 'mail', 'service_email.drain', 'mail:' || gen_random_uuid(), '{}'
            FROM generate_series(1, %s)
            """,
            [rows // 100],
        )
        cursor.execute("ANALYZE service_email_mail")
        cursor.execute("ANALYZE procrastinate_jobs")


def cost_of_queueing(cast: Cast) -> float:
    """Seconds for one `send()`, the mean of some."""
    began = time.perf_counter()
    queue_up(cast.acme, 100)
    return (time.perf_counter() - began) / 100


def plans_of_a_drain(cast: Cast) -> dict[str, str]:
    """How PostgreSQL goes about what drains, callers and the sweep ask."""
    due = Mail.objects.filter(workspace=cast.acme, due_at__lte=AT + timedelta(days=1))
    in_hand = Mail.objects.filter(workspace=cast.acme, state=MailState.SENDING)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {WITH_DUE_MAIL}", {"at": AT + timedelta(days=1)})
        sweep = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute(f"EXPLAIN {FIND}", {"lock": lock_of(cast.acme.id)})
        find = "\n".join(row[0] for row in cursor.fetchall())
    return {
        "a batch": due.order_by("due_at", "id")[: batches.MOST_MAILS].explain(),
        "what a dead worker left": in_hand.explain(),
        "the sweep": sweep,
        "a drain that waits": find,
    }
