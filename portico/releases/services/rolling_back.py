"""Bringing back what was live before."""

from __future__ import annotations

from datetime import datetime

from portico.releases.acting import By
from portico.releases.models import Release
from portico.releases.rules.pipeline import Event, Status
from portico.releases.services.case import Case, Given, Seen
from portico.releases.services.firing import arrive, check, check_seen, fire, keep
from portico.releases.services.scene import on_target


def roll_back(
    to: Release, *, reason: str, by: By, at: datetime, seen: Seen | None = None
) -> Release:
    """Give everybody the version of an archived release again, at once.

    What is on its way is canceled; what is live is archived, and clients drop it; a new release,
    marked as a rollback, is in its place. What was reviewed and taken live then is not again.
    Raises `NotReplaced`, `LiveAlready`, `ReasonMissing`.
    """
    with on_target(to.program, to.target, to.id, at=at) as scene:
        held = scene.named(to.id)
        check_seen(seen)
        case = Case(scene, held, Event.ROLL_BACK, by, at, Given(reason=reason))
        check(case)
        if scene.candidate is not None:
            given = Given(reason=case.reason)
            fire(scene, scene.candidate, Event.CANCEL, given, by=by, at=at)
        if scene.full is not None:
            scene.withdrawn.add(scene.full.version.code)
        new = Case(
            scene,
            _again(held, by=by, at=at),
            Event.ROLL_BACK,
            by,
            at,
            who=case.who,
            reason=case.reason,
            details={"to": str(held.id)},
        )
        arrive(new, Status.FULL)
        keep(new, share_before=0)
    return new.release


def _again(old: Release, *, by: By, at: datetime) -> Release:
    return Release(
        workspace=old.workspace,
        program=old.program,
        target=old.target,
        version=old.version,
        production=old.production,
        policy=old.policy,
        policy_revision=old.policy_revision,
        configuration=old.configuration,
        rolled_back_to=old,
        approved_at=old.approved_at,
        went_live_at=old.went_live_at,
        first_share_at=old.first_share_at,
        created_by_id=by.actor.person_id,
        created_at=at,
    )
