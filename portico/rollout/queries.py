"""Reading plans, as rows and as what `portico.delivery` answers from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django.db.models import Q, QuerySet

from portico.delivery.plan import Plan as DeliveryPlan
from portico.delivery.plan import PlannedVersion, no_plan
from portico.delivery.targeting import parse_rules
from portico.kernel.errors import NotFound
from portico.miniprograms.models import MiniProgram, Version
from portico.miniprograms.uploading.queries import LARGEST_CODE
from portico.rollout.models import Plan
from portico.targets.models import ReleaseTarget

# All of a version that an answer holds: not its manifest, which may be long.
OF_A_VERSION: Final = ("code", "name", "package", "packed", "entry_url")


def plan_of(program: MiniProgram, target: ReleaseTarget) -> Plan | None:
    """The plan of a program on one target; None: nothing was ever released there."""
    plan = _plans(target).filter(program=program).first()
    if plan is not None:
        plan.program = program
    return plan


def plans_of_program(
    program: MiniProgram, targets: Iterable[ReleaseTarget]
) -> Mapping[ReleaseTarget, Plan]:
    """The plans of a program on these targets of its workspace; one query."""
    by_id = {target.id: target for target in targets}
    found = _with_versions(
        Plan.objects.filter(
            workspace_id=program.workspace_id, program=program, target__in=list(by_id)
        )
    )
    plans = {}
    for plan in found:
        plan.program, plan.target = program, by_id[plan.target_id]
        plans[plan.target] = plan
    return plans


def delivered(target: ReleaseTarget, app_ids: Iterable[str]) -> dict[str, DeliveryPlan]:
    """What delivery answers from for these programs on a target; one query. A program that is
    unknown, or was never released there, has a plan by which nobody gets anything."""
    wanted = list(app_ids)
    plans = {app_id: no_plan(app_id) for app_id in wanted}
    # The workspace once more, since the index of programs begins with it.
    named = Q(program__workspace_id=target.workspace_id, program__app_id__in=wanted)
    found = _plans(target).filter(named).select_related("program")
    for plan in found.only(*_COLUMNS):
        plans[plan.program.app_id] = delivery_plan(plan)
    return plans


def snapshot_of(target: ReleaseTarget) -> dict[str, DeliveryPlan]:
    """All plans of a target, by app_id; one query, however many there are."""
    found = _plans(target).select_related("program").only(*_COLUMNS)
    return {plan.program.app_id: delivery_plan(plan) for plan in found.iterator(chunk_size=2000)}


def delivery_plan(plan: Plan) -> DeliveryPlan:
    """A row as what delivery answers from. Its program and versions are read with it."""
    return DeliveryPlan(
        app_id=plan.program.app_id,
        revision=plan.revision,
        removed=plan.removed,
        stable=_planned(plan.stable, plan.stable_release, plan.stable_configuration),
        candidate=_planned(plan.candidate, plan.candidate_release, plan.candidate_configuration),
        pilot=frozenset(plan.pilot),
        threshold=plan.threshold,
        salt=plan.salt,
        rules=parse_rules(plan.rules),
        withdrawn=tuple(plan.withdrawn),
    )


def offered_version(target: ReleaseTarget, app_id: str, code: int) -> Version:
    """A version that somebody gets on this target by the present plan, as the full release or as a
    candidate. Raises `NotFound` for any other, whatever was uploaded. One query."""
    if "\x00" in app_id or not 0 < code <= LARGEST_CODE:
        raise NotFound
    plan = (
        Plan.objects.filter(
            Q(stable__code=code) | Q(candidate__code=code),
            workspace_id=target.workspace_id,
            target=target,
            program__workspace_id=target.workspace_id,
            program__app_id=app_id,
            removed=False,
        )
        .select_related("program", "stable", "candidate")
        .first()
    )
    if plan is None:
        raise NotFound
    is_stable = plan.stable is not None and plan.stable.code == code
    version = plan.stable if is_stable else plan.candidate
    if version is None:
        raise NotFound
    version.program = plan.program
    return version


def _plans(target: ReleaseTarget) -> QuerySet[Plan]:
    return _with_versions(Plan.objects.filter(workspace_id=target.workspace_id, target=target))


def _with_versions(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    return plans.select_related("stable", "candidate").defer(
        "stable__manifest", "candidate__manifest"
    )


def _planned(
    version: Version | None, release: object, configuration: Mapping[str, object]
) -> PlannedVersion | None:
    if version is None:
        return None
    domains, variables = configuration.get("server_domains"), configuration.get("variables")
    return PlannedVersion(
        code=version.code,
        name=version.name,
        release=str(release or ""),
        sha256=version.package,
        size=version.packed,
        entry_url=version.entry_url,
        server_domains=tuple(domains) if isinstance(domains, list) else (),
        variables=tuple(sorted(variables.items())) if isinstance(variables, dict) else (),
    )


_COLUMNS: Final = (
    "program__app_id",
    "revision",
    "removed",
    "stable_release",
    "stable_configuration",
    "candidate_release",
    "candidate_configuration",
    "pilot",
    "threshold",
    "salt",
    "rules",
    "withdrawn",
    *(f"{which}__{column}" for which in ("stable", "candidate") for column in OF_A_VERSION),
)
