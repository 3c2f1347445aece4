"""The dashboard: what waits for a member, what is rolling out, what failed lately."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from conftest import Cast
from portico.audit.services import PLATFORM
from portico.automated_checks.models import CheckRun, RunState
from portico.console.failed_lately import failed_lately
from portico.console.rolling_out import rolling_out
from portico.console.tests.make import wear_in
from portico.console.waiting import waits_for
from portico.miniprograms.models import MiniProgram
from portico.releases import services
from portico.releases.acting import By
from portico.releases.models import Release
from portico.releases.rules.pipeline import Status
from portico.service_email.models import MailQueue
from portico.webhooks.services import disable_endpoint
from portico.workspaces.models import Membership
from tests.make import AT, actor, make_program, make_release, make_webhook

Browse = Callable[..., Client]
PAGE = "/console/"


@pytest.fixture
def program(cast: Cast) -> MiniProgram:
    return make_program(cast.acme, "com.example.tips", admin=cast.developer)


def waiting(member: Membership) -> list[str]:
    """What waits for a member, in words, with whom it is about."""
    return [
        f"{row.what} ({row.version}, by {row.who or 'me'})"
        for few in waits_for(member).lists
        for row in few.rows
    ]


def test_a_request_waits_for_those_who_may_decide_on_it(program: MiniProgram, cast: Cast) -> None:
    make_release(program, status=Status.UNDER_REVIEW, created_by=cast.developer)
    make_release(program, status=Status.UNDER_REVIEW, created_by=cast.admin)

    seen = {role: waiting(member) for role, member in cast.members().items()}

    theirs = "Approve or reject (1.0.1, by Workspace Developer)"
    assert seen == {
        "admin": [theirs],
        "reviewer": [theirs, "Approve or reject (1.0.2, by Workspace Admin)"],
        "developer": [],
        "operator": [],
        "inspector": [],
    }
    assert waiting(cast.outsider) == []


def test_a_release_waits_for_whoever_made_it(program: MiniProgram, cast: Cast) -> None:
    mine: dict[str, Any] = {"created_by": cast.developer}
    make_release(program, status=Status.PREPARATION, **mine)
    make_release(program, status=Status.PILOT, **mine)
    make_release(program, status=Status.PILOT, testers=["u-1"], **mine)
    make_release(program, status=Status.GRAYSCALE, **mine)
    make_release(program, status=Status.GRAYSCALE, share=5_000, paused_at=AT, **mine)
    make_release(program, status=Status.GRAYSCALE, share=5_000, **mine)
    make_release(program, status=Status.CREATED, **mine)
    make_release(program, status=Status.PREPARATION, created_by=cast.admin)

    few = waits_for(cast.developer).releases

    assert [str(row.what) for row in few.rows] == [
        "Apply for it",
        "Paused: resume or cancel it",
        "Give it to the first users",
        "Complete the pilot",
        "Pick testers, or bypass the pilot",
    ]
    assert (few.more, few.url) == (True, "/console/releases/")
    assert waiting(cast.admin) == ["Go live (1.0.8, by me)"]


def rejected(release: Release, by: Membership) -> Release:
    """A release whose request was rejected."""
    assert release.request is not None
    services.reject(release.request, reason="It calls eval.", by=By(actor(by), by), at=AT)
    release.refresh_from_db()
    return release


def test_what_was_rejected_waits_until_it_is_applied_for_again(
    program: MiniProgram, cast: Cast
) -> None:
    asked = make_release(program, status=Status.UNDER_REVIEW, created_by=cast.developer)
    release = rejected(asked, cast.reviewer)
    before = waiting(cast.developer)

    services.apply(release, by=By(actor(cast.developer), cast.developer), at=AT)

    assert before == ["Rejected: apply again, or upload another version (1.0.1, by me)"]
    assert waiting(cast.developer) == []


def test_what_rolls_out_shows_its_share_and_its_next_step(program: MiniProgram, cast: Cast) -> None:
    ramp: dict[str, Any] = {
        "ramp": [[5_000, 60], [20_000, 60]],
        "ramp_on": True,
        "next_step_at": AT,
    }
    make_release(program, status=Status.GRAYSCALE, share=12_345, **ramp)
    make_release(program, status=Status.PILOT, testers=["u-1", "u-2"])
    make_release(program, status=Status.PREPARATION)
    make_release(make_program(cast.acme), status=Status.GRAYSCALE)

    seen = rolling_out(cast.admin).rows
    own = rolling_out(cast.developer).rows

    assert [(row.share, row.width, row.next_share, row.next_at) for row in own[:1]] == [
        ("12.345 %", "12.345", "20 %", AT)
    ]
    assert [(row.is_pilot, row.testers) for row in own] == [(False, 0), (True, 2)]
    assert (len(seen), rolling_out(cast.operator).rows) == (3, ())
    assert rolling_out(cast.outsider).rows == ()


def test_what_failed_is_told_to_those_who_may_know(program: MiniProgram, cast: Cast) -> None:
    asked = make_release(program, status=Status.UNDER_REVIEW, created_by=cast.developer)
    rejected(asked, cast.reviewer)
    canceled = make_release(program, status=Status.CANCELED, at=AT + timedelta(hours=1))
    make_release(program, status=Status.CANCELED, at=AT - timedelta(days=15))
    CheckRun.objects.create(
        workspace=cast.acme, version=canceled.version, state=RunState.FAILED, finished_at=AT
    )
    endpoint = make_webhook(cast.acme)[0]
    type(endpoint).objects.filter(id=endpoint.id).update(failing_since=AT - timedelta(days=30))
    quiet = make_webhook(cast.acme, "https://other.example.com/")[0]
    disable_endpoint(cast.acme, quiet.id, by=PLATFORM, at=AT)
    MailQueue.objects.create(workspace=cast.acme, failing_since=AT)

    def failed(member: Membership) -> list[str]:
        return [str(one.what) for one in failed_lately(member, at=AT + timedelta(days=1))]

    releases = ["Release canceled", "Request rejected", "Automated checks broke off"]
    troubles = ["Webhook fails", "Mail is not sent: the mail server fails"]
    assert failed(cast.admin) == [*troubles, *releases]
    assert failed(cast.developer) == failed(cast.inspector) == releases
    assert failed(cast.operator) == failed(cast.outsider) == []


@pytest.mark.parametrize("role", ["admin", "developer", "reviewer", "operator", "inspector"])
def test_an_empty_dashboard_says_what_to_do_next(cast: Cast, browse: Browse, role: str) -> None:
    page = browse(cast.acme, cast.members()[role]).get(PAGE).content.decode()

    assert [text in page for text in ("Nothing is rolling out", "Nothing failed lately")] == [
        True,
        True,
    ]
    assert "Nothing waits for you" in page
    assert ("Open Mini Programs" in page) is (role in {"admin", "developer"})


def test_a_full_dashboard_costs_what_an_empty_one_does(
    program: MiniProgram,
    cast: Cast,
    browse: Browse,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    admin = browse(cast.acme, cast.admin)
    wear_in(admin)

    def fill(count: int) -> None:
        for _number in range(count):
            other = make_program(cast.acme)
            make_release(other, status=Status.UNDER_REVIEW, created_by=cast.developer)
            make_release(other, status=Status.PREPARATION, created_by=cast.admin)
            make_release(other, status=Status.GRAYSCALE, share=1_000)
            make_release(other, status=Status.CANCELED)

    fill(1)
    with django_assert_num_queries(20):
        page = admin.get(PAGE).content.decode()
    fill(6)

    with django_assert_num_queries(20):
        full = admin.get(PAGE).content.decode()
    assert "More requests wait for you" not in page
    assert "More requests wait for you" in full
    assert "There are more that are rolling out" in full
