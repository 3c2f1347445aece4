"""From what a call brought to what becomes of the delivery. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from portico.egress.calls import Answer, CallTrouble
from portico.kernel.errors import DomainError, gettext_noop
from portico.webhooks.models import DeliveryState, Outcome
from portico.webhooks.pipeline.claiming import Claimed
from portico.webhooks.pipeline.troubles import Trouble, trouble_of
from portico.webhooks.rules.patience import LONGEST_REST, seconds_asked, wait_after

# What helps whoever looks for a mistake at the receiver's.
KEPT_HEADERS: Final = frozenset(
    "content-length content-type date location retry-after server via x-request-id".split()
)
MOST_OF_HEADER: Final = 300
LONGEST_QUICK: Final = 2000  # milliseconds
BUSY: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})

REDIRECTED = gettext_noop(
    "The receiver answered %(status)s and names another address. Events are not sent on; if the "
    "receiver has moved, change the endpoint's address."
)
GONE = gettext_noop(
    "The receiver answered 410: it wants no more events. The endpoint was disabled."
)
BUSY_FOR = gettext_noop(
    "The receiver answered %(status)s and asked to be left alone for %(seconds)s seconds."
)
REFUSED = gettext_noop(
    "The receiver answered %(status)s. Only an answer from 200 to 299 says that it has the event."
)


@dataclass(frozen=True)
class Ending:
    """How an attempt ended, and what follows from it.

    `due_at` None: the delivery is done with. `rests`: seconds for which the receiver asked to be
    left alone; 0: it did not answer, and how long is for us to choose; None: no rest.
    """

    at: datetime
    outcome: Outcome
    state: DeliveryState
    due_at: datetime | None = None
    refusals: int = 0
    answer: Answer | None = None
    source: str = ""
    milliseconds: int = 0
    trouble: Trouble | None = None
    rests: float | None = None
    gone: bool = False

    @property
    def quick(self) -> bool:
        """Whether the call took no long time, whatever came of it."""
        return self.milliseconds <= LONGEST_QUICK

    @property
    def headers(self) -> list[list[str]]:
        """Those of the answer that are kept."""
        given = self.answer.headers if self.answer else ()
        return [
            [name.lower(), _printable(value)]
            for name, value in given
            if name.lower() in KEPT_HEADERS
        ]


def answered(claimed: Claimed, answer: Answer, *, at: datetime, dice: float) -> Ending:
    """The receiver has answered, whatever."""
    if 200 <= answer.status < 300:
        return Ending(
            at,
            Outcome.DELIVERED,
            DeliveryState.DELIVERED,
            refusals=claimed.refusals,
            answer=answer,
            source=answer.source,
            milliseconds=answer.milliseconds,
        )
    asked = seconds_asked(answer.header("retry-after"), at=at) if answer.status in BUSY else None
    gone = answer.status == HTTPStatus.GONE and not claimed.test
    state, due_at = _next(claimed, at=at, dice=dice, asked=asked, gone=gone)
    return Ending(
        at,
        Outcome.REFUSED,
        state,
        due_at=due_at,
        refusals=claimed.refusals + 1,
        answer=answer,
        source=answer.source,
        milliseconds=answer.milliseconds,
        trouble=_trouble(answer.status, asked, gone=gone),
        rests=min(asked, LONGEST_REST) if asked else None,
        gone=gone,
    )


def unanswered(claimed: Claimed, error: DomainError, *, at: datetime, dice: float) -> Ending:
    """There was no answer, or nothing could be sent."""
    state, due_at = _next(claimed, at=at, dice=dice)
    called = isinstance(error, CallTrouble)
    return Ending(
        at,
        Outcome.UNANSWERED,
        state,
        due_at=due_at,
        refusals=claimed.refusals + 1,
        source=error.source if isinstance(error, CallTrouble) else "",
        milliseconds=error.milliseconds if isinstance(error, CallTrouble) else 0,
        trouble=trouble_of(error),
        rests=0 if called else None,
    )


def _next(
    claimed: Claimed, *, at: datetime, dice: float, asked: float | None = None, gone: bool = False
) -> tuple[DeliveryState, datetime | None]:
    wait = wait_after(claimed.refusals + 1, dice=dice, asked=asked)
    if claimed.test or gone or wait is None:
        return DeliveryState.FAILED, None
    return DeliveryState.WAITING, at + timedelta(seconds=wait)


def _trouble(status: int, asked: float | None, *, gone: bool) -> Trouble:
    facts = {"status": str(status)}
    if gone:
        return Trouble("receiver_gone", GONE, facts)
    if 300 <= status < 400:
        return Trouble("receiver_redirected", REDIRECTED, facts)
    if asked is not None:
        return Trouble("receiver_busy", BUSY_FOR, facts | {"seconds": f"{asked:.0f}"})
    return Trouble("receiver_refused", REFUSED, facts)


def _printable(value: str) -> str:
    return "".join(one if one.isprintable() else "�" for one in value[:MOST_OF_HEADER])
