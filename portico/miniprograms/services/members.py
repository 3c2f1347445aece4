"""Who works on a mini program, and as what.

An admin of the workspace reaches every mini program, so that none is ever without somebody who can
change it. They alone may take away its last Admin; who works on it cannot do that by mistake.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from portico.audit.services import Actor, Change, record, remember
from portico.kernel.errors import InvalidFields, NotFound
from portico.miniprograms.models import MiniProgram, ProgramMember, ProgramRole
from portico.miniprograms.services.errors import (
    HasThatProgramRole,
    LastProgramAdmin,
    NeedsNoPlace,
    NoSuchMember,
    OperatorsOnlySee,
    WorksOnIt,
)
from portico.miniprograms.services.holding import held_program
from portico.workspaces.models import Membership
from portico.workspaces.permissions import Role

# Who can be more in one program than they are in all. Others see every program as it is.
CAN_WORK = frozenset({Role.ADMIN, Role.DEVELOPER, Role.OPERATOR})


def add_member(
    program: MiniProgram, email: str, role: ProgramRole, *, by: Actor, at: datetime
) -> ProgramMember:
    """Have the member of the workspace with this address work on a program.

    Raises `InvalidFields` at `email`: where there is no such member, where they are on the list
    already, or where their role in the workspace cannot use it.
    """
    with transaction.atomic():
        held = held_program(program)
        membership = (
            Membership.objects.filter(workspace_id=held.workspace_id)
            .select_related("person")
            .filter(person__email=email.strip().lower().replace("\x00", ""))
            .first()
        )
        if membership is None:
            raise InvalidFields({"email": NoSuchMember(email=_short(email))})
        who = membership.person.display_name
        if Role(membership.role) not in CAN_WORK:
            error = NeedsNoPlace(who=who, role=membership.get_role_display())
            raise InvalidFields({"email": error})
        _check_role(membership, role)
        if ProgramMember.objects.filter(program=held, membership=membership).exists():
            raise InvalidFields({"email": WorksOnIt(who=who)})
        made = ProgramMember.objects.create(
            program=held, membership=membership, role=role, created_at=at
        )
        made.program = held
        _record("program.member_added", made, "", role.value, by=by, at=at)
    return made


def change_member(
    program: MiniProgram, member_id: UUID, role: ProgramRole, *, by: Actor, at: datetime
) -> ProgramMember:
    """Give somebody another role in a program. Raises `NotFound`, `HasThatProgramRole`,
    `LastProgramAdmin`, or `InvalidFields` at `role`."""
    with transaction.atomic():
        member = _held_member(program, member_id)
        if member.role == role:
            raise HasThatProgramRole(who=member.membership.person.display_name)
        _check_role(member.membership, role)
        _keep_an_admin(member, by)
        before, member.role = member.role, role.value
        member.save(update_fields=["role"])
        _record("program.member_changed", member, before, role.value, by=by, at=at)
    return member


def remove_member(program: MiniProgram, member_id: UUID, *, by: Actor, at: datetime) -> None:
    """Have somebody work on a program no longer. Raises `NotFound` or `LastProgramAdmin`."""
    with transaction.atomic():
        member = _held_member(program, member_id)
        _keep_an_admin(member, by)
        _record("program.member_removed", member, member.role, "", by=by, at=at)
        ProgramMember.objects.filter(id=member.id).delete()


def _held_member(program: MiniProgram, member_id: UUID) -> ProgramMember:
    held = held_program(program)
    member = (
        ProgramMember.objects.select_related("membership__person")
        .filter(program=held, id=member_id)
        .first()
    )
    if member is None:
        raise NotFound
    member.program = held
    return member


def _check_role(membership: Membership, role: ProgramRole) -> None:
    if membership.role == Role.OPERATOR and role is ProgramRole.ADMIN:
        raise InvalidFields({"role": OperatorsOnlySee(who=membership.person.display_name)})


def _keep_an_admin(member: ProgramMember, by: Actor) -> None:
    if member.role != ProgramRole.ADMIN or _is_workspace_admin(member.program, by):
        return
    # Who is blocked, or has another role in the workspace by now, changes nothing.
    admins = ProgramMember.objects.filter(
        program=member.program,
        role=ProgramRole.ADMIN,
        membership__blocked_at=None,
        membership__role__in=(Role.ADMIN, Role.DEVELOPER),
    )
    if not admins.exclude(id=member.id).exists():
        raise LastProgramAdmin(
            who=member.membership.person.display_name, program=member.program.name
        )


def _is_workspace_admin(program: MiniProgram, by: Actor) -> bool:
    if by.person_id is None:  # the platform itself, or its operator
        return True
    admins = Membership.objects.active().filter(workspace_id=program.workspace_id, role=Role.ADMIN)
    return admins.filter(person_id=by.person_id).exists()


def _record(
    action: str, member: ProgramMember, before: str, after: str, *, by: Actor, at: datetime
) -> None:
    # About the person, by id alone: the log keeps no name that could not be erased.
    person, program = member.membership.person, member.program
    remember(person.id, email=person.email, name=person.name)
    record(
        action,
        by=by,
        at=at,
        workspace_id=program.workspace_id,
        subject_kind="person",
        subject_id=person.id,
        changes=[
            Change(field="mini_program", before=program.name, after=program.name),
            Change(field="program_role", before=before, after=after),
        ],
    )


def _short(text: str) -> str:
    return "".join(sign if sign.isprintable() else "�" for sign in text.strip()[:100])
