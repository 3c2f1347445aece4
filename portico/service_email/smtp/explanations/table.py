"""The shape of an explanation."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from portico.service_email.smtp.failures import FailureKind
from portico.service_email.smtp.server import Server
from portico.service_email.smtp.stages import Correction, StageName
from portico.service_email.smtp.troubles import Condition, Trouble


@dataclass(frozen=True)
class Explanation:
    """One row: which trouble it explains, and how.

    The trouble matches if its condition and its stage are among those named (none named: any
    stage), and the patterns match the reply's code (whole), its enhanced status code (whole) and
    its text (anywhere, in any case). `when` looks at the server's values.

    `permanent` None: as the reply says, and temporary where there is none. `kind` None: as the
    stage says, if the server answered; otherwise it is about the server.
    """

    code: str
    meaning: str
    cause: str
    advice: str
    conditions: tuple[Condition, ...] = (Condition.REPLY,)
    stages: tuple[StageName, ...] = ()
    reply: str = ""
    enhanced: str = ""
    text: str = ""
    when: Callable[[Server], bool] | None = None
    kind: FailureKind | None = None
    permanent: bool | None = None
    correct: Callable[[Server], Correction | None] | None = None

    def explains(self, stage: StageName, trouble: Trouble, server: Server) -> bool:
        """Whether this row is about this trouble."""
        if trouble.condition not in self.conditions or (self.stages and stage not in self.stages):
            return False
        return (self.when is None or self.when(server)) and self._fits_reply(trouble)

    def _fits_reply(self, trouble: Trouble) -> bool:
        reply = trouble.reply
        if reply is None:
            return not (self.reply or self.enhanced or self.text)
        return (
            _whole(self.reply, str(reply.code))
            and _whole(self.enhanced, reply.enhanced)
            and (not self.text or re.search(self.text, reply.text, re.IGNORECASE) is not None)
        )


def _whole(pattern: str, text: str) -> bool:
    return not pattern or re.fullmatch(pattern, text) is not None
