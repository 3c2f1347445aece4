"""A test mail, stage by stage."""

from __future__ import annotations

import time

from portico.egress.configuration import Egress
from portico.service_email.smtp.connection import STAGES, Connection
from portico.service_email.smtp.failures import Failure
from portico.service_email.smtp.limits import SILENT, Limits, Watch
from portico.service_email.smtp.server import Server
from portico.service_email.smtp.stages import Stage, StageName
from portico.service_email.smtp.tokens import FRESH, Tokens


class _Record:
    """Keeps the stages, and passes everything on."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.stages: dict[StageName, Stage] = {}

    def begun(self, stage: StageName) -> None:
        self._watch.begun(stage)

    def done(self, stage: Stage) -> None:
        self.stages[stage.name] = stage
        self._watch.done(stage)

    def cancelled(self) -> bool:
        return self._watch.cancelled()


def examine(
    server: Server,
    *,
    egress: Egress,
    recipient: str,
    message: bytes,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    watch: Watch = SILENT,
    smtputf8: bool = False,
    local_hostname: str = "",
    tokens: Tokens = FRESH,
) -> tuple[bool, tuple[Stage, ...], str]:
    """Send this message the way real mail goes.

    Returns whether it was accepted, all nine stages in the order of the server's mode (`ok` None:
    did not apply, or was not reached), and the masked transcript. `limits.whole` is for all of it.
    """
    record = _Record(watch)
    connection = Connection(
        server,
        egress=egress,
        limits=limits,
        watch=record,
        local_hostname=local_hostname,
        until=time.monotonic() + limits.whole,
        tokens=tokens,
    )
    accepted = False
    try:
        connection.open()
        connection.send(recipient=recipient, message=message, smtputf8=smtputf8)
        accepted = True
    except Failure:
        pass  # the record has it
    finally:
        connection.close()
    stages = tuple(
        record.stages.get(name, Stage(name, ok=None)) for name in STAGES[server.security]
    )
    return accepted, stages, str(connection.transcript)
