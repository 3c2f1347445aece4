"""Several mails over one connection: with aiosmtpd, and with servers that leave."""

# ruff: noqa: ARG002, N802 - aiosmtpd says how its hooks are called

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from portico.egress.configuration import LOOPBACK, Egress
from portico.service_email.smtp.connection import Connection
from portico.service_email.smtp.failures import Failure, FailureKind
from portico.service_email.smtp.limits import Limits
from portico.service_email.smtp.server import Security, Server
from portico.service_email.smtp.stages import StageName
from tests.hostile.smtp.authority import HOST, Authority, Kind
from tests.hostile.smtp.cases import ACCOUNT, MESSAGE, PASSWORD
from tests.hostile.smtp.talks import Manners, Talk, running
from tests.peers.dns import DnsServer
from tests.peers.smtp import mail_server

NO_HURRY = Limits(connect=10, reply=20, whole=60)


def to(
    port: int,
    authority: Authority,
    names: DnsServer,
    *,
    security: Security = Security.NONE,
    username: str = "",
) -> Connection:
    """A connection that is not open yet."""
    egress = names.egress(
        Egress(allowed=LOOPBACK, mail_ports=frozenset({port}), ca_file=authority.ca_file)
    )
    password = PASSWORD if username else ""
    server = Server(HOST, port, security, ACCOUNT, username, password)
    return Connection(server, egress=egress, limits=NO_HURRY)


