"""Asking for records of one domain, within one time for all of them."""

from __future__ import annotations

import time

from portico.egress.configuration import Egress
from portico.egress.resolving import (
    LookupTimedOut,
    LookupTrouble,
    NameNotFound,
    RecordKind,
    records,
    resolve,
)
from portico.egress.rules import Address
from portico.kernel.errors import gettext_noop
from portico.service_email.smtp.stages import Sentence, Stage, StageName


class Lookups:
    """Each question is asked once; all of them together take no longer than `timeout` seconds."""

    def __init__(self, egress: Egress, *, timeout: float) -> None:
        self._egress = egress
        self._until = time.monotonic() + timeout
        self._known: dict[tuple[str, str], tuple[str, ...] | LookupTrouble] = {}

    def records(self, name: str, kind: RecordKind) -> tuple[str, ...]:
        """A name's records; none also where the name does not exist.

        Raises LookupTimedOut or LookupFailed.
        """
        question = (name.lower().rstrip("."), kind)
        if question not in self._known:
            self._known[question] = self._ask(*question)
        found = self._known[question]
        if isinstance(found, LookupTrouble):
            raise found
        return found

    def addresses(self, host: str) -> tuple[Address, ...]:
        """The addresses of a host as connections use them. Raises LookupTrouble or HostRefused."""
        return resolve(host, self._egress, timeout=self._left(host))

    def _ask(self, name: str, kind: RecordKind) -> tuple[str, ...] | LookupTrouble:
        try:
            return records(name, kind, self._egress, timeout=self._left(name))
        except NameNotFound:
            return ()
        except LookupTrouble as trouble:
            return trouble

    def _left(self, name: str) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise LookupTimedOut(host=name)
        return left


def unknown(stage: StageName, trouble: LookupTrouble) -> Stage:
    """It cannot be said, because the name servers did not."""
    return Stage(
        name=stage,
        ok=None,
        code=trouble.code,
        seen=_word(trouble),
        meaning=Sentence(trouble.sentence, {"host": str(trouble.facts["host"])}),
        advice=Sentence(
            gettext_noop("This says nothing about your mail server. Test again later.")
        ),
    )


def _word(trouble: LookupTrouble) -> tuple[Sentence, ...]:
    reason = str(trouble.facts.get("reason", ""))
    if not reason.isupper():
        return ()
    return (Sentence(gettext_noop("The name server said %(reason)s."), {"reason": reason}),)
