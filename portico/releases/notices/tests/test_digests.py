"""Reviewers get one mail about all that waits for them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conftest import Cast
from portico.approvals.models import ApprovalRequest
from portico.miniprograms.models import MiniProgram
from portico.releases.models import Release
from portico.releases.notices.digests import EVERY, tell_reviewers
from portico.releases.notices.topics import REVIEWS, WAITING
from portico.releases.rules.pipeline import Status
from portico.service_email.models import Mail
from portico.service_email.topics.services import choose
from portico.workspaces.models import Membership
from tests.make import AT, actor, make_program, make_release

MINUTE = timedelta(minutes=1)


def in_review(program: MiniProgram, by: Membership, *, at: object = AT) -> ApprovalRequest:
    """A release that waits for its review."""
    release: Release = make_release(
        program,
        status=Status.UNDER_REVIEW,
        created_by=by,
        at=at,  # type: ignore[arg-type]
    )
    assert release.request is not None
    return release.request


def told(template: str = "requests_waiting") -> dict[str, int]:
    """How many mails of this kind each address got."""
    found: dict[str, int] = {}
    for mail in Mail.objects.filter(template=template):
        found[mail.recipient] = found.get(mail.recipient, 0) + 1
    return found


@pytest.fixture
def reviewers(cast: Cast) -> tuple[str, str]:
    return cast.admin.person.email, cast.reviewer.person.email


def test_what_comes_in_first_is_told_at_once(cast: Cast, reviewers: tuple[str, str]) -> None:
    in_review(make_program(cast.acme), cast.developer)

    tell_reviewers(at=AT)

    assert told() == dict.fromkeys(reviewers, 1)


def test_what_comes_in_soon_after_is_told_in_one_mail(
    cast: Cast, reviewers: tuple[str, str]
) -> None:
    # given a reviewer who was told of one request
    in_review(make_program(cast.acme), cast.developer)
    tell_reviewers(at=AT)

    # when three more come in within the half hour
    for minutes in (1, 2, 3):
        in_review(make_program(cast.acme), cast.developer, at=AT + minutes * MINUTE)
        tell_reviewers(at=AT + minutes * MINUTE)
    assert told() == dict.fromkeys(reviewers, 1)
    tell_reviewers(at=AT + EVERY)

    # then there is one more mail, about these three
    assert told() == dict.fromkeys(reviewers, 2)
    last = Mail.objects.filter(recipient=reviewers[1]).latest("created_at")
    assert last.context["count"] == 3


def test_nobody_is_told_twice_of_the_same(cast: Cast, reviewers: tuple[str, str]) -> None:
    in_review(make_program(cast.acme), cast.developer)
    tell_reviewers(at=AT)

    assert tell_reviewers(at=AT + 10 * EVERY) == 0
    assert told() == dict.fromkeys(reviewers, 1)


def test_a_request_that_came_to_light_late_is_told_all_the_same(
    cast: Cast, reviewers: tuple[str, str]
) -> None:
    # given that reviewers were told of a request, and an older one was not there yet
    in_review(make_program(cast.acme), cast.developer, at=AT + MINUTE)
    tell_reviewers(at=AT + MINUTE)
    in_review(make_program(cast.acme), cast.developer, at=AT)

    tell_reviewers(at=AT + MINUTE + EVERY)

    assert told() == dict.fromkeys(reviewers, 2)


def test_nobody_is_told_of_their_own_request(cast: Cast) -> None:
    in_review(make_program(cast.acme), cast.admin)

    tell_reviewers(at=AT)

    assert told() == {cast.reviewer.person.email: 1}


def test_whoever_wants_no_such_mail_gets_none(cast: Cast) -> None:
    choose(cast.reviewer, {REVIEWS.name}, by=actor(cast.reviewer), at=AT)
    choose(cast.admin, {WAITING.name}, by=actor(cast.admin), at=AT)
    in_review(make_program(cast.acme), cast.developer)

    tell_reviewers(at=AT)

    assert told() == {cast.admin.person.email: 1}


def test_another_workspace_s_reviewers_are_not_told(cast: Cast) -> None:
    in_review(make_program(cast.zenith), cast.outsider)

    tell_reviewers(at=AT)

    assert told() == {}  # its only reviewer asked for it


def test_a_long_list_is_cut_and_says_so(cast: Cast) -> None:
    for _number in range(22):
        in_review(make_program(cast.acme), cast.developer)

    tell_reviewers(at=AT)

    context = Mail.objects.filter(recipient=cast.reviewer.person.email)[0].context
    assert context["count"] == 22
    assert len(context["requests"]) == 20
