"""Answers of reviewers: taken once, from whoever has the secret, and within limits."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.audit.services import PLATFORM
from portico.automated_checks.models import Finding, Review, ReviewState
from portico.automated_checks.reviewers import services
from portico.automated_checks.reviewers.answering import take_answer
from portico.automated_checks.reviewers.rules import (
    ANSWER_WITHIN,
    AnsweredAlready,
    AnsweredTooLate,
    OtherReview,
    SignatureRefused,
    TimestampRefused,
)
from portico.automated_checks.services import Verdict, check_again, findings_of, verdict_of
from portico.automated_checks.showing import source_of
from portico.automated_checks.tests.conftest import Asked, answer, checked, make_tidy, signed
from portico.kernel.clock import now
from portico.kernel.errors import InvalidFields, NotFound
from portico.miniprograms.models import MiniProgram, Version
from portico.outbox.models import Event
from portico.webhooks.signing import new_signing_secret
from portico.workspaces.models import Workspace
from tests.make import AT

BAD = {"rule": "weak-tls", "severity": "error", "message": "TLS 1.0 is offered.", "file": "app.js"}


@pytest.fixture
def version(program: MiniProgram, lab: Asked) -> Version:
    """A version that the lab is asked about, and our own checks find nothing in."""
    made = make_tidy(program)
    checked(made)
    return made


def take(
    workspace: Workspace, lab: Asked, body: str, *, secret: str = "", at: object = AT, **more: str
) -> Review:
    assert isinstance(at, type(AT))
    headers = {**signed(body, secret or lab.secret, at=AT), **more}
    return take_answer(workspace, lab.review.id, body.encode(), headers=headers, at=at)


def test_findings_of_a_reviewer_stand_beside_ours(
    acme: Workspace, version: Version, lab: Asked
) -> None:
    assert verdict_of(version) is Verdict.PENDING

    review = take(acme, lab, answer(lab.review, BAD, summary="Looked at by hand."))

    assert (review.state, review.summary) == (ReviewState.ANSWERED, "Looked at by hand.")
    found = findings_of(version).get()
    assert (found.rule, found.severity, source_of(found)) == ("weak-tls", "error", "Lab")
    assert verdict_of(version) is Verdict.FINDINGS
    assert AuditEntry.objects.filter(action="version.reviewed").count() == 1


def test_a_reviewer_that_finds_nothing_leaves_it_clean(
    acme: Workspace, version: Version, lab: Asked
) -> None:
    assert not Event.objects.filter(name="version.checked").exists()

    take(acme, lab, answer(lab.review))

    assert verdict_of(version) is Verdict.CLEAN
    assert Event.objects.get(name="version.checked").payload["errors"] == 0


def test_a_reviewer_that_could_not_look_says_so(
    acme: Workspace, version: Version, lab: Asked
) -> None:
    review = take(acme, lab, answer(lab.review, outcome="failed"))

    assert review.state == ReviewState.FAILED
    assert verdict_of(version) is Verdict.FAILED


def test_a_forged_answer_is_refused(acme: Workspace, version: Version, lab: Asked) -> None:
    body = answer(lab.review)

    with pytest.raises(SignatureRefused):
        take(acme, lab, body, secret=new_signing_secret())
    for header in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        with pytest.raises(SignatureRefused):
            take(acme, lab, body, **{header: "v1,AAAA"})
        with pytest.raises(SignatureRefused):
            take(acme, lab, body, **{header: ""})
    changed = signed(body, lab.secret)
    with pytest.raises(SignatureRefused):
        take_answer(acme, lab.review.id, body.encode() + b" ", headers=changed, at=AT)
    with pytest.raises(SignatureRefused):
        take_answer(acme, lab.review.id, b"\xff", headers=changed, at=AT)

    assert lab.review.state == ReviewState.WAITING


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_answer_that_was_signed_at_another_time_is_refused(
    acme: Workspace, version: Version, lab: Asked, minutes: int
) -> None:
    with pytest.raises(TimestampRefused):
        take(acme, lab, answer(lab.review), at=AT + timedelta(minutes=minutes))


def test_an_answer_is_taken_once(acme: Workspace, version: Version, lab: Asked) -> None:
    body = answer(lab.review, BAD)
    take(acme, lab, body)

    with pytest.raises(AnsweredAlready):
        take(acme, lab, body)
    with pytest.raises(AnsweredAlready):
        take(acme, lab, answer(lab.review))

    assert Finding.objects.count() == 1


def test_an_answer_to_the_round_before_is_of_no_use(
    acme: Workspace, version: Version, lab: Asked
) -> None:
    body = answer(lab.review)
    old = lab.review.id
    check_again(version, by=PLATFORM, at=AT)

    with pytest.raises(OtherReview):
        take(acme, lab, body)
    with pytest.raises(NotFound):
        take_answer(acme, old, body.encode(), headers=signed(body, lab.secret), at=AT)


def test_an_answer_that_comes_too_late_is_refused(
    acme: Workspace, version: Version, lab: Asked
) -> None:
    late = AT + ANSWER_WITHIN
    body = answer(lab.review)

    with pytest.raises(AnsweredTooLate):
        take_answer(
            acme, lab.review.id, body.encode(), headers=signed(body, lab.secret, at=late), at=late
        )

    services.disable_reviewer(acme, lab.reviewer.id, by=PLATFORM, at=AT)
    with pytest.raises(AnsweredTooLate):
        take(acme, lab, body)


def test_an_answer_at_another_workspace_is_not_found(
    cast: Cast, version: Version, lab: Asked
) -> None:
    with pytest.raises(NotFound):
        take(cast.zenith, lab, answer(lab.review))


def test_the_old_secret_signs_answers_until_its_end(
    acme: Workspace, version: Version, lab: Asked
) -> None:
    services.rotate_secret(acme, lab.reviewer.id, overlap=0, by=PLATFORM, at=AT)
    with pytest.raises(SignatureRefused):
        take(acme, lab, answer(lab.review))

    _, new = services.rotate_secret(acme, lab.reviewer.id, overlap=24, by=PLATFORM, at=AT)
    services.rotate_secret(acme, lab.reviewer.id, overlap=24, by=PLATFORM, at=AT)

    assert take(acme, lab, answer(lab.review), secret=new).state == ReviewState.ANSWERED


WRONG = {
    "no JSON": "{",
    "no review": "{}",
    "an unknown member": {"findings": [], "verdict": "fine"},
    "an odd severity": {"findings": [{**BAD, "severity": "fatal"}]},
    "an odd rule": {"findings": [{**BAD, "rule": "Weak TLS!"}]},
    "a message that is too long": {"findings": [{**BAD, "message": "x" * 501}]},
    "a message that cannot be stored": {"findings": [{**BAD, "message": "a\x00b"}]},
    "a line that is none": {"findings": [{**BAD, "line": -1}]},
    "too many findings": {"findings": [BAD] * 501},
    "an unknown outcome": {"outcome": "fine"},
}


@pytest.mark.parametrize("given", WRONG.values(), ids=WRONG.keys())
def test_an_answer_that_is_none_is_refused_and_may_be_sent_again(
    acme: Workspace, version: Version, lab: Asked, given: dict[str, object] | str
) -> None:
    review = str(lab.review.id)
    body = given if isinstance(given, str) else json.dumps({"review": review, **given})

    with pytest.raises(InvalidFields):
        take(acme, lab, body)

    assert lab.review.state == ReviewState.WAITING
    assert take(acme, lab, answer(lab.review)).state == ReviewState.ANSWERED


def test_the_answer_comes_in_over_http(
    cast: Cast, version: Version, lab: Asked, call: Callable[..., Client]
) -> None:
    client = call(cast.acme)
    path = f"/api/v1/reviews/{lab.review.id}/answer"
    body = answer(lab.review, BAD)

    def post(body: str, secret: str) -> tuple[int, str]:
        headers = {
            name: value
            for name, value in signed(body, secret, at=now()).items()
            if name.startswith("webhook-")
        }
        response = client.post(path, body, "application/json", headers=headers)
        return response.status_code, response.json().get("code", "")

    assert post(body, new_signing_secret()) == (403, "signature_refused")
    Review.objects.update(deadline=now() + timedelta(hours=1))
    assert post(answer(lab.review, {**BAD, "line": -1}), lab.secret)[0] == 422
    assert post(body + " " * 1024 * 1024, lab.secret) == (413, "request_too_large")
    assert post(body, lab.secret) == (200, "")
    assert post(body, lab.secret) == (409, "review_answered")
    assert call(cast.zenith).post(path, body, "application/json").status_code == 404
    assert client.get(path).status_code == 405
