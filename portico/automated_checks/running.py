"""Doing the checks of versions, in the worker.

A run is claimed for a time, and each check that ends renews it. Who has it in hand is told by its
round and the number of its beginning: what an older one still finds is dropped, so nothing is ever
found twice. A worker that is killed leaves its run to the next job of its lane, which knows that
nobody else can be at it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Q

from portico.automated_checks.children import Ended, Work, done, works
from portico.automated_checks.isolated.protocol import LIMITS, Question
from portico.automated_checks.lanes import ensure_lanes
from portico.automated_checks.models import CheckRun, Finding, RunState
from portico.automated_checks.settling import settle
from portico.files.unavailable import FilesUnavailable
from portico.kernel.clock import now
from portico.kernel.errors import gettext_noop
from portico.kernel.sentences import Sentence
from portico.miniprograms.models import ProgramOnTarget, Version
from portico.miniprograms.uploading.queries import file_of_version
from portico.outbox.leaving import is_leaving

# For one check, with time to spare for a machine that is busy.
LEASE: Final = timedelta(seconds=LIMITS.wall_seconds + 60)
LONGEST: Final = timedelta(seconds=30)  # of a job; a run that was begun is finished
MOST_BEGINNINGS: Final = 3

NO_PACKAGE = gettext_noop(
    "The package could not be read from the storage. Run the checks again; if that does not help, "
    "whoever runs this installation has to look."
)
ENDED_EACH_TIME = gettext_noop(
    "The checks were begun %(times)s times, and ended from outside each time. Run them again; if "
    "that does not help, whoever runs this installation has to look."
)

Clock = Callable[[], datetime]
Do = Callable[[Work, Question, bytes], Ended]

log = structlog.get_logger("portico.automated_checks")


@dataclass(frozen=True)
class Hand:
    """A run in hand: only as long as its round and beginning are these."""

    run: CheckRun
    round: int
    attempt: int


def carry(lane: int, *, clock: Clock = now, do: Do = done) -> int:
    """Do what is due, one version after the other, and see to it that somebody goes on with the
    rest; how many runs were dealt with. Safe to call at any time, once at a time for each lane."""
    ends, dealt_with = clock() + LONGEST, 0
    while (hand := claim(lane, at=clock())) is not None:
        dealt_with += 1
        _go(hand, clock=clock, do=do)
        if clock() >= ends or is_leaving():
            break
    with transaction.atomic():
        ensure_lanes(at=clock())
    return dealt_with


def claim(lane: int, *, at: datetime) -> Hand | None:
    """Take the next run in hand; None: there is none. What an earlier beginning found is gone."""
    while True:
        with transaction.atomic():
            free = Q(due_at__lte=at) | Q(state=RunState.RUNNING, lane=lane)
            found = CheckRun.objects.select_for_update(of=("self",), skip_locked=True)
            due = found.filter(free, due_at__isnull=False).order_by("due_at", "id")
            run = due.select_related("version__program").first()
            if run is None:
                return None
            _forget(run)
            if run.attempts < MOST_BEGINNINGS:
                return _begun(run, lane, at=at)
            trouble = Sentence(ENDED_EACH_TIME, {"times": run.attempts})
            _end(run, RunState.FAILED, troubles=[kept("", trouble)], at=at)
            log.warning("checks given up", version=str(run.version_id), begun=run.attempts)


def kept(check: str, trouble: Sentence) -> dict[str, object]:
    """What went wrong with a check, as it is stored."""
    return {"check": check, "text": trouble.text, "facts": dict(trouble.facts)}


def question_about(version: Version) -> Question:
    """What the child is told about a version, beside its package. Server domains are those of any
    target: a version is not for one of them."""
    setups = ProgramOnTarget.objects.filter(program_id=version.program_id)
    domains = {one for found in setups.values_list("server_domains", flat=True) for one in found}
    manifest = version.manifest if isinstance(version.manifest, dict) else {}
    return Question(manifest, tuple(sorted(domains)), version.entry_url)


def _go(hand: Hand, *, clock: Clock, do: Do) -> None:
    version = hand.run.version
    try:
        package = _package_of(version)
    except (OSError, FilesUnavailable):
        log.exception("a package could not be read", version=str(version.id))
        _finish(hand, [kept("", Sentence(NO_PACKAGE))], failed=True, at=clock())
        return
    question = question_about(version)
    troubles: list[dict[str, object]] = []
    failed = False
    for work in works():
        if is_leaving():
            _let_go(hand, at=clock())
            return
        ended = do(work, question, package)
        if ended.trouble is not None:
            troubles.append(kept(work.name, ended.trouble))
            failed = failed or work.is_ours
        if not _note(hand, ended, troubles, at=clock()):
            return
    _finish(hand, troubles, failed=failed, at=clock())


def _package_of(version: Version) -> bytes:
    if not version.package:
        return b""
    with file_of_version(version) as file:
        return file.read()


def _begun(run: CheckRun, lane: int, *, at: datetime) -> Hand:
    run.state, run.lane, run.attempts = RunState.RUNNING, lane, run.attempts + 1
    run.started_at, run.due_at = at, at + LEASE
    run.save()
    return Hand(run, run.round, run.attempts)


def _note(hand: Hand, ended: Ended, troubles: Sequence[dict[str, object]], *, at: datetime) -> bool:
    """Note what a check found; whether the run is still in our hand."""
    with transaction.atomic():
        run = _held(hand)
        if run is None:
            return False
        Finding.objects.bulk_create(
            Finding(
                run=run,
                source=ended.name,
                rule=one.rule,
                severity=one.severity.value,
                file=one.file,
                line=one.line,
                message=one.message,
                advice=one.advice,
                facts=dict(one.facts),
            )
            for one in ended.findings
        )
        run.checks = [*run.checks, ended.name]
        run.troubles, run.due_at = list(troubles), at + LEASE
        run.save(update_fields=["checks", "troubles", "due_at"])
    return True


def _finish(
    hand: Hand, troubles: Sequence[dict[str, object]], *, failed: bool, at: datetime
) -> None:
    with transaction.atomic():
        run = _held(hand)
        if run is not None:
            state = RunState.FAILED if failed else RunState.DONE
            _end(run, state, troubles=troubles, at=at)


def _let_go(hand: Hand, *, at: datetime) -> None:
    """Leave it to another worker: this one was told to stop."""
    with transaction.atomic():
        run = _held(hand)
        if run is not None:
            run.state, run.due_at, run.lane = RunState.QUEUED, at, None
            run.attempts -= 1
            run.save()


def _held(hand: Hand) -> CheckRun | None:
    """The run, locked; None where it is no longer in this hand."""
    locked = CheckRun.objects.select_for_update(of=("self",)).select_related("version__program")
    return locked.filter(
        id=hand.run.id, round=hand.round, attempts=hand.attempt, state=RunState.RUNNING
    ).first()


def _forget(run: CheckRun) -> None:
    """Drop what an earlier beginning of this round has found so far."""
    Finding.objects.filter(run=run, review=None).delete()
    run.checks, run.troubles = [], []


def _end(
    run: CheckRun, state: RunState, *, troubles: Sequence[dict[str, object]], at: datetime
) -> None:
    run.state, run.troubles = state, list(troubles)
    run.due_at, run.lane, run.finished_at = None, None, at
    run.save()
    settle(run, at=at)
