"""A drain: sends one batch of one workspace's mail over one connection.

What is promised: a mail that was queued is handed over once at least. Before anything is said to
the server, the attempt is written down; right after its answer, the outcome. Who dies in between
leaves an attempt without an end, and the next drain sends that mail again, under the same
Message-ID, and says so.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError

from portico.kernel.clock import now
from portico.outbox.leaving import is_leaving
from portico.secrets.services import SecretUnusable
from portico.service_email.look.letterheads import Letterhead, letterhead_of
from portico.service_email.models import Mail
from portico.service_email.pipeline import batches, outages
from portico.service_email.pipeline.batches import Batch
from portico.service_email.pipeline.capturing import capture
from portico.service_email.pipeline.carriers import Carrier, carrier_of
from portico.service_email.pipeline.couriers import Courier
from portico.service_email.pipeline.endings import accepted, refused
from portico.service_email.pipeline.pausing import note_outage, note_recovery
from portico.service_email.pipeline.recording import Pending, claim, finish_unwritable, note
from portico.service_email.pipeline.writing import Letter, Unwritable, write
from portico.service_email.smtp.failures import Failure
from portico.service_email.smtp.limits import Limits
from portico.workspaces.models import Workspace

# A person looks on while a test runs, nobody while mail goes out. A server that looks through a
# message before it answers is slow and not broken, and asking it again would deliver it twice.
PATIENT = Limits(reply=30.0, whole=60.0)

Clock = Callable[[], datetime]
Dice = Callable[[], float]

LONGEST = timedelta(seconds=5)  # of a batch; a mail that was begun is finished

log = structlog.get_logger("portico.mail")


def drain(
    workspace_id: UUID,
    *,
    clock: Clock = now,
    dice: Dice = random.random,
    limits: Limits | None = None,
) -> None:
    """Send what is due of a workspace, one batch of it; if there is more, another drain waits
    when this returns. Safe to call at any time and as often as one likes.
    """
    workspace = Workspace.objects.filter(id=workspace_id).first()
    if workspace is None:
        return
    try:
        carrier = carrier_of(workspace)
    except SecretUnusable:
        note_outage(workspace, outages.password_unreadable(), at=clock(), dice=dice)
        return
    limited = carrier is not None
    batch = batches.begin(workspace, at=clock(), dice=dice, limited=limited)
    if batch is None:
        return
    if carrier is None:
        done = capture(workspace, batch, clock)
    else:
        done = _Round(workspace, batch, carrier, clock, dice, limits or PATIENT).go()
    left = len(batch.mails) - done
    batches.end(workspace, batch, left=left, limited=limited, at=clock())


def drain_safely(workspace_id: UUID) -> None:
    """Drain; a mistake in the program lets this queue rest and leaves the others alone."""
    try:
        drain(workspace_id)
    except (OperationalError, InterfaceError):
        raise  # there is no database to note it in
    except Exception:  # whatever it is, trying it again every few seconds would not mend it
        log.exception("drain broke off", workspace_id=str(workspace_id))
        workspace = Workspace.objects.filter(id=workspace_id).first()
        if workspace is not None:
            note_outage(workspace, outages.broken(), at=now())


class _Round:
    """One batch on its way. `go` says how many of its mails are done with, or were tried."""

    def __init__(
        self,
        workspace: Workspace,
        batch: Batch,
        carrier: Carrier,
        clock: Clock,
        dice: Dice,
        limits: Limits,
    ) -> None:
        self.workspace, self.batch, self.carrier = workspace, batch, carrier
        self.clock, self.dice = clock, dice
        self.courier = Courier(carrier, limits)
        self.pending: Pending | None = None  # an ending that is not yet written down
        self.failing = batch.was_failing
        self.took_some = False  # the server took a mail in this round
        self.blamed = False  # the last mail, for a failure that may have been the server's
        self.done = 0

    def go(self) -> int:
        """Send until the batch, the time or the server's patience is over."""
        if not self.batch.mails:
            return 0
        ends = self.clock() + LONGEST
        letters = self._letters(letterhead_of(self.workspace, at=self.clock()))
        try:
            waiting = next(letters, None)
            while waiting and self.clock() < ends and not is_leaving():
                mail, letter = waiting
                if not self._ready():
                    break
                attempt = self._claim(mail, letter)
                # Written while nothing hangs on it: between a server's answer and its being noted
                # nothing else may happen.
                waiting = next(letters, None)
                if attempt is None:
                    if not batches.has_place(self.workspace, self.batch.drain):
                        break
                elif not self._hand_over(mail, letter, attempt):
                    break
        finally:
            self._flush()
            self.courier.close()
        return self.done

    def _letters(self, letterhead: Letterhead) -> Iterator[tuple[Mail, Letter]]:
        sender = self.carrier.server.account
        for mail in self.batch.mails:
            letter = _written(mail, letterhead, sender=sender, at=self.clock())
            if letter is None:
                self.done += 1
            else:
                yield mail, letter

    def _ready(self) -> bool:
        if self.courier.is_ready:
            return True
        self._flush()  # connecting takes its time
        try:
            self.courier.open()
        except Failure as failure:
            self._note_outage(failure)
            return False
        return True

    def _claim(self, mail: Mail, letter: Letter) -> int | None:
        attempt = claim(
            mail,
            letter,
            drain=self.batch.drain,
            server=self.carrier.name,
            source=self.courier.source,
            at=self.clock(),
            after=self.pending,
        )
        self.pending = None
        return attempt

    def _hand_over(self, mail: Mail, letter: Letter, attempt: int) -> bool:
        """Whether to go on with the next one."""
        try:
            reply = self.courier.hand_over(letter)
        except Failure as failure:
            return self._refused(mail, attempt, failure)
        ending = accepted(mail, reply, at=self.clock())
        self.pending = Pending(attempt, ending, self.courier.source)
        self.done += 1
        self.took_some, self.blamed = True, False
        self._works()
        return True

    def _refused(self, mail: Mail, attempt: int, failure: Failure) -> bool:
        if outages.is_servers(failure) and not self._may_be_the_mails(failure):
            rests_until = self._note_outage(failure)
            if failure.uncertain:  # it may have been delivered: the log must say so
                self.pending = self._ending(mail, attempt, failure)
                self.done += 1
            else:
                batches.release(mail, attempt, due_at=rests_until)
            return False
        self.blamed = outages.is_servers(failure)
        self.pending = self._ending(mail, attempt, failure)
        self.done += 1
        if failure.reply is not None and not self.blamed:
            self._works()
        return True

    def _ending(self, mail: Mail, attempt: int, failure: Failure) -> Pending:
        ending = refused(mail, failure, at=self.clock(), dice=self.dice())
        return Pending(attempt, ending, self.courier.source)

    def _may_be_the_mails(self, failure: Failure) -> bool:
        """A server that has just taken others, and breaks off at this mail: perhaps it is the
        mail after all. If the next one fares no better, it is the server."""
        return self.took_some and not self.blamed and outages.is_in_the_talk(failure)

    def _note_outage(self, failure: Failure) -> datetime:
        self.failing = True
        outage = outages.outage_of(failure, self.carrier)
        return note_outage(self.workspace, outage, at=self.clock(), dice=self.dice)

    def _works(self) -> None:
        if self.failing:
            self._flush()
            note_recovery(self.workspace, server=self.carrier.name, at=self.clock())
            self.failing = False

    def _flush(self) -> None:
        pending, self.pending = self.pending, None
        if pending is not None:
            note(pending)


def _written(mail: Mail, letterhead: Letterhead, *, sender: str, at: datetime) -> Letter | None:
    """The letter; None: it cannot be written, which is noted."""
    try:
        return write(mail, letterhead, sender=sender, at=at)
    except Unwritable as error:
        finish_unwritable(mail, str(error), at=at)
        return None
