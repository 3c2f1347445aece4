"""From a question to a report: all checks at the same time, within a time that holds."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from queue import Empty, SimpleQueue
from typing import Final

from portico.domains.checking.authorities import Authorities
from portico.domains.checking.caa import check_caa
from portico.domains.checking.culprits import culprit_of
from portico.domains.checking.https import check_https
from portico.domains.checking.leads import find_routes
from portico.domains.checking.lookups import Lookups, TimeOver, spawn
from portico.domains.checking.ownership import check_ownership
from portico.domains.checking.reports import (
    SILENT,
    Check,
    CheckName,
    Limits,
    Question,
    Report,
    Watch,
)
from portico.domains.checking.routing import check_routing
from portico.domains.checking.strays import check_addresses
from portico.egress.configuration import Egress
from portico.kernel.errors import gettext_noop
from portico.kernel.sentences import Sentence

logger = logging.getLogger(__name__)

LOOK_UP_EVERY: Final = 0.4  # seconds between two questions whether to stop
TOO_SLOW: Final = gettext_noop(
    "The name servers or the server behind the domain took too long; this was not found out."
)
STOPPED: Final = gettext_noop("The check was stopped before this was found out.")
BROKE: Final = gettext_noop("This check broke with an error of Portico's own.")
AGAIN: Final = gettext_noop("Check again in a few minutes.")
TELL: Final = gettext_noop("Tell the operator of this installation, who finds details in the log.")

# A check that begins, or one that has ended.
Event = CheckName | Check


def examine(
    question: Question,
    *,
    egress: Egress,
    watch: Watch = SILENT,
    limits: Limits | None = None,
    at: datetime | None = None,
) -> Report:
    """Look at everything that the question names.

    Takes `limits.whole` seconds at most, and ends within half a second once `watch` says so; what
    was not found out by then is None. Certificates are dated by `at`, now if it is not given.
    Never raises for what the domain does.
    """
    lookups = Lookups(egress, limits or Limits())
    events: SimpleQueue[Event] = SimpleQueue()
    run = _Run(question, lookups, events, at or datetime.now(UTC))
    spawn(run.all)
    done: dict[CheckName, Check] = {}
    reason = TOO_SLOW
    while len(done) < len(CheckName) and lookups.ends > time.monotonic():
        try:
            event = events.get(
                timeout=min(LOOK_UP_EVERY, max(0.0, lookups.ends - time.monotonic()))
            )
        except Empty:
            event = None
        if isinstance(event, Check):
            done[event.name] = event
            watch.done(event)
        elif event is not None:
            watch.begun(event)
        if watch.canceled():
            reason = STOPPED
            break
    lookups.stop()
    for name in CheckName:
        if name not in done:
            done[name] = _unknown(name, reason)
            watch.done(done[name])
    checks = tuple(done[name] for name in CheckName)
    return Report(checks, culprit_of(checks))


class _Run:
    """The checks, in threads. Nothing here waits longer than the lookups do."""

    def __init__(
        self, question: Question, lookups: Lookups, events: SimpleQueue[Event], at: datetime
    ) -> None:
        self._question = question
        self._lookups = lookups
        self._events = events
        self._at = at
        self._authorities = Authorities(lookups)

    def all(self) -> None:
        """Run them."""
        question, lookups, authorities = self._question, self._lookups, self._authorities
        ownership = spawn(
            partial(
                self._check,
                CheckName.OWNERSHIP,
                lambda: check_ownership(question, lookups, authorities),
            )
        )
        spawn(
            partial(self._check, CheckName.CAA, lambda: check_caa(question, lookups, authorities))
        )
        self._events.put(CheckName.ROUTING)
        began = time.monotonic()
        try:
            routes = find_routes(question, lookups, authorities)
        except TimeOver:
            return
        except Exception:
            logger.exception("A check of a domain broke")
            for name in (CheckName.ROUTING, CheckName.ADDRESSES, CheckName.HTTPS):
                self._events.put(_broken(name))
            return
        self._check(
            CheckName.ROUTING, lambda: check_routing(question, routes, lookups), began=began
        )
        self._check(CheckName.ADDRESSES, lambda: check_addresses(question, routes))
        try:
            owned = lookups.waited(ownership)
        except TimeOver:
            return
        proven = question.verified and owned is True
        self._check(
            CheckName.HTTPS,
            lambda: check_https(question, routes, lookups, proven=proven, at=self._at),
        )

    def _check(
        self, name: CheckName, work: Callable[[], Check], began: float | None = None
    ) -> bool | None:
        """Run one and tell of it; how it went."""
        if began is None:
            self._events.put(name)
            began = time.monotonic()
        try:
            check = work()
        except TimeOver:
            return None  # `examine` says so
        except Exception:
            logger.exception("A check of a domain broke")
            check = _broken(name)
        took = round((time.monotonic() - began) * 1000)
        self._events.put(replace(check, milliseconds=took))
        return check.ok


def _broken(name: CheckName) -> Check:
    return Check(name, None, meaning=Sentence(BROKE), advice=Sentence(TELL), code="broke")


def _unknown(name: CheckName, reason: str) -> Check:
    code = "stopped" if reason is STOPPED else "too_slow"
    return Check(name, None, meaning=Sentence(reason), advice=Sentence(AGAIN), code=code)
