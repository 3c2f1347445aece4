"""Changing members: who may, what dies at once, and that an admin is always left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portico.accounts.models import Person
from portico.audit.models import AuditEntry, AuditPerson
from portico.kernel.errors import NotFound
from portico.members.links import token_of
from portico.members.services import (
    BlockedAlready,
    HasThatRole,
    InvitationWithdrawn,
    LastAdmin,
    NotBlocked,
    accept,
    block,
    change_role,
    remove,
    unblock,
)
from portico.members.tests.verbs import (
    ENDING,
    VERBS,
    Verb,
    blocking,
    demote,
    removing,
    sign_in,
)
from portico.outbox.models import Event
from portico.service_email.models import Mail
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role
from tests.make import AT, actor, make_invitation, make_member, make_person

Browse = Callable[..., Client]
Call = Callable[..., Client]


@pytest.mark.parametrize(
    ("verb", "action", "changes"),
    [
        (demote, "member.role_changed", [("role", "developer", "operator")]),
        (blocking, "member.blocked", []),
        (removing, "member.removed", [("role", "developer", "")]),
    ],
)
def test_a_change_is_recorded_announced_and_told_to_whom_it_concerns(
    cast: Cast, verb: Verb, action: str, changes: list[tuple[str, str, str]]
) -> None:
    verb(cast.acme, cast.developer.id, actor(cast.admin))

    entry = AuditEntry.objects.get(action=action)
    assert (entry.workspace_id, entry.actor_id) == (cast.acme.id, cast.admin.person_id)
    assert (entry.subject_kind, entry.subject_id) == ("person", str(cast.developer.person_id))
    assert [(one["field"], one["before"], one["after"]) for one in entry.changes] == changes
    event = Event.objects.get(name=action)
    assert event.payload["membership"] == str(cast.developer.id)
    assert event.workspace_id == cast.acme.id
    (mail,) = Mail.objects.all()
    assert (mail.recipient, mail.workspace) == ("developer@acme.example.com", cast.acme)


def test_an_entry_about_a_member_is_erased_with_them(cast: Cast) -> None:
    remove(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)

    entry = AuditEntry.objects.get(action="member.removed")
    known = AuditPerson.objects.get(id=entry.subject_id)
    assert (known.name, known.email) == ("Workspace Developer", "developer@acme.example.com")
    assert "Workspace Developer" not in str(vars(entry))
    assert "developer@" not in str(vars(entry))


@pytest.mark.parametrize("verb", VERBS)
def test_a_member_of_another_workspace_is_not_there(cast: Cast, verb: Verb) -> None:
    Membership.objects.filter(id=cast.developer.id).update(blocked_at=AT)

    with pytest.raises(NotFound):
        verb(cast.zenith, cast.developer.id, actor(cast.outsider))

    cast.developer.refresh_from_db()
    assert (cast.developer.role, cast.developer.blocked_at) == (Role.DEVELOPER, AT)


@pytest.mark.parametrize("who", ["reviewer", "developer", "operator", "inspector", "outsider"])
def test_nobody_but_an_admin_of_the_workspace_changes_members(
    cast: Cast, browse: Browse, who: str
) -> None:
    client, address = browse(cast.acme, getattr(cast, who)), f"/console/members/{cast.operator.id}"

    answers = [
        client.post(f"{address}/{verb}/", {"role": "admin"}).status_code
        for verb in ("role", "block", "unblock", "remove")
    ]

    assert answers == [404 if who == "outsider" else 403] * 4
    cast.operator.refresh_from_db()
    assert (cast.operator.role, cast.operator.blocked_at) == (Role.OPERATOR, None)


def test_an_admin_of_elsewhere_changes_nobody_by_a_guessed_address(
    cast: Cast, browse: Browse, call: Call
) -> None:
    zoe = browse(cast.zenith, cast.outsider)
    api = call(cast.zenith, cast.outsider)

    pages = [
        zoe.get(f"/console/members/{cast.developer.id}/"),
        *(
            zoe.post(f"/console/members/{cast.developer.id}/{verb}/", {"role": "admin"})
            for verb in ("role", "block", "unblock", "remove")
        ),
        api.get(f"/api/v1/members/{cast.developer.id}"),
        api.patch(
            f"/api/v1/members/{cast.developer.id}",
            '{"role": "admin"}',
            content_type="application/json",
        ),
        api.post(f"/api/v1/members/{cast.developer.id}/block"),
        api.delete(f"/api/v1/members/{cast.developer.id}"),
    ]

    assert {answer.status_code for answer in pages} == {404}
    cast.developer.refresh_from_db()
    assert (cast.developer.role, cast.developer.blocked_at) == (Role.DEVELOPER, None)


def test_what_is_so_already_is_not_done_again(cast: Cast) -> None:
    by = actor(cast.admin)
    with pytest.raises(HasThatRole):
        change_role(cast.acme, cast.operator.id, Role.OPERATOR, by=by, at=AT)
    with pytest.raises(NotBlocked):
        unblock(cast.acme, cast.operator.id, by=by, at=AT)
    block(cast.acme, cast.operator.id, by=by, at=AT)
    with pytest.raises(BlockedAlready):
        block(cast.acme, cast.operator.id, by=by, at=AT)

    assert (
        AuditEntry.objects.filter(action__startswith="member.")
        .exclude(action="member.added")
        .count()
        == 1
    )


# That an admin is left


@pytest.mark.parametrize("verb", ENDING)
def test_the_only_admin_stays_one(cast: Cast, verb: Verb) -> None:
    with pytest.raises(LastAdmin) as refused:
        verb(cast.acme, cast.admin.id, actor(cast.admin))

    cast.admin.refresh_from_db()
    assert (cast.admin.role, cast.admin.blocked_at) == (Role.ADMIN, None)
    assert "the only active admin of Acme Pay" in str(refused.value)


@pytest.mark.parametrize("verb", ENDING)
@pytest.mark.parametrize("other", ["blocked", "closed", "elsewhere", "developer"])
def test_an_admin_who_cannot_come_in_does_not_count(cast: Cast, verb: Verb, other: str) -> None:
    if other == "elsewhere":
        second = make_member(cast.zenith, Role.ADMIN)
    else:
        second = make_member(cast.acme, Role.DEVELOPER if other == "developer" else Role.ADMIN)
    if other == "blocked":
        Membership.objects.filter(id=second.id).update(blocked_at=AT)
    if other == "closed":
        Person.objects.filter(id=second.person_id).update(is_active=False)

    with pytest.raises(LastAdmin):
        verb(cast.acme, cast.admin.id, actor(cast.admin))


@pytest.mark.parametrize("verb", ENDING)
def test_an_admin_may_give_up_being_one_where_another_is_left(cast: Cast, verb: Verb) -> None:
    make_member(cast.acme, Role.ADMIN)

    verb(cast.acme, cast.admin.id, actor(cast.admin))

    active = Membership.objects.active().filter(workspace=cast.acme, role=Role.ADMIN)
    assert active.count() == 1


@pytest.mark.parametrize("verb", [demote, removing])
def test_a_blocked_admin_may_go_while_another_is_left(cast: Cast, verb: Verb) -> None:
    second = make_member(cast.acme, Role.ADMIN)
    block(cast.acme, second.id, by=actor(cast.admin), at=AT)

    verb(cast.acme, second.id, actor(cast.admin))

    assert not Membership.objects.filter(id=second.id, role=Role.ADMIN).exists()


def test_who_removes_themselves_is_signed_out_and_told(cast: Cast) -> None:
    make_member(cast.acme, Role.ADMIN)
    client = sign_in(cast.admin, cast.acme)

    answer: Any = client.post(f"/console/members/{cast.admin.id}/remove/", follow=True)

    assert answer.redirect_chain == [("/", 302)]
    assert "You have no access to this workspace any more." in answer.content.decode()
    assert client.get("/console/").status_code == 302


def test_who_gives_up_their_own_admin_role_says_so_twice(cast: Cast, browse: Browse) -> None:
    make_member(cast.acme, Role.ADMIN)
    client = browse(cast.acme, cast.admin)
    address = f"/console/members/{cast.admin.id}/role/"

    once = client.post(address, {"role": "developer"})
    twice = client.post(address, {"role": "developer", "sure": "on"})

    assert once.status_code == 422
    assert "Please confirm this" in once.content.decode()
    assert (twice.status_code, twice.headers["Location"]) == (302, "/console/")
    cast.admin.refresh_from_db()
    assert cast.admin.role == Role.DEVELOPER


def test_the_page_says_why_the_only_admin_cannot_be_changed(cast: Cast, browse: Browse) -> None:
    client = browse(cast.acme, cast.admin)

    shown = client.get(f"/console/members/{cast.admin.id}/").content.decode()
    forced = client.post(
        f"/console/members/{cast.admin.id}/role/", {"role": "developer", "sure": "on"}
    )

    assert "The only active admin" in shown
    assert f"/console/members/{cast.admin.id}/block/" not in shown
    assert forced.status_code == 409
    assert "Make somebody else an admin first." in forced.content.decode()


def test_who_is_removed_does_not_come_back_by_an_invitation_that_was_left_open(cast: Cast) -> None:
    person = make_person("nia@example.com")
    left = make_invitation(cast.acme, person.email, Role.ADMIN)
    elsewhere = make_invitation(cast.zenith, person.email)
    member = make_member(cast.acme, person=person)  # the operator was quicker
    token = token_of(left)

    remove(cast.acme, member.id, by=actor(cast.admin), at=AT)

    with pytest.raises(InvitationWithdrawn):
        accept(token, cast.acme, person, by=actor(cast.admin), at=AT)
    entry = AuditEntry.objects.get(action="invitation.withdrawn")
    assert (entry.subject_id, entry.actor_id) == (str(left.id), cast.admin.person_id)
    elsewhere.refresh_from_db()
    assert elsewhere.withdrawn_at is None


def test_who_is_blocked_is_not_told_of_a_role_that_they_cannot_use(cast: Cast) -> None:
    block(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)

    change_role(cast.acme, cast.developer.id, Role.OPERATOR, by=actor(cast.admin), at=AT)

    (told,) = Mail.objects.filter(recipient=cast.developer.person.email)
    assert told.context["what"] == "blocked"