class Keeping:
    """What aiosmtpd asks of us: it accepts all, and one password."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        return f"250 2.0.0 kept as {len(self.mails)}"

    def check(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        """Whether it is the right password."""
        right = isinstance(given, LoginPassword) and given.password.decode() == PASSWORD
        return AuthResult(success=right, handled=right)  # else aiosmtpd itself says no


@contextmanager
def aiosmtpd(security: Security, context: ssl.SSLContext) -> Iterator[tuple[int, Keeping]]:
    """A behaving server, in each mode, in a thread of its own."""
    keeping, loop = Keeping(), asyncio.new_event_loop()
    starttls = security is Security.STARTTLS

    def connection() -> SMTP:
        return SMTP(
            keeping,
            loop=loop,
            hostname="mx.test",
            tls_context=context if starttls else None,
            require_starttls=starttls,
            authenticator=keeping.check,
            auth_required=starttls,
            auth_require_tls=starttls,  # of TLS from the first byte aiosmtpd knows nothing
        )

    protected = context if security is Security.SSL else None
    server = loop.run_until_complete(loop.create_server(connection, "127.0.0.1", 0, ssl=protected))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1], keeping
    finally:
        asyncio.run_coroutine_threadsafe(_stopped(server), loop).result(timeout=20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _stopped(server: asyncio.Server) -> None:
    server.close()
    talks = asyncio.all_tasks() - {asyncio.current_task()}
    for talk in talks:
        talk.cancel()
    await asyncio.gather(*talks, return_exceptions=True)


@pytest.mark.parametrize("security", list(Security))
def test_a_behaving_server_takes_many_mails_over_one_connection(
    security: Security, authority: Authority, names: DnsServer
) -> None:
    with aiosmtpd(security, authority.context(Kind.GOOD)) as (port, keeping):
        connection = to(port, authority, names, security=security, username=ACCOUNT)
        connection.open()
        replies = [
            connection.send(recipient=f"p{number}@example.test", message=MESSAGE)
            for number in range(20)
        ]
        still_open = connection.is_open
        connection.close()

    assert still_open
    assert [reply.text for reply in replies] == [f"kept as {number}" for number in range(1, 21)]
    assert {reply.enhanced for reply in replies} == {"2.0.0"}
    assert keeping.mails == [MESSAGE] * 20


@pytest.mark.parametrize("security", list(Security))
def test_a_behaving_server_refuses_a_wrong_password(
    security: Security, authority: Authority, names: DnsServer
) -> None:
    with aiosmtpd(security, authority.context(Kind.GOOD)) as (port, _keeping):
        egress = names.egress(
            Egress(allowed=LOOPBACK, mail_ports=frozenset({port}), ca_file=authority.ca_file)
        )
        server = Server(HOST, port, security, ACCOUNT, ACCOUNT, "wrong")
        with pytest.raises(Failure) as refused:
            Connection(server, egress=egress, limits=NO_HURRY).open()

    assert refused.value.code == "password_refused"
    assert refused.value.kind is FailureKind.SERVER


def test_a_refused_mail_does_not_hinder_the_next(authority: Authority, names: DnsServer) -> None:
    refusals = {"gone@example.test": "550 5.1.1 User unknown"}
    spam = {"picky@example.test": "554 5.7.1 spam"}
    with mail_server(refuse_recipients=refusals, refuse_messages=spam) as server:
        connection = to(server.port, authority, names)
        connection.open()
        for address, kind in (
            ("gone@example.test", FailureKind.RECIPIENT),
            ("picky@example.test", FailureKind.MESSAGE),
            ("no one@example.test", FailureKind.RECIPIENT),
        ):
            with pytest.raises(Failure) as refused:
                connection.send(recipient=address, message=MESSAGE)
            assert refused.value.kind is kind
            assert connection.is_open
        connection.send(recipient="ines@example.test", message=MESSAGE)
        connection.close()

        assert server.recipients() == ["ines@example.test"]
        assert server.connections == 1


@pytest.mark.parametrize("leaving", [{"hang_up_after": 1}, {"enough_after": 1}], ids=str)
def test_a_server_that_left_between_two_mails_asks_for_a_new_connection(
    leaving: dict[str, int], authority: Authority, names: DnsServer
) -> None:
    with mail_server(**leaving) as server:
        connection = to(server.port, authority, names)
        connection.open()
        connection.send(recipient="one@example.test", message=MESSAGE)

        with pytest.raises(Failure) as left:
            connection.send(recipient="two@example.test", message=MESSAGE)
        assert left.value.reconnect
        assert (left.value.stage, left.value.code) == (StageName.SENDER, "idle_closed")
        assert left.value.kind is FailureKind.SERVER
        assert not left.value.permanent
        assert not left.value.uncertain
        assert not connection.is_open

        connection.open()
        connection.send(recipient="two@example.test", message=MESSAGE)
        connection.close()

        assert server.recipients() == ["one@example.test", "two@example.test"]
        assert server.connections == 2


def test_a_server_that_closes_on_us_while_we_do_nothing_is_noticed(
    authority: Authority, names: DnsServer
) -> None:
    def takes_and_leaves(talk: Talk) -> None:
        talk.say("354 go on")
        talk.take()
        talk.say("250 2.0.0 fine")
        talk.send(b"421 4.4.2 idle for too long\r\n")
        talk.hang_up()

    for security in Security:
        manners = Manners(tls=security, replies={"DATA": takes_and_leaves})
        with running(manners, authority) as server:
            connection = to(server.port, authority, names, security=security)
            connection.open()
            connection.send(recipient="one@example.test", message=MESSAGE)
        # The server is gone by now, and with it every byte that it had to send.
        assert not connection.is_open
        with pytest.raises(Failure) as left:
            connection.send(recipient="two@example.test", message=MESSAGE)
        assert left.value.reconnect


def test_a_server_that_forgets_to_reset_is_left(authority: Authority, names: DnsServer) -> None:
    manners = Manners(replies={"RCPT": "550 5.1.1 User unknown", "RSET": "500 what?"})
    with running(manners, authority) as server:
        connection = to(server.port, authority, names)
        connection.open()
        with pytest.raises(Failure) as refused:
            connection.send(recipient="one@example.test", message=MESSAGE)

    assert refused.value.code == "recipient_unknown"
    assert not connection.is_open


def test_a_mail_whose_answer_is_missing_is_uncertain(
    authority: Authority, names: DnsServer
) -> None:
    def takes_and_leaves(talk: Talk) -> None:
        talk.say("354 go on")
        talk.take()
        talk.hang_up()

    with running(Manners(replies={"DATA": takes_and_leaves}), authority) as server:
        connection = to(server.port, authority, names)
        connection.open()
        with pytest.raises(Failure) as lost:
            connection.send(recipient="one@example.test", message=MESSAGE)

    assert lost.value.uncertain
    assert not lost.value.reconnect
    assert not lost.value.permanent


def test_closing_never_raises(authority: Authority, names: DnsServer) -> None:
    with running(Manners(replies={"QUIT": Talk.reset}), authority) as server:
        connection = to(server.port, authority, names)
        connection.close()
        connection.open()
        connection.close()
        connection.close()
        with pytest.raises(Failure) as closed:
            connection.send(recipient="one@example.test", message=MESSAGE)

    assert closed.value.reconnect
    assert server.heard[-1] == "QUIT"
