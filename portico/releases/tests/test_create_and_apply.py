from __future__ import annotations

import pytest

from portico.approvals.models import ApprovalRequest
from portico.kernel.errors import NotFound
from portico.miniprograms.models import ProgramOnTarget
from portico.releases import errors, services
from portico.releases.models import Release, ReleaseEvent
from portico.releases.rules.pipeline import Status
from portico.releases.tests.staging import LATER, Stage, as_, fresh
from portico.rollout.models import Plan
from portico.workspaces.permissions import Role
from tests.make import AT, make_member, make_policy, make_program, make_version


def test_a_release_takes_the_set_up_along(stage: Stage) -> None:
    ProgramOnTarget.objects.create(
        program=stage.program,
        target=stage.production,
        server_domains=["api.example.com"],
        variables={"API_URL": "x"},
    )
    version = make_version(stage.program)

    release = services.create(stage.program, stage.production, version, by=stage.developer, at=AT)

    assert release.status == Status.CREATED
    assert release.configuration == {
        "server_domains": ["api.example.com"],
        "variables": {"API_URL": "x"},
    }
    assert release.created_by_id == stage.cast.developer.person_id
    assert Plan.objects.get(program=stage.program).candidate is None


def test_a_version_is_used_once_on_a_target(stage: Stage) -> None:
    used = stage.release(Status.CANCELED)

    with pytest.raises(errors.VersionUsed, match="“Canceled”"):
        services.create(stage.program, stage.production, used.version, by=stage.developer, at=AT)

    elsewhere = services.create(
        stage.program, stage.sandbox, used.version, by=stage.developer, at=AT
    )
    assert elsewhere.production is False


def test_a_version_of_another_program_is_not_found(stage: Stage) -> None:
    version = make_version(make_program(stage.cast.acme))

    with pytest.raises(NotFound):
        services.create(stage.program, stage.production, version, by=stage.admin, at=AT)


def test_a_target_of_another_workspace_is_not_found(stage: Stage, zenith: object) -> None:
    other = make_program(zenith)  # type: ignore[arg-type]
    version = make_version(other)

    with pytest.raises(NotFound):
        services.create(other, stage.production, version, by=stage.admin, at=AT)


def test_who_works_on_a_program_releases_to_the_sandbox_alone(stage: Stage) -> None:
    member = make_member(stage.cast.acme, Role.DEVELOPER)
    stage.program.members.create(membership=member, role="developer")
    version = make_version(stage.program)

    services.create(stage.program, stage.sandbox, version, by=as_(member), at=AT)
    with pytest.raises(errors.NotAReleaseActor):
        services.create(stage.program, stage.production, version, by=as_(member), at=AT)


def test_applying_opens_a_request_with_a_copy_of_the_policy(stage: Stage) -> None:
    release = stage.release()

    applied = services.apply(release, by=stage.developer, at=LATER, message="Please.")

    request = ApprovalRequest.objects.get()
    assert applied.status == Status.UNDER_REVIEW
    assert applied.request == request
    assert request.policy == applied.policy
    assert (request.message, request.requested_by_id) == (
        "Please.",
        stage.cast.developer.person_id,
    )


def test_releasing_a_version_creates_and_applies_or_does_neither(stage: Stage) -> None:
    stage.release(Status.UNDER_REVIEW)
    version = make_version(stage.program)

    with pytest.raises(errors.OtherUnderReview):
        services.release_version(
            stage.program, stage.production, version, by=stage.developer, at=AT
        )

    assert not Release.objects.filter(version=version).exists()
    released = services.release_version(
        stage.program, stage.sandbox, version, by=stage.developer, at=AT
    )
    assert [one.event for one in released.events.all()] == ["create", "apply"]


def test_in_a_sandbox_without_steps_everybody_gets_it_at_once(stage: Stage) -> None:
    old = stage.release(Status.FULL, target=stage.sandbox)
    version = make_version(stage.program)

    release = services.release_version(
        stage.program, stage.sandbox, version, by=stage.developer, at=LATER
    )

    assert (release.status, release.request, release.released_at) == (Status.FULL, None, LATER)
    assert (fresh(old).status, fresh(old).archived_because) == (Status.ARCHIVED, "replaced")
    plan = Plan.objects.get(program=stage.program, target=stage.sandbox)
    assert (plan.stable, plan.stable_release) == (version, release.id)
    live = ProgramOnTarget.objects.get(program=stage.program, target=stage.sandbox)
    assert live.live_version == version


def test_what_is_on_its_way_has_to_be_superseded_on_purpose(stage: Stage) -> None:
    stage.release(Status.GRAYSCALE, share=5_000)
    newer = stage.release()

    with pytest.raises(errors.OtherUnderWay, match="choose to supersede it"):
        services.apply(newer, by=stage.developer, at=LATER)

    assert fresh(newer).status == Status.CREATED


def test_the_older_is_canceled_when_the_newer_reaches_its_next_step(stage: Stage) -> None:
    older = stage.release(Status.GRAYSCALE, share=5_000)
    newer = stage.release()
    newer = services.apply(newer, by=stage.developer, at=AT, supersede=True)
    assert newer.request is not None
    assert fresh(older).status == Status.GRAYSCALE

    services.approve(newer.request, by=stage.reviewer, at=LATER)

    assert (fresh(older).status, fresh(newer).status) == (Status.CANCELED, Status.PILOT)
    cancel = ReleaseEvent.objects.get(event="cancel")
    assert (cancel.who, cancel.person_id) == ("release_actor", stage.cast.developer.person_id)
    assert newer.version.name in cancel.reason
    newest = ReleaseEvent.objects.order_by("-id").values_list("event", flat=True)[:2]
    assert list(newest) == ["approve", "cancel"]
    plan = Plan.objects.get(program=stage.program)
    assert (plan.candidate, plan.threshold) == (None, 0)


def test_a_superseded_release_that_got_through_meanwhile_is_the_baseline(stage: Stage) -> None:
    older = stage.release(Status.GRAYSCALE, share=5_000)
    newer = services.apply(stage.release(), by=stage.developer, at=AT, supersede=True)
    services.scale(older, 100_000, by=stage.developer, at=LATER)
    assert newer.request is not None

    services.approve(newer.request, by=stage.reviewer, at=LATER)

    assert (fresh(older).status, fresh(newer).status) == (Status.FULL, Status.PILOT)


def test_without_a_pilot_a_release_to_production_is_prepared(stage: Stage) -> None:
    policy = make_policy(pilot_testing=False)
    release = stage.release(Status.UNDER_REVIEW, policy=policy)
    assert release.request is not None

    services.approve(release.request, by=stage.reviewer, at=LATER)

    assert fresh(release).status == Status.PREPARATION


def test_too_long_a_message_is_refused(stage: Stage) -> None:
    with pytest.raises(errors.TextTooLong):
        services.apply(stage.release(), by=stage.developer, at=AT, message="x" * 2001)
