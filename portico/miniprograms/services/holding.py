"""Getting hold of a mini program to change it, and writing down that it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portico.audit.services import Actor, Change, record
from portico.kernel.errors import NotFound
from portico.miniprograms.models import MiniProgram
from portico.miniprograms.services.errors import OtherWorkspace, ProgramArchived
from portico.targets.models import ReleaseTarget


def held_program(program: MiniProgram) -> MiniProgram:
    """The program as it is now, locked until the transaction ends: first in each transaction that
    changes it or anything of it. Raises `NotFound`."""
    programs = MiniProgram.objects.select_for_update(no_key=True)
    held = programs.filter(workspace_id=program.workspace_id, id=program.id).first()
    if held is None:
        raise NotFound
    return held


def held_in_use(program: MiniProgram) -> MiniProgram:
    """The same; raises `ProgramArchived` where it is kept for the record alone."""
    held = held_program(program)
    if held.is_archived:
        raise ProgramArchived(program=held.name)
    return held


def check_same_workspace(program: MiniProgram, target: ReleaseTarget) -> None:
    """Hold a target against the program; raises `OtherWorkspace`."""
    if target.workspace_id != program.workspace_id:
        raise OtherWorkspace(f"{target.id} is no target of the workspace of {program.id}.")


def record_program(
    action: str,
    program: MiniProgram,
    *,
    by: Actor,
    at: datetime,
    target: ReleaseTarget | None = None,
    changes: Sequence[Change] = (),
) -> None:
    """Write down what was done with a program, or with its set-up on a target."""
    record(
        action,
        by=by,
        at=at,
        workspace_id=program.workspace_id,
        subject_kind="mini_program",
        subject_id=program.id,
        subject_label=f"{program.name} ({target})" if target else program.name,
        changes=changes,
    )


def changes_between(before: dict[str, str], after: dict[str, str]) -> list[Change]:
    """What differs, by field, in the order of the second."""
    return [
        Change(field=field, before=before.get(field, ""), after=value)
        for field, value in after.items()
        if before.get(field, "") != value
    ]
