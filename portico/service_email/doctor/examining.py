"""What a test does: the nine stages, the records of the sender's domain, and the log entry.

Progress is written as it happens, each step in a short transaction of its own, so that the page
shows it from any process.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import QuerySet

from portico.audit.services import Actor
from portico.egress.services import egress, egress_of
from portico.kernel.clock import now
from portico.secrets.services import SecretUnusable
from portico.service_email.doctor.letters import letter_of, reply_in
from portico.service_email.doctor.runs import BROKEN, begin, finish, server_of
from portico.service_email.models import Outcome, RunState, TestRun
from portico.service_email.pipeline.writing import Letter
from portico.service_email.records import check_sender_domain
from portico.service_email.rules.mail_addresses import domain_of
from portico.service_email.smtp.doctoring import examine
from portico.service_email.smtp.kept import KeptStage, kept_stage
from portico.service_email.smtp.limits import Limits
from portico.service_email.smtp.server import Server
from portico.service_email.smtp.stages import Stage, StageName
from portico.service_email.tokens import WorkspaceTokens

PASSWORD_GONE = "password_gone"  # noqa: S105 - a code
RECORDS_TAKE = 6.0  # seconds at the most
LEAST = 0.5

log = structlog.get_logger("portico.mail")


class Progress:
    """Looks on and writes down what it sees; learns there, too, whether to stop."""

    def __init__(self, run: TestRun) -> None:
        self._run = run
        self._stages: list[KeptStage] = []
        self.stopped = False

    def begun(self, stage: StageName) -> None:
        """A stage begins."""
        self._write(stage=stage.value)

    def done(self, stage: Stage) -> None:
        """A stage has ended."""
        self._stages.append(kept_stage(stage))
        self._write(stage="", stages=self._stages)

    def cancelled(self) -> bool:
        """Whether somebody canceled the run, or it was ended because it seemed lost."""
        goes_on = self._row().filter(cancel_requested_at=None).exists()
        self.stopped = self.stopped or not goes_on
        return self.stopped

    def _write(self, **fields: object) -> None:
        self._row().update(**fields)

    def _row(self) -> QuerySet[TestRun]:
        return TestRun.objects.filter(id=self._run.id, state=RunState.RUNNING)


@dataclass(frozen=True)
class Result:
    """How the nine stages went."""

    accepted: bool
    stages: tuple[Stage, ...]
    transcript: str

    @property
    def failed(self) -> Stage | None:
        """The stage that went wrong."""
        return next((stage for stage in self.stages if stage.ok is False), None)


def run_test(run_id: UUID) -> None:
    """Run a test that waits; whatever happens, it has an end then."""
    run = begin(run_id, at=now())
    if run is not None:
        examine_run(run)


def examine_run(run: TestRun, *, by: Actor | None = None) -> None:
    """Test what a run that has begun is about. `by`: whoever waits for its end, where that is
    known better than the run knows it."""
    try:
        server = server_of(run)
    except SecretUnusable:
        finish(run, RunState.FAILED, trouble=PASSWORD_GONE, at=now())
        return
    try:
        _examine(run, server, by)
    except Exception:
        log.exception("a test of a mail server broke off", run=str(run.id))
        finish(run, RunState.FAILED, trouble=BROKEN, at=now())


def _examine(run: TestRun, server: Server, by: Actor | None) -> None:
    limits: Limits = getattr(settings, "PORTICO_MAIL_LIMITS", None) or Limits()
    ends = time.monotonic() + limits.whole
    letter, watch = letter_of(run, server, at=now()), Progress(run)
    tokens = WorkspaceTokens(run.workspace, server, fresh=True)
    accepted, stages, transcript = examine(
        server,
        egress=egress_of(run.workspace),
        recipient=letter.recipient,
        message=letter.message,
        limits=limits,
        watch=watch,
        smtputf8=letter.smtputf8,
        tokens=tokens,
    )
    result = Result(accepted, stages, transcript)
    if not watch.stopped:
        _look_at_records(run, server, watch, timeout=ends - time.monotonic())
    state = RunState.ACCEPTED if result.accepted else RunState.FAILED
    if not result.accepted and watch.stopped:
        state = RunState.CANCELED
    _finish(run, state, (tokens.current(server), server), letter, result, by)


def _look_at_records(run: TestRun, server: Server, watch: Progress, *, timeout: float) -> None:
    if timeout < LEAST or watch.cancelled():
        return
    watch.begun(StageName.SPF)
    for stage in check_sender_domain(
        domain_of(server.account),
        egress=egress(),
        sending_host=server.host,
        dkim_selector=run.values["dkim_selector"],
        timeout=min(timeout, RECORDS_TAKE),
    ):
        watch.done(stage)


def _finish(
    run: TestRun,
    state: RunState,
    servers: tuple[Server, ...],
    letter: Letter,
    result: Result,
    by: Actor | None,
) -> None:
    finish(
        run,
        state,
        servers=servers,
        letter=letter,
        failed=result.failed,
        outcome=Outcome.ACCEPTED if result.accepted else _outcome(result.failed),
        transcript=result.transcript,
        by=by,
        at=now(),
    )


def _outcome(failed: Stage | None) -> Outcome:
    """What the log says of an attempt that failed: for good where the server said so itself."""
    return Outcome.PERMANENT if reply_in(failed).startswith("5") else Outcome.TEMPORARY
