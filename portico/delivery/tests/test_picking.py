"""Which version somebody gets: the order in which it is decided."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.delivery.bucketing import BUCKETS, bucket_of
from portico.delivery.explaining import explain
from portico.delivery.picking import Subject, pick
from portico.delivery.plan import Plan, PlannedVersion, Reason, no_plan
from portico.delivery.targeting import ANYBODY, Context, TargetingRules

SALT = "01JBJA0ZANFDNVF8FF1N7MX2RH"
STABLE = PlannedVersion(1, "1.0.1", "0192e4a0-0000-7000-8000-000000000001")
CANDIDATE = PlannedVersion(2, "1.0.2", "0192e4a0-0000-7000-8000-000000000002")
IN_SINGAPORE = TargetingRules(regions=frozenset({"sg"}))
PLAN = Plan(
    "com.example.tips",
    revision=7,
    stable=STABLE,
    candidate=CANDIDATE,
    pilot=frozenset({"tester"}),
    threshold=20_000,
    salt=SALT,
)
NOWHERE = Context()

users = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
contexts = st.builds(Context, st.sampled_from(["", "sg", "id"]))
versions = st.sampled_from([None, STABLE])
plans = st.builds(
    Plan,
    st.just("com.example.tips"),
    removed=st.booleans(),
    stable=versions,
    candidate=st.sampled_from([None, CANDIDATE]),
    pilot=st.frozensets(users.filter(bool), max_size=3),
    threshold=st.integers(0, BUCKETS),
    salt=st.just(SALT),
    rules=st.sampled_from([ANYBODY, IN_SINGAPORE]),
)


def somebody(*, early: bool) -> str:
    """A user who is early in the plan's grayscale, or who is not."""
    users = (f"user-{number}" for number in range(1000))
    return next(user for user in users if (bucket_of(SALT, user) < PLAN.threshold) is early)


def reason(plan: Plan, subject: Subject, context: Context = NOWHERE) -> Reason:
    return pick(plan, subject, context).reason


def decided_by_the_book(plan: Plan, subject: Subject, context: Context) -> Reason:
    """The order of decision, written out from the published formula alone."""
    drawn = subject.user or subject.device
    steps = [
        (plan.removed, Reason.REMOVED),
        (plan.candidate is not None and subject.user in plan.pilot, Reason.PILOT),
        (
            plan.candidate is not None
            and drawn != ""
            and bucket_of(plan.salt, drawn) < plan.threshold
            and (not plan.rules.regions or context.region in plan.rules.regions),
            Reason.GRAYSCALE,
        ),
        (plan.stable is not None, Reason.FULL),
    ]
    return next((reason for is_so, reason in steps if is_so), Reason.NOT_AVAILABLE)


@given(plans, st.builds(Subject, users, users), contexts)
def test_what_is_decided_first_counts(plan: Plan, subject: Subject, context: Context) -> None:
    picked = pick(plan, subject, context)

    assert picked.reason is decided_by_the_book(plan, subject, context)
    assert (
        picked.version
        == {
            Reason.REMOVED: None,
            Reason.PILOT: plan.candidate,
            Reason.GRAYSCALE: plan.candidate,
            Reason.FULL: plan.stable,
            Reason.NOT_AVAILABLE: None,
        }[picked.reason]
    )
    assert picked.release == (picked.version.release if picked.version else "")


@given(plans, users, contexts, st.integers(0, BUCKETS))
def test_a_growing_share_takes_the_candidate_from_nobody(
    plan: Plan, user: str, context: Context, share: int
) -> None:
    more = replace(plan, threshold=max(plan.threshold, share))

    if pick(plan, Subject(user), context).version is CANDIDATE:
        assert pick(more, Subject(user), context).version is CANDIDATE


@given(plans, st.builds(Subject, users, users), contexts)
def test_the_explanation_agrees_with_the_answer(
    plan: Plan, subject: Subject, context: Context
) -> None:
    told = explain(plan, subject, context)

    assert told.picked == pick(plan, subject, context)
    if told.reason is Reason.PILOT:
        assert told.is_tester
    if told.reason is Reason.GRAYSCALE:
        assert told.enrolled
        assert told.mismatches == ()
        assert told.bucket is not None


def test_a_tester_keeps_the_version_whatever_the_share_and_the_rules() -> None:
    plan = replace(PLAN, threshold=0, rules=IN_SINGAPORE)

    assert reason(plan, Subject("tester")) is Reason.PILOT


def test_a_device_that_calls_itself_like_a_tester_is_none() -> None:
    plan = replace(PLAN, threshold=0)

    assert reason(plan, Subject(device="tester")) is Reason.FULL


def test_a_device_is_drawn_where_there_is_no_user() -> None:
    early, late = somebody(early=True), somebody(early=False)

    assert reason(PLAN, Subject(device=early)) is Reason.GRAYSCALE
    assert reason(PLAN, Subject(device=late)) is Reason.FULL
    assert reason(PLAN, Subject(user=late, device=early)) is Reason.FULL


def test_nobody_in_particular_gets_the_full_release_even_at_all() -> None:
    plan = replace(PLAN, threshold=BUCKETS)

    assert reason(plan, Subject()) is Reason.FULL
    assert reason(replace(plan, stable=None), Subject()) is Reason.NOT_AVAILABLE


def test_who_is_early_and_does_not_match_gets_the_stable_version() -> None:
    plan, early = replace(PLAN, rules=IN_SINGAPORE), Subject(somebody(early=True))

    assert reason(plan, early, Context(region="SG")) is Reason.GRAYSCALE
    assert reason(plan, early, Context(region="id")) is Reason.FULL
    assert [one.rule for one in explain(plan, early, NOWHERE).mismatches] == ["regions"]


def test_before_a_first_full_release_the_others_get_nothing() -> None:
    plan = replace(PLAN, stable=None)

    assert reason(plan, Subject(somebody(early=False))) is Reason.NOT_AVAILABLE
    assert plan.offered == (CANDIDATE,)


def test_what_was_removed_goes_to_nobody_not_even_testers() -> None:
    plan = replace(PLAN, removed=True)

    assert pick(plan, Subject("tester"), NOWHERE) == plan.to_nobody
    assert plan.offered == ()


def test_a_program_without_a_plan_is_not_available() -> None:
    assert reason(no_plan("com.example.tips"), Subject("tester")) is Reason.NOT_AVAILABLE


def test_a_plan_that_cannot_be_is_not_made() -> None:
    with pytest.raises(ValueError, match="Nobody is not in a test group"):
        replace(PLAN, pilot=frozenset({""}))
    with pytest.raises(ValueError, match="needs a salt"):
        replace(PLAN, salt="")
    with pytest.raises(ValueError, match="-1 is not between"):
        replace(PLAN, threshold=-1)
