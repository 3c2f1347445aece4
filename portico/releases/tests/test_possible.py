"""What is offered and what is done agree, whoever asks and wherever the release is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from portico.kernel.errors import DomainError, NotFound
from portico.release_process.policy import AutomatedReview, Freeze
from portico.releases import services
from portico.releases.models import Release
from portico.releases.possible import Possible, possible
from portico.releases.rules.pipeline import Event, Status, Who, events_in
from portico.releases.tests.staging import FIRE, LATER, Stage, as_, fresh
from portico.targets.models import ReleaseTarget
from portico.ui.texts import tell
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role
from tests.make import AT, make_app, make_member, make_policy

FROZEN = make_policy(freezes=(Freeze("2026-11-01T00:00", "2026-12-01T00:00"),))
BLOCKING = make_policy(automated_review=AutomatedReview.BLOCKING)
ON_RAMP = {"ramp_on": True, "ramp": [[1_000, 60]], "next_step_at": AT}
KINDS: list[tuple[Status, dict[str, object]]] = [
    *((status, {}) for status in Status),
    (Status.UNDER_REVIEW, {"policy": BLOCKING}),
    (Status.PREPARATION, {"policy": FROZEN}),
    (Status.PILOT, {"testers": ["ann"]}),
    (Status.GRAYSCALE, {"policy": FROZEN}),
    (Status.GRAYSCALE, {"paused_at": AT, "share": 5}),
    (Status.GRAYSCALE, {**ON_RAMP, "share": 5, "rules": {"systems": ["ios"]}}),
    (Status.ARCHIVED, {"archived_because": "offline"}),
]


def offered(release: Release, member: Membership) -> dict[Event, Possible]:
    return {one.event: one for one in possible(fresh(release), member, at=LATER)}


def comes_true(release: Release, event: Event, member: Membership) -> str:
    """Fire it for real and undo it; the code of what refused it, or nothing."""
    present = fresh(release)
    override = "It must be." if member.role == Role.ADMIN else ""
    try:
        with transaction.atomic():
            if event is Event.SCALE:
                by = as_(member)
                services.scale(present, present.share + 1, by=by, at=LATER, override=override)
            elif event is Event.GO_LIVE:
                services.go_live(present, by=as_(member), at=LATER, override=override)
            else:
                FIRE[event](present, as_(member), LATER)
            transaction.set_rollback(True)
    except DomainError as error:
        return error.code
    return ""


def test_what_is_offered_comes_true_and_nothing_else_does(stage: Stage) -> None:
    cast = stage.cast
    assistant = make_member(cast.acme, Role.DEVELOPER)
    stage.program.members.create(membership=assistant, role="developer")
    everybody, drivers = [*cast.members().values(), assistant], [cast.admin, cast.developer]
    releases = [stage.release(status, target=_target(stage), **values) for status, values in KINDS]
    seen = set()

    for number, release in enumerate(releases):
        for member in everybody if number < len(Status) else drivers:
            found = offered(release, member)
            expected = {
                one for one in events_in(Status(release.status)) if one is not Event.REPLACE
            }
            assert set(found) == expected
            for event, one in found.items():
                refused = comes_true(release, event, member)
                assert one.allowed is not bool(refused), (release.status, event, member, refused)
                assert (one.why_not is None) is one.allowed
                seen.add((event, one.allowed))

    assert {event for event, allowed in seen if allowed} == set(FIRE) - {Event.CREATE}


def _target(stage: Stage) -> ReleaseTarget:
    return make_app(stage.cast.acme).targets.get(environment="production")


def test_why_not_is_said_in_a_sentence(stage: Stage) -> None:
    paused = stage.release(Status.GRAYSCALE, paused_at=AT)

    scale = offered(paused, stage.cast.developer)[Event.SCALE]

    assert scale.why_not is not None
    assert "Resume it first" in tell(scale.why_not)
    assert scale.step.who >= {Who.RELEASE_ACTOR}


def test_an_admin_is_offered_what_has_to_be_overridden(stage: Stage) -> None:
    release = stage.release(Status.PREPARATION, policy=FROZEN)

    for_admin = offered(release, stage.cast.admin)[Event.GO_LIVE]
    for_developer = offered(release, stage.cast.developer)[Event.GO_LIVE]

    assert for_admin.allowed
    assert for_admin.override is not None
    assert "freeze" in tell(for_admin.override)
    assert (for_developer.allowed, for_developer.override) == (False, None)


def test_what_somebody_may_not_see_offers_nothing(stage: Stage) -> None:
    release = stage.release()

    for member in (stage.cast.outsider, make_member(stage.cast.acme, Role.DEVELOPER)):
        with pytest.raises(NotFound):
            possible(release, member, at=LATER)


def test_it_takes_few_queries_whatever_there_is(stage: Stage) -> None:
    counts = []
    for status in (Status.UNDER_REVIEW, Status.GRAYSCALE, Status.FULL):
        release = fresh(stage.release(status, target=_target(stage)))
        with CaptureQueriesContext(connection) as queries:
            possible(release, stage.cast.developer, at=LATER + timedelta(days=1))
        counts.append(len(queries))

    assert max(counts) <= 6
