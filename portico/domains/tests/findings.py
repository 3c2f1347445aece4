"""Domains in every state, and what checks of them find, for tests that need no DNS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from portico.basic_settings import services
from portico.domains.checking import Check, CheckName, Report, Sentence
from portico.domains.models import AlternativeDomain
from portico.domains.moving import Looked, settle
from portico.domains.rules import State
from portico.domains.section import section
from portico.domains.services import domain_of
from portico.workspaces.models import Membership, Workspace
from tests.make import AT, actor

NAME = "pay.acme-pay.example.com"
MEANING, ADVICE = Sentence("The record is not there."), Sentence("Enter it.")


@dataclass(frozen=True)
class Found:
    """How the checks went: those that matter to a state."""

    ownership: bool | None = True
    routing: bool | None = True
    https: bool | None = True
    led: str = "elsewhere"

    @property
    def report(self) -> Report:
        """As `examine` reports it."""
        went = {
            CheckName.OWNERSHIP: self.ownership,
            CheckName.ROUTING: self.routing,
            CheckName.ADDRESSES: None if self.routing is None else True,
            CheckName.CAA: True,
            CheckName.HTTPS: self.https,
        }
        codes = {CheckName.OWNERSHIP: "missing", CheckName.ROUTING: self.led}
        checks = tuple(
            Check(name, ok, meaning=MEANING, advice=ADVICE, code=codes.get(name, "wrong"))
            if ok is False
            else Check(name, ok, meaning=Sentence("All is well."))
            for name, ok in went.items()
        )
        culprit = next((check.name for check in checks if check.ok is False), None)
        return Report(checks, culprit)


WORKS = Found()
LEADS_HERE = Found(https=False)
PROVEN = Found(routing=False, https=False)
NO_ANSWER = Found(ownership=None, routing=None, https=False)
CLEAR = Found(ownership=False, routing=False, https=False)


def save(
    workspace: Workspace, by: Membership, name: str = NAME, *, at: datetime = AT, **values: object
) -> None:
    """Save the section with this name."""
    services.save(
        workspace,
        section,
        {"alternative_domain": name, **values},
        based_on=services.live(workspace, section).number,
        by=actor(by),
        at=at,
    )


def find(
    domain: AlternativeDomain, found: Found, *, at: datetime, counts: bool = True
) -> AlternativeDomain:
    """Let a check have found this."""
    looked = Looked(found.report, at, domain.tls_elsewhere)
    return settle(domain, looked, counts=counts, at=at)


def the_domain(workspace: Workspace) -> AlternativeDomain:
    """The workspace's domain as it stands now."""
    domain = domain_of(workspace)
    assert domain is not None
    return domain


def make_domain(
    workspace: Workspace, by: Membership, state: State, *, name: str = NAME, at: datetime = AT
) -> AlternativeDomain:
    """A domain that came into this state the way that domains do."""
    save(workspace, by, name, at=at)
    domain, hour = the_domain(workspace), timedelta(hours=1)
    ways: dict[State, list[tuple[Found, timedelta]]] = {
        State.PENDING: [],
        State.VERIFIED: [(PROVEN, hour)],
        State.ACTIVE: [(PROVEN, hour), (WORKS, hour)],
    }
    ways[State.DEGRADED] = ways[State.ACTIVE] + [(LEADS_HERE, hour)] * 3
    ways[State.SUSPENDED] = ways[State.DEGRADED] + [(LEADS_HERE, timedelta(days=8))]
    ways[State.REMOVED] = ways[State.ACTIVE]
    for found, pause in ways[state]:
        at += pause
        domain = find(domain, found, at=at)
    if state is State.REMOVED:
        save(workspace, by, "", at=at)
        domain.refresh_from_db()
    assert domain.state == state
    return domain
