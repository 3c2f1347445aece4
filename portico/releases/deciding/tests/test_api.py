"""Approval requests over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from conftest import Cast
from portico.approvals.findings import key_of
from portico.approvals.models import ApprovalRequest, RequestStatus
from portico.approvals.tests.test_findings import found_in
from portico.audit.models import AuditEntry
from portico.releases.deciding.tests.asking import asked_for, asked_under, offline_asked
from portico.releases.deciding.tests.test_reject import picture
from tests.make import make_policy

Call = Callable[..., Client]
ALL = "/api/v1/approval-requests"


def decide(
    client: Client, asked: ApprovalRequest, body: dict[str, Any], *, key: str = ""
) -> tuple[int, dict[str, Any]]:
    headers = {"Idempotency-Key": key} if key else {}
    response = client.post(
        f"{ALL}/{asked.id}/decisions", body, content_type="application/json", headers=headers
    )
    return response.status_code, response.json()


def test_the_list_is_narrowed_and_read_page_by_page(cast: Cast, call: Call) -> None:
    first, second = asked_for(cast), asked_for(cast, asker=cast.admin)
    third = offline_asked(cast)
    reviewer = call(cast.acme, cast.reviewer)

    page = reviewer.get(f"{ALL}?status=in_review&limit=2").json()
    rest = reviewer.get(f"{ALL}?status=in_review&limit=2&cursor={page['next']}").json()
    oldest = reviewer.get(f"{ALL}?order=oldest&list=waiting&kind=release").json()
    named = reviewer.get(f"{ALL}?mini_program={second.program.app_id}").json()

    ids = [[item["id"] for item in one["items"]] for one in (page, rest, oldest, named)]
    assert ids == [
        [str(third.id), str(second.id)],
        [str(first.id)],
        [str(first.id), str(second.id)],
        [str(second.id)],
    ]
    assert rest["next"] is None
    assert page["items"][1]["requested_by"]["email"] == cast.admin.person.email
    assert page["items"][0]["approvals_needed"] == 1
    own = call(cast.acme, cast.developer).get(ALL).json()["items"]
    assert [item["id"] for item in own] == [str(third.id), str(first.id)]
    assert call(cast.acme, cast.developer).get(f"{ALL}?list=waiting").json()["items"] == []


def test_one_request_comes_with_what_it_changes_and_what_was_found(cast: Cast, call: Call) -> None:
    asked = asked_for(cast, message="By Friday")
    (error,) = found_in(asked.version, "A private key", severity="error")

    told = call(cast.acme, cast.inspector).get(f"{ALL}/{asked.id}").json()

    assert told["message"] == "By Friday"
    assert told["differences"]["baseline"] is None
    assert told["differences"]["counts"] == {"added": 5, "removed": 0, "changed": 0, "same": 0}
    assert {one["how"] for one in told["differences"]["files"]} == {"added"}
    assert [(one["key"], one["severity"]) for one in told["findings"]] == [(key_of(error), "error")]
    assert told["checks"] == "findings"
    assert told["policy"] == {
        "approvals": 1,
        "requester_may_approve": False,
        "automated_review": "advisory",
    }


def test_a_decision_is_taken_once_however_often_it_is_sent(cast: Cast, call: Call) -> None:
    asked = asked_under(cast, make_policy(approvals=2))
    reviewer = call(cast.acme, cast.reviewer)
    body = {"verdict": "approve", "reason": "Fine"}

    first = decide(reviewer, asked, body, key="one")
    again = decide(reviewer, asked, body, key="one")
    anew = decide(reviewer, asked, body)

    assert first[0] == again[0] == 201
    assert first[1] == again[1]
    assert first[1]["approvals"] == 1
    assert (anew[0], anew[1]["code"]) == (409, "already_decided")
    assert asked.decisions.count() == 1


def test_a_rejection_names_findings_and_screenshots(cast: Cast, call: Call) -> None:
    asked = asked_for(cast)
    (error,) = found_in(asked.version, "A private key", severity="error")
    reviewer = call(cast.acme, cast.reviewer)
    uploaded = reviewer.post(f"{ALL}/screenshots", {"file": picture()})
    assert uploaded.status_code == 201, uploaded.content
    shot = uploaded.json()["id"]

    refused = decide(reviewer, asked, {"verdict": "reject"})
    unknown = decide(
        reviewer, asked, {"verdict": "reject", "reason": "x", "screenshots": ["0" * 64]}
    )
    status, told = decide(
        reviewer,
        asked,
        {
            "verdict": "reject",
            "reason": "Remove it",
            "findings": [key_of(error)],
            "screenshots": [shot],
        },
    )

    assert (refused[0], refused[1]["code"]) in {
        (422, "reason_missing"),
        (422, "rejection_without_reason"),
    }
    assert unknown[0] == 422
    assert status == 201
    assert told["status"] == "rejected"
    (decision,) = told["decisions"]
    assert decision["findings"][0]["message"] == "A private key"
    assert decision["screenshots"] == [shot]
    address = f"{ALL}/{asked.id}/screenshots/{shot}"
    seen = call(cast.acme, cast.developer).get(address)
    assert seen.getvalue()[:4] == b"\x89PNG"
    assert call(cast.acme, cast.operator).get(address).status_code == 404


def test_a_stale_decision_says_what_happened(cast: Cast, call: Call) -> None:
    asked = asked_for(cast)
    developer = call(cast.acme, cast.developer)
    withdrawn = developer.post(
        f"{ALL}/{asked.id}/withdraw", {"reason": "Wrong"}, content_type="application/json"
    )
    assert (withdrawn.status_code, withdrawn.json()["status"]) == (200, "withdrawn")
    assert withdrawn.json()["close_reason"] == "Wrong"

    status, told = decide(call(cast.acme, cast.reviewer), asked, {"verdict": "approve"})

    assert (status, told["code"]) == (412, "request_is_withdrawn")


def test_four_eyes_rights_and_other_workspaces(cast: Cast, call: Call) -> None:
    asked = asked_for(cast, asker=cast.admin)
    approve = {"verdict": "approve"}

    own = decide(call(cast.acme, cast.admin), asked, approve)
    assert (own[0], own[1]["code"]) == (403, "own_request")
    assert decide(call(cast.acme, cast.developer), asked, approve)[0] == 403
    assert decide(call(cast.zenith, cast.outsider), asked, approve)[0] == 404
    asked.refresh_from_db()
    assert asked.status == RequestStatus.IN_REVIEW
    assert not AuditEntry.objects.filter(action="release.approved").exists()
