"""What a check does: it asks the DNS and the web server, and lets what was found have its
consequences. Nothing is locked while it waits for strangers' servers.

Progress is written as it happens, each step in a short transaction of its own, so that the page
shows it from any process.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import QuerySet

from portico.audit.services import Actor
from portico.domains import runs
from portico.domains.checking import (
    SILENT,
    Check,
    CheckName,
    Limits,
    Question,
    Report,
    Watch,
    check_as_json,
    examine,
)
from portico.domains.forwarding import all_explained, explained
from portico.domains.models import AlternativeDomain, CheckRun, RunState
from portico.domains.moving import Looked, settle
from portico.domains.rules import State, is_expired
from portico.domains.services import question_for
from portico.egress.services import egress
from portico.kernel.clock import now

log = structlog.get_logger("portico.domains")


class Progress:
    """Looks on and writes down what it sees; learns there, too, whether to stop."""

    def __init__(self, run: CheckRun, question: Question) -> None:
        self._run = run
        self._question = question
        self._under_way: list[str] = []
        self._checks: list[dict[str, object]] = []
        self.stopped = False

    def begun(self, name: CheckName) -> None:
        """A check begins."""
        self._under_way.append(name.value)
        self._write()

    def done(self, check: Check) -> None:
        """A check has ended."""
        self._under_way = [name for name in self._under_way if name != check.name.value]
        self._checks.append(dict(check_as_json(explained(check, self._question))))
        self._write()

    def canceled(self) -> bool:
        """Whether somebody canceled the run, or it was ended because it seemed lost."""
        goes_on = self._row().filter(cancel_requested_at=None).exists()
        self.stopped = self.stopped or not goes_on
        return self.stopped

    def _write(self) -> None:
        self._row().update(under_way=self._under_way, checks=self._checks)

    def _row(self) -> QuerySet[CheckRun]:
        return CheckRun.objects.filter(id=self._run.id, state=RunState.RUNNING)


def run_check(run_id: UUID) -> None:
    """Do a check that waits; whatever happens, it has an end then."""
    run = runs.begin(run_id, at=now())
    if run is not None:
        examine_run(run)


def examine_run(run: CheckRun, *, by: Actor | None = None) -> None:
    """Check what a run that has begun is about. `by`: whoever waits for its end, where that is
    known better than the run knows it."""
    try:
        _examine(run, by or runs.actor_of_run(run))
    except Exception:
        log.exception("a check of a domain broke off", run=str(run.id))
        runs.finish(run, RunState.FAILED, trouble=runs.BROKEN, at=now())


def recheck(domain_id: UUID) -> None:
    """Check a domain because it is due. Whoever is not there any more is passed over."""
    domain = AlternativeDomain.objects.filter(id=domain_id).select_related("workspace").first()
    if domain is None or domain.due_at is None:
        return
    begun = now()
    report = _report(question_for(domain), SILENT, at=begun)
    settle(domain, Looked(report, begun, domain.tls_elsewhere), counts=True, at=now())


def _examine(run: CheckRun, by: Actor) -> None:
    begun = now()
    domain = AlternativeDomain.objects.select_related("workspace").get(id=run.domain_id)
    _wait_anew(domain, at=begun)
    question = question_for(domain)
    watch = Progress(run, question)
    report = _report(question, watch, at=begun)
    if watch.stopped:
        runs.finish(run, RunState.CANCELED, at=now())
        return
    looked = Looked(report, begun, domain.tls_elsewhere)
    domain = settle(domain, looked, counts=False, at=now(), by=by)
    culprit = report.culprit.value if report.culprit else ""
    runs.finish(run, RunState.DONE, domain=domain, culprit=culprit, at=now())


def _wait_anew(domain: AlternativeDomain, *, at: datetime) -> None:
    """Whoever asks about a claim that one has given up is waiting for it again."""
    if is_expired(domain.standing, at=at):
        AlternativeDomain.objects.filter(id=domain.id, state=State.PENDING).update(asked_at=at)


def _report(question: Question, watch: Watch, *, at: datetime) -> Report:
    """What is found, as any visitor would: these calls are the platform's own, not the
    workspace's, and leave from wherever the platform's do."""
    limits: Limits | None = getattr(settings, "PORTICO_DOMAIN_LIMITS", None)
    found = examine(question, egress=egress(), watch=watch, limits=limits, at=at)
    return all_explained(found, question)
