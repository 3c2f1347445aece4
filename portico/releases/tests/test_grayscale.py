from __future__ import annotations

from datetime import timedelta

import pytest

from portico.kernel.errors import InvalidFields
from portico.outbox.models import Event
from portico.release_process.policy import Freeze, Window
from portico.releases import errors, services
from portico.releases.rules.pipeline import Status
from portico.releases.tests.staging import LATER, Stage, fresh
from portico.rollout.models import Plan
from tests.make import AT, make_policy

CLOSED = make_policy(windows=(Window(frozenset({0}), 0, 60),))
FROZEN = make_policy(freezes=(Freeze("2026-11-01T00:00", "2026-12-01T00:00", "Year's end"),))
HOUR = timedelta(hours=1)


def plan_of(stage: Stage) -> Plan:
    return Plan.objects.get(program=stage.program, target=stage.production)


def test_going_live_begins_at_nobody(stage: Stage) -> None:
    release = services.go_live(stage.release(Status.PREPARATION), by=stage.developer, at=LATER)

    assert (release.status, release.share, release.went_live_at) == (Status.GRAYSCALE, 0, LATER)
    plan = plan_of(stage)
    assert (plan.candidate, plan.threshold, plan.salt) == (release.version, 0, release.salt)


def test_going_live_at_a_share_is_two_events_at_once(stage: Stage) -> None:
    stage.release(Status.FULL)
    release = stage.release(Status.PREPARATION)

    with pytest.raises(errors.FirstShareTooLarge):
        services.go_live(release, by=stage.developer, at=LATER, share=20_000)
    assert fresh(release).status == Status.PREPARATION
    services.go_live(release, by=stage.developer, at=LATER, share=10_000)

    assert [one.event for one in fresh(release).events.all()] == ["create", "go_live", "scale"]
    assert plan_of(stage).threshold == 10_000


def test_a_share_only_grows(stage: Stage) -> None:
    release = stage.release(Status.GRAYSCALE, share=5_000)

    for share, error in (
        (5_000, errors.NotGreater),
        (4_999, errors.NotGreater),
        (0, errors.NotAScale),
        (100_001, errors.NotAScale),
        (-1, errors.NotAScale),
    ):
        with pytest.raises(error):
            services.scale(release, share, by=stage.developer, at=LATER)
    services.scale(release, 5_001, by=stage.developer, at=LATER)

    assert plan_of(stage).threshold == 5_001


def test_with_a_baseline_the_first_share_and_the_soak_are_limited(stage: Stage) -> None:
    stage.release(Status.FULL)
    release = stage.release(Status.GRAYSCALE)

    with pytest.raises(errors.FirstShareTooLarge, match="at most 10 %"):
        services.scale(release, 10_001, by=stage.developer, at=LATER)
    services.scale(release, 1_000, by=stage.developer, at=LATER)
    services.scale(release, 99_000, by=stage.developer, at=LATER)
    with pytest.raises(errors.SoakTooShort, match="60 minutes"):
        services.scale(release, 100_000, by=stage.developer, at=LATER + HOUR - timedelta(seconds=1))
    full = services.scale(release, 100_000, by=stage.developer, at=LATER + HOUR)

    assert full.status == Status.FULL


def test_the_first_release_may_reach_everybody_at_once(stage: Stage) -> None:
    full = services.scale(stage.release(Status.GRAYSCALE), 100_000, by=stage.developer, at=LATER)

    assert (full.status, full.first_share_at, full.released_at) == (Status.FULL, LATER, LATER)
    told = Event.objects.filter(name__startswith="release.").values_list("name", flat=True)
    assert sorted(told) == ["release.fully_released", "release.scaled"]
    assert plan_of(stage).candidate is None


