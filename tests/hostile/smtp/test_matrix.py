"""Each server of the matrix: the right stage, the right words, in time, and no leak."""

from __future__ import annotations

import logging
import socket
from collections import Counter

import pytest

from portico.service_email.smtp.explanations import TABLE
from portico.service_email.smtp.explanations.tokens import TOKEN_NOT_ACCEPTED, TOKENS
from portico.service_email.smtp.failures import Failure
from tests.hostile.smtp.authority import Authority
from tests.hostile.smtp.cases import Case, secret_forms
from tests.hostile.smtp.running import (
    Outcome,
    Watching,
    connection_to,
    deaf_port,
    order_of,
    outcome_of,
    words,
)
from tests.hostile.smtp.servers import SERVERS
from tests.hostile.smtp.talks import running
from tests.peers.dns import DnsServer


def has_ipv6() -> bool:
    """Whether the machine's loopback has IPv6."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as bound:
            bound.bind(("::1", 0))
    except OSError:
        return False
    return True


def met(case: Case, authority: Authority, names: DnsServer) -> tuple[Outcome, list[bytes]]:
    """What comes of the case's mail, and what its server took."""
    watch = Watching()
    if case.manners is None:
        with deaf_port() as port:
            return outcome_of(connection_to(case, port, authority, names, watch), case, watch), []
    with running(case.manners, authority, address=case.address) as server:
        connection = connection_to(case, server.port, authority, names, watch)
        return outcome_of(connection, case, watch), server.mails


@pytest.mark.parametrize("case", SERVERS, ids=str)
def test_each_server_is_told_apart(
    case: Case, authority: Authority, names: DnsServer, caplog: pytest.LogCaptureFixture
) -> None:
    if ":" in case.address and not has_ipv6():
        pytest.skip("this machine has no IPv6, not even on its loopback")
    caplog.set_level(logging.DEBUG)

    outcome, mails = met(case, authority, names)

    stages = {stage.name: stage for stage in outcome.watch.stages}
    if case.stage is None:
        assert outcome.failure is None
        assert mails, "the server has the mail"
        assert list(stages) == list(order_of(case))
        assert all(stage.ok is not False for stage in stages.values())
        assert case.says in " ".join(words(stage) for stage in stages.values())
    else:
        check_failure(case, outcome)
    shown = outcome.everything() + caplog.text
    for form, text in secret_forms(case.username, case.password).items():
        assert text not in shown, f"{form} leaked"


def check_failure(case: Case, outcome: Outcome) -> None:
    """The stage, the code, the words, the kind, the correction."""
    failure, stages = outcome.failure, outcome.watch.stages
    assert isinstance(failure, Failure), "nothing failed"
    assert case.stage is not None
    assert (failure.stage, failure.code) == (case.stage, case.code), str(failure)
    order = order_of(case)
    assert [stage.name for stage in stages] == list(order[: order.index(case.stage) + 1])
    assert [stage.ok for stage in stages].count(False) == 1
    assert stages[-1] == failure.explained
    assert failure.explained.meaning
    assert failure.explained.cause
    assert failure.explained.advice
    assert case.says in words(failure.explained)
    for told in (failure.explained.meaning, failure.explained.cause, failure.explained.advice):
        assert "?" not in told.facts.values(), "a fact is missing"
    assert outcome.watch.begun_stages == [stage.name for stage in stages]
    if case.corrects:
        assert failure.explained.correction is not None
        assert failure.explained.correction.values == case.corrects
    if case.kind is not None:
        assert failure.kind is case.kind
    if case.permanent is not None:
        assert failure.permanent is case.permanent


def test_every_code_is_met_by_a_real_server() -> None:
    # These need more than one mail, one address or one try: test_path.py and test_batches.py; or
    # a proxy: test_outbound.py; or a token endpoint: smtp/tests/test_tokens.py.
    elsewhere = {"canceled", "connect_timed_out", "idle_closed", "trust_unreadable"}
    elsewhere |= {"proxy_refused"}
    elsewhere |= {row.code for row in TOKENS} | {TOKEN_NOT_ACCEPTED.code}

    assert {row.code for row in TABLE} == {case.code for case in SERVERS if case.code} | elsewhere


def test_the_matrix_is_as_large_as_it_says() -> None:
    counted = Counter(case.name for case in SERVERS)
    assert counted.most_common(1)[0][1] == 1, "names are given once"
    assert sum(case.manners is not None for case in SERVERS) >= 100
