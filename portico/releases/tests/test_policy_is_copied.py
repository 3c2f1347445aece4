"""What is saved later reaches nothing that is under way; applying again takes it."""

from __future__ import annotations

from datetime import timedelta

from portico.approvals.models import ApprovalRequest
from portico.automated_checks.models import CheckRun, RunState
from portico.outbox.models import Event
from portico.releases import services
from portico.releases.models import Release
from portico.releases.rules.pipeline import Status
from portico.releases.services import Testers
from portico.releases.services.case import policy_of
from portico.releases.tests.saving import save_process
from portico.releases.tests.staging import LATER, Stage, fresh
from tests.make import AT


def applied(stage: Stage, *, sandbox: bool = False) -> Release:
    target = stage.sandbox if sandbox else stage.production
    return services.apply(stage.release(target=target), by=stage.developer, at=AT)


def approved(stage: Stage, release: Release) -> Release:
    assert release.request is not None
    services.approve(release.request, by=stage.reviewer, at=LATER)
    return fresh(release)


def test_a_review_goes_by_the_policy_that_it_was_asked_for_under(stage: Stage) -> None:
    before = applied(stage)

    save_process(stage.cast, production={"approvals": 2, "pilot_testing": False})

    assert approved(stage, before).status == Status.PILOT
    assert (before.policy_revision, fresh(before).policy_revision) == (0, 0)


def test_what_is_applied_for_after_the_save_goes_the_new_way(stage: Stage) -> None:
    save_process(stage.cast, production={"approvals": 2, "pilot_testing": False})
    after = applied(stage)

    once = approved(stage, after)
    assert (once.status, once.policy_revision) == (Status.UNDER_REVIEW, 1)
    assert once.request is not None
    services.approve(once.request, by=stage.admin, at=LATER)

    assert fresh(after).status == Status.PREPARATION


def test_in_the_sandbox_the_switches_that_count_are_those_of_before(stage: Stage) -> None:
    save_process(stage.cast, sandbox={"review": True})
    before = applied(stage, sandbox=True)
    assert before.status == Status.UNDER_REVIEW

    save_process(stage.cast, sandbox={"review": False, "pilot_testing": True})
    assert approved(stage, before).status == Status.FULL
    after = applied(stage, sandbox=True)

    assert (after.status, after.policy_revision) == (Status.PILOT, 2)


def test_a_pilot_has_the_limit_of_before(stage: Stage) -> None:
    release = approved(stage, applied(stage))

    save_process(stage.cast, production={"most_testers": 1})

    started = services.start_pilot(release, Testers(("a", "b")), by=stage.developer, at=LATER)
    assert len(started.testers) == 2


def test_grayscale_has_the_limits_windows_and_ramp_of_before(stage: Stage) -> None:
    stage.release(Status.FULL)
    release = approved(stage, applied(stage))
    release = services.bypass_pilot(release, reason="Urgent.", by=stage.developer, at=LATER)

    save_process(
        stage.cast,
        production={
            "largest_first_share": 1.0,
            "shortest_soak_minutes": 6000,
            "freezes": [{"start": "2026-11-01T00:00", "end": "2026-12-20T00:00"}],
            "ramp": [
                {"percentage": 0.5, "soak_minutes": 10},
                {"percentage": 100.0, "soak_minutes": 0},
            ],
        },
    )

    services.scale(release, 10_000, by=stage.developer, at=LATER)
    services.start_ramp(release, by=stage.developer, at=LATER)
    assert fresh(release).ramp[0] == [1_000, 60]
    full = services.scale(release, 100_000, by=stage.developer, at=LATER + timedelta(hours=1))
    assert full.status == Status.FULL


def test_a_request_for_offline_goes_by_the_policy_of_before(stage: Stage) -> None:
    stage.release(Status.FULL)
    request = services.request_offline(
        stage.program, stage.production, reason="Over.", by=stage.developer, at=AT
    )

    save_process(stage.cast, production={"approvals": 3})
    services.approve(request, by=stage.reviewer, at=LATER)

    assert ApprovalRequest.objects.get(id=request.id).status == "approved"


def test_checks_approve_only_where_they_could_when_it_was_applied_for(stage: Stage) -> None:
    release = applied(stage)
    save_process(stage.cast, production={"automated_review": "approving"})
    version = release.version
    CheckRun.objects.create(
        workspace=version.workspace, version=version, state=RunState.DONE, finished_at=AT
    )
    event = Event(
        workspace_id=version.workspace_id,
        name="version.checked",
        payload={"version": str(version.id)},
        created_at=LATER,
    )

    services.approve_what_is_checked(event)

    assert fresh(release).status == Status.UNDER_REVIEW


def test_the_time_zone_is_part_of_the_copy(stage: Stage) -> None:
    release = applied(stage)

    stage.cast.acme.time_zone = "Asia/Tokyo"
    stage.cast.acme.save()

    assert policy_of(fresh(release)).time_zone == "UTC"
    again = services.withdraw(fresh(release), by=stage.developer, at=LATER)
    again = services.apply(again, by=stage.developer, at=LATER)
    assert policy_of(again).time_zone == "Asia/Tokyo"


def test_applying_again_takes_a_new_copy(stage: Stage) -> None:
    release = applied(stage)
    first = release.request
    save_process(stage.cast, production={"approvals": 2})

    release = services.withdraw(release, by=stage.developer, at=LATER)
    release = services.apply(release, by=stage.developer, at=LATER)

    assert release.request is not None
    assert (release.policy_revision, release.request.policy_revision) == (1, 1)
    assert release.request != first
    assert release.request.policy["approvals"] == 2
    assert first is not None
    assert ApprovalRequest.objects.get(id=first.id).policy["approvals"] == 1
