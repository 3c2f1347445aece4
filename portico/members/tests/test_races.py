"""At the same moment: an admin is left, and an invitation is answered once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from conftest import Cast, make_cast
from portico.accounts.models import Person
from portico.audit.models import AuditEntry
from portico.audit.services import PLATFORM
from portico.kernel.errors import DomainError
from portico.members.links import token_of
from portico.members.models import Invitation
from portico.members.services import (
    AccountExists,
    InvitationUsed,
    InvitationWithdrawn,
    LastAdmin,
    Outcome,
    accept,
    accept_with_new_account,
    block,
    change_role,
    invite,
    remove,
    withdraw,
)
from portico.service_email.models import Mail
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role
from tests.make import AT, actor, make_invitation, make_member, make_person

pytestmark = pytest.mark.django_db(transaction=True)
Attempt = Callable[[], object]
NEW = "nia@example.com"
ROUNDS = 3


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def all_at_once(*attempts: Attempt) -> list[object]:
    """Begin all of these at the same moment; what each answered, or the kind of its refusal."""
    start = Barrier(len(attempts))

    def begin(attempt: Attempt) -> object:
        try:
            start.wait(timeout=30)
            return attempt()
        except DomainError as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(attempts)) as threads:
        return list(threads.map(begin, attempts))


def ways(cast: Cast, doer: Membership, target: Membership) -> dict[str, Attempt]:
    by = actor(doer)
    return {
        "demote": lambda: change_role(cast.acme, target.id, Role.OPERATOR, by=by, at=AT),
        "block": lambda: block(cast.acme, target.id, by=by, at=AT),
        "remove": lambda: remove(cast.acme, target.id, by=by, at=AT),
    }


@pytest.mark.parametrize(
    ("first", "second"), [("demote", "demote"), ("remove", "block"), ("block", "demote")]
)
def test_two_admins_who_end_each_other_leave_one(cast: Cast, first: str, second: str) -> None:
    for _round in range(ROUNDS):
        other = make_member(cast.acme, Role.ADMIN)

        outcomes = all_at_once(
            ways(cast, cast.admin, other)[first], ways(cast, other, cast.admin)[second]
        )

        assert outcomes.count(LastAdmin) == 1
        left = Membership.objects.active().filter(workspace=cast.acme, role=Role.ADMIN)
        assert left.count() == 1
        Membership.objects.filter(id=cast.admin.id).delete()
        Membership.objects.filter(workspace=cast.acme, role=Role.ADMIN).delete()
        cast.admin.save(force_insert=True)
        cast.admin.refresh_from_db()
        Membership.objects.filter(id=cast.admin.id).update(role=Role.ADMIN, blocked_at=None)


def test_five_admins_who_all_leave_at_once_leave_one(cast: Cast) -> None:
    admins = [cast.admin, *(make_member(cast.acme, Role.ADMIN) for _number in range(4))]

    outcomes = all_at_once(*(ways(cast, one, one)["remove"] for one in admins))

    assert outcomes.count(LastAdmin) == 1
    assert Membership.objects.filter(workspace=cast.acme, role=Role.ADMIN).count() == 1


def test_of_two_who_accept_at_once_one_does(cast: Cast) -> None:
    for number in range(ROUNDS):
        person = make_person(f"nia-{number}@example.com")
        token = token_of(make_invitation(cast.acme, person.email))
        attempt: Attempt = lambda token=token, person=person: accept(  # type: ignore[misc]  # noqa: E731
            token, cast.acme, person, by=PLATFORM, at=AT
        )

        outcomes = all_at_once(attempt, attempt)

        assert outcomes.count(InvitationUsed) == 1
        assert Membership.objects.filter(person=person).count() == 1
    assert AuditEntry.objects.filter(action="invitation.accepted").count() == ROUNDS


def signing_up(cast: Cast, invitation: Invitation) -> Attempt:
    token, workspace = token_of(invitation), invitation.workspace
    return lambda: accept_with_new_account(
        token, workspace, name="Nia", password="a very good password", by=PLATFORM, at=AT
    )


def test_of_two_who_sign_up_at_once_one_has_the_account(cast: Cast) -> None:
    attempt = signing_up(cast, make_invitation(cast.acme, NEW))

    outcomes = all_at_once(attempt, attempt)

    assert outcomes.count(InvitationUsed) == 1
    assert Person.objects.filter(email=NEW).count() == 1


def test_two_workspaces_make_one_account_of_an_address(cast: Cast) -> None:
    outcomes = all_at_once(
        signing_up(cast, make_invitation(cast.acme, NEW)),
        signing_up(cast, make_invitation(cast.zenith, NEW)),
    )

    assert outcomes.count(AccountExists) == 1
    assert Membership.objects.filter(person__email=NEW).count() == 1


def test_accepting_and_withdrawing_at_once_does_one_of_them(cast: Cast) -> None:
    for number in range(ROUNDS):
        person = make_person(f"nia-{number}@example.com")
        invitation = make_invitation(cast.acme, person.email)
        token = token_of(invitation)

        outcomes = all_at_once(
            lambda token=token, person=person: accept(  # type: ignore[misc]
                token, cast.acme, person, by=PLATFORM, at=AT
            ),
            lambda invitation=invitation: withdraw(  # type: ignore[misc]
                cast.acme, invitation.id, by=actor(cast.admin), at=AT
            ),
        )

        refused = [one for one in outcomes if isinstance(one, type)]
        invitation.refresh_from_db()
        is_member = Membership.objects.filter(person=person).exists()
        assert refused in ([InvitationUsed], [InvitationWithdrawn])
        assert is_member is (refused == [InvitationUsed])
        assert (invitation.accepted_at is None) is not is_member


def test_two_admins_who_invite_the_same_person_send_one_mail(cast: Cast) -> None:
    def attempt() -> Outcome:
        (answer,) = invite(cast.acme, [NEW], role=Role.ADMIN, by=actor(cast.admin), at=AT)
        return answer.outcome

    outcomes = all_at_once(attempt, attempt)

    assert sorted(map(str, outcomes)) == ["already_invited", "invited"]
    assert Mail.objects.filter(recipient=NEW).count() == 1
