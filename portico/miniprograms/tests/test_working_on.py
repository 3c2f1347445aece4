"""Who works on a mini program, and who may say so."""

from __future__ import annotations

import pytest

from conftest import Cast
from portico.audit.models import AuditEntry
from portico.audit.services import PLATFORM
from portico.kernel.errors import Invalid, InvalidFields, NotFound
from portico.members.services import remove as remove_from_workspace
from portico.miniprograms import services
from portico.miniprograms.access import Act, may, program_for, programs_for
from portico.miniprograms.models import ProgramMember, ProgramRole
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role
from tests.make import AT, actor, make_member, make_program

pytestmark = pytest.mark.django_db
ADMIN, DEVELOPER = ProgramRole.ADMIN, ProgramRole.DEVELOPER


def why(error: InvalidFields) -> dict[str, str]:
    return {field: one.code for field, one in error.errors.items()}


def test_a_developer_can_be_admin_and_an_operator_assigned(cast: Cast) -> None:
    program = make_program(cast.acme)
    email = f" {cast.developer.person.email.upper()} "

    services.add_member(program, email, ADMIN, by=actor(cast.admin), at=AT)
    services.add_member(program, cast.operator.person.email, DEVELOPER, by=PLATFORM, at=AT)

    assert program_for(cast.developer, program.app_id, Act.CHANGE) == program
    assert list(programs_for(cast.operator)) == [program]
    entries = AuditEntry.objects.filter(action="program.member_added").order_by("id")
    assert [entry.subject_id for entry in entries] == [
        str(cast.developer.person_id),
        str(cast.operator.person_id),
    ]
    assert cast.developer.person.email not in str(list(entries.values()))


@pytest.mark.parametrize(
    ("who", "role", "field", "code"),
    [
        ("reviewer", DEVELOPER, "email", "sees_all_programs"),
        ("inspector", ADMIN, "email", "sees_all_programs"),
        ("operator", ADMIN, "role", "operators_only_see"),
        ("outsider", DEVELOPER, "email", "no_such_member"),
    ],
)
def test_others_cannot_be_added(
    cast: Cast, who: str, role: ProgramRole, field: str, code: str
) -> None:
    program = make_program(cast.acme)
    member: Membership = getattr(cast, who)

    with pytest.raises(InvalidFields) as caught:
        services.add_member(program, member.person.email, role, by=PLATFORM, at=AT)

    assert why(caught.value) == {field: code}
    assert not ProgramMember.objects.exists()


def test_nobody_is_added_twice(cast: Cast) -> None:
    program = make_program(cast.acme, developer=cast.developer)

    with pytest.raises(InvalidFields) as caught:
        services.add_member(program, cast.developer.person.email, ADMIN, by=PLATFORM, at=AT)

    assert why(caught.value) == {"email": "works_on_it_already"}


def test_its_last_admin_goes_only_by_an_admin_of_the_workspace(cast: Cast) -> None:
    program = make_program(cast.acme, admin=cast.developer)
    member = program.members.get()

    with pytest.raises(services.LastProgramAdmin):
        services.remove_member(program, member.id, by=actor(cast.developer), at=AT)
    with pytest.raises(services.LastProgramAdmin):
        services.change_member(program, member.id, DEVELOPER, by=actor(cast.developer), at=AT)
    services.remove_member(program, member.id, by=actor(cast.admin), at=AT)

    assert not program.members.exists()


def test_a_second_admin_lets_the_first_go(cast: Cast) -> None:
    other = make_member(cast.acme, Role.DEVELOPER)
    program = make_program(cast.acme, admin=cast.developer, developer=other)
    first, second = program.members.get(role=ADMIN), program.members.get(role=DEVELOPER)

    services.change_member(program, second.id, ADMIN, by=actor(cast.developer), at=AT)
    services.remove_member(program, first.id, by=actor(cast.developer), at=AT)

    assert [one.membership for one in program.members.all()] == [other]


def test_a_role_that_somebody_has_is_not_given_again(cast: Cast) -> None:
    program = make_program(cast.acme, developer=cast.developer)

    with pytest.raises(services.HasThatProgramRole):
        services.change_member(program, program.members.get().id, DEVELOPER, by=PLATFORM, at=AT)


def test_an_admin_who_can_do_nothing_any_more_does_not_count_as_one(cast: Cast) -> None:
    program = make_program(cast.acme, admin=cast.developer)
    other = make_member(cast.acme, Role.DEVELOPER)
    services.add_member(program, other.person.email, ADMIN, by=PLATFORM, at=AT)
    mine = program.members.get(membership=cast.developer)

    for block, role in ((AT, Role.DEVELOPER), (None, Role.REVIEWER)):
        Membership.objects.filter(id=other.id).update(blocked_at=block, role=role)
        with pytest.raises(services.LastProgramAdmin):
            services.remove_member(program, mine.id, by=actor(cast.developer), at=AT)

    Membership.objects.filter(id=other.id).update(blocked_at=None, role=Role.DEVELOPER)
    services.remove_member(program, mine.id, by=actor(cast.developer), at=AT)
    assert program.members.get().membership == other


def test_members_of_another_program_are_not_found(cast: Cast) -> None:
    program, other = make_program(cast.acme), make_program(cast.zenith, admin=cast.outsider)
    theirs = other.members.get()

    for verb in (
        lambda: services.remove_member(program, theirs.id, by=PLATFORM, at=AT),
        lambda: services.change_member(program, theirs.id, DEVELOPER, by=PLATFORM, at=AT),
    ):
        with pytest.raises(NotFound):
            verb()

    assert other.members.count() == 1


def test_who_leaves_the_workspace_works_on_nothing_any_more(cast: Cast) -> None:
    program = make_program(cast.acme, developer=cast.developer)

    remove_from_workspace(cast.acme, cast.developer.id, by=actor(cast.admin), at=AT)

    assert not program.members.exists()
    assert AuditEntry.objects.filter(action="member.removed").count() == 1


def test_the_table_of_access_is_that_of_the_product() -> None:
    admin_of, developer_of = ADMIN, DEVELOPER
    everything = set(Act)

    def acts(role: Role, assigned: ProgramRole | None) -> set[Act]:
        return {act for act in Act if may(role, act, assigned)}

    assert acts(Role.ADMIN, None) == everything
    assert acts(Role.DEVELOPER, admin_of) == everything
    assert acts(Role.DEVELOPER, developer_of) == {Act.SEE, Act.UPLOAD, Act.PREVIEW}
    assert acts(Role.DEVELOPER, None) == set()
    for assigned in (admin_of, developer_of):
        assert acts(Role.OPERATOR, assigned) == {Act.SEE}
        assert acts(Role.REVIEWER, assigned) == {Act.SEE}
    assert acts(Role.OPERATOR, None) == set()
    assert acts(Role.REVIEWER, None) == acts(Role.INSPECTOR, None) == {Act.SEE}


def test_errors_are_sentences_for_people(cast: Cast) -> None:
    program = make_program(cast.acme)

    with pytest.raises(Invalid) as caught:
        services.add_member(program, "no\nbody", DEVELOPER, by=PLATFORM, at=AT)

    assert "No member of this workspace has the address" in str(caught.value)
