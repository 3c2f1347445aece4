from __future__ import annotations

from datetime import timedelta

import pytest

from portico.release_process.policy import RampStep, Window
from portico.releases import errors, services
from portico.releases.rules.pipeline import Status
from portico.releases.tests.staging import LATER, Stage, fresh
from portico.rollout.models import Plan
from tests.make import AT, make_policy

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
QUICK = (RampStep(1_000, 10 * MINUTE), RampStep(20_000, 10 * MINUTE), RampStep(100_000, 0 * MINUTE))


def test_a_ramp_goes_through_its_steps_and_stays_at_each(stage: Stage) -> None:
    stage.release(Status.FULL)
    release = stage.release(Status.GRAYSCALE, policy=make_policy(shortest_soak=0 * MINUTE))
    services.start_ramp(release, by=stage.developer, at=AT, ramp=QUICK)

    taken = [
        services.take_ramp_step(release.id, at=AT + minutes * MINUTE)
        for minutes in (0, 9, 10, 10, 19, 20, 30)
    ]

    assert taken == [True, False, True, False, False, True, False]
    after = fresh(release)
    assert (after.status, after.ramp_on, after.next_step_at) == (Status.FULL, False, None)
    scaled = after.events.filter(event="scale")
    assert [(one.who, one.details["to"]) for one in scaled] == [
        ("ramp", 1_000),
        ("ramp", 20_000),
        ("ramp", 100_000),
    ]


def test_a_ramp_waits_for_the_shortest_soak_and_for_windows(stage: Stage) -> None:
    stage.release(Status.FULL)
    nights = make_policy(windows=(Window(frozenset(range(7)), 8 * 60, 8 * 60 + 30),))
    release = stage.release(Status.GRAYSCALE, policy=nights)
    services.start_ramp(release, by=stage.developer, at=AT, ramp=QUICK[:1] + QUICK[2:])
    assert services.take_ramp_step(release.id, at=AT)

    soaks = services.take_ramp_step(release.id, at=AT + 10 * MINUTE)
    at_soaked = fresh(release).next_step_at
    closed = services.take_ramp_step(release.id, at=AT + HOUR)
    at_open = fresh(release).next_step_at
    taken = services.take_ramp_step(release.id, at=AT + 24 * HOUR)

    assert (soaks, closed, taken) == (False, False, True)
    assert (at_soaked, at_open) == (AT + HOUR, AT + 24 * HOUR)


def test_a_paused_ramp_takes_no_step_and_one_only_after_it(stage: Stage) -> None:
    release = stage.release(Status.GRAYSCALE)
    services.start_ramp(release, by=stage.developer, at=AT, ramp=QUICK)
    services.pause(release, by=stage.developer, at=AT)

    assert not services.take_ramp_step(release.id, at=LATER)
    services.resume(release, by=stage.developer, at=LATER)

    assert fresh(release).next_step_at == LATER
    assert services.take_ramp_step(release.id, at=LATER)
    assert not services.take_ramp_step(release.id, at=LATER)
    assert fresh(release).share == 1_000


def test_a_step_by_hand_goes_into_the_ramp(stage: Stage) -> None:
    release = stage.release(Status.GRAYSCALE)
    services.start_ramp(release, by=stage.developer, at=AT, ramp=QUICK)

    services.scale(release, 30_000, by=stage.developer, at=AT + MINUTE)

    after = fresh(release)
    assert (after.ramp_on, after.next_step_at) == (True, AT + 11 * MINUTE)


def test_a_ramp_that_ends_before_everybody_stops_there(stage: Stage) -> None:
    release = stage.release(Status.GRAYSCALE)
    services.start_ramp(release, by=stage.developer, at=AT, ramp=QUICK[:1])

    assert services.take_ramp_step(release.id, at=AT)

    after = fresh(release)
    assert (after.status, after.share, after.ramp_on) == (Status.GRAYSCALE, 1_000, False)


def test_a_ramp_is_that_of_the_policy_unless_another_is_given(stage: Stage) -> None:
    release = services.start_ramp(stage.release(Status.GRAYSCALE), by=stage.developer, at=AT)

    assert [share for share, _minutes in release.ramp] == [1_000, 5_000, 20_000, 50_000, 100_000]
    with pytest.raises(errors.RampOn):
        services.start_ramp(release, by=stage.developer, at=AT)
    services.stop_ramp(release, by=stage.developer, at=AT)
    with pytest.raises(errors.RampOff):
        services.stop_ramp(release, by=stage.developer, at=AT)


@pytest.mark.parametrize(
    "ramp",
    [
        (),
        (RampStep(0, MINUTE),),
        (RampStep(5, MINUTE), RampStep(5, MINUTE)),
        (RampStep(9, MINUTE), RampStep(5, MINUTE)),
        (RampStep(100_001, MINUTE),),
        (RampStep(5, -MINUTE),),
        tuple(RampStep(share, MINUTE) for share in range(1, 22)),
    ],
)
def test_what_does_not_rise_is_no_ramp(stage: Stage, ramp: tuple[RampStep, ...]) -> None:
    with pytest.raises(errors.RampRefused):
        services.start_ramp(stage.release(Status.GRAYSCALE), by=stage.developer, at=AT, ramp=ramp)


def test_a_ramp_obeys_the_first_share_and_goes_further_than_now(stage: Stage) -> None:
    stage.release(Status.FULL)
    release = stage.release(Status.GRAYSCALE)

    with pytest.raises(errors.RampTooSteep):
        services.start_ramp(release, by=stage.developer, at=AT, ramp=QUICK[1:])
    services.scale(release, 10_000, by=stage.developer, at=AT)
    with pytest.raises(errors.RampOver):
        services.start_ramp(release, by=stage.developer, at=AT, ramp=QUICK[:1])
    services.start_ramp(release, by=stage.developer, at=AT, ramp=QUICK[1:])

    assert fresh(release).next_step_at == AT


def test_an_archived_app_gets_no_step_until_it_is_back(stage: Stage) -> None:
    release = stage.release(Status.GRAYSCALE)
    services.start_ramp(release, by=stage.developer, at=AT, ramp=QUICK)
    app = stage.production.app
    app.archived_at = AT
    app.save()

    assert not services.take_ramp_step(release.id, at=AT)

    assert fresh(release).next_step_at == AT + HOUR
    assert Plan.objects.get(program=stage.program).threshold == 0
