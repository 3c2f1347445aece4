"""At the same moment: one workspace gets a name, and one check of a domain goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conftest import Cast, make_cast
from portico.basic_settings.tests.test_races import all_at_once
from portico.domains import runs
from portico.domains.models import AlternativeDomain, CheckRun, StateChange
from portico.domains.rules import State
from portico.domains.runs import CheckGoesOn
from portico.domains.tests.findings import NAME, PROVEN, find, make_domain, save, the_domain
from portico.kernel.errors import DomainError, InvalidFields
from portico.workspaces.models import Workspace
from tests.make import AT, actor

pytestmark = pytest.mark.django_db(transaction=True)
LATER = AT + timedelta(hours=1)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.mark.parametrize("turn", range(3))
def test_of_two_that_prove_a_name_at_once_one_gets_it(cast: Cast, turn: int) -> None:
    save(cast.acme, cast.admin)
    save(cast.zenith, cast.outsider)
    domains = [the_domain(cast.acme), the_domain(cast.zenith)]

    outcomes = all_at_once(
        *(lambda domain=domain: find(domain, PROVEN, at=LATER) for domain in domains)
    )

    assert outcomes == [None, None]
    winner = AlternativeDomain.objects.get(held=True)
    loser = AlternativeDomain.objects.get(held=False)
    assert (winner.name, winner.state, winner.rival) == (NAME, State.VERIFIED, False)
    assert (loser.name, loser.state, loser.rival) == (NAME, State.PENDING, True)
    assert Workspace.objects.filter(served_host=NAME).get().id == winner.workspace_id
    assert StateChange.objects.count() == 1


def test_whoever_claims_while_another_proves_is_refused_or_becomes_a_rival(cast: Cast) -> None:
    save(cast.acme, cast.admin)
    domain = the_domain(cast.acme)

    first, second = all_at_once(
        lambda: find(domain, PROVEN, at=LATER),
        lambda: save(cast.zenith, cast.outsider),
    )

    assert first is None
    assert second in (None, InvalidFields)
    assert AlternativeDomain.objects.get(held=True).workspace_id == cast.acme.id
    if second is None:
        assert find(the_domain(cast.zenith), PROVEN, at=LATER).rival


def test_of_eight_that_ask_for_a_check_at_once_one_starts_it(cast: Cast) -> None:
    make_domain(cast.acme, cast.admin, State.VERIFIED)

    outcomes = all_at_once(*[lambda: runs.start(cast.acme, by=actor(cast.admin), at=LATER)] * 8)

    assert outcomes.count(None) == 1
    refused: list[type[BaseException] | None] = [CheckGoesOn] * 7
    assert [one for one in outcomes if one is not None] == refused
    assert CheckRun.objects.count() == 1
    assert issubclass(CheckGoesOn, DomainError)


def test_the_same_check_settled_at_once_counts_and_tells_once(cast: Cast) -> None:
    domain = make_domain(cast.acme, cast.admin, State.PENDING)

    outcomes = all_at_once(*[lambda: find(domain, PROVEN, at=LATER)] * 4)

    assert outcomes == [None] * 4
    assert StateChange.objects.count() == 1
