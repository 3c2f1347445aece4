"""The copy of a policy that requests and releases keep."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Cast
from portico.basic_settings.services import save
from portico.release_process.policy import (
    AutomatedReview,
    Freeze,
    Policy,
    RampStep,
    Window,
    read,
    stored,
)
from portico.release_process.section import section
from portico.release_process.services import policy_now
from tests.make import AT, actor

MINUTES = st.integers(0, 60 * 24 * 30).map(lambda count: timedelta(minutes=count))
TEXTS = st.text(max_size=20)
POLICIES = st.builds(
    Policy,
    production=st.booleans(),
    review=st.booleans(),
    pilot_testing=st.booleans(),
    grayscale_release=st.booleans(),
    approvals=st.integers(0, 5),
    requester_may_approve=st.booleans(),
    automated_review=st.sampled_from(AutomatedReview),
    most_testers=st.integers(1, 1000),
    largest_first_share=st.integers(1, 100_000),
    shortest_soak=MINUTES,
    ramp=st.lists(st.builds(RampStep, st.integers(1, 100_000), MINUTES), max_size=5).map(tuple),
    windows=st.lists(
        st.builds(Window, st.frozensets(st.integers(0, 6)), st.integers(0, 1439), st.integers(0)),
        max_size=3,
    ).map(tuple),
    freezes=st.lists(st.builds(Freeze, TEXTS, TEXTS, TEXTS), max_size=3).map(tuple),
    time_zone=st.sampled_from(["UTC", "Asia/Shanghai"]),
)


@given(POLICIES)
def test_a_policy_reads_from_its_copy_as_it_was(policy: Policy) -> None:
    assert read(json.loads(json.dumps(stored(policy)))) == policy


@pytest.mark.django_db
def test_what_is_saved_applies_from_then_on_and_names_its_revision(cast: Cast) -> None:
    before = policy_now(cast.acme, production=True)

    values = {
        "production": {
            "approvals": 2,
            "largest_first_share": 0.5,
            "ramp": [{"percentage": 0.5, "soak_minutes": 90}, {"percentage": 100}],
            "windows": [{"days": ["sunday", "monday"], "start": "22:00", "end": "04:30"}],
        },
        "sandbox": {"review": True},
    }
    save(cast.acme, section, values, based_on=0, by=actor(cast.admin), at=AT)

    after = policy_now(cast.acme, production=True)
    assert (before.revision, before.policy.approvals) == (0, 1)
    assert (after.revision, after.policy.approvals) == (1, 2)
    assert after.policy.largest_first_share == 500
    assert after.policy.ramp[0] == RampStep(500, timedelta(minutes=90))
    assert after.policy.windows == (Window(frozenset({0, 6}), 22 * 60, 4 * 60 + 30),)
    assert after.policy.time_zone == cast.acme.time_zone
    assert policy_now(cast.acme, production=False).policy.review
    assert policy_now(cast.zenith, production=True).revision == 0


@pytest.mark.django_db
def test_the_sandbox_has_no_grayscale_release_and_nothing_that_limits_one(cast: Cast) -> None:
    policy = policy_now(cast.acme, production=False).policy

    assert not policy.grayscale_release
    assert (policy.ramp, policy.windows, policy.freezes) == ((), (), ())
    assert policy.shortest_soak == timedelta(0)
