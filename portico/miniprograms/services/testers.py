"""Who tries a mini program on one target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from portico.audit.services import Actor, Change
from portico.kernel.errors import InvalidFields, NotFound
from portico.miniprograms.models import MiniProgram, Tester
from portico.miniprograms.queries import who_tests
from portico.miniprograms.rules.testers import MOST, Named, check_testers
from portico.miniprograms.services.errors import TooManyTesters
from portico.miniprograms.services.holding import (
    check_same_workspace,
    held_in_use,
    record_program,
)
from portico.targets.models import ReleaseTarget

MOST_NAMED = 20  # user ids, in one entry of the audit log


@dataclass(frozen=True)
class Added:
    """What came of adding testers: how many are new, and how many were there already; `noted` of
    those have another note now."""

    new: int
    known: int
    noted: int


def add_testers(
    program: MiniProgram,
    target: ReleaseTarget,
    named: Sequence[tuple[int, Named]],
    *,
    by: Actor,
    at: datetime,
) -> Added:
    """Let these users of the super app try the program on one target: all of them, or none.

    Who is there already stays, with the new note where one is given. Each comes with the number
    that errors name it by (of its line, from 1): raises `InvalidFields` at `testers.<number>`, or
    at `testers`; `TooManyTesters`, `ProgramArchived`.
    """
    check_same_workspace(program, target)
    wanted, bad = check_testers(named)
    if bad:
        raise InvalidFields({f"testers.{n}" if n else "testers": one for n, one in bad.items()})
    with transaction.atomic():
        held = held_in_use(program)
        present = who_tests(held, target)
        known = {
            one.user_id: one for one in present.filter(user_id__in=[w.user_id for w in wanted])
        }
        new = [one for one in wanted if one.user_id not in known]
        count = present.count()
        if count + len(new) > MOST:
            raise TooManyTesters(most=MOST, present=count, new=len(new))
        noted = _note(wanted, known)
        Tester.objects.bulk_create(
            Tester(program=held, target=target, user_id=one.user_id, note=one.note, created_at=at)
            for one in new
        )
        if new or noted:
            changes = [Change(field="testers", before="", after=_listed(new))] if new else []
            record_program(
                "program.testers_added", held, by=by, at=at, target=target, changes=changes
            )
    return Added(new=len(new), known=len(known), noted=noted)


def remove_tester(
    program: MiniProgram, target: ReleaseTarget, tester_id: UUID, *, by: Actor, at: datetime
) -> Tester:
    """Let a user try the program on this target no longer; returns who that was.

    Raises `NotFound` for a tester of another target, and `ProgramArchived`.
    """
    check_same_workspace(program, target)
    with transaction.atomic():
        held = held_in_use(program)
        tester = who_tests(held, target).filter(id=tester_id).first()
        if tester is None:
            raise NotFound
        Tester.objects.filter(id=tester.id).delete()
        change = Change(field="testers", before=tester.user_id, after="")
        record_program(
            "program.tester_removed", held, by=by, at=at, target=target, changes=[change]
        )
    return tester


def remove_all_testers(
    program: MiniProgram, target: ReleaseTarget, *, by: Actor, at: datetime
) -> int:
    """Empty the list of testers of one target; returns how many there were."""
    check_same_workspace(program, target)
    with transaction.atomic():
        held = held_in_use(program)
        count, _models = who_tests(held, target).delete()
        if count:
            change = Change(field="testers", before=str(count), after="0")
            record_program(
                "program.testers_cleared", held, by=by, at=at, target=target, changes=[change]
            )
    return count


def _note(wanted: Sequence[Named], known: dict[str, Tester]) -> int:
    changed = []
    for one in wanted:
        tester = known.get(one.user_id)
        if tester is not None and one.note and one.note != tester.note:
            tester.note = one.note
            changed.append(tester)
    Tester.objects.bulk_update(changed, ["note"])
    return len(changed)


def _listed(named: Sequence[Named]) -> str:
    listed = ", ".join(one.user_id for one in named[:MOST_NAMED])
    return listed if len(named) <= MOST_NAMED else f"{listed}, … ({len(named)})"
