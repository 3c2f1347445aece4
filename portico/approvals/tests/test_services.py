"""Requests and decisions as rows: written once, decided once by each, and never rewritten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from conftest import Cast
from portico.approvals.errors import (
    AlreadyDecided,
    OwnRequest,
    ReasonTooLong,
    RejectionWithoutReason,
    RequestIsRejected,
    RequestIsWithdrawn,
)
from portico.approvals.models import (
    ApprovalRequest,
    Decision,
    RequestKind,
    RequestStatus,
    ReviewVerdict,
)
from portico.approvals.queries import approvals_of
from portico.approvals.services import (
    Asked,
    close,
    decide,
    decide_automatically,
    note_done,
    open_request,
    void,
)
from portico.files.models import FileUse
from portico.kernel.ids import new_id
from portico.miniprograms.models import MiniProgram, Version
from portico.miniprograms.services import put_live
from portico.release_process.policy import read
from portico.targets.models import Environment, ReleaseTarget
from portico.workspaces.models import Workspace
from tests.make import AT, actor, make_app, make_policy, make_program, make_version

LATER = AT + timedelta(hours=2)


@pytest.fixture
def program(cast: Cast) -> MiniProgram:
    return make_program(cast.acme, admin=cast.developer)


@pytest.fixture
def target(cast: Cast) -> ReleaseTarget:
    return make_app(cast.acme).targets.get(environment=Environment.PRODUCTION)


def asked(
    program: MiniProgram,
    target: ReleaseTarget,
    version: Version | None = None,
    *,
    kind: RequestKind = RequestKind.RELEASE,
    **more: object,
) -> Asked:
    policy = make_policy(requester_may_approve=bool(more.pop("own", False)))
    return Asked(
        kind=kind,
        program=program,
        target=target,
        version=version or make_version(program),
        release=new_id(),
        policy=policy,
        policy_revision=3,
        **more,  # type: ignore[arg-type]
    )


def test_a_request_keeps_the_policy_it_was_made_under(
    cast: Cast, program: MiniProgram, target: ReleaseTarget
) -> None:
    wanted = asked(program, target, message="  Please  ")

    made = open_request(wanted, by=actor(cast.developer), at=AT)

    made.refresh_from_db()
    assert (made.status, made.message, made.policy_revision) == ("in_review", "Please", 3)
    assert read(made.policy) == wanted.policy
    assert made.requested_by_id == cast.developer.person_id


def test_a_program_has_one_request_of_a_kind_in_review_on_a_target(
    cast: Cast, program: MiniProgram, target: ReleaseTarget
) -> None:
    version = make_version(program)
    open_request(asked(program, target, version), by=actor(cast.developer), at=AT)

    open_request(
        asked(program, target, version, kind=RequestKind.OFFLINE), by=actor(cast.admin), at=AT
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        open_request(asked(program, target, version), by=actor(cast.admin), at=AT)


def test_what_is_done_already_is_written_down_as_approved(
    cast: Cast, program: MiniProgram, target: ReleaseTarget
) -> None:
    made = note_done(
        asked(program, target, kind=RequestKind.REMOVAL), by=actor(cast.inspector), at=AT
    )

    assert (made.status, made.decided_at) == (RequestStatus.APPROVED, AT)


def test_each_reviewer_decides_once_and_the_automated_review_beside_them(
    cast: Cast, program: MiniProgram, target: ReleaseTarget
) -> None:
    request = open_request(asked(program, target), by=actor(cast.developer), at=AT)
    decide(request, ReviewVerdict.APPROVE, by=actor(cast.reviewer), at=LATER)
    decide_automatically(request, at=LATER)

    with pytest.raises(AlreadyDecided):
        decide(request, ReviewVerdict.REJECT, by=actor(cast.reviewer), at=LATER, reason="No")

    people = [one.reviewer_id for one in approvals_of(request)]
    assert people == [cast.reviewer.person_id, None]


def test_the_automated_review_decides_once_too(
    cast: Cast, program: MiniProgram, target: ReleaseTarget
) -> None:
    request = open_request(asked(program, target), by=actor(cast.developer), at=AT)
    decide_automatically(request, at=LATER)

    with pytest.raises(IntegrityError), transaction.atomic():
        decide_automatically(request, at=LATER)


def test_four_eyes_hold_unless_the_copied_policy_lets_whoever_asked_approve(
    cast: Cast, program: MiniProgram, target: ReleaseTarget
) -> None:
    strict = open_request(asked(program, target), by=actor(cast.admin), at=AT)
    lenient = open_request(
        asked(program, target, kind=RequestKind.OFFLINE, own=True), by=actor(cast.admin), at=AT
    )

    with pytest.raises(OwnRequest):
        decide(strict, ReviewVerdict.APPROVE, by=actor(cast.admin), at=LATER)
    with pytest.raises(OwnRequest):
        decide(strict, ReviewVerdict.REJECT, by=actor(cast.admin), at=LATER, reason="Mine")
    decide(lenient, ReviewVerdict.APPROVE, by=actor(cast.admin), at=LATER)

    assert not Decision.objects.filter(request=strict).exists()


def test_a_rejection_says_why_and_no_text_is_cut_off(
    cast: Cast, program: MiniProgram, target: ReleaseTarget
) -> None:
    request = open_request(asked(program, target), by=actor(cast.developer), at=AT)

    with pytest.raises(RejectionWithoutReason):
        decide(request, ReviewVerdict.REJECT, by=actor(cast.reviewer), at=LATER, reason="  \n ")
    with pytest.raises(ReasonTooLong, match="has 2001 characters"):
        decide(request, ReviewVerdict.REJECT, by=actor(cast.reviewer), at=LATER, reason="x" * 2001)


def test_what_is_over_says_what_became_of_it(
    cast: Cast, program: MiniProgram, target: ReleaseTarget
) -> None:
    request = open_request(asked(program, target), by=actor(cast.developer), at=AT)
    close(request, RequestStatus.WITHDRAWN, by=actor(cast.developer), at=LATER, reason="Not yet")

    with pytest.raises(RequestIsWithdrawn, match="was withdrawn"):
        decide(request, ReviewVerdict.APPROVE, by=actor(cast.reviewer), at=LATER)
    with pytest.raises(RequestIsWithdrawn):
        close(request, RequestStatus.APPROVED, at=LATER)

    request.refresh_from_db()
    assert (request.close_reason, request.closed_by_id) == ("Not yet", cast.developer.person_id)
    request.status = RequestStatus.REJECTED
    with pytest.raises(RequestIsRejected):
        close(request, RequestStatus.APPROVED, at=LATER)


def test_what_it_is_compared_with_is_what_was_live_when_it_ended(
    cast: Cast, program: MiniProgram, target: ReleaseTarget
) -> None:
    first, second, third = (make_version(program) for _number in range(3))
    with transaction.atomic():
        put_live(program, target, first, at=AT)
    request = open_request(asked(program, target, third), by=actor(cast.developer), at=AT)
    assert request.baseline_id == first.id
    with transaction.atomic():
        put_live(program, target, second, at=AT)

    close(request, RequestStatus.REJECTED, at=LATER)
    with transaction.atomic():
        put_live(program, target, third, at=LATER)

    request.refresh_from_db()
    assert request.baseline_id == second.id


@pytest.mark.parametrize(
    "changes",
    [
        {"policy": {}},
        {"policy_revision": 9},
        {"configuration": {"server_domains": ["evil.example.com"]}},
        {"message": "Something else"},
        {"kind": "offline"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_the_database_refuses_to_rewrite_what_was_asked(
    cast: Cast, program: MiniProgram, target: ReleaseTarget, changes: dict[str, object]
) -> None:
    request = open_request(asked(program, target), by=actor(cast.developer), at=AT)

    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        ApprovalRequest.objects.filter(id=request.id).update(**changes)


def test_the_database_refuses_to_reopen_change_or_delete_what_was_decided(
    cast: Cast, program: MiniProgram, target: ReleaseTarget
) -> None:
    request = open_request(asked(program, target), by=actor(cast.developer), at=AT)
    decision = decide(request, ReviewVerdict.APPROVE, by=actor(cast.reviewer), at=LATER)
    close(request, RequestStatus.APPROVED, at=LATER)
    void(request, at=LATER)
    rows = ApprovalRequest.objects.filter(id=request.id)

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(status="in_review", decided_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(id=decision.id).update(reason="Otherwise")
    for kept in (Decision.objects.filter(id=decision.id), rows):
        with pytest.raises(IntegrityError, match="is deleted with its"):
            _delete(kept)


def test_a_workspace_takes_its_requests_along(
    cast: Cast, program: MiniProgram, target: ReleaseTarget
) -> None:
    request = open_request(asked(program, target), by=actor(cast.developer), at=AT)
    decide(request, ReviewVerdict.APPROVE, by=actor(cast.reviewer), at=LATER)

    FileUse.objects.all().delete()
    _delete(Workspace.objects.filter(id=cast.acme.id))

    assert not ApprovalRequest.objects.filter(id=request.id).exists()


@transaction.atomic
def _delete(rows: QuerySet[Any]) -> None:
    """Delete them, and have what is looked at when the transaction ends looked at now."""
    rows.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
