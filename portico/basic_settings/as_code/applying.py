"""Planning and applying a settings file: the same work, undone at the end or not.

All sections are saved in one transaction, through every check that a save passes. A plan is that
transaction rolled back, so that it cannot promise what applying would refuse. The files that come
along are taken in before it, as uploads are: what nothing uses is deleted two days later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction

from portico.audit.services import Actor
from portico.basic_settings.as_code.faults import NoSuchSecret, Problem
from portico.basic_settings.as_code.intake import Intake, take_in_files
from portico.basic_settings.as_code.packing import Bundle
from portico.basic_settings.as_code.plans import (
    CannotBeApplied,
    FileIsOld,
    NeedsPlan,
    Plan,
    PlanIsOld,
    PlannedSection,
)
from portico.basic_settings.as_code.sectioning import Writing, write_section
from portico.basic_settings.rules import check_reason
from portico.basic_settings.services import lock
from portico.workspaces.models import Workspace


@dataclass(frozen=True, repr=False)
class Wish:
    """What somebody wants done with a file. `secrets`: texts by `service-email.password`, in no
    representation of this. `rebase`: lay the file's changes over those made here since."""

    bundle: Bundle
    secrets: Mapping[str, str] = field(default_factory=dict)
    rebase: bool = False


def plan(workspace: Workspace, wish: Wish, *, by: Actor, at: datetime) -> Plan:
    """What applying the file would do. Nothing is changed."""
    intake = take_in_files(workspace, wish.bundle, at=at)
    with transaction.atomic():
        made = _write(workspace, wish, intake, by=by, at=at, reason="")
        transaction.set_rollback(True)
    return made


def apply(
    workspace: Workspace,
    wish: Wish,
    *,
    by: Actor,
    at: datetime,
    digest: str = "",
    reason: str = "",
) -> Plan:
    """Save all sections of the file, or none; returns what was done.

    `digest` is that of the plan that was looked at. It can be left out only where every section of
    the file says which revision of this workspace it was made from. Raises `PlanIsOld`,
    `FileIsOld`, `NeedsPlan` or `CannotBeApplied`, each but the third with a `plan`.
    """
    check_reason(reason)
    if not digest and not is_based_here(workspace, wish.bundle):
        raise NeedsPlan
    intake = take_in_files(workspace, wish.bundle, at=at)
    with transaction.atomic():
        made = _write(workspace, wish, intake, by=by, at=at, reason=reason)
        if digest and digest != made.digest:
            raise PlanIsOld(made)
        if made.is_stale:
            raise FileIsOld(made)
        if made.is_refused:
            raise CannotBeApplied(made)
    return made


def is_based_here(workspace: Workspace, bundle: Bundle) -> bool:
    """Whether the file says of each section from which revision of this workspace it was made."""
    return not is_copy(workspace, bundle) and all(
        given.revision is not None for given in bundle.document.sections
    )


def is_copy(workspace: Workspace, bundle: Bundle) -> bool:
    """Whether the file holds another workspace's settings; one of the same name elsewhere, too."""
    document = bundle.document
    if document.workspace_id:
        return document.workspace_id != str(workspace.id)
    return bool(document.workspace) and document.workspace != workspace.slug


def _write(
    workspace: Workspace, wish: Wish, intake: Intake, *, by: Actor, at: datetime, reason: str
) -> Plan:
    """Save what can be saved. The caller undoes it where something cannot."""
    document, copied = wish.bundle.document, is_copy(workspace, wish.bundle)
    # All locks first, in one order: two who apply at once must not wait for each other.
    pointers = [lock(workspace, given.section) for given in document.sections]
    writing = Writing(
        secrets=wish.secrets,
        rebase=wish.rebase,
        is_copy=copied,
        intake=intake,
        by=by,
        at=at,
        reason=reason,
    )
    sections = tuple(
        write_section(pointer, given, writing)
        for pointer, given in zip(pointers, document.sections, strict=True)
    )
    made = Plan(
        sections=sections,
        files=intake.files,
        is_copy=copied,
        source=document.workspace,
        digest=_digest(workspace, wish, sections),
    )
    return replace(made, problems=_unknown_secrets(wish))


def _unknown_secrets(wish: Wish) -> tuple[Problem, ...]:
    known = sorted(
        f"{given.section.name}.{name}"
        for given in wish.bundle.document.sections
        for name in given.section.secrets
    )
    return tuple(
        Problem("", NoSuchSecret(name=name[:80], known=", ".join(known) or "-"))
        for name in wish.secrets
        if name not in known
    )


def _digest(workspace: Workspace, wish: Wish, sections: tuple[PlannedSection, ...]) -> str:
    """Names a plan: what was given, and over which live revisions. Secrets are not part of it."""
    named = [
        str(workspace.id),
        wish.bundle.digest,
        wish.rebase,
        [[one.section.name, one.live] for one in sections],
    ]
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()
