"""What went wrong, in words: what happened, the likely cause, what to do.

`TABLE` is data. Its first row that fits explains a trouble, so the particular stands before the
general; the last rows fit whatever is left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from portico.service_email.smtp.explanations.asides import ASIDES
from portico.service_email.smtp.explanations.finding import FINDING
from portico.service_email.smtp.explanations.handing_over import HANDING_OVER
from portico.service_email.smtp.explanations.messages import MESSAGES
from portico.service_email.smtp.explanations.protecting import PROTECTING
from portico.service_email.smtp.explanations.signing_in import SIGNING_IN
from portico.service_email.smtp.explanations.table import Explanation
from portico.service_email.smtp.failures import Failure, FailureKind
from portico.service_email.smtp.server import Server
from portico.service_email.smtp.stages import Correction, Sentence, Stage, StageName
from portico.service_email.smtp.troubles import Condition, Fact, Trouble

TABLE: tuple[Explanation, ...] = (
    *FINDING,
    *PROTECTING,
    *SIGNING_IN,
    *HANDING_OVER,
    *MESSAGES,
    *ASIDES,
)

_PLACE = re.compile(r"%\((\w+)\)")
_OF_THE_MAIL = (Condition.ADDRESS_UNUSABLE, Condition.SMTPUTF8_MISSING)
_ABOUT_THE_MAIL = {
    StageName.SENDER: FailureKind.SENDER,
    StageName.RECIPIENT: FailureKind.RECIPIENT,
    StageName.MESSAGE: FailureKind.MESSAGE,
}


def explain(trouble: Trouble, server: Server, *, stage: StageName) -> Failure:
    """The failure that this trouble in this stage comes to."""
    row = next(row for row in TABLE if row.explains(stage, trouble, server))
    reply = trouble.reply
    facts: dict[str, Fact] = {
        "host": server.host,
        "port": server.port,
        "account": server.account,
        "username": server.username,
        "reply": str(reply) if reply else "",
        **trouble.facts,
    }
    answered = reply is not None or trouble.condition in _OF_THE_MAIL
    about_the_mail = _ABOUT_THE_MAIL.get(stage) if answered else None
    return Failure(
        explained=Stage(
            name=stage,
            ok=False,
            code=row.code,
            meaning=_sentence(row.meaning, facts),
            cause=_sentence(row.cause, facts),
            advice=_sentence(row.advice, facts),
            correction=_correction(row, server),
        ),
        kind=row.kind or about_the_mail or FailureKind.SERVER,
        permanent=(reply is not None and reply.permanent)
        if row.permanent is None
        else row.permanent,
        reply=reply,
    )


def _correction(row: Explanation, server: Server) -> Correction | None:
    """What the row proposes, unless the server's values are just that already."""
    correction = row.correct(server) if row.correct else None
    present = {"port": server.port, "security": server.security.value}
    if correction is None or correction.values.items() <= present.items():
        return None
    return correction


def _sentence(text: str, facts: Mapping[str, Fact]) -> Sentence:
    return Sentence(text, {name: facts.get(name, "?") for name in _PLACE.findall(text)})


__all__ = ["TABLE", "Explanation", "explain"]
