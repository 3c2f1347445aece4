"""Members choose which mails they get."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.releases.notices.topics import OUTCOMES, OWN, STEPS, WAITING
from portico.service_email.models import MailChoices
from portico.service_email.topics.services import choose, wanted_by, who_want
from portico.service_email.topics.topics import UnknownTopic
from portico.workspaces.models import Membership
from tests.make import AT, actor

PATH = "/settings/account/e-mails/"
API = "/api/v1/me/mail-topics"


def test_whoever_chose_nothing_gets_all_that_their_role_reaches(cast: Cast) -> None:
    assert WAITING.name in wanted_by(cast.reviewer)
    assert STEPS.name in wanted_by(cast.operator)
    assert WAITING.name not in wanted_by(cast.operator)


def test_a_choice_is_kept_and_written_down(cast: Cast) -> None:
    member = cast.reviewer

    choose(member, {WAITING.name}, by=actor(member), at=AT)

    assert wanted_by(member) == {WAITING.name}
    entry = AuditEntry.objects.get(action="member.mail_chosen")
    assert {"field": STEPS.name, "before": "yes", "after": "no"} in entry.changes


def test_choosing_the_same_again_is_written_nowhere(cast: Cast) -> None:
    choose(cast.reviewer, {WAITING.name}, by=actor(cast.reviewer), at=AT)

    choose(cast.reviewer, {WAITING.name}, by=actor(cast.reviewer), at=AT)

    assert AuditEntry.objects.filter(action="member.mail_chosen").count() == 1


def test_an_unknown_topic_is_refused_with_those_that_there_are(cast: Cast) -> None:
    with pytest.raises(UnknownTopic, match="release_steps"):
        choose(cast.operator, {WAITING.name}, by=actor(cast.operator), at=AT)

    assert not MailChoices.objects.exists()


def test_a_topic_that_the_role_does_not_reach_stays_as_it_was_chosen(cast: Cast) -> None:
    # given a reviewer who wants no mail about requests, and becomes an operator
    choose(cast.reviewer, {OWN.name}, by=actor(cast.reviewer), at=AT)
    Membership.objects.filter(id=cast.reviewer.id).update(role="operator")
    member = Membership.objects.get(id=cast.reviewer.id)

    # when they choose as an operator
    choose(member, {STEPS.name, OUTCOMES.name}, by=actor(member), at=AT)

    # then what they chose as a reviewer is still there
    assert WAITING.name in MailChoices.objects.get(membership=member).unwanted


def test_mail_goes_to_those_who_want_it_and_may_have_it(cast: Cast) -> None:
    choose(cast.admin, set(), by=actor(cast.admin), at=AT)
    everybody = Membership.objects.filter(workspace=cast.acme)

    assert set(who_want(everybody, WAITING.name)) == {cast.reviewer}


def test_the_page_shows_and_keeps_the_choice(cast: Cast, browse: Callable[..., Client]) -> None:
    client = browse(cast.acme, cast.developer)
    assert "Each step of a release" in client.get(PATH).content.decode()

    sent = client.post(PATH, {"topics": [OUTCOMES.name]}, follow=True)

    assert "Your choice of mails is saved." in sent.content.decode()
    assert wanted_by(cast.developer) == {OUTCOMES.name}


def test_the_page_refuses_a_topic_of_another_role(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    sent = browse(cast.acme, cast.developer).post(PATH, {"topics": [WAITING.name]})

    assert sent.status_code == 422
    assert not MailChoices.objects.exists()


def test_a_choice_is_made_for_one_workspace(cast: Cast) -> None:
    elsewhere = Membership.objects.create(
        workspace=cast.zenith, person=cast.developer.person, role="developer"
    )

    choose(cast.developer, set(), by=actor(cast.developer), at=AT)

    assert STEPS.name in wanted_by(elsewhere)


def test_the_api_tells_and_takes_the_choice(cast: Cast, call: Callable[..., Client]) -> None:
    client = call(cast.acme, cast.reviewer)

    chosen = client.put(API, {"wanted": [WAITING.name]}, content_type="application/json")

    assert chosen.status_code == 200
    wanted = {one["topic"]: one["wanted"] for one in client.get(API).json()}
    assert wanted[WAITING.name]
    assert not wanted[STEPS.name]
    assert client.put(API, {"wanted": ["all"]}, content_type="application/json").status_code == 422
