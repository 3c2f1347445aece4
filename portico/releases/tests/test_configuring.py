from __future__ import annotations

import pytest

from portico.kernel.errors import InvalidFields
from portico.miniprograms.services import SetUp
from portico.releases import errors, services
from portico.releases.rules.pipeline import Status
from portico.releases.tests.staging import LATER, Stage, fresh
from portico.rollout.models import Plan

OTHER = SetUp(server_domains=["api.example.com"], variables=[("API_URL", "x")])


def test_a_new_release_is_configured_freely(stage: Stage) -> None:
    release = services.configure(stage.release(), OTHER, by=stage.developer, at=LATER)

    assert release.configuration["server_domains"] == ["api.example.com"]
    assert release.configuration["variables"] == {"API_URL": "x"}
    assert release.events.get(number=2).details == {"voided": False}


def test_configuring_after_approval_voids_it_and_leads_back(stage: Stage) -> None:
    release = stage.release(Status.PILOT, testers=["ann"])
    assert Plan.objects.get(program=stage.program).pilot == ["ann"]

    services.configure(release, OTHER, by=stage.developer, at=LATER)

    after = fresh(release)
    assert (after.status, after.approved_at, after.testers) == (Status.CREATED, None, [])
    assert after.request is not None
    assert (after.request.status, after.request.voided_at) == ("approved", LATER)
    assert Plan.objects.get(program=stage.program).candidate is None
    again = services.apply(after, by=stage.developer, at=LATER)
    assert again.status == Status.UNDER_REVIEW
    assert again.request != after.request


def test_what_is_reviewed_is_withdrawn_before_it_is_edited(stage: Stage) -> None:
    with pytest.raises(errors.AlreadyUnderReview, match="Withdraw it first"):
        services.configure(stage.release(Status.UNDER_REVIEW), OTHER, by=stage.developer, at=LATER)


def test_the_same_configuration_voids_nothing(stage: Stage) -> None:
    release = stage.release(
        Status.PREPARATION, configuration={"server_domains": [], "variables": {}}
    )

    with pytest.raises(errors.SameConfiguration):
        services.configure(release, SetUp(), by=stage.developer, at=LATER)

    assert fresh(release).approved_at is not None


def test_what_cannot_be_used_is_said_field_by_field(stage: Stage) -> None:
    with pytest.raises(InvalidFields) as refused:
        services.configure(
            stage.release(),
            SetUp(server_domains=["http://x"], variables=[("lower", "x")]),
            by=stage.developer,
            at=LATER,
        )

    assert set(refused.value.errors) == {"server_domains.1", "variables.1"}
