"""What delivery is told of releases: all of it in the transaction of each event."""

from __future__ import annotations

import pytest

from portico.miniprograms.services import SetUp
from portico.releases import services
from portico.releases.rules.pipeline import Status
from portico.releases.tests.staging import LATER, Stage, fresh
from portico.rollout.models import Plan
from tests.make import AT

TAKEN_ALONG = {"server_domains": ["api.example.com"], "variables": {"API": "https://x.example"}}


def plan_of(stage: Stage) -> Plan:
    return Plan.objects.get(program=stage.program, target=stage.production)


def test_what_a_release_takes_along_is_delivered_with_it(stage: Stage) -> None:
    stage.release(Status.FULL, configuration={"server_domains": ["old.example.com"]})
    release = stage.release(Status.GRAYSCALE, configuration=TAKEN_ALONG)

    services.scale(release, 1_000, by=stage.developer, at=AT)
    early = plan_of(stage)
    services.scale(fresh(release), 100_000, by=stage.admin, at=LATER, override="Now.")
    late = plan_of(stage)

    assert early.stable_configuration == {"server_domains": ["old.example.com"]}
    assert (early.candidate_configuration, late.stable_configuration) == (TAKEN_ALONG, TAKEN_ALONG)
    assert late.candidate_configuration == {}


@pytest.mark.parametrize("given", ["tested", "scaled"])
def test_a_canceled_release_that_some_had_is_dropped_by_clients(stage: Stage, given: str) -> None:
    if given == "tested":
        release = stage.release(Status.PILOT)
        services.start_pilot(release, services.Testers(("ann",)), by=stage.developer, at=AT)
    else:
        release = stage.release(Status.GRAYSCALE)
        services.scale(release, 1_000, by=stage.developer, at=AT)

    services.cancel(fresh(release), reason="Broken.", by=stage.developer, at=LATER)

    plan = plan_of(stage)
    # A first release that was canceled was never there for everybody: not available, not removed.
    assert (plan.withdrawn, plan.removed, plan.candidate) == ([release.version.code], False, None)


def test_a_canceled_release_that_nobody_had_is_not_spoken_of(stage: Stage) -> None:
    release = stage.release(Status.GRAYSCALE)
    services.set_rules(release, {"systems": ["ios"]}, by=stage.developer, at=AT)

    services.cancel(fresh(release), reason="Broken.", by=stage.developer, at=LATER)

    plan = plan_of(stage)
    assert (plan.withdrawn, plan.removed) == ([], False)


def test_testers_drop_what_is_configured_anew_until_they_are_given_it_again(stage: Stage) -> None:
    release = stage.release(Status.PILOT)
    services.start_pilot(release, services.Testers(("ann",)), by=stage.developer, at=AT)

    domains = SetUp(server_domains=["api.example.com"])
    services.configure(fresh(release), domains, by=stage.developer, at=LATER)

    assert plan_of(stage).withdrawn == [release.version.code]


def test_testers_drop_what_was_taken_from_them_in_a_bypassed_pilot(stage: Stage) -> None:
    release = stage.release(Status.PILOT)
    services.start_pilot(release, services.Testers(("ann",)), by=stage.developer, at=AT)

    services.bypass_pilot(fresh(release), reason="Urgent.", by=stage.developer, at=LATER)
    nobodys = plan_of(stage).withdrawn
    after = fresh(release)
    if after.status == Status.PREPARATION:
        services.go_live(after, by=stage.developer, at=LATER)
    services.scale(fresh(release), 1_000, by=stage.developer, at=LATER)

    assert (nobodys, plan_of(stage).withdrawn) == ([release.version.code], [])
