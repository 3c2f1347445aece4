"""Taking the steps of ramps that are due."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.release_process.policy import EVERYBODY, Freeze, Window
from portico.release_process.services import policy_now
from portico.releases.acting import By
from portico.releases.models import Release, ReleaseStatus
from portico.releases.ramping.stepping import AGAIN_AFTER, Swept, due, sweep
from portico.releases.ramping.tests.ramps import (
    MINUTE,
    RAMP,
    make_ramp,
    make_target,
    shares_of,
)
from portico.releases.rules.pipeline import Status
from portico.releases.services import pause, resume, scale
from portico.rollout.models import Plan
from portico.targets.models import ReleaseTarget
from tests.make import AT, actor, make_policy, make_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def target(cast: Cast) -> ReleaseTarget:
    return make_target(cast.acme)


def admin_of(cast: Cast) -> By:
    return By(actor(cast.admin), cast.admin)


def test_each_release_that_is_due_takes_one_step_and_is_due_again_after_its_soak(
    target: ReleaseTarget,
) -> None:
    ready, early = make_ramp(target), make_ramp(target, due_at=AT + MINUTE)

    swept = sweep(lambda: AT)
    again = sweep(lambda: AT)

    assert (swept, again) == (Swept(taken=1), Swept())
    ready.refresh_from_db()
    early.refresh_from_db()
    assert (ready.share, ready.next_step_at, ready.revision) == (20_000, AT + 10 * MINUTE, 2)
    assert (early.share, early.revision) == (1_000, 1)
    assert Plan.objects.get(program=ready.program, target=target).threshold == 20_000
    (entry,) = AuditEntry.objects.filter(action="release.scale", subject_id=str(ready.id))
    assert (entry.actor_id, entry.via) == (None, "platform")


def test_a_ramp_goes_through_all_of_its_steps_once_and_ends_with_everybody(
    target: ReleaseTarget,
) -> None:
    release = make_ramp(target, share=0)

    for minute in range(60):
        sweep(lambda at=AT + minute * MINUTE: at)  # type: ignore[misc]

    release.refresh_from_db()
    assert shares_of(release) == [1_000, 20_000, 50_000, EVERYBODY]
    assert (release.status, release.ramp_on) == (ReleaseStatus.FULL, False)


def test_after_a_long_outage_one_step_is_taken_and_the_next_one_waits_for_its_soak(
    target: ReleaseTarget,
) -> None:
    release = make_ramp(target, due_at=AT - timedelta(days=3))

    taken = [
        sweep(lambda at=AT + minute * MINUTE: at).taken  # type: ignore[misc]
        for minute in range(11)
    ]

    assert taken == [1, *[0] * 9, 1]
    assert shares_of(release) == [20_000, 50_000]


def test_a_release_that_fails_holds_up_no_other_and_is_asked_again_later(
    target: ReleaseTarget, caplog: pytest.LogCaptureFixture
) -> None:
    broken = make_ramp(target, due_at=AT - MINUTE)
    Release.objects.filter(id=broken.id).update(policy={"no": "policy"})
    whole = make_ramp(target)

    swept = sweep(lambda: AT)

    assert swept == Swept(taken=1, failed=1)
    assert shares_of(whole) == [20_000]
    assert f"The ramp of release {broken.id} could not go on." in caplog.text
    broken.refresh_from_db()
    assert (broken.share, broken.revision) == (1_000, 1)
    assert due(at=AT, most=9) == []
    assert due(at=AT + AGAIN_AFTER, most=9) == [broken.id]


def test_many_that_are_due_are_taken_in_batches_those_that_fail_first_included(
    target: ReleaseTarget,
) -> None:
    broken = [make_ramp(target, due_at=AT - MINUTE) for _ in range(3)]
    Release.objects.filter(id__in=[one.id for one in broken]).update(policy={})
    whole = [make_ramp(target) for _ in range(4)]
    times = iter(AT + number * MINUTE / 60 for number in range(9))

    swept = sweep(lambda: next(times), batch=2)

    assert swept == Swept(taken=4, failed=3)
    assert [shares_of(one) for one in whole] == [[20_000]] * 4


def test_nothing_happens_to_a_release_while_it_is_paused(cast: Cast, target: ReleaseTarget) -> None:
    release, by = make_ramp(target), admin_of(cast)
    pause(release, by=by, at=AT)
    later = AT + timedelta(hours=5)

    while_paused = sweep(lambda: later)
    release.refresh_from_db()
    resume(release, by=by, at=later)
    afterwards = sweep(lambda: later)

    assert (while_paused, afterwards) == (Swept(), Swept(taken=1))
    assert shares_of(release) == [20_000]


def test_scaled_by_hand_meanwhile_it_goes_on_from_there(cast: Cast, target: ReleaseTarget) -> None:
    release = make_ramp(target)
    scale(release, 30_000, by=admin_of(cast), at=AT)

    at_once = sweep(lambda: AT)
    later = sweep(lambda: AT + 10 * MINUTE)

    assert (at_once.taken, later.taken) == (0, 1)
    assert shares_of(release) == [30_000, 50_000]


def opening_of(release: Release) -> datetime | None:
    """When the next step is due, after it was due now and could not be taken."""
    assert sweep(lambda: AT) == Swept(held=1)
    release.refresh_from_db()
    assert (release.share, release.revision) == (1_000, 1)
    return release.next_step_at


def test_a_closed_window_moves_the_step_to_the_next_opening(
    cast: Cast, target: ReleaseTarget
) -> None:
    monday = Window(frozenset({0}), 9 * 60, 17 * 60)  # AT is a Sunday
    policy = make_policy(windows=(monday,), time_zone="Asia/Singapore")
    release = make_ramp(target, policy=policy)

    opening = opening_of(release)

    assert opening == AT.replace(day=23, hour=1, minute=0)  # 09:00 in Singapore
    assert sweep(lambda: opening - MINUTE).taken == 0
    assert sweep(lambda: opening).taken == 1


def test_a_freeze_moves_the_step_to_its_end(cast: Cast, target: ReleaseTarget) -> None:
    freeze = Freeze("2026-11-20T00:00", "2026-11-24T12:00", "Quarter end")
    release = make_ramp(target, policy=make_policy(freezes=(freeze,)))

    opening = opening_of(release)

    assert opening == AT.replace(day=24, hour=12, minute=0)
    assert sweep(lambda: opening).taken == 1


def test_with_a_baseline_everybody_gets_it_only_after_the_shortest_soak(
    cast: Cast, target: ReleaseTarget
) -> None:
    policy = make_policy(shortest_soak=timedelta(hours=2))
    begun = AT - timedelta(hours=1)
    ramp = [[1_000, 0], [EVERYBODY, 0]]
    release = make_ramp(target, ramp=ramp, policy=policy, first_share_at=begun)
    make_release(release.program, target, status=Status.FULL)

    assert opening_of(release) == begun + timedelta(hours=2)
    assert sweep(lambda: begun + timedelta(hours=2)).taken == 1
    assert shares_of(release) == [EVERYBODY]


def test_a_step_of_an_archived_app_waits_and_is_not_asked_for_in_each_sweep(
    target: ReleaseTarget,
) -> None:
    release = make_ramp(target)
    target.app.archived_at = AT
    target.app.save()

    opening = opening_of(release)

    assert opening is not None
    assert opening > AT


def test_those_that_are_due_are_found_by_an_index_of_ramps_alone(target: ReleaseTarget) -> None:
    make_ramp(target)
    with CaptureQueriesContext(connection) as queries:
        due(at=AT, most=5)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {queries[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "release_by_next_step" in plan


def test_the_default_ramp_of_the_release_process_is_one_that_can_be_walked(
    cast: Cast, target: ReleaseTarget
) -> None:
    policy = policy_now(cast.acme, production=True).policy
    ramp = [[step.share, step.soak // MINUTE] for step in policy.ramp]
    release = make_ramp(target, share=0, ramp=ramp, first_share_at=AT)
    at = AT

    for _step in policy.ramp:
        assert sweep(lambda: at).taken == 1  # noqa: B023 - called at once
        release.refresh_from_db()
        at = release.next_step_at or at

    assert release.status == ReleaseStatus.FULL
    assert RAMP[-1][0] == ramp[-1][0] == EVERYBODY
