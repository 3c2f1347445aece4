"""Writing plans: in the transaction of whatever changed, so that a plan is never behind it.

Whoever decides about releases calls these; nothing here is recorded or announced, because the event
that changes a plan is. A program on a target has one plan, whose row is also the lock that holds
all of its releases there apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portico.delivery.targeting import parse_rules, rules_json
from portico.miniprograms.models import MiniProgram, Version
from portico.rollout.models import Plan
from portico.rollout.queries import delivery_plan
from portico.targets.models import ReleaseTarget


class OtherProgram(ValueError):
    """A target of another workspace, or a version of another program, is a caller's mistake."""


@dataclass(frozen=True, kw_only=True)
class PlanState:
    """All that a plan says. What is left out is not there: nobody gets a candidate, say.

    `rules` is what `portico.delivery.targeting.parse_rules` reads; `threshold` is in thousandths of
    a percent; `salt` is the candidate's release as a ULID; the configurations are what the releases
    take along (`Release.configuration`); `withdrawn` are version codes.
    """

    stable: Version | None = None
    stable_release: UUID | None = None
    stable_configuration: Mapping[str, object] | None = None
    candidate: Version | None = None
    candidate_release: UUID | None = None
    candidate_configuration: Mapping[str, object] | None = None
    pilot: Iterable[str] = ()
    threshold: int = 0
    salt: str = ""
    rules: Mapping[str, object] | None = None
    withdrawn: Iterable[int] = ()
    removed: bool = False


def lock_plan(program: MiniProgram, target: ReleaseTarget) -> Plan:
    """The plan of a program on a target, locked until the transaction ends; made if there is none
    yet, at revision 0. Whoever changes a release locks this first, then reads."""
    if program.workspace_id != target.workspace_id:
        raise OtherProgram(f"{program.id} and {target.id} are of two workspaces.")
    plans = Plan.objects.select_for_update(of=("self",)).filter(program=program, target=target)
    plan = plans.first()
    if plan is None:
        Plan.objects.bulk_create(
            [Plan(workspace_id=program.workspace_id, program=program, target=target)],
            ignore_conflicts=True,
        )
        plan = plans.get()
    plan.program, plan.target = program, target
    return plan


def write_plan(plan: Plan, state: PlanState, *, at: datetime) -> Plan:
    """Have delivery answer by this state from now on. `plan` is what `lock_plan` answered.

    The revision rises by one; it does not where nothing is different. A candidate that some were
    given and nobody is any more is withdrawn, whatever the state says. Raises `InvalidFields` for
    rules that cannot be read, `OtherProgram` for versions of another program, `ValueError` for a
    candidate without a salt.
    """
    for version in (state.stable, state.candidate):
        if version is not None and version.program_id != plan.program_id:
            raise OtherProgram(f"{version.id} is no version of {plan.program_id}.")
    before, early_before = _said_by(plan), _early(plan)
    plan.stable, plan.stable_release = state.stable, state.stable_release
    plan.candidate, plan.candidate_release = state.candidate, state.candidate_release
    plan.stable_configuration = dict(state.stable_configuration or {})
    plan.candidate_configuration = dict(state.candidate_configuration or {})
    plan.pilot = sorted(set(state.pilot))
    plan.threshold, plan.salt = state.threshold, state.salt
    plan.rules = rules_json(parse_rules(state.rules))
    plan.withdrawn = _withdrawn(plan, state, early_before)
    plan.removed = state.removed
    if _said_by(plan) == before:
        return plan
    delivery_plan(plan)  # what nobody could be answered by is not written
    plan.revision += 1
    plan.changed_at = at
    plan.save()
    return plan


def _early(plan: Plan) -> UUID | None:
    """The version that some get early; None: nobody does."""
    return plan.candidate_id if plan.pilot or plan.threshold else None


def _withdrawn(plan: Plan, state: PlanState, early_before: UUID | None) -> list[int]:
    """What clients drop: also a candidate that is nobody's any more; nothing that somebody gets."""
    offered = {
        one.id: one.code
        for one in (state.stable, state.candidate)
        if one is not None and one.id in {plan.stable_id, _early(plan)}
    }
    withdrawn = set(state.withdrawn)
    if early_before is not None and early_before not in offered:
        withdrawn.add(Version.objects.values_list("code", flat=True).get(id=early_before))
    return sorted(withdrawn - set(offered.values()))


def _said_by(plan: Plan) -> tuple[object, ...]:
    return (
        plan.removed,
        plan.stable_id,
        plan.stable_release,
        plan.stable_configuration,
        plan.candidate_id,
        plan.candidate_release,
        plan.candidate_configuration,
        plan.pilot,
        plan.threshold,
        plan.salt,
        plan.rules,
        plan.withdrawn,
    )
