from __future__ import annotations

import pytest

from portico.approvals.errors import OwnRequest, RequestIsWithdrawn
from portico.approvals.models import ApprovalRequest
from portico.audit.models import AuditEntry
from portico.kernel.errors import Forbidden, NotFound
from portico.miniprograms.models import ProgramOnTarget
from portico.outbox.models import Event
from portico.releases import errors, services
from portico.releases.rules.pipeline import Status
from portico.releases.tests.saving import save_process
from portico.releases.tests.staging import LATER, Stage, as_, fresh
from portico.rollout.models import Plan
from tests.make import AT


def plan_of(stage: Stage) -> Plan:
    return Plan.objects.get(program=stage.program, target=stage.production)


def ask(stage: Stage) -> ApprovalRequest:
    return services.request_offline(
        stage.program, stage.production, reason="It is over.", by=stage.developer, at=AT
    )


def test_offline_is_reviewed_and_then_nobody_gets_it(stage: Stage) -> None:
    release = stage.release(Status.FULL)

    request = ask(stage)
    assert (request.kind, request.status, request.release) == ("offline", "in_review", release.id)
    assert fresh(release).status == Status.FULL
    services.approve(request, by=stage.reviewer, at=LATER)

    after, plan = fresh(release), plan_of(stage)
    assert (after.status, after.archived_because) == (Status.ARCHIVED, "offline")
    assert (plan.stable, plan.removed, plan.withdrawn) == (None, True, [release.version.code])
    live = ProgramOnTarget.objects.get(program=stage.program, target=stage.production)
    assert live.live_version is None
    event = after.events.get(event="take_offline")
    assert (event.who, event.reason) == ("reviewer", "It is over.")
    assert Event.objects.get(name="release.taken_offline").payload["request"] == str(request.id)


def test_a_sandbox_without_reviews_goes_offline_at_once(stage: Stage) -> None:
    release = stage.release(Status.FULL, target=stage.sandbox)

    request = services.request_offline(
        stage.program, stage.sandbox, reason="Over.", by=stage.developer, at=AT
    )

    assert (request.status, fresh(release).status) == ("approved", Status.ARCHIVED)
    event = fresh(release).events.get(event="take_offline")
    assert (event.who, event.person_id) == ("platform", stage.cast.developer.person_id)


def test_a_sandbox_with_reviews_asks(stage: Stage) -> None:
    save_process(stage.cast, sandbox={"review": True})
    release = stage.release(Status.FULL, target=stage.sandbox)

    request = services.request_offline(
        stage.program, stage.sandbox, reason="Over.", by=stage.developer, at=AT
    )

    assert (request.status, fresh(release).status) == ("in_review", Status.FULL)


def test_asking_for_offline_needs_something_live_a_reason_and_nothing_under_way(
    stage: Stage,
) -> None:
    with pytest.raises(errors.NotLive):
        ask(stage)
    stage.release(Status.FULL)
    with pytest.raises(errors.ReasonMissing):
        services.request_offline(
            stage.program, stage.production, reason="", by=stage.developer, at=AT
        )
    candidate = stage.release(Status.PILOT)
    with pytest.raises(errors.StillUnderWay):
        ask(stage)
    services.cancel(candidate, reason="Away.", by=stage.developer, at=AT)
    ask(stage)
    with pytest.raises(errors.OfflineRequested):
        ask(stage)


def test_offline_is_not_approved_while_something_is_under_way(stage: Stage) -> None:
    stage.release(Status.FULL)
    request = ask(stage)
    stage.release(Status.GRAYSCALE)

    with pytest.raises(errors.StillUnderWay):
        services.approve(request, by=stage.reviewer, at=LATER)

    request.refresh_from_db()
    assert (request.status, request.decisions.count()) == ("in_review", 0)


def test_offline_is_rejected_with_a_reason_or_withdrawn(stage: Stage) -> None:
    release = stage.release(Status.FULL)
    request = ask(stage)
    with pytest.raises(errors.ReasonMissing):
        services.reject(request, by=stage.reviewer, at=LATER, reason="")
    services.reject(request, by=stage.reviewer, at=LATER, reason="Needed.")

    again = ask(stage)
    services.withdraw_offline(again, by=stage.developer, at=LATER)
    with pytest.raises(RequestIsWithdrawn):
        services.approve(again, by=stage.reviewer, at=LATER)

    assert fresh(release).status == Status.FULL
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"release.offline_rejected", "release.offline_withdrawn"} <= actions


