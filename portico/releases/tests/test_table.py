"""The table itself, and the services held against each of its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

import pytest

from portico.approvals.models import ApprovalRequest
from portico.audit.models import AuditEntry
from portico.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from portico.releases import services
from portico.releases.acting import By, by_guardrail, by_ramp
from portico.releases.errors import FirstShareTooLarge, StaleRelease
from portico.releases.models import Release, ReleaseEvent, ReleaseStatus
from portico.releases.rules.pipeline import (
    PIPELINE,
    Event,
    Leads,
    Need,
    Status,
    Who,
    destination,
    step_for,
)
from portico.releases.services.effects import EFFECTS
from portico.releases.services.needs import NEEDS
from portico.releases.services.noting import PUBLISHED
from portico.releases.tests.staging import FIRE, IS_AS, LATER, Stage, as_, fresh
from portico.releases.words import CALLED, DONE
from portico.rollout.models import Plan
from tests.make import AT, make_app, make_policy

PEOPLES = [(status, event) for status, event in PIPELINE if event in FIRE]
PRODUCTION = {"environment": "production"}
ROWS = [pytest.param(status, event, id=f"{status}-{event}") for status, event in PEOPLES]
WHO = {
    Who.RELEASE_ACTOR: "developer",
    Who.REQUESTER: "developer",
    Who.REVIEWER: "reviewer",
    Who.INSPECTOR: "inspector",
}


def test_the_table_and_the_rest_of_the_program_speak_of_the_same_things() -> None:
    assert {status.value for status in Status} == set(ReleaseStatus.values)
    assert set(NEEDS) == set(Need) == {need for step in PIPELINE.values() for need in step.needs}
    assert set(EFFECTS) == set(Event) - {Event.ROLL_BACK}
    assert set(PUBLISHED) == set(DONE) == set(Event)
    assert set(CALLED) == set(Who)


def test_an_event_has_the_same_people_in_every_status() -> None:
    for event in Event:
        people = {
            step.who - {Who.GUARDRAIL} for (_at, one), step in PIPELINE.items() if one is event
        }
        assert len(people) == 1, event


@pytest.mark.parametrize("production", [True, False])
def test_every_status_can_be_reached(production: bool) -> None:
    reached: set[Status | None] = {None}
    policies = [
        make_policy(production=production, review=review, pilot_testing=pilot)
        for review in ({True} if production else {True, False})
        for pilot in (True, False)
    ]

    for _round in Status:
        for (status, _event), step in PIPELINE.items():
            if status in reached and step.to is not Leads.A_NEW_RELEASE:
                at = status or Status.CREATED
                reached |= {
                    destination(step, at, policy, share=share)
                    for policy in policies
                    for share in (1, 100_000)
                }

    missing = set(Status) - reached
    assert missing == (set() if production else {Status.GRAYSCALE, Status.PREPARATION})


@pytest.mark.parametrize(("status", "event"), ROWS)
def test_a_row_of_the_table_is_what_happens(
    stage: Stage, status: Status | None, event: Event
) -> None:
    release = stage.release(status or Status.CREATED, **IS_AS.get(event, {}))
    step = PIPELINE[status, event]
    who = next(WHO[one] for one in WHO if one in step.who)
    before = ReleaseEvent.objects.count()

    FIRE[event](release, getattr(stage, who if event is not Event.TAKE_OFFLINE else "admin"), LATER)
    if event is Event.TAKE_OFFLINE:
        request = ApprovalRequest.objects.get(kind="offline")
        services.approve(request, by=stage.reviewer, at=LATER)

    after = fresh(release)
    if step.to is not Leads.A_NEW_RELEASE and event is not Event.CREATE:
        at = status or Status.CREATED
        policy = make_policy()
        assert after.status == destination(step, at, policy)
        assert after.revision == 2
    new = ReleaseEvent.objects.order_by("id").last()
    assert new is not None
    assert (new.event, new.after) == (event, fresh(new.release).status)
    assert new.who in {one.value for one in step.who}
    assert ReleaseEvent.objects.count() == before + 1
    audited = AuditEntry.objects.filter(action=f"release.{event.value}")
    assert audited.count() == 1
    assert str(new.release.id) == audited.get().subject_id


def one_of_each(stage: Stage) -> dict[Status, Release]:
    """A release in each status, each on a target of its own."""
    return {
        status: stage.release(status, target=make_app(stage.cast.acme).targets.get(**PRODUCTION))
        for status in Status
    }


def fire_all(
    releases: Mapping[Status, Release],
    error: type[DomainError],
    by: Callable[[Event], By],
    rows: bool,
) -> int:
    """Fire each event in each status that the table has it for, or has not; how many there were."""
    count = 0
    for event, (status, release) in product(FIRE, releases.items()):
        if event is Event.CREATE or (step_for(status, event) is not None) is not rows:
            continue
        if event in {Event.APPROVE, Event.REJECT} and release.request is None:
            continue
        if not rows and event in {Event.TAKE_OFFLINE, Event.FORCE_REMOVE}:
            continue  # these name a target and no release
        with pytest.raises(error) as refused:
            FIRE[event](release, by(event), LATER)
        assert str(refused.value), (status, event)
        assert fresh(release).revision == 1
        count += 1
    return count


def test_what_the_table_does_not_have_is_refused_and_changes_nothing(stage: Stage) -> None:
    releases = one_of_each(stage)
    plans = list(Plan.objects.order_by("id").values())
    decides = {Event.APPROVE, Event.REJECT}

    count = fire_all(
        releases,
        Conflict,
        lambda one: stage.reviewer if one in decides else stage.admin,
        rows=False,
    )

    assert count > 100
    assert list(Plan.objects.order_by("id").values()) == plans


def test_a_member_of_another_workspace_finds_nothing(stage: Stage) -> None:
    outsider = as_(stage.cast.outsider)

    count = fire_all(one_of_each(stage), NotFound, lambda _event: outsider, rows=True)

    assert count == len(PEOPLES) - 1
    with pytest.raises(NotFound):
        FIRE[Event.CREATE](stage.release(), outsider, LATER)


def test_a_role_without_the_right_is_refused(stage: Stage) -> None:
    operator = as_(stage.cast.operator)

    count = fire_all(one_of_each(stage), Forbidden, lambda _event: operator, rows=True)

    assert count == len(PEOPLES) - 1
    with pytest.raises(Forbidden):
        FIRE[Event.CREATE](stage.release(), operator, LATER)


@pytest.mark.parametrize(
    ("event", "by"),
    [(Event.SCALE, by_ramp()), (Event.PAUSE, by_guardrail()), (Event.CANCEL, by_guardrail())],
)
def test_the_platform_fires_what_the_table_lets_it(stage: Stage, event: Event, by: object) -> None:
    release = stage.release(Status.GRAYSCALE)

    FIRE[event](release, by, LATER)  # type: ignore[arg-type]

    last = ReleaseEvent.objects.order_by("id").last()
    assert last is not None
    assert (last.event, last.person) == (event, None)


def test_the_platform_fires_nothing_else(stage: Stage) -> None:
    release = stage.release(Status.GRAYSCALE, paused_at=AT)

    with pytest.raises(Forbidden):
        services.resume(release, by=by_guardrail(), at=LATER)


def test_who_saw_something_else_is_told_what_happened(stage: Stage) -> None:
    release = stage.release(Status.GRAYSCALE)
    services.scale(release, 1000, by=stage.developer, at=LATER)
    services.pause(release, by=stage.developer, at=LATER)

    with pytest.raises(StaleRelease) as refused:
        services.cancel(release, reason="Old.", by=stage.admin, at=LATER, revision=1)

    assert "was scaled, paused" in str(refused.value)
    assert "Grayscale Release" in str(refused.value)


def test_in_an_archived_app_things_end_and_do_not_go_on(stage: Stage) -> None:
    app = stage.production.app
    release = stage.release(Status.GRAYSCALE)
    app.archived_at = AT
    app.save()

    with pytest.raises(DomainError, match="is archived"):
        services.scale(release, 1000, by=stage.admin, at=LATER)
    services.pause(release, by=stage.admin, at=LATER)
    services.cancel(release, reason="Away.", by=stage.admin, at=LATER)

    assert fresh(release).status == Status.CANCELED


def test_nothing_begins_in_an_archived_program(stage: Stage) -> None:
    release = stage.release()
    stage.program.archived_at = AT
    stage.program.save()

    for event in (Event.CREATE, Event.CONFIGURE, Event.APPLY):
        with pytest.raises(DomainError, match="is archived"):
            FIRE[event](release, stage.admin, LATER)


def test_what_is_refused_halfway_leaves_nothing(stage: Stage) -> None:
    stable = stage.release(Status.FULL)
    release = stage.release(Status.PREPARATION)

    with pytest.raises(FirstShareTooLarge):
        services.go_live(release, by=stage.developer, at=LATER, share=50_000)

    assert fresh(release).status == Status.PREPARATION
    assert not AuditEntry.objects.filter(action="release.go_live").exists()
    assert Plan.objects.get(program=stage.program).candidate is None
    assert Plan.objects.get(program=stage.program).stable == stable.version
