"""The ports of the demo's mail server, and what web server and worker are told of it."""

from __future__ import annotations

import signal
import socket
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portico.config.env import Env
from portico.config.running.demo_mail import DemoMail, DemoMailPortsTaken, demo_mail
from portico.demo_mail.certificates import ensure_certificates
from portico.demo_mail.ports import FIRST_PORT, Manner, ports_from
from portico.egress.configuration import ports_in
from portico.kernel.clock import now
from tests.processes.conftest import Starter
from tests.processes.program import wait_until

COMMAND = [sys.executable, "-m", "portico.config.cli", "demo-mail"]


@pytest.fixture
def found(tmp_path: Path) -> Iterator[DemoMail]:
    """Bound to the first free ports."""
    bound = demo_mail(Env(), tmp_path)
    yield bound
    close(bound)


def close(bound: DemoMail) -> None:
    for one in bound.sockets:
        one.close()


def test_a_second_demo_finds_other_ports(found: DemoMail, tmp_path: Path) -> None:
    second = demo_mail(Env(), tmp_path)
    try:
        assert found.port >= FIRST_PORT
        assert second.port >= found.port + len(Manner)
        ports = [int(one.getsockname()[1]) for one in second.sockets]
        assert ports == list(ports_from(second.port))
    finally:
        close(second)


def test_ports_that_were_asked_for_and_are_taken_are_refused(
    found: DemoMail, tmp_path: Path
) -> None:
    for asked in (found.port, 65530):
        with pytest.raises(DemoMailPortsTaken, match="PORTICO_DEMO_MAIL_PORT"):
            demo_mail(Env(demo_mail_port=asked), tmp_path)


def test_the_others_may_reach_its_ports_and_trust_it(found: DemoMail) -> None:
    told = found.environment(Env())

    assert told["PORTICO_DEMO_MAIL_PORT"] == str(found.port)
    assert ports_in(told["PORTICO_MAIL_PORTS"]) == {25, 465, 587, 2525} | set(
        ports_from(found.port)
    )
    assert authorities_in(told["PORTICO_CA_FILE"]) == 1


def test_the_operators_own_ports_and_authority_stay(found: DemoMail, tmp_path: Path) -> None:
    own = ensure_certificates(tmp_path / "company", at=now()).authority

    told = found.environment(Env(mail_ports="26", ca_file=own))

    assert ports_in(told["PORTICO_MAIL_PORTS"]) == {26} | set(ports_from(found.port))
    assert authorities_in(told["PORTICO_CA_FILE"]) == 2


def authorities_in(path: str) -> int:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=path)
    return len(context.get_ca_certs())


@pytest.mark.processes
def test_it_runs_alone_says_where_and_stops_when_told(start: Starter, folder: Path) -> None:
    program = start(COMMAND, PORTICO_DATA_DIR=str(folder))
    wait_until(lambda: "Ctrl-C stops it" in program.said(), within=30, what=program.said())
    port = int(program.said().partition("localhost: ")[2].partition(" ")[0])

    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        greeting = client.recv(100)
    program.process.send_signal(signal.SIGTERM)

    assert greeting.startswith(b"220 ")
    assert program.process.wait(timeout=10) == 0
    assert "Traceback" not in program.said()


@pytest.mark.processes
def test_production_has_no_demo_mail_server(start: Starter) -> None:
    program = start(COMMAND, PORTICO_MODE="production")

    assert program.process.wait(timeout=30) == 2
    assert "no demo mail server in production" in program.said()