def test_nobody_approves_their_own_offline_request(stage: Stage) -> None:
    stage.release(Status.FULL)
    request = services.request_offline(
        stage.program, stage.production, reason="Over.", by=stage.admin, at=AT
    )

    with pytest.raises(OwnRequest):
        services.approve(request, by=stage.admin, at=LATER)


def test_a_request_for_offline_ends_when_a_newer_version_takes_over(stage: Stage) -> None:
    stage.release(Status.FULL)
    request = ask(stage)
    newer = stage.release(Status.GRAYSCALE, share=1_000)

    services.scale(newer, 100_000, by=stage.developer, at=LATER)

    request.refresh_from_db()
    assert request.status == "withdrawn"


def test_only_requests_for_offline_are_withdrawn_as_such(stage: Stage) -> None:
    release = stage.release(Status.UNDER_REVIEW)
    assert release.request is not None

    with pytest.raises(NotFound):
        services.withdraw_offline(release.request, by=stage.developer, at=LATER)


def test_an_inspector_removes_at_once_and_a_request_stays_for_the_record(stage: Stage) -> None:
    release = stage.release(Status.FULL)

    services.force_remove(
        stage.program, stage.production, reason="Phishing.", by=stage.inspector, at=LATER
    )

    after, request = fresh(release), ApprovalRequest.objects.get(kind="removal")
    assert (after.status, after.archived_because) == (Status.ARCHIVED, "removed")
    assert (request.status, request.message) == ("approved", "Phishing.")
    assert plan_of(stage).removed
    assert after.events.get(event="force_remove").who == "inspector"


def test_removing_by_force_is_for_inspectors_and_admins_of_this_workspace(stage: Stage) -> None:
    stage.release(Status.FULL)

    for by, error in (
        (stage.developer, Forbidden),
        (stage.reviewer, Forbidden),
        (as_(stage.cast.outsider), NotFound),
    ):
        with pytest.raises(error):
            services.force_remove(stage.program, stage.production, reason="X.", by=by, at=AT)


def test_removing_by_force_needs_a_reason_and_nothing_under_way(stage: Stage) -> None:
    stage.release(Status.FULL)
    with pytest.raises(errors.ReasonMissing):
        services.force_remove(stage.program, stage.production, reason="", by=stage.inspector, at=AT)
    stage.release(Status.PREPARATION)

    with pytest.raises(errors.StillUnderWay):
        services.force_remove(
            stage.program, stage.production, reason="X.", by=stage.inspector, at=AT
        )


def test_what_comes_after_a_removal_reaches_its_testers(stage: Stage) -> None:
    stage.release(Status.FULL)
    services.force_remove(stage.program, stage.production, reason="X.", by=stage.inspector, at=AT)
    candidate = stage.release(Status.PILOT)

    services.start_pilot(candidate, services.Testers(("ann",)), by=stage.developer, at=LATER)
    assert not plan_of(stage).removed
    services.cancel(candidate, reason="No.", by=stage.developer, at=LATER)

    assert plan_of(stage).removed


def test_what_replaced_the_release_that_somebody_looked_at_is_not_taken_away(stage: Stage) -> None:
    looked_at = stage.release(Status.FULL)
    seen = services.Seen(looked_at, looked_at.revision)
    old = stage.release(Status.ARCHIVED)
    newer = services.roll_back(old, reason="It crashes.", by=stage.developer, at=AT)

    with pytest.raises(errors.StaleRelease):
        services.request_offline(
            stage.program, stage.production, reason="X.", by=stage.developer, at=AT, seen=seen
        )
    with pytest.raises(errors.StaleRelease):
        services.force_remove(
            stage.program, stage.production, reason="X.", by=stage.inspector, at=AT, seen=seen
        )
    with pytest.raises(errors.StaleRelease):
        services.roll_back(looked_at, reason="X.", by=stage.developer, at=AT, seen=seen)

    assert fresh(newer).status == Status.FULL
    assert not ApprovalRequest.objects.filter(program=stage.program, kind="offline").exists()
