"""Sending a mail through a server of the matrix, and looking at all that comes of it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field

from portico.egress.configuration import Egress
from portico.service_email.smtp.connection import STAGES, Connection
from portico.service_email.smtp.failures import Failure, said
from portico.service_email.smtp.replies import Reply
from portico.service_email.smtp.server import Server
from portico.service_email.smtp.stages import Stage, StageName
from tests.hostile.smtp.authority import Authority
from tests.hostile.smtp.cases import Case
from tests.peers.dns import DnsServer

GUARD = 45  # seconds; far beyond every limit, so that a test fails instead of hanging


@dataclass
class Watching:
    """Notes the stages. `cancel_in`: stop as soon as this stage has begun."""

    begun_stages: list[StageName] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    cancel_in: StageName | None = None

    def begun(self, stage: StageName) -> None:
        self.begun_stages.append(stage)

    def done(self, stage: Stage) -> None:
        self.stages.append(stage)

    def cancelled(self) -> bool:
        self.asked.append(time.monotonic())
        return self.cancel_in in self.begun_stages


@dataclass
class Outcome:
    """What came of a mail."""

    watch: Watching
    transcript: str = ""
    reply: Reply | None = None
    failure: Failure | None = None
    leftover: BaseException | None = None

    def everything(self) -> str:
        """All that could be shown to anybody, in one text."""
        failure = self.failure
        shown = [self.transcript, repr(self.watch.stages), repr(self.reply), str(self.reply)]
        shown += [words(stage) for stage in self.watch.stages]
        if failure is not None:
            shown += [str(failure), repr(failure), repr(failure.explained), repr(failure.__dict__)]
            shown += traceback.format_exception(failure)
            shown += [repr(failure.__context__), repr(getattr(failure.__context__, "facts", ""))]
        return "\n".join(shown)


def words(stage: Stage) -> str:
    """What a stage says, in English."""
    told = [*stage.seen, stage.meaning, stage.cause, stage.advice]
    told.append(stage.correction.why if stage.correction else None)
    return " ".join(said(sentence) for sentence in told if sentence is not None)


@contextlib.contextmanager
def deaf_port() -> Iterator[int]:
    """A port that is taken, and where nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def connection_to(
    case: Case, port: int, authority: Authority, names: DnsServer, watch: Watching
) -> Connection:
    """A connection as the case has it."""
    ports = frozenset({port}) if case.open_port else frozenset({25, 587})
    egress = names.egress(
        Egress(
            allowed=case.allowed,
            mail_ports=ports,
            ca_file=authority.ca_file,
            sources=case.sources,
        )
    )
    server = Server(
        host=case.host,
        port=port,
        security=case.security,
        account=case.sender,
        username=case.username,
        password=case.password if case.username else "",
    )
    return Connection(server, egress=egress, limits=case.limits, watch=watch)


def outcome_of(connection: Connection, case: Case, watch: Watching) -> Outcome:
    """Send the case's mail; the test fails if that has no end."""
    outcome = Outcome(watch)

    def run() -> None:
        try:
            connection.open()
            outcome.reply = connection.send(
                recipient=case.recipient, message=case.message, smtputf8=case.smtputf8
            )
        except Failure as failure:
            outcome.failure = failure
        except BaseException as error:  # noqa: BLE001 - shown by the test
            outcome.leftover = error
        finally:
            connection.close()
            outcome.transcript = str(connection.transcript)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(GUARD)
    assert not thread.is_alive(), "no limit ended it"
    if outcome.leftover is not None:
        raise outcome.leftover
    return outcome


def order_of(case: Case) -> tuple[StageName, ...]:
    """The stages in the order in which they happen."""
    return STAGES[case.security]
