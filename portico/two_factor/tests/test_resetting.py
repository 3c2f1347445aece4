"""An admin resets a member's two-factor: for this workspace, never for another one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.db import connection
from django.test import Client

from conftest import Cast, make_cast
from portico.accounts.models import Person
from portico.audit.models import AuditEntry
from portico.audit.services import PLATFORM
from portico.kernel.clock import now
from portico.kernel.errors import NotFound
from portico.two_factor.models import TwoFactorReset
from portico.two_factor.rules import State
from portico.two_factor.services import (
    NotActive,
    NothingToReset,
    Way,
    open_reset,
    reset,
)
from portico.two_factor.standing import standing_of
from portico.two_factor.tests.factors import (
    Browse,
    give_app,
    give_password,
    has_app,
    require,
    sign_in,
)
from portico.workspaces.models import Membership, Workspace
from portico.workspaces.permissions import Role
from tests import jobs
from tests.make import AT, LONG_AGO, actor, make_member

DAY = timedelta(days=1)


def browsing(browse: Browse, member: Membership) -> Client:
    """A browser in which they are signed in, as the list of their sessions knows."""
    client: Client = browse(member.workspace, member)
    UserSession.objects.create(
        user=member.person, session_key=client.session.session_key, ip="127.0.0.1"
    )
    return client


def path_of(member: Membership) -> str:
    return f"/console/members/{member.id}/reset-two-factor/"


@pytest.fixture
def person(cast: Cast) -> Person:
    """The developer, who has lost their second factor."""
    give_password(cast.developer.person)
    give_app(cast.developer.person)
    return cast.developer.person


@pytest.fixture
def there(cast: Cast, person: Person) -> Membership:
    """The developer's place in another workspace."""
    return make_member(cast.zenith, Role.OPERATOR, person=person)


def test_of_an_account_of_one_workspace_the_factors_are_removed(
    cast: Cast, browse: Browse, person: Person
) -> None:
    theirs = browsing(browse, cast.developer)
    page = browse(cast.acme, cast.admin)

    asked = page.get(f"/console/members/{cast.developer.id}/").content.decode()
    answer = page.post(path_of(cast.developer), follow=True)

    assert "Reset the two-factor of Workspace Developer?" in asked
    assert "Their authenticator app, passkeys and recovery codes are removed" in asked
    assert "The second factors of Workspace Developer are removed." in answer.content.decode()
    assert not has_app(person)
    assert theirs.get("/console/").status_code == 302
    assert sign_in(browse(cast.acme), person).request["PATH_INFO"] == "/console/"


def test_of_an_account_of_two_workspaces_they_stay(
    cast: Cast, browse: Browse, person: Person, there: Membership
) -> None:
    here, elsewhere = browsing(browse, cast.developer), browsing(browse, there)
    page = browse(cast.acme, cast.admin)

    asked = page.get(f"/console/members/{cast.developer.id}/").content.decode()
    answer = page.post(path_of(cast.developer), follow=True)

    assert "Their account belongs to other workspaces, too" in asked
    assert "may sign in to this workspace with a code from their mailbox" in (
        answer.content.decode()
    )
    assert has_app(person)
    assert open_reset(cast.acme, person, at=now()) is not None
    assert open_reset(cast.zenith, person, at=now()) is None
    assert here.get("/console/").status_code == 302  # signed out here
    assert elsewhere.get("/console/").status_code == 200  # and here alone


def test_they_go_once_all_workspaces_agree(cast: Cast, person: Person, there: Membership) -> None:
    _, first = reset(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)

    _, second = reset(cast.zenith, there.id, by=actor(cast.outsider), at=AT + 6 * DAY)

    assert (first, second) == (Way.MAILED_CODE, Way.REMOVED)
    assert not has_app(person)
    removed = TwoFactorReset.objects.filter(removed_at=AT + 6 * DAY)
    assert {one.membership_id for one in removed} == {cast.developer.id, there.id}


def test_a_workspace_that_agreed_long_ago_does_not_count(
    cast: Cast, person: Person, there: Membership
) -> None:
    reset(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)

    _, way = reset(cast.zenith, there.id, by=actor(cast.outsider), at=AT + 7 * DAY)

    assert way is Way.MAILED_CODE
    assert has_app(person)


@pytest.mark.parametrize("what", ["used", "made"])
def test_who_has_shown_that_they_hold_one_need_not_be_helped(
    cast: Cast, person: Person, there: Membership, what: str
) -> None:
    reset(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)
    if what == "used":
        Authenticator.objects.filter(user=person).update(last_used_at=AT + DAY)
    else:
        Authenticator.objects.filter(user=person).update(created_at=AT + DAY)

    _, way = reset(cast.zenith, there.id, by=actor(cast.outsider), at=AT + 2 * DAY)

    assert open_reset(cast.acme, person, at=AT + 2 * DAY) is None
    assert way is Way.MAILED_CODE


def test_a_workspace_that_has_blocked_them_is_not_asked(
    cast: Cast, person: Person, there: Membership
) -> None:
    Membership.objects.filter(id=there.id).update(blocked_at=AT)

    _, way = reset(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)

    assert way is Way.REMOVED
    there.refresh_from_db()
    require(cast.zenith, at=LONG_AGO)
    assert standing_of(there).due == AT + 3 * DAY


