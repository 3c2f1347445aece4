"""A connection that is kept for a batch, and opened again where a server ends it early."""

from __future__ import annotations

from portico.service_email.pipeline.carriers import Carrier
from portico.service_email.pipeline.writing import Letter
from portico.service_email.smtp.connection import Connection
from portico.service_email.smtp.failures import Failure
from portico.service_email.smtp.limits import Limits
from portico.service_email.smtp.replies import Reply
from portico.service_email.smtp.stages import StageName

CLOSING = 421  # "I am closing the channel", in answer to anything


class Courier:
    """Hands letters over, one after the other. Close it in the end."""

    def __init__(self, carrier: Carrier, limits: Limits) -> None:
        self._carrier = carrier
        self._limits = limits
        self._connection: Connection | None = None
        self._handed = 0  # letters over this connection
        self._source = ""

    @property
    def is_ready(self) -> bool:
        """Whether a connection is open, as far as is known."""
        return self._connection is not None

    @property
    def source(self) -> str:
        """The public address that the connection left from; empty where it is unknown."""
        return self._source

    def open(self) -> None:
        """Connect and sign in; raises `Failure`."""
        self.close()
        server, egress = self._carrier.server, self._carrier.egress
        opening = Connection(
            server, egress=egress, limits=self._limits, tokens=self._carrier.tokens
        )
        opening.open()
        self._connection, self._handed, self._source = opening, 0, opening.source

    def hand_over(self, letter: Letter) -> Reply:
        """Send a letter; raises `Failure`.

        A server that was handed others over this connection may have had enough of them, or of
        waiting; then it is asked once more on a new one.
        """
        try:
            return self._hand_over(letter)
        except Failure as failure:
            if not self._had_enough(failure):
                raise
        self.open()
        return self._hand_over(letter)

    def close(self) -> None:
        """Take leave, if there is anybody."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _hand_over(self, letter: Letter) -> Reply:
        connection = self._connection
        if connection is None:
            self.open()
            return self._hand_over(letter)
        try:
            return connection.send(
                recipient=letter.recipient, message=letter.message, smtputf8=letter.smtputf8
            )
        except Failure as failure:
            if not connection.is_open or _closes(failure):
                self.close()
            raise
        finally:
            self._handed += 1

    def _had_enough(self, failure: Failure) -> bool:
        """Whether the server ended the talk between two letters, not because of this one."""
        return failure.reconnect or (self._handed > 1 and _closes(failure) and _is_first(failure))


def _closes(failure: Failure) -> bool:
    return failure.reply is not None and failure.reply.code == CLOSING


def _is_first(failure: Failure) -> bool:
    """Whether it was the first thing that was said about the letter."""
    return failure.stage is StageName.SENDER
