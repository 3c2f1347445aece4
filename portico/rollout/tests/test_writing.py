"""Writing plans: with a rising revision, under a lock, and none that could not be answered by."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from portico.kernel.errors import InvalidFields
from portico.rollout.models import Plan
from portico.rollout.queries import plan_of
from portico.rollout.services import OtherProgram, PlanState, lock_plan, write_plan
from portico.rollout.tests.conftest import Scene
from portico.targets.queries import targets_of_app
from tests.make import AT, make_app, make_program, make_version

LATER = AT + timedelta(hours=1)


def test_each_change_of_a_plan_makes_a_revision(scene: Scene) -> None:
    first = scene.write(scene.full())
    second = scene.write(scene.grayscale(1_000))
    third = scene.write(scene.grayscale(5_000))

    assert [first.revision, second.revision, third.revision] == [1, 2, 3]
    found = plan_of(scene.program, scene.production)
    assert found is not None
    assert (found.stable, found.candidate, found.threshold) == (scene.first, scene.second, 5_000)
    assert Plan.objects.count() == 1


def test_a_plan_that_says_the_same_is_not_written_again(scene: Scene) -> None:
    rules = {"regions": ["SG", "my"]}
    scene.write(scene.grayscale(pilot=["b", "a"], rules=rules))

    with transaction.atomic():
        plan = lock_plan(scene.program, scene.production)
        state = scene.grayscale(pilot=["a", "b", "a"], rules={"regions": ["my", "sg"], "os": []})
        with pytest.raises(InvalidFields):  # it is called systems
            write_plan(plan, state, at=LATER)
    same = scene.write(scene.grayscale(pilot=["a", "b", "a"], rules={"regions": ["my", "sg"]}))

    assert (same.revision, same.changed_at) == (1, AT)


def test_the_targets_of_an_app_have_plans_of_their_own(scene: Scene) -> None:
    scene.write(scene.full())
    scene.write(scene.grayscale(0), scene.sandbox)

    production, sandbox = (plan_of(scene.program, one) for one in (scene.production, scene.sandbox))

    assert production is not None
    assert sandbox is not None
    assert (production.candidate, sandbox.candidate) == (None, scene.second)


def test_nothing_of_another_program_or_workspace_comes_into_a_plan(scene: Scene) -> None:
    other = make_version(make_program(scene.cast.acme))
    foreign = targets_of_app(make_app(scene.cast.zenith))

    with pytest.raises(OtherProgram):
        scene.write(PlanState(stable=other, stable_release=other.id))
    for target in foreign.values():
        with transaction.atomic(), pytest.raises(OtherProgram):
            lock_plan(scene.program, target)


def test_a_candidate_without_a_salt_is_not_written(scene: Scene) -> None:
    with pytest.raises(ValueError, match="needs a salt"):
        scene.write(scene.grayscale(salt=""))

    assert not Plan.objects.exclude(revision=0).exists()


def test_the_database_enrolls_nobody_without_a_candidate(scene: Scene) -> None:
    with pytest.raises(IntegrityError, match="without_a_candidate_nobody_is_enrolled"):
        scene.write(PlanState(threshold=1_000))


def test_what_somebody_gets_is_never_called_withdrawn(scene: Scene) -> None:
    plan = scene.write(scene.grayscale(withdrawn=[1, 2, 7]))

    assert plan.withdrawn == [7]


def test_a_candidate_that_nobody_has_any_more_is_withdrawn(scene: Scene) -> None:
    testers: list[str]
    for threshold, testers in ((1_000, []), (0, ["ann"])):
        assert scene.write(scene.grayscale(threshold, pilot=testers)).withdrawn == []
        assert scene.write(scene.full()).withdrawn == [scene.second.code]

    again = scene.write(scene.grayscale(0, pilot=[], withdrawn=[scene.second.code]))
    assert again.withdrawn == [scene.second.code], "on its way, and nobody has it"
    full = PlanState(stable=scene.second, stable_release=scene.second.id, withdrawn=[2])
    assert scene.write(full).withdrawn == []


def test_a_candidate_that_nobody_was_given_is_not_withdrawn(scene: Scene) -> None:
    scene.write(scene.grayscale(0, pilot=[]))

    assert scene.write(scene.full()).withdrawn == []
