"""Checks that somebody asked for, from the wish for one to its end. What happens between is in
`examining.py`.

A run that began is never begun again: where its worker died, it ends as interrupted.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app

from portico.audit.services import Actor, on_behalf_of, record
from portico.domains.models import GOING_ON, AlternativeDomain, CheckRun, RunState
from portico.domains.rules import State
from portico.domains.services import domain_of
from portico.kernel.errors import Conflict, NotFound, TooOften, gettext_noop
from portico.workspaces.models import Workspace

TASK, QUEUE = "domains.check", "domain-check"
MOST_RUNS = 10
WITHIN = timedelta(minutes=10)
LOST_AFTER = timedelta(seconds=60)  # twice what a run may take
GIVEN_UP_AFTER = timedelta(minutes=10)  # of waiting for a worker
LATE_AFTER = timedelta(seconds=10)
KEPT_FOR = timedelta(days=30)

INTERRUPTED, NEVER_BEGUN, BROKEN = "interrupted", "never_begun", "broken"


class NoDomain(Conflict):
    code = "no_domain"
    sentence = gettext_noop(
        "There is nothing to check yet: no alternative domain is saved. Fill one in first."
    )


class CheckGoesOn(Conflict):
    code = "check_goes_on"
    sentence = gettext_noop(
        "A check of this workspace's domain is under way. Wait for its end, half a minute at the "
        "most, or cancel it."
    )


class TooManyChecks(TooOften):
    code = "too_many_checks"
    sentence = gettext_noop(
        "The domain was checked %(most)s times within %(minutes)s minutes, which is as often as it "
        "may be. It is checked by itself, too; look again in a few minutes."
    )


def start(workspace: Workspace, *, by: Actor, at: datetime) -> CheckRun:
    """Have a worker check the workspace's domain now.

    Raises `NoDomain`, `CheckGoesOn` or `TooManyChecks`.
    """
    with transaction.atomic():
        run = _made(workspace, by=by, at=at)
        app.configure_task(TASK, queue=QUEUE, priority=100).defer(run_id=str(run.id))
    return run


def start_here(workspace: Workspace, *, by: Actor, at: datetime) -> CheckRun:
    """The same, for whoever examines it in this very process: it runs already."""
    with transaction.atomic():
        run = _made(workspace, by=by, at=at)
        run.state, run.started_at = RunState.RUNNING, at
        run.save(update_fields=["state", "started_at"])
    return run


def begin(run_id: UUID, *, at: datetime) -> CheckRun | None:
    """Begin a run that waits. None: there is nothing to begin.

    One that runs already lost its worker, because jobs are only tried again then.
    """
    with transaction.atomic():
        run = _locked(CheckRun.objects.filter(id=run_id))
        if run is None or not run.goes_on:
            return None
        if run.state == RunState.RUNNING:
            _end(run, RunState.FAILED, trouble=INTERRUPTED, at=at)
            return None
        run.state, run.started_at = RunState.RUNNING, at
        run.save(update_fields=["state", "started_at"])
    return run


def cancel(workspace: Workspace, run_id: UUID, *, at: datetime) -> CheckRun:
    """Stop a run within half a second, or at once if it has not begun. Raises `NotFound`."""
    with transaction.atomic():
        run = _locked(CheckRun.objects.filter(workspace=workspace, id=run_id))
        if run is None:
            raise NotFound
        if run.state == RunState.WAITING:
            _end(run, RunState.CANCELED, at=at)
        elif run.goes_on and run.cancel_requested_at is None:
            run.cancel_requested_at = at
            run.save(update_fields=["cancel_requested_at"])
    return run


def run_of(workspace: Workspace, run_id: UUID, *, at: datetime) -> CheckRun:
    """A run as it stands, ended if its worker was lost. Raises `NotFound`."""
    run = _of(workspace).filter(id=run_id).first()
    if run is None:
        raise NotFound
    if run.goes_on and _lost(at).filter(id=run.id).exists():
        end_lost(workspace, at=at)
        run = _of(workspace).get(id=run_id)
    return run


def run_under_way(workspace: Workspace, *, at: datetime) -> CheckRun | None:
    """The check that goes on now, if one does."""
    end_lost(workspace, at=at)
    return _of(workspace).filter(state__in=GOING_ON).first()


def finish(
    run: CheckRun,
    state: RunState,
    *,
    domain: AlternativeDomain | None = None,
    culprit: str = "",
    trouble: str = "",
    at: datetime,
) -> None:
    """End a run. One that was ended meanwhile, because its worker seemed lost, stays as it is."""
    with transaction.atomic():
        current = _locked(CheckRun.objects.filter(id=run.id))
        if current is None or not current.goes_on:
            return
        current.culprit = culprit
        current.after = State(domain.state) if domain is not None else ""
        _end(current, state, trouble=trouble, at=at)


def end_lost(workspace: Workspace | None = None, *, at: datetime) -> int:
    """End runs whose worker died and those that no worker ever took; how many there were."""
    found = _lost(at)
    if workspace is not None:
        found = found.filter(workspace=workspace)
    with transaction.atomic():
        lost = list(found.select_for_update(skip_locked=True, of=("self",)))
        for run in lost:
            begun = run.state == RunState.RUNNING
            _end(run, RunState.FAILED, trouble=INTERRUPTED if begun else NEVER_BEGUN, at=at)
    return len(lost)


def forget_old(*, at: datetime) -> int:
    """Delete runs that are over for a month."""
    return CheckRun.objects.filter(finished_at__lt=at - KEPT_FOR).delete()[0]


def actor_of_run(run: CheckRun) -> Actor:
    """Who asked for it."""
    return on_behalf_of(run.by)


def _made(workspace: Workspace, *, by: Actor, at: datetime) -> CheckRun:
    domain = domain_of(workspace)
    if domain is None:
        raise NoDomain
    end_lost(workspace, at=at)
    try:
        with transaction.atomic():
            run = CheckRun.objects.create(
                workspace=workspace, domain=domain, by_id=by.person_id, created_at=at
            )
    except IntegrityError:
        raise CheckGoesOn from None
    if _of(workspace).filter(created_at__gt=at - WITHIN).count() > MOST_RUNS:
        raise TooManyChecks(most=MOST_RUNS, minutes=int(WITHIN.total_seconds() // 60))
    record(
        "domain.checked",
        by=by,
        at=at,
        workspace_id=workspace.id,
        subject_kind="domain",
        subject_id=domain.id,
        subject_label=domain.name,
    )
    return run


def _end(run: CheckRun, state: RunState, *, trouble: str = "", at: datetime) -> None:
    run.state, run.under_way, run.trouble, run.finished_at = state, [], trouble, at
    run.save()


def _lost(at: datetime) -> QuerySet[CheckRun]:
    begun = Q(state=RunState.RUNNING, started_at__lt=at - LOST_AFTER)
    waits = Q(state=RunState.WAITING, created_at__lt=at - GIVEN_UP_AFTER)
    return CheckRun.objects.filter(begun | waits, state__in=GOING_ON)


def _locked(found: QuerySet[CheckRun]) -> CheckRun | None:
    return (
        found.select_related("domain", "domain__workspace", "by")
        .select_for_update(of=("self",), no_key=True)
        .first()
    )


def _of(workspace: Workspace) -> QuerySet[CheckRun]:
    runs = CheckRun.objects.filter(workspace=workspace)
    return runs.select_related("domain", "domain__workspace", "by")
