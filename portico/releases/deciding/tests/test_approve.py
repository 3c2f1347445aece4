"""Approving a request on its page."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client

from conftest import Cast
from portico.approvals.models import ApprovalRequest, Decision, RequestStatus, ReviewVerdict
from portico.audit.models import AuditEntry
from portico.kernel.errors import DomainError
from portico.releases.deciding.tests.asking import (
    asked_for,
    asked_under,
    by,
    decision,
    offline_asked,
)
from portico.releases.deciding.verbs import decide
from portico.releases.models import Release
from portico.releases.services import withdraw
from portico.workspaces.permissions import Role
from tests.make import AT, make_member, make_policy

Browse = Callable[..., Client]


def approve(client: Client, request_id: object, **more: object) -> int:
    sent = decision("approve", **more)
    return client.post(f"/console/approvals/{request_id}/decide/", sent).status_code


def test_one_approval_leads_on_where_one_is_needed(cast: Cast, browse: Browse) -> None:
    asked = asked_for(cast)
    reviewer = browse(cast.acme, cast.reviewer)

    assert approve(reviewer, asked.id, reason="Fine") == 302

    asked.refresh_from_db()
    assert asked.status == RequestStatus.APPROVED
    assert Release.objects.get(id=asked.release).status == "pilot_testing"
    page = reviewer.get(f"/console/approvals/{asked.id}/").content.decode()
    assert "The request is approved." in page
    assert "Fine" in page
    assert "Your decision" not in page


def test_two_are_needed_and_the_first_waits_for_the_second(cast: Cast, browse: Browse) -> None:
    asked = asked_under(cast, make_policy(approvals=2))
    reviewer = browse(cast.acme, cast.reviewer)
    assert approve(reviewer, asked.id) == 302

    page = reviewer.get(f"/console/approvals/{asked.id}/").content.decode()
    assert "It waits for the approval of others." in page
    assert "You have decided on this request already." in page
    assert approve(reviewer, asked.id) == 302  # pressed twice: answered as before, counted once
    assert approve(reviewer, asked.id, reason="Something else") == 409

    assert approve(browse(cast.acme, cast.admin), asked.id) == 302
    asked.refresh_from_db()
    assert asked.status == RequestStatus.APPROVED
    assert asked.decisions.count() == 2


def test_an_approved_offline_request_takes_it_offline(cast: Cast, browse: Browse) -> None:
    asked = offline_asked(cast)

    assert approve(browse(cast.acme, cast.reviewer), asked.id) == 302

    release = Release.objects.get(id=asked.release)
    assert (release.status, release.archived_because) == ("archived", "offline")


def test_ones_own_request_is_refused_with_a_sentence_and_nothing_is_lost(
    cast: Cast, browse: Browse
) -> None:
    asked = asked_for(cast, asker=cast.admin)
    client = browse(cast.acme, cast.admin)

    response = client.post(
        f"/console/approvals/{asked.id}/decide/", decision("approve", reason="Mine is good")
    )

    assert response.status_code == 403
    assert "This is your own request." in response.content.decode()
    assert not Decision.objects.filter(request=asked).exists()


def test_what_was_withdrawn_meanwhile_says_so_and_by_whom(cast: Cast, browse: Browse) -> None:
    asked = asked_for(cast)
    release = Release.objects.get(id=asked.release)
    withdraw(release, by=by(cast.developer), at=AT, reason="Wrong build")

    response = browse(cast.acme, cast.reviewer).post(
        f"/console/approvals/{asked.id}/decide/", decision("approve")
    )

    page = response.content.decode()
    assert response.status_code == 409
    assert "Meanwhile this request was withdrawn." in page
    assert "Wrong build" in page
    assert cast.developer.person.name in page


def test_neither_another_workspace_nor_a_role_without_the_right_decides(
    cast: Cast, browse: Browse
) -> None:
    asked = asked_for(cast)

    assert approve(browse(cast.zenith, cast.outsider), asked.id) == 404
    for member in (cast.developer, cast.operator, cast.inspector):
        assert approve(browse(cast.acme, member), asked.id) == 403
    assert not Decision.objects.filter(request=asked).exists()


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once_count_as_two_and_happen_once(cast: Cast) -> None:
    asked = asked_under(cast, make_policy(approvals=2))
    reviewers = [make_member(cast.acme, Role.REVIEWER) for _number in range(4)]
    started, refused = Barrier(4), []

    def race(number: int) -> None:
        try:
            mine = ApprovalRequest.objects.select_related(
                "workspace", "program", "target", "version"
            ).get(id=asked.id)
            started.wait()
            decide(mine, ReviewVerdict.APPROVE, by=by(reviewers[number]), at=AT)
        except DomainError as error:
            refused.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=race, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    asked.refresh_from_db()
    assert asked.status == RequestStatus.APPROVED
    assert refused == ["request_is_approved"] * 2
    assert Decision.objects.filter(request=asked).count() == 2
    release = Release.objects.get(id=asked.release)
    assert release.status == "pilot_testing"
    approved = AuditEntry.objects.filter(subject_id=str(release.id), action="release.approved")
    assert approved.count() <= 2
