"""Each situation in the DNS: found out, said so that one can act on it, and in time."""

from __future__ import annotations

import json
import logging
import time

import pytest

from portico.domains.checking import as_json, report_from
from portico.egress.configuration import Egress
from tests.hostile.dns.cases import Case
from tests.hostile.dns.proofs import PROOFS
from tests.hostile.dns.routes import ROUTES
from tests.hostile.dns.running import report_of, said, words_of, world_of
from tests.hostile.dns.servers import CAAS, SERVERS, WIRES
from tests.peers.https import WebServer

CASES = [*PROOFS, *ROUTES, *WIRES, *SERVERS, *CAAS]
SIGNS = {True: "+", False: "-", None: "?"}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_situation_is_told_apart(
    case: Case,
    site: WebServer,
    development: Egress,
    production: Egress,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    egress = production if case.production else development

    began = time.monotonic()
    with world_of(case) as world:
        report = report_of(case, world, egress, site)
    took = time.monotonic() - began

    found = {check.name: f"{SIGNS[check.ok]}{check.code}" for check in report.checks}
    assert found == case.expected(), words_of(report)
    assert report.culprit is case.culprit
    words = words_of(report)
    for wanted in case.says:
        assert any(wanted in text for text in words), words
    for check in report.checks:
        assert said(check.meaning)
        assert said(check.advice) or check.ok is not False
        assert not check.milliseconds > 1000 * case.limits.whole
    # Everything that strangers wrote can be stored, and comes back.
    assert report_from(json.loads(json.dumps(as_json(report)))) is not None
    assert took < case.limits.whole + 3  # with the servers' start and end
    assert not caplog.records  # nothing broke


def test_there_are_enough_of_them_and_each_has_a_name_of_its_own() -> None:
    names = [case.name for case in CASES]

    assert len(names) == len(set(names))
    assert len(names) >= 60
