from __future__ import annotations

import pytest

from portico.releases import errors, services
from portico.releases.models import Release
from portico.releases.rules.pipeline import Status
from portico.releases.tests.staging import LATER, Stage, fresh
from portico.rollout.models import Plan
from tests.make import AT


def back(stage: Stage, to: Release) -> Release:
    return services.roll_back(to, reason="It crashes.", by=stage.developer, at=LATER)


def test_rolling_back_is_a_new_release_in_the_place_of_the_live_one(stage: Stage) -> None:
    old = stage.release(Status.ARCHIVED)
    live = stage.release(Status.FULL)

    new = back(stage, old)

    assert (new.status, new.version, new.rolled_back_to) == (Status.FULL, old.version, old)
    assert (new.approved_at, new.went_live_at) == (old.approved_at, old.went_live_at)
    assert (new.is_rollback, new.revision, new.released_at) == (True, 1, LATER)
    assert (fresh(live).status, fresh(live).archived_because) == (Status.ARCHIVED, "replaced")
    assert fresh(old).revision == 1
    plan = Plan.objects.get(program=stage.program)
    assert (plan.stable, plan.stable_release) == (old.version, new.id)
    event = new.events.get()
    assert (event.event, event.reason, event.details) == (
        "roll_back",
        "It crashes.",
        {"to": str(old.id)},
    )


def test_rolling_back_cancels_what_is_on_its_way(stage: Stage) -> None:
    old = stage.release(Status.ARCHIVED)
    stage.release(Status.FULL)
    candidate = stage.release(Status.GRAYSCALE, share=50_000)
    waiting = stage.release(Status.UNDER_REVIEW)

    back(stage, old)

    assert fresh(candidate).status == Status.CANCELED
    assert fresh(candidate).events.get(event="cancel").reason == "It crashes."
    assert fresh(waiting).status == Status.UNDER_REVIEW
    assert Plan.objects.get(program=stage.program).threshold == 0


def test_a_rollback_is_rolled_back_in_turn(stage: Stage) -> None:
    old = stage.release(Status.ARCHIVED)
    live = stage.release(Status.FULL)
    first = back(stage, old)

    second = back(stage, fresh(live))
    third = back(stage, fresh(first))

    assert (second.version, third.version) == (live.version, old.version)
    assert fresh(second).status == Status.ARCHIVED
    assert Release.objects.filter(status=Status.FULL).get() == third


def test_rolling_back_needs_a_reason(stage: Stage) -> None:
    old = stage.release(Status.ARCHIVED)

    with pytest.raises(errors.ReasonMissing):
        services.roll_back(old, reason="", by=stage.developer, at=LATER)


@pytest.mark.parametrize("because", ["offline", "removed"])
def test_what_was_taken_away_needs_a_new_review(stage: Stage, because: str) -> None:
    old = stage.release(Status.ARCHIVED, archived_because=because)

    with pytest.raises(errors.NotReplaced, match="needs a new review"):
        back(stage, old)


def test_a_version_that_was_brought_back_and_removed_then_stays_away(stage: Stage) -> None:
    old = stage.release(Status.ARCHIVED)
    back(stage, old)
    services.force_remove(
        stage.program, stage.production, reason="Phishing.", by=stage.inspector, at=LATER
    )

    with pytest.raises(errors.NotReplaced):
        back(stage, old)


def test_what_is_live_is_not_rolled_back_to(stage: Stage) -> None:
    old = stage.release(Status.ARCHIVED)
    back(stage, old)

    with pytest.raises(errors.LiveAlready):
        back(stage, old)


def test_in_the_sandbox_who_works_on_it_rolls_back(stage: Stage) -> None:
    old = stage.release(Status.ARCHIVED, target=stage.sandbox)
    stage.release(Status.FULL, target=stage.sandbox)

    assert back(stage, old).status == Status.FULL
    assert fresh(old).created_at == AT
