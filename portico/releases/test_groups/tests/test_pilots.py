"""Pilots and the groups that were picked for them: a list is frozen when it is picked."""

from __future__ import annotations

import pytest

from portico.audit.services import PLATFORM
from portico.kernel.errors import Forbidden, Invalid, NotFound
from portico.releases.acting import By
from portico.releases.models import Release
from portico.releases.rules.pipeline import Status
from portico.releases.services import (
    bypass_pilot,
    complete_pilot,
    start_pilot,
    update_pilot,
)
from portico.releases.test_groups import services
from portico.releases.test_groups.picking import Testers, chosen
from portico.releases.test_groups.services import Wanted
from portico.releases.test_groups.tests.conftest import Stage, make_group
from portico.rollout.models import Plan
from portico.targets.models import Environment
from portico.workspaces.models import Membership
from tests.make import AT, actor, make_policy, make_release


def make_pilot(
    stage: Stage, environment: Environment = Environment.PRODUCTION, *, most: int = 100
) -> Release:
    """A release that is in pilot testing and has no testers yet."""
    target = stage.sandbox.app.targets.get(environment=environment)
    policy = make_policy(production=target.is_production, pilot_testing=True, most_testers=most)
    return make_release(stage.program, target, status=Status.PILOT, policy=policy)


def by(member: Membership) -> By:
    return By(actor(member), member)


def pick(release: Release, *groups: object, typed: tuple[str, ...] = ()) -> Testers:
    return chosen(
        release.workspace, release.program, [str(one) for one in groups], typed, most=1_000
    )


def plan_of(release: Release) -> Plan:
    return Plan.objects.get(program=release.program, target=release.target)


def test_a_group_that_changes_or_goes_does_not_reach_a_pilot_that_runs(stage: Stage) -> None:
    group = make_group(stage.of_acme, "Branches", "u-1", "u-2")
    release = make_pilot(stage)
    start_pilot(release, pick(release, group.id, typed=("u-9",)), by=by(stage.cast.admin), at=AT)

    services.change_group(
        stage.of_acme, group.id, Wanted("Offices", "", ("u-3",)), based_on=1, by=PLATFORM, at=AT
    )
    changed = plan_of(release)
    services.remove_group(stage.of_acme, group.id, by=PLATFORM, at=AT)

    release.refresh_from_db()
    assert (release.testers, release.groups) == (["u-1", "u-2", "u-9"], ["Branches"])
    assert changed.pilot == plan_of(release).pilot == ["u-1", "u-2", "u-9"]
    assert changed.revision == plan_of(release).revision


def test_an_update_takes_the_groups_as_they_are_then(stage: Stage) -> None:
    group = make_group(stage.of_program, "Its own", "u-1")
    release, admin = make_pilot(stage), by(stage.cast.admin)
    start_pilot(release, pick(release, group.id), by=admin, at=AT)
    services.change_group(
        stage.of_program,
        group.id,
        Wanted("Its own", "", ("u-2", "u-3")),
        based_on=1,
        by=PLATFORM,
        at=AT,
    )

    update_pilot(release, pick(release, group.id), by=admin, at=AT)

    assert plan_of(release).pilot == ["u-2", "u-3"]


def test_a_pilot_has_as_many_testers_as_the_policy_that_the_release_bears_allows(
    stage: Stage,
) -> None:
    release, admin = make_pilot(stage, most=2), by(stage.cast.admin)

    for testers in (pick(release, typed=("u-1", "u-2", "u-3")), Testers(())):
        with pytest.raises(Invalid):
            start_pilot(release, testers, by=admin, at=AT)
    release.refresh_from_db()
    assert (release.testers, release.pilot_started_at) == ([], None)

    start_pilot(release, pick(release, typed=("u-1", "u-2")), by=admin, at=AT)
    assert plan_of(release).pilot == ["u-1", "u-2"]


def test_in_the_sandbox_a_programs_developers_do_all_of_it_themselves(stage: Stage) -> None:
    developer = by(stage.cast.developer)
    release = make_pilot(stage, Environment.SANDBOX)

    start_pilot(release, pick(release, typed=("u-1",)), by=developer, at=AT)
    update_pilot(release, pick(release, typed=("u-2",)), by=developer, at=AT)
    complete_pilot(release, by=developer, at=AT)

    release.refresh_from_db()
    assert release.status == Status.FULL
    assert plan_of(release).stable_id == release.version_id


def test_in_the_sandbox_they_can_bypass_it_and_nobody_stays_a_tester(stage: Stage) -> None:
    developer = by(stage.cast.developer)
    release = make_pilot(stage, Environment.SANDBOX)
    start_pilot(release, pick(release, typed=("u-1",)), by=developer, at=AT)

    bypass_pilot(release, reason="Tested in the office", by=developer, at=AT)

    release.refresh_from_db()
    assert (release.status, release.testers) == (Status.FULL, [])


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("developer", Forbidden),
        ("reviewer", Forbidden),
        ("inspector", Forbidden),
        ("operator", NotFound),
        ("outsider", NotFound),
    ],
)
def test_in_production_only_its_release_actors_do(
    stage: Stage, who: str, refusal: type[Exception]
) -> None:
    release = make_pilot(stage)

    with pytest.raises(refusal):
        start_pilot(release, pick(release, typed=("u-1",)), by=by(getattr(stage.cast, who)), at=AT)

    release.refresh_from_db()
    assert (release.testers, release.revision) == ([], 1)
