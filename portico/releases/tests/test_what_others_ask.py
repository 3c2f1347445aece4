"""What keeps a program in use, what the Release Process asks, and what the database guarantees."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from portico.miniprograms.services import StillUnderWay, archive_program
from portico.release_process.requests import in_flight, past
from portico.release_process.simulation import Automated
from portico.releases import services
from portico.releases.models import Release, ReleaseEvent
from portico.releases.rules.pipeline import Status
from portico.releases.tests.staging import LATER, Stage, fresh
from tests.make import AT, make_app, make_program, make_release


def test_a_program_with_something_under_way_is_not_archived(stage: Stage) -> None:
    release = stage.release(Status.UNDER_REVIEW)
    stage.release(Status.PILOT, target=stage.sandbox)

    with pytest.raises(StillUnderWay) as refused:
        archive_program(stage.program, by=stage.admin.actor, at=LATER)

    assert f"version {release.version.name} is under review" in str(refused.value)
    assert "on its way" in str(refused.value)


def test_a_program_whose_releases_are_over_or_not_begun_is_archived(stage: Stage) -> None:
    for status in (Status.CREATED, Status.CANCELED, Status.ARCHIVED):
        stage.release(status)

    archived = archive_program(stage.program, by=stage.admin.actor, at=LATER)

    assert archived.is_archived


def test_in_flight_is_what_is_reviewed_or_on_its_way(stage: Stage) -> None:
    pilot = stage.release(Status.PILOT, target=stage.sandbox, policy_revision=3)
    stage.release(Status.FULL)
    review = stage.release(Status.UNDER_REVIEW)
    services.request_offline(
        stage.program, stage.production, reason="Over.", by=stage.developer, at=AT
    )

    found = in_flight(stage.cast.acme)

    assert [(one.status, one.policy_revision) for one in found] == [
        ("Take offline", 0),
        ("Under Review", 0),
        ("Pilot Testing", 3),
    ]
    assert [one.url for one in found[1:]] == [
        f"/console/releases/{review.id}/",
        f"/console/releases/{pilot.id}/",
    ]
    assert in_flight(stage.cast.zenith) == []


def test_past_requests_say_what_they_went_through(stage: Stage) -> None:
    stage.release(Status.FULL)
    release = services.apply(stage.release(), by=stage.developer, at=AT)
    assert release.request is not None
    services.approve(release.request, by=stage.reviewer, at=LATER)
    services.start_pilot(release, services.Testers(("a", "b")), by=stage.developer, at=LATER)
    services.complete_pilot(release, by=stage.developer, at=LATER)
    services.scale(release, 5_000, by=stage.developer, at=LATER)

    newest = past(stage.cast.acme)[0]

    assert (newest.reviewed, newest.approved, newest.piloted, newest.went_on) == (True,) * 4
    assert (newest.approvals, newest.approved_by_requester, newest.testers) == (1, False, 2)
    assert (newest.baseline, newest.automated) == (True, Automated.UNKNOWN)
    assert [(one.at, one.share) for one in newest.enrollments] == [(LATER, 5_000)]
    assert newest.requested_at == AT


def test_what_others_ask_takes_the_same_queries_for_any_number(stage: Stage) -> None:
    counts = []
    for _round in range(2):
        for _more in range(3):
            program = make_program(stage.cast.acme)
            make_release(program, status=Status.UNDER_REVIEW)
            make_release(program, make_app(stage.cast.acme).targets.first(), status=Status.PILOT)
        with CaptureQueriesContext(connection) as queries:
            in_flight(stage.cast.acme)
            past(stage.cast.acme)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 5


def test_the_queries_of_an_event_do_not_grow_with_the_history(stage: Stage) -> None:
    counts = []
    for number in range(2):
        for _more in range(3 * number):
            stage.release(Status.ARCHIVED)
            stage.release(Status.CANCELED)
        release = stage.release(Status.GRAYSCALE)
        with CaptureQueriesContext(connection) as queries:
            services.scale(release, 1_000, by=stage.admin, at=LATER)
        services.cancel(release, reason="Next.", by=stage.admin, at=LATER)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@transaction.atomic
def run(statement: str) -> None:
    """One statement, with the checks that are made when a transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE releases_releaseevent SET reason = 'x'",
        "TRUNCATE releases_releaseevent",
        "DELETE FROM releases_releaseevent",
    ],
)
def test_what_happened_cannot_be_changed(stage: Stage, statement: str) -> None:
    stage.release()

    with pytest.raises(DatabaseError):
        run(statement)

    assert ReleaseEvent.objects.exists()


@pytest.mark.parametrize(
    ("status", "changes", "name"),
    [
        (Status.PILOT, {"approved_at": None}, "production_gets_what_was_reviewed"),
        (Status.FULL, {"went_live_at": None}, "production_gets_it_by_grayscale_release"),
        (Status.GRAYSCALE, {"production": False}, "the_sandbox_has_no_grayscale_release"),
        (Status.PILOT, {"paused_at": AT}, "only_a_grayscale_release_ramps_or_pauses"),
        (Status.ARCHIVED, {"archived_because": ""}, "what_is_archived_is_so_for_a_reason"),
        (Status.GRAYSCALE, {"ramp_on": True}, "a_ramp_that_is_on_has_a_next_step"),
        (Status.GRAYSCALE, {"share": 1}, "a_share_began_at_some_time"),
        (Status.FULL, {"share": 100_001}, "a_share_is_at_most_everybody"),
        (Status.CREATED, {"status": "lost"}, "a_release_is_in_a_status_of_the_pipeline"),
    ],
)
def test_the_database_refuses_what_the_pipeline_never_does(
    stage: Stage, status: Status, changes: dict[str, object], name: str
) -> None:
    release = stage.release(status)

    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        Release.objects.filter(id=release.id).update(**changes)


@pytest.mark.parametrize("status", [Status.UNDER_REVIEW, Status.PILOT, Status.FULL])
def test_one_release_at_a_time_is_in_the_way_of_others(stage: Stage, status: Status) -> None:
    first, second = stage.release(status), stage.release()

    with pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.filter(id=second.id).update(status=status, approved_at=AT, went_live_at=AT)

    assert fresh(first).status == status
