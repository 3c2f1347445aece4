"""Where the path to a mail server leaves from: bound, through a proxy, or not at all."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

import pytest

from portico.egress.configuration import OutboundAddress
from portico.service_email.smtp.failures import Failure, FailureKind
from portico.service_email.smtp.server import Security
from portico.service_email.smtp.stages import Stage, StageName
from tests.hostile.smtp.authority import Authority
from tests.hostile.smtp.cases import HURRY, Case
from tests.hostile.smtp.running import Outcome, Watching, connection_to, outcome_of, words
from tests.hostile.smtp.talks import Manners, running
from tests.peers.dns import DnsServer
from tests.peers.proxy import proxy_server
from tests.peers.smtp import mail_server

PUBLIC = ipaddress.ip_address("198.51.100.7")
STARTTLS = Manners(tls=Security.STARTTLS)


def sent(case: Case, port: int, authority: Authority, names: DnsServer) -> tuple[Outcome, str]:
    """What comes of the case's mail through the server at this port, and where it left from."""
    watch = Watching()
    connection = connection_to(case, port, authority, names, watch)
    return outcome_of(connection, case, watch), connection.source


def connect_stage(outcome: Outcome) -> Stage:
    """The stage of connecting."""
    return next(stage for stage in outcome.watch.stages if stage.name is StageName.CONNECT)


def test_the_server_is_called_from_the_source_and_the_stage_says_so(
    authority: Authority, names: DnsServer
) -> None:
    source = OutboundAddress(PUBLIC, local=ipaddress.ip_address("127.0.0.21"))
    case = Case("bound", None, sources=(source,), username="", mode=Security.NONE)

    with mail_server() as server:
        outcome, left_from = sent(case, server.port, authority, names)

    assert outcome.failure is None
    assert server.peers == ["127.0.0.21"]
    assert left_from == "198.51.100.7"
    assert "Connected from 198.51.100.7." in words(connect_stage(outcome))


def test_without_sources_nothing_is_said_of_them(authority: Authority, names: DnsServer) -> None:
    case = Case("unbound", None, username="", mode=Security.NONE)

    with mail_server() as server:
        outcome, left_from = sent(case, server.port, authority, names)

    assert (outcome.failure, left_from, server.peers) == (None, "", ["127.0.0.1"])
    assert "Connected from" not in words(connect_stage(outcome))


def test_a_proxy_leads_to_the_checked_address_and_tls_is_with_the_server(
    authority: Authority, names: DnsServer
) -> None:
    with proxy_server() as proxy, running(STARTTLS, authority) as server:
        source = OutboundAddress(PUBLIC, proxy=proxy.netloc)
        case = Case("through a proxy", STARTTLS, sources=(source,))

        outcome, left_from = sent(case, server.port, authority, names)

    assert outcome.failure is None
    assert proxy.asked == [f"127.0.0.1:{server.port}"]
    assert left_from == "198.51.100.7"
    assert server.mails


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "403 Forbidden"),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "407"),
        (b"220 smtp.example.com ESMTP\r\n\r\n", "no HTTP"),
    ],
)
def test_a_proxy_that_does_not_lead_on_is_told_so_and_mail_waits(
    answer: bytes, told: str, authority: Authority, names: DnsServer
) -> None:
    with proxy_server(answer=answer) as proxy:
        source = OutboundAddress(PUBLIC, proxy=proxy.netloc)
        case = Case("refused by a proxy", None, sources=(source,), mode=Security.NONE)

        outcome, _left_from = sent(case, 2525, authority, names)

    failure = outcome.failure
    assert isinstance(failure, Failure)
    assert (failure.stage, failure.code) == (StageName.CONNECT, "proxy_refused")
    assert (failure.kind, failure.permanent) == (FailureKind.SERVER, False)
    assert told in words(failure.explained)


def test_a_proxy_that_says_nothing_is_left_in_time(authority: Authority, names: DnsServer) -> None:
    with proxy_server(answer=b"") as proxy:
        source = OutboundAddress(PUBLIC, proxy=proxy.netloc)
        limits = replace(HURRY, connect=0.3)
        case = Case("silent proxy", None, sources=(source,), mode=Security.NONE, limits=limits)

        outcome, _left_from = sent(case, 2525, authority, names)

    assert isinstance(outcome.failure, Failure)
    assert outcome.failure.code == "connect_timed_out"