def test_a_fresh_grace_begins(cast: Cast, person: Person) -> None:
    require(cast.acme, days=1, at=LONG_AGO)
    cast.developer.refresh_from_db()

    reset(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)

    standing = standing_of(cast.developer)
    assert standing.due == AT + 3 * DAY
    assert standing.state(at=AT + 2 * DAY) is State.GRACE
    assert standing.state(at=AT + 3 * DAY) is State.OVERDUE


@pytest.mark.parametrize("place", ["one", "two"])
def test_it_is_recorded_and_they_are_told(
    cast: Cast, person: Person, place: str, request: pytest.FixtureRequest
) -> None:
    if place == "two":
        request.getfixturevalue("there")

    reset(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)
    jobs.run("two_factor.send_reset_notice")

    entry = AuditEntry.objects.get(action="two_factor.reset")
    (told,) = [one for one in mail.outbox if "reset" in one.subject]
    assert (entry.workspace_id, entry.actor_id) == (cast.acme.id, cast.admin.person_id)
    assert (entry.subject_id, entry.subject_label) == (str(person.id), "")
    assert entry.changes[0]["after"] == ("removed" if place == "one" else "mailed_code")
    assert told.to == [person.email]
    assert "Workspace Admin, an admin of Acme Pay, has reset" in told.body
    assert ("are removed from your account" in told.body) is (place == "one")
    assert ("In other workspaces nothing has changed" in told.body) is (place == "two")


def test_nobody_resets_their_own(cast: Cast, browse: Browse, call: Browse) -> None:
    give_app(cast.admin.person)
    page = browse(cast.acme, cast.admin)

    asked = page.get(f"/console/members/{cast.admin.id}/").content.decode()
    answer = page.post(path_of(cast.admin))
    by_token = call(cast.acme, cast.admin).post(f"/api/v1/members/{cast.admin.id}/reset-two-factor")

    assert "Nobody resets their own." in asked
    assert path_of(cast.admin) not in asked
    assert answer.status_code == 409
    assert "Nobody resets their own two-factor." in answer.content.decode()
    assert (by_token.status_code, by_token.json()["code"]) == (409, "own_reset")
    assert has_app(cast.admin.person)


def test_there_must_be_something_to_reset(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.acme, cast.admin).post(path_of(cast.developer))

    assert answer.status_code == 409
    assert "has no second factor" in answer.content.decode()
    with pytest.raises(NothingToReset):
        reset(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)


@pytest.mark.parametrize("how", ["blocked", "closed"])
def test_who_is_shut_out_is_let_in_first(cast: Cast, person: Person, how: str) -> None:
    if how == "blocked":
        Membership.objects.filter(id=cast.developer.id).update(blocked_at=AT)
    else:
        Person.objects.filter(id=person.id).update(is_active=False)

    with pytest.raises(NotActive):
        reset(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)


def test_a_role_without_the_right_resets_nothing(
    cast: Cast, browse: Browse, call: Browse, person: Person
) -> None:
    api = f"/api/v1/members/{cast.developer.id}/reset-two-factor"

    assert browse(cast.acme, cast.operator).post(path_of(cast.developer)).status_code == 403
    assert call(cast.acme, cast.operator).post(api).status_code == 403
    assert has_app(person)


def test_another_workspaces_member_is_not_reset_from_here(
    cast: Cast, browse: Browse, call: Browse
) -> None:
    give_app(cast.outsider.person)
    api = f"/api/v1/members/{cast.outsider.id}/reset-two-factor"

    assert browse(cast.acme, cast.admin).post(path_of(cast.outsider)).status_code == 404
    assert call(cast.acme, cast.admin).post(api).status_code == 404
    with pytest.raises(NotFound):
        reset(cast.acme, cast.outsider.id, by=PLATFORM, at=AT)
    assert has_app(cast.outsider.person)


def test_the_api_says_what_it_came_to(
    cast: Cast, call: Browse, person: Person, there: Membership
) -> None:
    robot = call(cast.acme, cast.admin)
    listed = robot.get("/api/v1/members?two_factor=true").json()["items"]
    answer = robot.post(f"/api/v1/members/{cast.developer.id}/reset-two-factor").json()

    assert [one["email"] for one in listed] == [person.email]
    assert answer["way"] == "mailed_code"
    assert answer["until"] is not None


def test_an_open_reset_is_shown_and_a_second_one_takes_its_place(
    cast: Cast, browse: Browse, person: Person, there: Membership
) -> None:
    page: Client = browse(cast.acme, cast.admin)
    for _ in range(2):
        page.post(path_of(cast.developer))

    shown: Any = page.get(f"/console/members/{cast.developer.id}/").content.decode()
    assert "Was reset: until" in shown
    assert TwoFactorReset.objects.filter(ended_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workspaces_that_reset_at_once_find_each_other(transactional_db: None) -> None:
    cast = make_cast()
    give_app(cast.developer.person)
    there = make_member(cast.zenith, Role.OPERATOR, person=cast.developer.person)
    start = Barrier(2)

    def begin(place: tuple[Workspace, Membership, Membership]) -> Way:
        workspace, member, admin = place
        try:
            start.wait(timeout=30)
            return reset(workspace, member.id, by=actor(admin), at=AT)[1]
        finally:
            connection.close()

    places = [(cast.acme, cast.developer, cast.admin), (cast.zenith, there, cast.outsider)]
    with ThreadPoolExecutor(2) as threads:
        ways = sorted(threads.map(begin, places))

    assert ways == [Way.MAILED_CODE, Way.REMOVED]
    assert not has_app(cast.developer.person)
