"""A release with what stands beside it on its target: read for a page, or locked for an event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from portico.kernel.errors import NotFound
from portico.miniprograms.models import MiniProgram
from portico.releases.models import Release
from portico.releases.rules.pipeline import CANDIDATE, Status
from portico.rollout.models import Plan
from portico.rollout.services import PlanState, lock_plan, write_plan
from portico.targets.models import ReleaseTarget

# What stands in the way of others, or is what they take the place of.
PRESENT: Final = frozenset({Status.UNDER_REVIEW, Status.FULL}) | CANDIDATE


@dataclass
class Scene:
    """The releases of a program on a target that matter at this moment.

    Which of them is where follows from their statuses, so it stays true while events are fired.
    `withdrawn` are the codes of versions that clients have to drop from now on.
    """

    program: MiniProgram
    target: ReleaseTarget
    releases: list[Release]
    plan: Plan | None = None
    withdrawn: set[int] = field(default_factory=set)

    @property
    def full(self) -> Release | None:
        """What everybody gets."""
        return self._in(frozenset({Status.FULL}))

    @property
    def candidate(self) -> Release | None:
        """What is on its way to users."""
        return self._in(CANDIDATE)

    @property
    def under_review(self) -> Release | None:
        """What is being reviewed."""
        return self._in(frozenset({Status.UNDER_REVIEW}))

    def named(self, release_id: UUID) -> Release:
        """One of the releases; raises `NotFound`."""
        found = next((one for one in self.releases if one.id == release_id), None)
        if found is None:
            raise NotFound
        return found

    def _in(self, statuses: frozenset[Status]) -> Release | None:
        return next((one for one in self.releases if one.status in statuses), None)


def look(release: Release) -> Scene:
    """What stands beside a release now, unlocked: for saying what could be done. One query."""
    releases = list(_of(release.program, release.target, release.id))
    return Scene(release.program, release.target, releases)


@contextmanager
def on_target(
    program: MiniProgram, target: ReleaseTarget, release_id: UUID | None = None, *, at: datetime
) -> Iterator[Scene]:
    """One transaction about the releases of a program on a target; its plan is written at the end.

    What is locked, in this order: the plan, which holds all of these releases; the releases, by
    id; then, where it comes to that, a request, the automated checks, the program.
    """
    if program.workspace_id != target.workspace_id:
        raise NotFound
    with transaction.atomic():
        plan = lock_plan(program, target)
        rows = _of(program, target, release_id).select_for_update(of=("self",), no_key=True)
        releases = list(rows)
        if releases:
            program, target = releases[0].program, releases[0].target
        else:  # whether the app is in use is read now, too, and not taken from the caller
            target = ReleaseTarget.objects.select_related("app").get(id=target.id)
        scene = Scene(program, target, releases, plan)
        if release_id is not None:
            scene.named(release_id)
        yield scene
        write_plan(plan, _state(scene, plan), at=at)


def _of(program: MiniProgram, target: ReleaseTarget, release_id: UUID | None) -> QuerySet[Release]:
    wanted = Q(status__in=PRESENT) | Q(id=release_id) if release_id else Q(status__in=PRESENT)
    found = Release.objects.filter(wanted, program=program, target=target)
    rows = found.select_related("workspace", "program", "version", "target__app", "request")
    return rows.defer("version__manifest").order_by("id")


def _state(scene: Scene, plan: Plan) -> PlanState:
    """What delivery is to answer by, as it follows from the releases."""
    full, candidate = scene.full, scene.candidate
    is_given = candidate is not None and (
        candidate.status == Status.GRAYSCALE or candidate.pilot_started_at is not None
    )
    state = PlanState(
        stable=full.version if full else None,
        stable_release=full.id if full else None,
        stable_configuration=full.configuration if full else None,
        withdrawn=set(plan.withdrawn) | scene.withdrawn,
    )
    if candidate is None or not is_given:
        return replace(state, removed=full is None and _was_taken_away(scene))
    return replace(
        state,
        candidate=candidate.version,
        candidate_release=candidate.id,
        candidate_configuration=candidate.configuration,
        pilot=candidate.testers,
        threshold=candidate.share,
        salt=candidate.salt,
        rules=candidate.rules,
    )


def _was_taken_away(scene: Scene) -> bool:
    """Whether something was live that is no more, where nothing is: nothing newer replaced it."""
    found = Release.objects.filter(program=scene.program, target=scene.target)
    return found.filter(status=Status.ARCHIVED).exists()
