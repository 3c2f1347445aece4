"""What the path to a server promises beside telling servers apart: pinned, in time, stoppable."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from portico.egress.configuration import LOOPBACK, Egress
from portico.service_email.smtp.connection import STAGES
from portico.service_email.smtp.doctoring import examine
from portico.service_email.smtp.failures import Failure
from portico.service_email.smtp.limits import LOOK_UP_EVERY, Limits
from portico.service_email.smtp.server import Security, Server
from portico.service_email.smtp.stages import StageName
from tests.hostile.smtp.authority import HOST, Authority
from tests.hostile.smtp.cases import ACCOUNT, MESSAGE, PASSWORD, RECIPIENT, Case
from tests.hostile.smtp.running import Watching, connection_to, outcome_of
from tests.hostile.smtp.talks import Manners, Talk, running
from tests.peers.dns import DnsServer, Successive, dns_server

NEVER = 3600.0  # a limit that does not count
PLAIN = Manners()


@contextlib.contextmanager
def full_port(address: str) -> Iterator[int]:
    """A port whose queue is full: further calls to it are not answered."""
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind((address, 0))
        listening.listen(0)
        for _caller in range(4):
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex((address, listening.getsockname()[1]))
        yield listening.getsockname()[1]


def test_a_name_that_changes_between_checks_leads_to_what_was_checked(
    authority: Authority,
) -> None:
    manners = Manners(tls=Security.STARTTLS)
    case = Case("changes", manners)
    answers = Successive(["127.0.0.1"], ["127.0.0.77"], ["10.0.0.1"])

    with dns_server({HOST: {"A": answers}}) as names, running(manners, authority) as server:
        watch = Watching()
        with socket.create_server(("127.0.0.77", server.port)) as other:
            connection = connection_to(case, server.port, authority, names, watch)
            outcome = outcome_of(connection, case, watch)
            other.setblocking(False)
            with pytest.raises(BlockingIOError):  # nobody has called there
                other.accept()

    assert outcome.failure is None
    assert server.talks == 1
    assert names.count(HOST, "A") == 1


def test_a_new_connection_checks_anew(authority: Authority) -> None:
    case = Case("changes", PLAIN)
    answers = Successive(["127.0.0.1"], ["10.0.0.1"])

    with dns_server({HOST: {"A": answers}}) as names, running(PLAIN, authority) as server:
        connection = connection_to(case, server.port, authority, names, Watching())
        connection.open()
        connection.close()
        with pytest.raises(Failure) as second:
            connection.open()

    assert second.value.code == "address_refused"
    assert server.talks == 1


def test_a_server_that_does_not_answer_the_call_is_given_up_in_time(
    authority: Authority, names: DnsServer
) -> None:
    limits = Limits(connect=0.5, reply=NEVER, whole=NEVER)
    case = Case("deaf", None, mode=Security.STARTTLS, limits=limits)
    watch = Watching()

    with full_port("127.0.0.1") as port:
        connection = connection_to(case, port, authority, names, watch)
        failure = outcome_of(connection, case, watch).failure

    assert failure is not None
    assert (failure.stage, failure.code) == (StageName.CONNECT, "connect_timed_out")
    assert failure.explained.correction is not None
    assert failure.explained.correction.values == {"port": 587, "security": "starttls"}
    assert not failure.permanent


def test_an_address_that_does_not_answer_leaves_time_for_the_next(authority: Authority) -> None:
    case = Case("second", PLAIN, limits=Limits(connect=1, reply=NEVER, whole=NEVER))
    watch = Watching()

    with (
        full_port("127.0.0.9") as port,
        dns_server({HOST: {"A": ["127.0.0.9", "127.0.0.1"]}}) as names,
        running(PLAIN, authority, port=port) as server,
    ):
        connection = connection_to(case, port, authority, names, watch)
        outcome = outcome_of(connection, case, watch)

    assert outcome.failure is None
    assert server.mails


def test_a_test_can_be_stopped_in_every_stage(authority: Authority, names: DnsServer) -> None:
    silence = {
        StageName.GREETING: Manners(greeting=""),
        StageName.TLS: Manners(tls=Security.STARTTLS, replies={"STARTTLS": ""}),
        StageName.SIGN_IN: Manners(replies={"AUTH": ""}),
        StageName.SENDER: Manners(replies={"MAIL": ""}),
        StageName.RECIPIENT: Manners(replies={"RCPT": ""}),
        StageName.MESSAGE: Manners(replies={"DATA": ""}),
    }
    for stage, manners in silence.items():
        case = Case(stage, manners, limits=Limits(connect=NEVER, reply=NEVER, whole=NEVER))
        watch = Watching(cancel_in=stage)

        with running(manners, authority) as server:
            connection = connection_to(case, server.port, authority, names, watch)
            failure = outcome_of(connection, case, watch).failure

        assert failure is not None
        assert (failure.stage, failure.code) == (stage, "canceled")
        assert not connection.is_open


def test_a_lookup_can_be_stopped(authority: Authority, names: DnsServer) -> None:
    case = Case("x", None, host="silent.test", limits=Limits(connect=20, reply=20, whole=20))
    watch = Watching(cancel_in=StageName.RESOLVE)

    failure = outcome_of(connection_to(case, 25, authority, names, watch), case, watch).failure

    assert failure is not None
    assert (failure.stage, failure.code) == (StageName.RESOLVE, "canceled")


def test_whoever_waits_is_asked_at_least_twice_a_second(
    authority: Authority, names: DnsServer
) -> None:
    manners = Manners(greeting=lambda talk: talk.drip("2", every=0.05))
    case = Case("drips", manners, limits=Limits(connect=NEVER, reply=1.5, whole=NEVER))
    watch = Watching()

    with running(manners, authority) as server:
        outcome_of(connection_to(case, server.port, authority, names, watch), case, watch)

    assert LOOK_UP_EVERY <= 0.5
    assert len(watch.asked) >= 3


def answers_slowly(talk: Talk) -> None:
    time.sleep(0.3)
    talk.say("250 2.0.0 fine")


def test_many_short_waits_do_not_add_up_beyond_the_whole_time(
    authority: Authority, names: DnsServer
) -> None:
    slow = dict.fromkeys(("EHLO", "MAIL", "RCPT"), answers_slowly)
    manners = Manners(auth="", replies=slow)
    limits = Limits(connect=NEVER, reply=NEVER, whole=0.7)
    server_of = Server(HOST, 0, Security.NONE, ACCOUNT)

    with running(manners, authority) as server:
        egress = names.egress(Egress(allowed=LOOPBACK, mail_ports=frozenset({server.port})))
        accepted, stages, _transcript = examine(
            replace(server_of, port=server.port),
            egress=egress,
            recipient=RECIPIENT,
            message=MESSAGE,
            limits=limits,
        )

    assert not accepted
    assert [stage.code for stage in stages if stage.ok is False] == ["time_over"]
    assert server.mails == []


def test_an_examination_tells_all_nine_stages(authority: Authority, names: DnsServer) -> None:
    for security in Security:
        manners = Manners(tls=security, replies={"RCPT": "550 5.1.1 User unknown"})
        watch = Watching()
        with running(manners, authority) as server:
            egress = names.egress(
                Egress(
                    allowed=LOOPBACK,
                    mail_ports=frozenset({server.port}),
                    ca_file=authority.ca_file,
                )
            )
            accepted, stages, transcript = examine(
                Server(HOST, server.port, security, ACCOUNT, ACCOUNT, PASSWORD),
                egress=egress,
                recipient=RECIPIENT,
                message=MESSAGE,
                watch=watch,
            )

        assert not accepted
        assert tuple(stage.name for stage in stages) == STAGES[security]
        assert [stage.ok for stage in stages][-2:] == [False, None]
        assert stages[-2].code == "recipient_unknown"
        assert "C: AUTH PLAIN ********" in transcript
        assert "S: 550 5.1.1 User unknown" in transcript
        assert transcript.endswith("C: QUIT\nS: 221 bye\n* [connection closed]")
        assert server.heard[-2:] == ["RSET", "QUIT"]


def test_what_is_sent_arrives_as_it_was(authority: Authority, names: DnsServer) -> None:
    message = b"Subject: dots\n\n.\n..\nline\rother\r\n.end"
    case = Case("dots", PLAIN, message=message)
    watch = Watching()

    with running(PLAIN, authority) as server:
        outcome_of(connection_to(case, server.port, authority, names, watch), case, watch)

    assert server.mails == [b"Subject: dots\r\n\r\n..\r\n...\r\nline\r\nother\r\n..end\r\n"]


def test_how_we_introduce_ourselves(authority: Authority, names: DnsServer) -> None:
    case = Case("hello", PLAIN)

    with running(PLAIN, authority) as server:
        connection = connection_to(case, server.port, authority, names, Watching())
        connection.open()
        connection.close()

    assert server.heard[0] == "EHLO [127.0.0.1]", "an address where no name was given"


def test_a_list_of_authorities_that_is_gone_is_our_own_trouble(
    authority: Authority, names: DnsServer
) -> None:
    manners = Manners(tls=Security.SSL)
    gone = Egress(ca_file=authority.folder / "gone.pem", allowed=LOOPBACK)

    with running(manners, authority) as server:
        accepted, stages, _transcript = examine(
            Server(HOST, server.port, Security.SSL, ACCOUNT),
            egress=names.egress(replace(gone, mail_ports=frozenset({server.port}))),
            recipient=RECIPIENT,
            message=MESSAGE,
        )

    assert not accepted
    assert [stage.code for stage in stages if stage.ok is False] == ["trust_unreadable"]
