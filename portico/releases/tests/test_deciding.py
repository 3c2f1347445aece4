from __future__ import annotations

import pytest

from portico.approvals.errors import (
    AlreadyDecided,
    OwnRequest,
    RequestIsApproved,
    RequestIsRejected,
)
from portico.approvals.models import ApprovalRequest, Decision
from portico.automated_checks.models import CheckRun, Finding, Level, RunState
from portico.kernel.errors import Forbidden
from portico.miniprograms.models import Version
from portico.outbox.models import Event
from portico.release_process.policy import AutomatedReview, Policy
from portico.releases import errors, services
from portico.releases.models import Release
from portico.releases.rules.pipeline import Status
from portico.releases.tests.saving import save_process
from portico.releases.tests.staging import LATER, Stage, as_, fresh
from portico.workspaces.permissions import Role
from tests.make import AT, make_policy


def under_review(stage: Stage, policy: Policy | None = None) -> tuple[Release, ApprovalRequest]:
    release = stage.release(Status.UNDER_REVIEW, policy=policy or make_policy())
    assert release.request is not None
    return release, release.request


def check(version: Version, *, clean: bool = True) -> Event:
    """Have the checks of a version be over; the event that tells it."""
    run = CheckRun.objects.create(
        workspace=version.workspace, version=version, state=RunState.DONE, finished_at=AT
    )
    if not clean:
        Finding.objects.create(
            run=run, source="test", rule="test", severity=Level.ERROR, message="Bad."
        )
    return Event.objects.create(
        workspace_id=version.workspace_id,
        name="version.checked",
        payload={"version": str(version.id)},
        created_at=LATER,
    )


def test_approving_leads_on_and_is_told(stage: Stage) -> None:
    release, request = under_review(stage)

    services.approve(request, by=stage.reviewer, at=LATER, reason="Fine.")

    after = fresh(release)
    assert (after.status, after.approved_at) == (Status.PILOT, LATER)
    assert after.request is not None
    assert (after.request.status, after.request.decided_at) == ("approved", LATER)
    assert Event.objects.filter(name="release.approved").get().payload["reason"] == "Fine."


def test_the_first_of_two_approvals_leads_nowhere_and_is_kept(stage: Stage) -> None:
    release, request = under_review(stage, make_policy(approvals=2))

    services.approve(request, by=stage.reviewer, at=LATER)

    after = fresh(release)
    assert (after.status, after.revision, after.approved_at) == (Status.UNDER_REVIEW, 2, None)
    assert after.events.get(number=2).details == {"approvals": 1, "needed": 2, "checks": "pending"}
    assert not Event.objects.filter(name="release.approved").exists()
    with pytest.raises(AlreadyDecided):
        services.approve(request, by=stage.reviewer, at=LATER)
    services.approve(request, by=stage.admin, at=LATER)
    assert fresh(release).status == Status.PILOT


def test_nobody_approves_or_rejects_their_own_request(stage: Stage) -> None:
    release = stage.release()
    request = services.apply(release, by=stage.admin, at=AT).request
    assert request is not None

    with pytest.raises(OwnRequest):
        services.approve(request, by=stage.admin, at=LATER)
    with pytest.raises(OwnRequest):
        services.reject(request, by=stage.admin, at=LATER, reason="No.")

    assert fresh(release).status == Status.UNDER_REVIEW


def test_the_policy_may_let_the_requester_approve(stage: Stage) -> None:
    save_process(stage.cast, production={"requester_may_approve": True})
    release = services.apply(stage.release(), by=stage.admin, at=AT)
    assert release.request is not None

    services.approve(release.request, by=stage.admin, at=LATER)

    assert fresh(release).status == Status.PILOT


def test_a_developer_approves_nothing(stage: Stage) -> None:
    _release, request = under_review(stage)

    with pytest.raises(Forbidden):
        services.approve(request, by=stage.developer, at=LATER)


