from __future__ import annotations

import pytest

from portico.miniprograms.rules.testers import UserIdRefused
from portico.releases import errors, services
from portico.releases.rules.pipeline import Status
from portico.releases.services import Testers
from portico.releases.tests.staging import LATER, Stage, fresh
from portico.rollout.models import Plan
from tests.make import make_policy


def plan_of(stage: Stage) -> Plan:
    return Plan.objects.get(program=stage.program, target=stage.production)


def test_a_pilot_freezes_its_testers_and_reaches_them(stage: Stage) -> None:
    release = stage.release(Status.PILOT)
    assert plan_of(stage).candidate is None

    started = services.start_pilot(
        release, Testers(("ben", "ann", "ben"), ("QA",)), by=stage.developer, at=LATER
    )

    assert (started.testers, started.groups) == (["ann", "ben"], ["QA"])
    assert started.pilot_started_at == LATER
    plan = plan_of(stage)
    assert (plan.candidate, plan.pilot, plan.threshold) == (release.version, ["ann", "ben"], 0)


def test_a_pilot_is_started_once_and_updated_then(stage: Stage) -> None:
    release = stage.release(Status.PILOT)
    with pytest.raises(errors.PilotNotStarted):
        services.update_pilot(release, Testers(("ann",)), by=stage.developer, at=LATER)
    services.start_pilot(release, Testers(("ann",)), by=stage.developer, at=LATER)
    with pytest.raises(errors.PilotStarted):
        services.start_pilot(release, Testers(("ben",)), by=stage.developer, at=LATER)

    services.update_pilot(release, Testers(("ben",)), by=stage.developer, at=LATER)

    assert plan_of(stage).pilot == ["ben"]
    with pytest.raises(errors.SameTesters):
        services.update_pilot(release, Testers(("ben",)), by=stage.developer, at=LATER)


def test_a_pilot_has_as_many_testers_as_its_policy_allows(stage: Stage) -> None:
    release = stage.release(Status.PILOT, policy=make_policy(most_testers=2))

    with pytest.raises(errors.TestersMissing):
        services.start_pilot(release, Testers(()), by=stage.developer, at=LATER)
    with pytest.raises(errors.TooManyTesters, match="3 testers; the release process allows 2"):
        services.start_pilot(release, Testers(("a", "b", "c")), by=stage.developer, at=LATER)
    with pytest.raises(UserIdRefused):
        services.start_pilot(release, Testers(("a b",)), by=stage.developer, at=LATER)


def test_testers_keep_the_version_in_grayscale(stage: Stage) -> None:
    release = stage.release(Status.PILOT, testers=["ann"])

    done = services.complete_pilot(release, by=stage.developer, at=LATER)

    assert (done.status, done.share, done.went_live_at) == (Status.GRAYSCALE, 0, LATER)
    assert (plan_of(stage).pilot, plan_of(stage).threshold) == (["ann"], 0)


def test_a_pilot_that_has_not_started_is_not_completed(stage: Stage) -> None:
    with pytest.raises(errors.PilotNotStarted, match="or bypass it"):
        services.complete_pilot(stage.release(Status.PILOT), by=stage.developer, at=LATER)


def test_a_bypassed_pilot_leaves_no_testers_and_says_why(stage: Stage) -> None:
    release = stage.release(Status.PILOT, testers=["ann"])
    with pytest.raises(errors.ReasonMissing):
        services.bypass_pilot(release, reason="", by=stage.developer, at=LATER)

    services.bypass_pilot(release, reason="A hot fix.", by=stage.developer, at=LATER)

    assert fresh(release).status == Status.GRAYSCALE
    assert plan_of(stage).pilot == []
    assert fresh(release).events.get(event="bypass_pilot").reason == "A hot fix."


def test_in_the_sandbox_everybody_gets_it_after_the_pilot(stage: Stage) -> None:
    policy = make_policy(production=False, pilot_testing=True)
    release = stage.release(Status.PILOT, target=stage.sandbox, policy=policy, testers=["ann"])

    done = services.complete_pilot(release, by=stage.developer, at=LATER)

    assert done.status == Status.FULL
    plan = Plan.objects.get(program=stage.program, target=stage.sandbox)
    assert (plan.stable, plan.candidate, plan.pilot) == (release.version, None, [])
