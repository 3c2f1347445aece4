"""Tests of a mail server from the wish for one to its end. What happens between is in
`examining.py`.

A run that began is never begun again, so that no retried job sends the test mail twice: where its
worker died, it ends as interrupted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app

from portico.audit.services import Actor, Change, on_behalf_of, record
from portico.kernel.errors import DomainError, NotFound
from portico.kernel.ids import new_id
from portico.secrets.services import forget, keep, reveal
from portico.service_email.doctor.letters import note_in_log
from portico.service_email.doctor.rules import (
    GIVEN_UP_AFTER,
    KEPT_FOR,
    LOST_AFTER,
    MOST_RUNS,
    WITHIN,
    TestGoesOn,
    TooManyTests,
    check_recipient,
)
from portico.service_email.models import Outcome, RunState, TestRun
from portico.service_email.models.test_runs import GOING_ON
from portico.service_email.pipeline.writing import Letter
from portico.service_email.servers import note_accepted, server_in_use
from portico.service_email.smtp.kept import kept_secrets, kept_server, server_kept, storable
from portico.service_email.smtp.server import Server
from portico.service_email.smtp.stages import Stage
from portico.workspaces.models import Workspace

TASK, QUEUE = "service_email.test", "mail-test"
KIND = "service-email.test"  # of the secret

INTERRUPTED, NEVER_BEGUN, BROKEN = "interrupted", "never_begun", "broken"


@dataclass(frozen=True)
class Wish:
    """What is to be tested: a server, and the values that a mail shows (`letters.looks_of`)."""

    server: Server
    looks: Mapping[str, str | None]
    dkim_selector: str
    saved: bool


def start(
    workspace: Workspace, wish: Wish, *, to: str, language: str, by: Actor, at: datetime
) -> TestRun:
    """Have a worker test this server with a mail to that address.

    Raises `InvalidFields`, `TestGoesOn` or `TooManyTests`.
    """
    with transaction.atomic():
        run = _made(workspace, wish, to=to, language=language, by=by, at=at)
        app.configure_task(TASK, queue=QUEUE, priority=100).defer(run_id=str(run.id))
    return run


def start_here(
    workspace: Workspace, wish: Wish, *, to: str, language: str, by: Actor, at: datetime
) -> TestRun:
    """The same, for whoever examines it in this very process: it runs already."""
    with transaction.atomic():
        run = _made(workspace, wish, to=to, language=language, by=by, at=at)
        run.state, run.started_at = RunState.RUNNING, at
        run.save(update_fields=["state", "started_at"])
    return run


def begin(run_id: UUID, *, at: datetime) -> TestRun | None:
    """Begin a run that waits. None: there is nothing to begin.

    One that runs already lost its worker, because jobs are only tried again then.
    """
    with transaction.atomic():
        run = _locked(TestRun.objects.filter(id=run_id))
        if run is None or not run.goes_on:
            return None
        if run.state == RunState.RUNNING:
            _lose(run, INTERRUPTED, at=at)
            return None
        run.state, run.started_at = RunState.RUNNING, at
        run.save(update_fields=["state", "started_at"])
    return run


def cancel(workspace: Workspace, run_id: UUID, *, at: datetime) -> TestRun:
    """Stop a run within half a second, or at once if it has not begun. Raises `NotFound`."""
    with transaction.atomic():
        run = _locked(TestRun.objects.filter(workspace=workspace, id=run_id))
        if run is None:
            raise NotFound
        if run.state == RunState.WAITING:
            _end(run, RunState.CANCELED, at=at)
        elif run.goes_on and run.cancel_requested_at is None:
            run.cancel_requested_at = at
            run.save(update_fields=["cancel_requested_at"])
    return run


def run_of(workspace: Workspace, run_id: UUID, *, at: datetime) -> TestRun:
    """A run as it stands, ended if its worker was lost. Raises `NotFound`."""
    run = _of(workspace).filter(id=run_id).select_related("by").first()
    if run is None:
        raise NotFound
    if run.goes_on and _lost(at).filter(id=run.id).exists():
        end_lost(workspace, at=at)
        run.refresh_from_db()
    run.workspace = workspace
    return run


def latest_runs(workspace: Workspace, *, most: int) -> list[TestRun]:
    """The newest runs."""
    return list(_of(workspace).select_related("by").order_by("-created_at")[:most])


def server_of(run: TestRun) -> Server:
    """The server that a run tests, its secrets included. Raises `SecretUnusable`."""
    kept = "{}"
    if run.secret is not None:
        kept = reveal(run.secret, workspace=run.workspace, binding=_binding(run))
    return server_kept(run.server, json.loads(kept))


def finish(
    run: TestRun,
    state: RunState,
    *,
    servers: tuple[Server, ...] = (),
    letter: Letter | None = None,
    failed: Stage | None = None,
    outcome: Outcome = Outcome.TEMPORARY,
    transcript: str = "",
    trouble: str = "",
    by: Actor | None = None,
    at: datetime,
) -> None:
    """End a run. One that was ended meanwhile, because its worker seemed lost, stays as it is.

    `servers`: the one that was tested, and the same as it was given, before a provider renewed its
    refresh token.
    """
    with transaction.atomic():
        current = _locked(TestRun.objects.filter(id=run.id))
        if current is None or not current.goes_on:
            return
        current.workspace = run.workspace
        current.transcript, current.trouble = storable(transcript), trouble
        if state == RunState.ACCEPTED and servers:
            current.in_use = _taken_into_use(current, servers, by=by, at=at)
        _end(current, state, at=at)
        if letter is not None:
            note_in_log(current, letter, outcome, failed, at=at)


def end_lost(workspace: Workspace | None = None, *, at: datetime) -> int:
    """End runs whose worker died and those that no worker ever took; how many there were."""
    found = _lost(at)
    if workspace is not None:
        found = found.filter(workspace=workspace)
    with transaction.atomic():
        lost = list(found.select_for_update(skip_locked=True, of=("self",)))
        for run in lost:
            _lose(run, INTERRUPTED if run.state == RunState.RUNNING else NEVER_BEGUN, at=at)
    return len(lost)


def forget_old(*, at: datetime) -> int:
    """Delete runs that are over for a month."""
    return TestRun.objects.filter(finished_at__lt=at - KEPT_FOR).delete()[0]


def _made(
    workspace: Workspace, wish: Wish, *, to: str, language: str, by: Actor, at: datetime
) -> TestRun:
    to = check_recipient(to)
    end_lost(workspace, at=at)
    server = wish.server
    run = TestRun(
        id=new_id(),
        workspace=workspace,
        by_id=by.person_id,
        to=to,
        language=language,
        saved=wish.saved,
        server=kept_server(server),
        values={**wish.looks, "dkim_selector": wish.dkim_selector},
        created_at=at,
    )
    if server.secrets:
        kept = json.dumps(kept_secrets(server))
        run.secret = keep(workspace, kept, binding=_binding(run), at=at, kind=KIND).id
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        raise TestGoesOn from None
    if _of(workspace).filter(created_at__gt=at - WITHIN).count() > MOST_RUNS:
        raise TooManyTests(most=MOST_RUNS, minutes=int(WITHIN.total_seconds() // 60))
    _record(run, by=by, at=at)
    return run


def _record(run: TestRun, *, by: Actor, at: datetime) -> None:
    where = f"{run.server['account']}, {run.server['host']}:{run.server['port']}"
    record(
        "service_email.tested",
        by=by,
        at=at,
        workspace_id=run.workspace_id,
        subject_kind="section",
        subject_id="service-email",
        subject_label="Service Email Preference",
        changes=[
            Change(field="server", before="", after=f"{where} ({run.server['security']})"),
            Change(field="to", before="", after=run.to),
        ],
    )


def _taken_into_use(
    run: TestRun, servers: tuple[Server, ...], *, by: Actor | None, at: datetime
) -> bool:
    """Tell of the proof; whether mail goes through this server now.

    What cannot be taken over (a key of the ring is gone) undoes no accepted test.
    """
    try:
        with transaction.atomic():
            note_accepted(run.workspace, *servers, by=by or _actor_of(run), at=at)
            return server_in_use(run.workspace) in servers
    except DomainError:
        return False


def _actor_of(run: TestRun) -> Actor:
    return on_behalf_of(run.by)


def _lose(run: TestRun, trouble: str, *, at: datetime) -> None:
    run.trouble = trouble
    begun = run.state == RunState.RUNNING
    _end(run, RunState.FAILED, at=at)
    if begun:
        note_in_log(run, None, Outcome.UNKNOWN, None, at=at)


def _end(run: TestRun, state: RunState, *, at: datetime) -> None:
    run.state, run.stage, run.finished_at = state, "", at
    run.save()
    if run.secret is not None:
        forget(run.workspace, [run.secret], at=at)


def _lost(at: datetime) -> QuerySet[TestRun]:
    begun = Q(state=RunState.RUNNING, started_at__lt=at - LOST_AFTER)
    waits = Q(state=RunState.WAITING, created_at__lt=at - GIVEN_UP_AFTER)
    return TestRun.objects.filter(begun | waits, state__in=GOING_ON).select_related("workspace")


def _locked(found: QuerySet[TestRun]) -> TestRun | None:
    return (
        found.select_related("workspace", "by").select_for_update(of=("self",), no_key=True).first()
    )


def _of(workspace: Workspace) -> QuerySet[TestRun]:
    return TestRun.objects.filter(workspace=workspace)


def _binding(run: TestRun) -> dict[str, str | int]:
    """What the secrets are kept for: this run, and the server that it was given for."""
    return {"run": str(run.id), **run.server}
