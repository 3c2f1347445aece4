"""Making and changing mini programs, archiving them, and bringing them back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, transaction

from portico.audit.services import Actor
from portico.kernel.errors import Invalid, InvalidFields, NotFound, gettext_noop
from portico.kernel.ids import new_id
from portico.miniprograms.holds import under_way
from portico.miniprograms.models import Kind, MiniProgram, ProgramMember, ProgramRole
from portico.miniprograms.rules.app_ids import AppIdTaken, check_app_id
from portico.miniprograms.rules.particulars import check_category, check_description, check_name
from portico.miniprograms.services.errors import (
    AlreadyArchived,
    NotArchived,
    ProgramChanged,
    StillLive,
    StillUnderWay,
)
from portico.miniprograms.services.holding import (
    changes_between,
    held_in_use,
    held_program,
    record_program,
)
from portico.outbox.services import publish
from portico.targets.icons import check_icon, use_icon
from portico.targets.models import ReleaseTarget
from portico.workspaces.models import Membership, Workspace

T = TypeVar("T")


class UnknownKind(Invalid):
    code = "unknown_program_kind"
    sentence = gettext_noop("A mini program is one of: %(known)s.")


@dataclass(frozen=True)
class Particulars:
    """What can be changed of a program, unchecked. `icon` is the hash of a file that was uploaded
    for the purpose `app_icon`, or empty."""

    name: str
    description: str = ""
    category: str = ""
    icon: str = ""


def make_program(
    workspace: Workspace,
    app_id: str,
    particulars: Particulars,
    *,
    by: Actor,
    at: datetime,
    kind: str = Kind.PACKAGE,
    creator: Membership | None = None,
) -> MiniProgram:
    """A new mini program; `creator` becomes its Admin. `app_id` and `kind` are fixed from then on.

    Raises `InvalidFields`, also where the `app_id` is taken.
    """
    if creator is not None and creator.workspace_id != workspace.id:
        raise NotFound
    errors: dict[str, Invalid] = {}
    app_id = _checked("app_id", lambda: check_app_id(app_id), errors, app_id)
    kind = _checked("kind", lambda: _check_kind(kind), errors, kind)
    wanted = _check(workspace, particulars, errors)
    program = MiniProgram(
        id=new_id(),
        workspace=workspace,
        app_id=app_id,
        kind=kind,
        created_at=at,
        changed_at=at,
        created_by_id=by.person_id,
        **vars(wanted),
    )
    try:
        with transaction.atomic():
            program.save(force_insert=True)
            if creator is not None:
                ProgramMember.objects.create(
                    program=program, membership=creator, role=ProgramRole.ADMIN, created_at=at
                )
            use_icon(workspace, program.icon, user_kind="program", user_id=program.id)
            changes = changes_between({}, {"app_id": app_id, "kind": kind, **_texts(wanted)})
            record_program("program.made", program, by=by, at=at, changes=changes)
            _publish("miniprogram.created", program, at=at)
    except IntegrityError as error:
        if "a_workspace_uses_an_app_id_once" not in str(error):
            raise
        raise InvalidFields({"app_id": AppIdTaken(app_id=app_id)}) from None
    return program


def change_program(
    program: MiniProgram, particulars: Particulars, *, revision: int, by: Actor, at: datetime
) -> MiniProgram:
    """Give a program another name, description, category or icon.

    Raises `InvalidFields`, `ProgramArchived`, or `ProgramChanged` unless `revision` is what the
    program is at. What changes nothing is written nowhere.
    """
    with transaction.atomic():
        held = held_in_use(program)
        before = _particulars_of(held)
        if held.revision != revision:
            raise ProgramChanged(program=held.name)
        wanted = _check(held.workspace, particulars, {})
        changes = changes_between(_texts(before), _texts(wanted))
        if not changes:
            return held
        for field, value in vars(wanted).items():
            setattr(held, field, value)
        held.revision += 1
        held.changed_at = at
        held.save(update_fields=[*vars(wanted), "revision", "changed_at"])
        use_icon(held.workspace, held.icon, user_kind="program", user_id=held.id)
        record_program("program.changed", held, by=by, at=at, changes=changes)
    return held


def archive_program(program: MiniProgram, *, by: Actor, at: datetime) -> MiniProgram:
    """Keep a program for the record alone: no uploads, no set-up, no releases. Its app_id stays
    taken. Raises `AlreadyArchived`, or `StillLive` and `StillUnderWay`, which say what is."""
    with transaction.atomic():
        held = held_program(program)
        if held.is_archived:
            raise AlreadyArchived(program=held.name)
        if held.live_on:
            targets = ReleaseTarget.objects.filter(
                workspace_id=held.workspace_id, id__in=held.live_on
            )
            where = "; ".join(sorted(str(one) for one in targets.select_related("app")))
            raise StillLive(program=held.name, where=where)
        if what := under_way(held):
            raise StillUnderWay(program=held.name, what="; ".join(what))
        _put_away(held, at, at=at)
        record_program("program.archived", held, by=by, at=at)
        _publish("miniprogram.archived", held, at=at)
    return held


def restore_program(program: MiniProgram, *, by: Actor, at: datetime) -> MiniProgram:
    """Bring an archived program back, as it was. Raises `NotArchived`."""
    with transaction.atomic():
        held = held_program(program)
        if not held.is_archived:
            raise NotArchived(program=held.name)
        _put_away(held, None, at=at)
        record_program("program.restored", held, by=by, at=at)
        _publish("miniprogram.restored", held, at=at)
    return held


def _put_away(held: MiniProgram, archived_at: datetime | None, *, at: datetime) -> None:
    held.archived_at, held.changed_at = archived_at, at
    held.revision += 1
    held.save(update_fields=["archived_at", "revision", "changed_at"])


def _publish(event: str, program: MiniProgram, *, at: datetime) -> None:
    publish(
        event,
        workspace_id=program.workspace_id,
        payload={"app_id": program.app_id, "name": program.name, "kind": str(program.kind)},
        at=at,
    )


def _check(workspace: Workspace, given: Particulars, errors: dict[str, Invalid]) -> Particulars:
    """Checked particulars; raises `InvalidFields`, with the `errors` that there are already."""
    wanted = Particulars(
        name=_checked("name", lambda: check_name(given.name), errors, ""),
        description=_checked(
            "description", lambda: check_description(given.description), errors, ""
        ),
        category=_checked("category", lambda: check_category(given.category), errors, ""),
        icon=_checked("icon", lambda: check_icon(workspace, given.icon), errors, ""),
    )
    if errors:
        raise InvalidFields(errors)
    return wanted


def _checked(field: str, rule: Callable[[], T], errors: dict[str, Invalid], otherwise: T) -> T:
    try:
        return rule()
    except Invalid as error:
        errors[field] = error
        return otherwise


def _check_kind(kind: str) -> str:
    if kind not in Kind.values:
        raise UnknownKind(known=", ".join(Kind.values))
    return str(kind)


def _particulars_of(program: MiniProgram) -> Particulars:
    return Particulars(program.name, program.description, program.category, program.icon)


def _texts(particulars: Particulars) -> dict[str, str]:
    return {field: str(value) for field, value in vars(particulars).items()}
