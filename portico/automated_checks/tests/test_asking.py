"""Calling a reviewer on loopback: signed, from where we say, again and again, and for a day."""

from __future__ import annotations

import pytest

from portico.audit.services import PLATFORM
from portico.automated_checks.models import Review, ReviewCall, ReviewState
from portico.automated_checks.reviewers import asking, services
from portico.automated_checks.reviewers.calling import LEASE, end_orphans
from portico.automated_checks.services import Verdict, check_again, verdict_of
from portico.automated_checks.tests.conftest import (
    Asked,
    Clock,
    called,
    make_tidy,
    uploaded,
)
from portico.kernel.clock import now
from portico.miniprograms.models import MiniProgram, Version
from portico.workspaces.models import Workspace
from tests.jobs import waiting
from tests.make import AT
from tests.packages import make_manifest
from tests.peers.receiver import Odd, Reply


def test_a_reviewer_is_told_of_a_version_by_a_signed_call(program: MiniProgram, lab: Asked) -> None:
    version = make_tidy(program)
    uploaded(version, at=now())  # the library that checks the signature has a clock of its own

    assert called(lab, Clock(now())) == 1

    (request,) = lab.there.received
    assert request.verified_by(lab.secret)
    assert request.id == lab.review.message_id
    facts = request.event["data"]
    assert request.event["type"] == "version.review"
    assert (facts["app_id"], facts["code"], facts["sha256"]) == (
        "com.example.tips",
        1,
        version.package,
    )
    assert facts["answer_url"].endswith(f"/api/v1/reviews/{lab.review.id}/answer")
    assert facts["package_url"].startswith("http://acme.localhost")
    assert lab.secret not in request.body.decode()


def test_the_log_says_from_where_the_call_left_and_what_came(
    program: MiniProgram, lab: Asked
) -> None:
    uploaded(make_tidy(program))

    called(lab, Clock())

    call = ReviewCall.objects.get()
    assert (call.peer, call.status, call.number) == ("127.0.0.1", 200, 1)
    assert call.url == lab.there.url
    assert lab.review.taken_at == AT


def test_a_hosted_version_is_told_by_its_address(
    acme: Workspace, program: MiniProgram, lab: Asked
) -> None:
    version = Version.objects.create(
        workspace=acme,
        program=program,
        code=1,
        name="1.0.1",
        manifest=make_manifest(program.app_id),
        entry_url="https://tips.example.com/",
    )
    uploaded(version)

    called(lab, Clock())

    facts = lab.there.last.event["data"]
    assert facts["entry_url"] == "https://tips.example.com/"
    assert facts["manifest"]["app_id"] == program.app_id
    assert "package_url" not in facts


def test_who_does_not_take_the_call_is_called_again_later_and_with_a_new_link(
    program: MiniProgram, lab: Asked
) -> None:
    clock = Clock()
    lab.there.answers = [Reply(503), Odd.HANG_UP]
    uploaded(make_tidy(program))

    assert called(lab, clock) == 1
    assert "503" in lab.review.trouble["facts"]["status"]
    assert called(lab, clock) == 0
    clock.pass_(seconds=10)
    assert called(lab, clock) == 1
    clock.pass_(seconds=60)
    assert called(lab, clock) == 1

    first, _second, third = lab.there.received
    assert first.id == third.id
    assert first.event["data"]["package_url"] != third.event["data"]["package_url"]
    assert lab.review.taken_at == clock()


def test_a_call_that_a_worker_died_in_is_made_again(program: MiniProgram, lab: Asked) -> None:
    clock = Clock()
    uploaded(make_tidy(program))
    lab.there.answers = [Reply(200)]
    Review.objects.update(attempts=1, due_at=clock() + LEASE)  # as a worker leaves it that died

    assert called(lab, clock) == 0
    clock.at += LEASE
    assert called(lab, clock) == 1

    assert lab.review.taken_at == clock()


def test_who_took_the_call_has_a_day_to_answer(program: MiniProgram, lab: Asked) -> None:
    clock = Clock()
    version = make_tidy(program)
    uploaded(version)
    called(lab, clock)

    clock.pass_(hours=23, minutes=59)
    assert called(lab, clock) == 0
    assert lab.review.state == ReviewState.WAITING
    clock.pass_(minutes=1)
    called(lab, clock)

    review = lab.review
    assert (review.state, review.finished_at) == (ReviewState.TIMED_OUT, clock())
    assert len(lab.there.received) == 1
    assert verdict_of(version) is Verdict.PENDING  # our own checks have not run


def test_who_is_never_reached_is_given_up_after_a_day(program: MiniProgram, lab: Asked) -> None:
    clock = Clock()
    lab.there.usually = Reply(500)
    uploaded(make_tidy(program))

    calls = 0
    while lab.review.due_at is not None:
        clock.at = max(clock.at, lab.review.due_at)
        calls += called(lab, clock)

    review = lab.review
    assert (review.state, calls) == (ReviewState.FAILED, len(lab.there.received))
    assert 8 <= calls <= 15
    assert 20 <= (clock() - AT).total_seconds() / 3600 <= 24
    assert review.trouble["facts"] == {"status": "500"}


def test_a_disabled_reviewer_is_not_called(
    acme: Workspace, program: MiniProgram, lab: Asked
) -> None:
    uploaded(make_tidy(program))
    services.disable_reviewer(acme, lab.reviewer.id, by=PLATFORM, at=AT)

    assert called(lab, Clock()) == 0
    assert lab.there.received == []


def test_a_reviewer_that_was_removed_as_it_was_asked_is_not_waited_for(
    program: MiniProgram, lab: Asked
) -> None:
    uploaded(make_tidy(program))
    Review.objects.update(reviewer=None)

    assert end_orphans(at=AT) == 1
    assert Review.objects.get().state == ReviewState.FAILED


def test_addresses_of_the_own_network_are_not_called(
    program: MiniProgram, lab: Asked, settings: pytest.FixtureRequest
) -> None:
    from dataclasses import replace

    egress = settings.PORTICO_EGRESS  # type: ignore[attr-defined]
    settings.PORTICO_EGRESS = replace(egress, allowed=())  # type: ignore[attr-defined]
    uploaded(make_tidy(program))

    assert called(lab, Clock()) == 1

    assert lab.there.received == []
    assert lab.review.trouble["code"]


def test_running_the_checks_again_asks_again_and_forgets_the_answer(
    program: MiniProgram, lab: Asked
) -> None:
    from portico.automated_checks.running import carry

    version = make_tidy(program)
    uploaded(version)
    carry(0, clock=Clock())
    first = lab.review.id

    check_again(version, by=PLATFORM, at=AT)

    assert lab.review.id != first
    assert waiting(asking.TASK)


def test_the_sweep_finds_who_is_due(program: MiniProgram, lab: Asked) -> None:
    from portico.automated_checks.tests.conftest import empty_queue

    uploaded(make_tidy(program))
    empty_queue()

    assert asking.sweep_callers(at=AT) == 1

    assert waiting(asking.TASK) == [{"reviewer_id": str(lab.reviewer.id)}]
