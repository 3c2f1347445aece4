"""What stopped a mail, explained."""

from __future__ import annotations

from enum import StrEnum

from portico.service_email.smtp.replies import Reply
from portico.service_email.smtp.stages import Sentence, Stage, StageName


class FailureKind(StrEnum):
    """Whom it is about: nothing can be sent through the server now, or it is about this mail."""

    SERVER = "server"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"


class Failure(Exception):
    """Nothing was accepted, as far as we know. Safe to show and to log.

    `code` is stable. `permanent`: trying again is of no use until somebody changes something.
    `reply` is None where the server did not answer. `explained` is the failed stage with its
    meaning, cause, advice and, where one is known, correction.
    """

    def __init__(
        self,
        *,
        explained: Stage,
        kind: FailureKind,
        permanent: bool,
        reply: Reply | None = None,
    ) -> None:
        self.explained = explained
        self.stage: StageName = explained.name
        self.code = explained.code
        self.kind = kind
        self.permanent = permanent
        self.reply = reply
        super().__init__(f"{explained.name.value}: {explained.code}")

    @property
    def reconnect(self) -> bool:
        """The server has only hung up between two mails: open a new connection and send again,
        at once and without counting this as an attempt."""
        return self.code == "idle_closed"

    @property
    def uncertain(self) -> bool:
        """The whole message was sent, and the answer is missing: it may have been accepted.

        Where what came was no answer at all, it may have come before the message, too: that is
        said once too often rather than not at all.
        """
        if self.code in ("not_smtp", "reply_endless"):
            return self.stage is StageName.MESSAGE
        return self.code in ("answer_missing", "answer_late")

    def __str__(self) -> str:
        meaning = said(self.explained.meaning) if self.explained.meaning else self.explained.code
        return f"{meaning} ({self.reply})" if self.reply else meaning

    def __repr__(self) -> str:
        return f"Failure({self.stage.value}, {self.code}, {self.kind.value})"


def said(sentence: Sentence) -> str:
    """The sentence in English, for logs."""
    return sentence.text % sentence.facts
