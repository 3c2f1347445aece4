"""The page that says which version a user gets, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portico.delivery.explaining import explain
from portico.delivery.plan import no_plan
from portico.delivery.targeting import parse_rules
from portico.kernel.access import requires
from portico.kernel.permissions import Permission
from portico.miniprograms.access import program_for
from portico.miniprograms.models import MiniProgram
from portico.miniprograms.tabs import program_context
from portico.rollout.forms import ExplainForm
from portico.rollout.models import Plan
from portico.rollout.queries import delivery_plan, plans_of_program
from portico.rollout.telling import Told, percent, rule_facts, told
from portico.targets.models import ReleaseTarget
from portico.targets.queries import targets_of
from portico.ui.values import Fact, State
from portico.workspaces.http import MemberRequest


@dataclass(frozen=True)
class PlanRow:
    """What delivery answers by on one target, for people."""

    target: ReleaseTarget
    plan: Plan | None
    state: State
    early: str
    testers: int
    rules: list[Fact]


@requires(Permission.DELIVERY_EXPLAIN)
@require_safe
def program_delivery(request: MemberRequest, app_id: str) -> HttpResponse:
    """Who gets which version of a mini program: by target, and for one user why."""
    program = program_for(request.member, app_id)
    targets = targets_of(request.workspace)
    plans = plans_of_program(program, targets)
    # First what something was released to.
    targets.sort(key=lambda one: one not in plans)
    form = ExplainForm(request.GET or None, targets=targets)
    status = 200
    answer: Told | None = None
    if form.is_bound:
        answer = _told(form, program, plans) if form.is_valid() else None
        status = 200 if answer else 422
    context = {
        **program_context(request, program, tab="delivery"),
        "form": form,
        "rows": _rows(targets, plans),
        "answer": answer,
        "target": form.chosen if answer else None,
    }
    return render(request, "rollout/delivery.html", context, status=status)


def _told(form: ExplainForm, program: MiniProgram, plans: Mapping[ReleaseTarget, Plan]) -> Told:
    row = plans.get(form.chosen)
    plan = delivery_plan(row) if row else no_plan(program.app_id)
    return told(explain(plan, form.subject, form.context))


def _rows(targets: Sequence[ReleaseTarget], plans: Mapping[ReleaseTarget, Plan]) -> list[PlanRow]:
    return [_row(target, plans.get(target)) for target in targets]


def _row(target: ReleaseTarget, plan: Plan | None) -> PlanRow:
    if plan is None or plan.revision == 0:
        return PlanRow(target, None, State(_("Nothing was released yet")), "", 0, [])
    state = State(_("Nothing"), "warning")
    if plan.removed:
        state = State(_("Offline"), "danger")
    elif plan.stable is not None:
        state = State(plan.stable.name, "good" if target.is_production else "info")
    early = ""
    if plan.candidate is not None:
        facts = {"version": plan.candidate.name, "share": percent(plan.threshold)}
        early = _("%(version)s, to %(share)s") % facts
    return PlanRow(target, plan, state, early, len(plan.pilot), rule_facts(parse_rules(plan.rules)))