def test_an_admin_overrides_with_a_reason_that_is_kept(stage: Stage) -> None:
    stage.release(Status.FULL)
    release = stage.release(Status.GRAYSCALE)

    with pytest.raises(errors.OverrideByAdmin):
        services.scale(release, 100_000, by=stage.developer, at=LATER, override="Now.")
    with pytest.raises(errors.FirstShareTooLarge):
        services.scale(release, 100_000, by=stage.admin, at=LATER, override=" ")
    services.scale(release, 100_000, by=stage.admin, at=LATER, override="A hole is open.")

    event = fresh(release).events.get(event="scale")
    assert event.reason == "A hole is open."
    assert event.details["overridden"] == ["first_share_too_large", "soak_too_short"]


@pytest.mark.parametrize("policy", [CLOSED, FROZEN])
def test_closed_windows_and_freezes_hold_back_growth_alone(stage: Stage, policy: object) -> None:
    release = stage.release(Status.PREPARATION, policy=policy)

    with pytest.raises(errors.WindowClosed, match="UTC"):
        services.go_live(release, by=stage.developer, at=AT)
    services.go_live(release, by=stage.admin, at=AT, override="A hole is open.")
    with pytest.raises(errors.WindowClosed):
        services.scale(release, 1_000, by=stage.developer, at=AT)
    services.pause(release, by=stage.developer, at=AT)
    services.resume(release, by=stage.developer, at=AT)
    services.cancel(release, reason="Enough.", by=stage.developer, at=AT)

    assert fresh(release).status == Status.CANCELED


def test_a_pause_freezes_the_share_and_keeps_who_has_it(stage: Stage) -> None:
    release = stage.release(Status.GRAYSCALE, share=5_000)

    services.pause(release, by=stage.developer, at=LATER, reason="Errors.")
    with pytest.raises(errors.ReleasePaused):
        services.scale(release, 6_000, by=stage.developer, at=LATER)
    with pytest.raises(errors.ReleasePaused):
        services.pause(release, by=stage.developer, at=LATER)

    assert plan_of(stage).threshold == 5_000
    services.resume(release, by=stage.developer, at=LATER)
    with pytest.raises(errors.ReleaseNotPaused):
        services.resume(release, by=stage.developer, at=LATER)


def test_canceling_gives_everybody_the_stable_version(stage: Stage) -> None:
    stable = stage.release(Status.FULL)
    release = stage.release(Status.GRAYSCALE, share=5_000, testers=["ann"], paused_at=AT)
    with pytest.raises(errors.ReasonMissing):
        services.cancel(release, reason="  ", by=stage.developer, at=LATER)

    services.cancel(release, reason="Crashes.", by=stage.developer, at=LATER)

    after, plan = fresh(release), plan_of(stage)
    assert (after.status, after.ended_at, after.share) == (Status.CANCELED, LATER, 5_000)
    assert (plan.stable, plan.candidate, plan.threshold, plan.pilot) == (
        stable.version,
        None,
        0,
        [],
    )


def test_rules_are_set_until_somebody_has_it_and_widened_then(stage: Stage) -> None:
    release = stage.release(Status.GRAYSCALE)
    rules = {"systems": ["android"], "regions": ["SG"]}
    services.set_rules(release, rules, by=stage.developer, at=LATER)
    with pytest.raises(errors.SameRules):
        services.set_rules(release, rules, by=stage.developer, at=LATER)
    services.scale(release, 1_000, by=stage.developer, at=LATER)

    with pytest.raises(errors.RulesNarrower):
        services.set_rules(release, {"systems": ["ios"]}, by=stage.developer, at=LATER)
    with pytest.raises(errors.RulesNarrower):
        services.set_rules(
            release, {**rules, "app_version": {"from": "8"}}, by=stage.developer, at=LATER
        )
    services.set_rules(release, {"regions": ["sg", "my"]}, by=stage.developer, at=LATER)
    services.set_rules(release, {}, by=stage.developer, at=LATER)

    assert plan_of(stage).rules == {}


def test_rules_that_cannot_be_read_are_refused(stage: Stage) -> None:
    release = stage.release(Status.PILOT)

    with pytest.raises(InvalidFields):
        services.set_rules(release, {"phase": "moon"}, by=stage.developer, at=LATER)
