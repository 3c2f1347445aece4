"""Looking at a domain whose records a test has written."""

from __future__ import annotations

import re

from portico.service_email.records import check_sender_domain
from portico.service_email.smtp.stages import Sentence, Stage, StageName
from tests.peers.dns import Zone, dns_server

DOMAIN = "acme.example"
HOST = "smtp.acme.example"
SOON = 5.0  # answers come at once; so long may a busy machine take
PLACE = re.compile(r"%(?!%|\(\w+\)s)")


def look(
    zone: Zone,
    stage: StageName,
    *,
    domain: str = DOMAIN,
    host: str = HOST,
    selector: str = "",
    timeout: float = SOON,
) -> Stage:
    """One of the three stages; all of them must be whole."""
    with dns_server(zone) as server:
        stages = check_sender_domain(
            domain,
            egress=server.egress(),
            sending_host=host,
            dkim_selector=selector,
            timeout=timeout,
        )
    assert [one.name for one in stages] == [StageName.SPF, StageName.DKIM, StageName.DMARC]
    for one in stages:
        check_is_whole(one)
    return stages[[one.name for one in stages].index(stage)]


def check_is_whole(stage: Stage) -> None:
    """It has a code and a meaning, what to do if it failed, and sentences that can be filled in."""
    assert stage.code
    assert stage.meaning is not None
    assert stage.ok is not False or stage.advice is not None
    assert stage.ms >= 0
    for sentence in (stage.meaning, stage.cause, stage.advice, *stage.seen):
        assert said(sentence).isprintable()


def said(sentence: Sentence | None) -> str:
    """The sentence in English, with its facts."""
    if sentence is None:
        return ""
    assert not PLACE.search(sentence.text.replace("%%", ""))
    return sentence.text % dict(sentence.facts)
