"""What is live, taken off a target over HTTP: by a request, or by force."""

from __future__ import annotations

import pytest
from django.test import Client

from conftest import Cast
from portico.approvals.models import ApprovalRequest
from portico.miniprograms.models import MiniProgram
from portico.releases.models import Release
from portico.releases.rules.pipeline import Status
from portico.releases.tests.api.conftest import Call, post, told
from portico.targets.models import ReleaseTarget
from tests.make import make_release

PLACE = "/mini-programs/com.example.tips/targets/pay/production"
WHY = {"reason": "The bank merged."}


@pytest.fixture
def live(program: MiniProgram, production: ReleaseTarget) -> Release:
    return make_release(program, production, status=Status.FULL)


def test_a_request_to_take_it_offline_waits_for_a_reviewer(
    live: Release, developer: Client, reviewer: Client
) -> None:
    made = post(developer, f"{PLACE}/offline-requests", WHY, key="job-7")
    again = post(developer, f"{PLACE}/offline-requests", WHY, key="job-7")
    second = post(developer, f"{PLACE}/offline-requests", WHY)

    body = made.json()
    assert (made.status_code, body["kind"], body["status"]) == (201, "offline", "in_review")
    assert again.json() == body
    assert told(second) == (409, "offline_requested")
    assert reviewer.get(made.headers["Location"]).json()["id"] == body["id"]
    live.refresh_from_db()
    assert live.status == Status.FULL


def test_the_inspector_removes_it_at_once(live: Release, cast: Cast, call: Call) -> None:
    answer = post(call(cast.acme, cast.inspector), f"{PLACE}/removal", WHY)

    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "archived"), body
    assert (body["archived_because"], body["id"]) == ("removed", str(live.id))
    assert ApprovalRequest.objects.get(kind="removal").status == "approved"


@pytest.mark.parametrize("what", ["offline-requests", "removal"])
def test_who_may_not_is_refused(live: Release, cast: Cast, call: Call, what: str) -> None:
    path = f"{PLACE}/{what}"

    answers = [
        told(post(call(cast.acme, cast.reviewer), path, WHY)),
        told(post(call(cast.acme, cast.operator), path, WHY)),
        told(post(call(cast.zenith, cast.outsider), path, WHY)),
    ]

    assert answers == [(403, "token_lacks_permission")] * 2 + [(404, "not_found")]


@pytest.mark.parametrize(
    ("reason", "live_now", "code"),
    [("", True, "reason_missing"), ("It must go.", False, "not_live")],
    ids=["no reason", "not live"],
)
def test_what_cannot_be_taken_away_is_refused(
    program: MiniProgram,
    production: ReleaseTarget,
    cast: Cast,
    call: Call,
    reason: str,
    live_now: bool,
    code: str,
) -> None:
    if live_now:
        make_release(program, production, status=Status.FULL)
    admin = call(cast.acme, cast.admin)

    answers = [
        post(admin, f"{PLACE}/{what}", {"reason": reason})
        for what in ("offline-requests", "removal")
    ]

    assert [answer.json()["code"] for answer in answers] == [code, code]