def test_rejecting_needs_a_reason_and_leads_back(stage: Stage) -> None:
    release, request = under_review(stage)

    with pytest.raises(errors.ReasonMissing):
        services.reject(request, by=stage.reviewer, at=LATER, reason=" ")
    services.reject(request, by=stage.reviewer, at=LATER, reason="The icon is missing.")

    after = fresh(release)
    assert after.status == Status.CREATED
    assert after.request is not None
    assert after.request.status == "rejected"
    with pytest.raises(RequestIsRejected):
        services.approve(request, by=stage.admin, at=LATER)


def test_a_second_decision_on_what_is_decided_is_told_so(stage: Stage) -> None:
    _release, request = under_review(stage)
    services.approve(request, by=stage.reviewer, at=LATER)

    with pytest.raises(RequestIsApproved):
        services.reject(request, by=stage.admin, at=LATER, reason="No.")


def test_who_asked_withdraws_even_without_the_right_to_release_any_more(stage: Stage) -> None:
    release = services.apply(stage.release(), by=stage.developer, at=AT)
    member = stage.cast.developer
    member.role = Role.OPERATOR
    member.save()

    withdrawn = services.withdraw(release, by=as_(member), at=LATER, reason="A mistake.")

    assert withdrawn.status == Status.CREATED
    assert withdrawn.events.get(event="withdraw").who == "requester"


def test_blocking_checks_let_nobody_approve_before_they_are_clean(stage: Stage) -> None:
    policy = make_policy(automated_review=AutomatedReview.BLOCKING)
    release, request = under_review(stage, policy)

    with pytest.raises(errors.ChecksNotClean, match="not over yet"):
        services.approve(request, by=stage.reviewer, at=LATER)
    services_check = check(release.version, clean=False)
    with pytest.raises(errors.ChecksNotClean, match="there are findings"):
        services.approve(request, by=stage.reviewer, at=LATER)
    Finding.objects.all().delete()
    services.approve_what_is_checked(services_check)
    assert fresh(release).status == Status.UNDER_REVIEW, "blocking is not approving"
    services.approve(request, by=stage.reviewer, at=LATER)

    assert fresh(release).status == Status.PILOT


@pytest.mark.parametrize("approvals", [0, 1])
def test_clean_checks_approve_by_themselves_once_they_are_over(
    stage: Stage, approvals: int
) -> None:
    policy = make_policy(automated_review=AutomatedReview.APPROVING, approvals=approvals)
    release, _request = under_review(stage, policy)
    event = check(release.version)

    services.approve_what_is_checked(event)
    services.approve_what_is_checked(event)

    assert fresh(release).status == Status.PILOT
    approve = fresh(release).events.get(event="approve")
    assert (approve.who, approve.person, approve.at) == ("automated_review", None, LATER)
    assert Decision.objects.get().reviewer is None


def test_clean_checks_are_one_of_two_approvals(stage: Stage) -> None:
    policy = make_policy(automated_review=AutomatedReview.APPROVING, approvals=2)
    release, request = under_review(stage, policy)
    event = check(release.version)

    services.approve_what_is_checked(event)
    services.approve_what_is_checked(event)
    assert fresh(release).status == Status.UNDER_REVIEW
    services.approve(request, by=stage.reviewer, at=LATER)

    assert fresh(release).status == Status.PILOT


def test_where_no_approval_is_needed_and_the_checks_are_not_clean_a_person_approves(
    stage: Stage,
) -> None:
    policy = make_policy(automated_review=AutomatedReview.APPROVING, approvals=0)
    release, request = under_review(stage, policy)

    services.approve_what_is_checked(check(release.version, clean=False))
    assert fresh(release).status == Status.UNDER_REVIEW
    services.approve(request, by=stage.reviewer, at=LATER)

    assert fresh(release).status == Status.PILOT


def test_checks_that_were_clean_already_approve_when_it_is_applied_for(stage: Stage) -> None:
    save_process(stage.cast, production={"automated_review": "approving"})
    release = stage.release()
    check(release.version)

    applied = services.apply(release, by=stage.developer, at=LATER)

    assert applied.status == Status.PILOT
    assert [one.event for one in applied.events.all()] == ["create", "apply", "approve"]
